"""The forms that change deals: open one, take a step, ask for one, decline, change a draft, take an open license."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.register import OPERATIONS
from langqiao.web.common.middleware import STATUS
from langqiao.web.common.refusals import told
from langqiao.web.deals.buttons import Shown
from langqiao.web.deals.clock import deal_clock
from langqiao.web.deals.fields import OPENING, fields_of
from langqiao.web.deals.models import Deal
from langqiao.web.deals.opening import deal_open, deal_terms_change
from langqiao.web.deals.pages import deal_context
from langqiao.web.deals.selectors import deal_get
from langqiao.web.deals.services import APPROVED, FOUR_EYES, deal_advance, deal_request, deal_request_decline
from langqiao.web.deals.words import said
from langqiao.web.market.patents import patents_named
from langqiao.web.people.models import Membership, Organization
from langqiao.web.people.session import member_page, must_approve, must_edit

OPENED = ("assignment", "license_exclusive", "license_sole", "license_ordinary", "sublicense", "auction", "open_license", "pledge")
"""What is opened from the form; an open license is taken from its statement."""
PAGES = {"not_found", "not_allowed", "second_factor_needed", "not_a_member"}
"""Refusals that are pages of their own; every other one is shown on the page of the deal, beside the step."""
SIDES = ("seller", "buyer")


def shown_again(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, refusal: Refusal, *, event: str = "") -> HttpResponse:
    """The page of the deal with the refusal, and the form of the step with what was typed."""
    if refusal.code in PAGES:
        raise refusal
    deal = deal_get(deal_id, membership)
    faults = refusal.facts.get("faults", {})
    context = deal_context(deal, membership, tried=event, typed=request.POST.dict(), faults=faults)
    status = 422 if refusal.code == "terms_invalid" else STATUS.get(refusal.code, 409)
    return render(request, "deals/deal.html", {**context, "told": told(refusal), "tried": event}, status=status)


def fields_posted(request: HttpRequest, kind: str, event: str) -> dict[str, Any]:
    """What the form gave for the fields of the step; a flag that is not there was taken off."""
    found: dict[str, Any] = {}
    for field in fields_of(kind, event):
        if field.kind == "flag":
            if field.name in request.POST or f"{field.name}:asked" in request.POST:
                found[field.name] = "on" if field.name in request.POST else "off"
        elif field.name in request.POST:
            found[field.name] = request.POST[field.name]
    return found


def guarded(request: HttpRequest, membership: Membership, deal: Deal, event: str) -> None:
    """Money and title want an approver with a fresh second factor."""
    step = OPERATIONS[deal.kind].workflow.step(deal.state, event)
    if event in APPROVED or (step is not None and FOUR_EYES in step.unless):
        must_approve(request, membership)


@require_POST
@member_page
def step(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, event: str) -> HttpResponse:
    """Takes a step."""
    must_edit(membership)
    deal = deal_get(deal_id, membership)
    guarded(request, membership, deal, event)
    try:
        taken = deal_advance(
            deal_id, event, membership=membership, key=request.POST.get("key", ""), fields=fields_posted(request, deal.kind, event)
        )
    except Refusal as refusal:
        return shown_again(request, membership, deal_id, refusal, event=event)
    if event == "pay":
        deal_clock(deal_id)
    messages.success(request, _("Done: %(event)s. Record no. %(seq)s.") % {"event": said("event", taken.event), "seq": taken.audit_seq})
    return redirect("deal", deal_id=deal_id)


@require_POST
@member_page
def request_step(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, event: str) -> HttpResponse:
    """Asks for a step that another person then takes."""
    must_edit(membership)
    deal = deal_get(deal_id, membership)
    try:
        deal_request(deal_id, event, membership=membership, fields=fields_posted(request, deal.kind, event))
    except Refusal as refusal:
        return shown_again(request, membership, deal_id, refusal, event=event)
    messages.success(request, _("Asked for. Another approver of your organization takes the step."))
    return redirect("deal", deal_id=deal_id)


@require_POST
@member_page
def decline(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, request_id: int) -> HttpResponse:
    """Turns a request down or takes it back."""
    must_edit(membership)
    deal_get(deal_id, membership)
    try:
        deal_request_decline(request_id, membership=membership)
    except Refusal as refusal:
        return shown_again(request, membership, deal_id, refusal)
    return redirect("deal", deal_id=deal_id)


@require_POST
@member_page
def terms(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """Changes a draft."""
    must_edit(membership)
    deal = deal_get(deal_id, membership)
    try:
        deal_terms_change(deal_id, membership=membership, fields=fields_posted(request, deal.kind, "new"))
    except Refusal as refusal:
        return shown_again(request, membership, deal_id, refusal, event="new")
    messages.success(request, _("The draft is changed."))
    return redirect("deal", deal_id=deal_id)


@require_POST
@member_page
def take(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """Begins to take an open license, or a sub-license under a license of one's own."""
    must_edit(membership)
    above = deal_get(deal_id, membership)
    kind = "open_license_taking" if above.kind == "open_license" else "sublicense"
    try:
        buyer = None if kind == "open_license_taking" else organization_of(request.POST)
        made = deal_open(kind=kind, membership=membership, parent=above, buyer=membership.organization if buyer is None else buyer)
    except Refusal as refusal:
        return shown_again(request, membership, deal_id, refusal)
    return redirect("deal", deal_id=made.pk)


def organization_of(given: Mapping[str, str]) -> Organization | None:
    """The organization that a form names exactly. Refused: party_missing."""
    name = given.get("other", "").strip()
    found = Organization.objects.filter(name=name, merged_into=None).first() if name else None
    if found is None:
        raise Refusal("party_missing", _("There is no organization of exactly this name on the market."), facts={"name": name[:80]})
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def deal_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The form of a new deal: operation, side, patents, the other side, and the draft where the operation begins with one."""
    must_edit(membership)
    source = request.POST if request.method == "POST" else request.GET
    kind = source.get("kind", "assignment")
    kind = kind if kind in OPENED and kind != "sublicense" else "assignment"
    faults: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            with transaction.atomic():
                return redirect("deal", deal_id=_opened(request, membership, kind).pk)
        except Refusal as refusal:
            if refusal.code in PAGES - {"not_found"}:
                raise
            found, faults = told(refusal), refusal.facts.get("faults", {})
            return render(request, "deals/new.html", _form(membership, kind, source.dict(), faults=faults) | {"told": found}, status=422)
    return render(request, "deals/new.html", _form(membership, kind, source.dict(), faults=faults))


def _form(membership: Membership, kind: str, typed: Mapping[str, str], *, faults: Mapping[str, str]) -> dict[str, Any]:
    fields = [Shown(field=field, value=typed.get(field.name, ""), fault=faults.get(field.name, "")) for field in fields_of(kind, "new")]
    return {
        "room": "deals", "membership": membership, "kind": kind, "kinds": [one for one in OPENED if one != "sublicense"], "fields": fields,
        "plain": [one for one in fields if not one.field.more], "more": [one for one in fields if one.field.more], "typed": typed,
        "alone": kind in {"auction", "open_license"}, "sides": SIDES, "with_draft": kind in OPENING,
    }  # fmt: skip


def _opened(request: HttpRequest, membership: Membership, kind: str) -> Deal:
    found, unknown = patents_named(request.POST.get("patents", ""), membership.organization)
    if unknown or not found:
        message = _("No patent of the lake has this number: %(numbers)s") % {"numbers": ", ".join(unknown) or "–"}
        raise Refusal("patents_missing", message, facts={"numbers": tuple(unknown)})
    own = membership.organization
    other = None if kind in {"auction", "open_license"} else organization_of(request.POST)
    selling = kind in {"auction", "open_license"} or request.POST.get("side", "seller") == "seller"
    return deal_open(
        kind=kind, membership=membership, seller=own if selling else other, buyer=other if selling else own,
        patents=[one.key for one in found], fields=fields_posted(request, kind, "new"), label=request.POST.get("label", ""),
    )  # fmt: skip
