"""The pages of transactions: the list, the templates of real deals, a new one, one with its steps, its structure and its scenarios."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.securitization.eligibility import STRUCTURES
from langqiao.engine.securitization.workflow import FOUR_EYES
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership, Organization
from langqiao.web.people.session import member_page, must_approve, must_edit
from langqiao.web.securitization import charts, clock, pool, projection, selectors, services, shown, structuring
from langqiao.web.securitization.books import reconciled
from langqiao.web.securitization.models import Request, Transaction
from langqiao.web.securitization.shapes import shape_get, shapes

TOLD = frozenset({"terms_invalid"})
"""Refusals that the page itself tells beside the field."""


@require_safe
@member_page
def securitizations(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The organization's transactions with their sizes, state, and what waits for whom."""
    found = list(selectors.transactions_for(membership.organization)[: selectors.LIST_MAX])
    rows = [{"deal": deal, "next": shown.next_of(deal), "waits": shown.waits_for(deal, membership)} for deal in found]
    return render(request, "securitization/list.html", {"room": "capital", "membership": membership, "rows": rows})


@require_safe
@member_page
def securitization_shapes(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The real deals whose shapes load as templates: what was seen, with its source, and what was not."""
    return render(request, "securitization/shapes.html", {"room": "capital", "membership": membership, "shapes": shapes()})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def securitization_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """A new draft, empty or in the shape of a real deal."""
    must_edit(membership)
    sent = request.POST if request.method == "POST" else request.GET
    typed = {name: sent.get(name, "") for name in ("name", "vehicle", "structure", "cut_off_on", "shape")}
    shape = shape_get(typed["shape"]) if typed["shape"] else None
    if request.method != "POST" and shape is not None:
        typed["structure"] = typed["structure"] or shape.structure or ""
    context: dict[str, Any] = {
        "room": "capital", "membership": membership, "typed": typed, "faults": {}, "structures": STRUCTURES, "shapes": shapes(), "shape": shape,
    }  # fmt: skip
    if request.method == "POST":
        try:
            named = {name: typed[name] for name in ("name", "vehicle", "structure", "shape")}
            deal = pool.transaction_open(membership=membership, cut_off_on=_day(typed["cut_off_on"]), **named)
        except Refusal as refused:
            if refused.code not in TOLD:
                raise
            context["faults"] = refused.facts.get("faults") or {}
            return render(request, "securitization/new.html", context, status=422)
        return redirect("securitization_pool", deal_id=deal.pk)
    return render(request, "securitization/new.html", context)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise invalid({"cut_off_on": _("a day such as 2026-06-30")}) from error


@require_safe
@member_page
def securitization(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """One transaction: tranches, parties, payment dates, the books beside the room, steps."""
    return deal_shown(request, membership, deal_id)


def deal_shown(
    request: HttpRequest, membership: Membership, deal_id: uuid.UUID, *, refused: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The page, with a refused step told on it."""
    deal = selectors.transaction_get(deal_id, membership)
    roles = selectors.roles_of(deal, membership.organization)
    period = selectors.period_now(deal)
    party = set(roles) - {"investor"}
    own = deal.investors.filter(organization=membership.organization).prefetch_related("subscriptions__tranche").first()
    context = {
        "room": "capital", "membership": membership, "deal": deal, "roles": roles, "party": bool(party), "buttons": shown.buttons_for(deal, membership),
        "next": shown.next_of(deal), "tranches": list(deal.tranches.all()), "parties": deal.parties.select_related("organization"), "period": period,
        "periods": deal.periods.order_by("-number") if party else [], "timeline": shown.timeline(deal) if party else [],
        "books": books_of(deal) if party and deal.issued_on else [], "investor": own if "investor" in roles else None,
        "investors": deal.investors.select_related("organization").prefetch_related("subscriptions__tranche") if "arranger" in roles or "trustee" in roles else [],
        "may_invite": "arranger" in roles and membership.may_edit and deal.state in {"approved", "offered"}, "terms": deal.terms, "shape": shape_get(deal.shape) if deal.shape else None,
        "organizations": organizations() if "arranger" in roles and deal.state in {"approved", "offered"} else [], "refused": refused,
        "faults": (refused.facts.get("faults") if refused else None) or {}, "key": uuid.uuid4().hex[:30], "defaulted": deal.assets.exclude(defaulted_on=None).count(),
        "listed": deal.assets.filter(state="listed") if deal.issued_on else [],
    }  # fmt: skip
    return render(request, "securitization/deal.html", context, status=status)


def organizations() -> Any:
    """Whom a role or an invitation may name."""
    return Organization.objects.filter(check_state="verified", merged_into=None).order_by("name")[:500]


def books_of(deal: Transaction) -> Any:
    """The room's figures beside the ledger's."""
    period = selectors.period_now(deal)
    cash = sum(one.amount_fen for one in period.collections.exclude(asset=None)) + (period.support_fen or 0) if period else 0
    return reconciled(deal, performing_fen=selectors.performing_fen(deal), collected_open_fen=cash)


def sent_of(request: HttpRequest) -> dict[str, str]:
    """What a form sent, without its token and key."""
    return {name: value for name, value in request.POST.items() if isinstance(value, str) and name not in {"csrfmiddlewaretoken", "key"}}


def _guarded(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, event: str) -> None:
    """Steps of two people need an approver with a fresh second factor; a stranger finds no transaction."""
    must_edit(membership)
    deal = selectors.transaction_get(deal_id, membership)
    step = services.table_of(event).step(services.source_of(deal, event, selectors.period_now(deal)), event)
    if step is not None and FOUR_EYES in step.unless:
        must_approve(request, membership)


@require_POST
@member_page
def securitization_step(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, event: str) -> HttpResponse:
    """Takes a step."""
    _guarded(request, membership, deal_id, event)
    try:
        services.transaction_advance(deal_id, event, membership=membership, key=request.POST.get("key", "")[:100], fields=sent_of(request))
    except Refusal as refused:
        if refused.code not in TOLD:
            raise
        return deal_shown(request, membership, deal_id, refused=refused, status=422)
    messages.success(request, _("The step is taken and stands in the record."))
    return redirect("securitization", deal_id=deal_id)


@require_POST
@member_page
def securitization_request(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, event: str) -> HttpResponse:
    """Asks for a step that a second person takes."""
    must_edit(membership)
    try:
        services.transaction_request(deal_id, event, membership=membership, fields=sent_of(request))
    except Refusal as refused:
        if refused.code not in TOLD:
            raise
        return deal_shown(request, membership, deal_id, refused=refused, status=422)
    messages.success(request, _("Asked for. Another approver of your organization takes the step."))
    return redirect("securitization", deal_id=deal_id)


@require_POST
@member_page
def securitization_decline(_request: HttpRequest, membership: Membership, request_id: int) -> HttpResponse:
    """Takes a request back or turns it down."""
    must_edit(membership)
    found = Request.objects.filter(pk=request_id, organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such request of your organization."))
    services.request_decline(request_id, membership=membership)
    return redirect("securitization", deal_id=found.transaction_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def securitization_structure(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """The form of the structure; every fault stands on it, and what was typed stays."""
    must_edit(membership)
    deal = selectors.transaction_get(deal_id, membership)
    if deal.arranger_id != membership.organization_id:
        raise Refusal("not_allowed", _("Only the arranger changes a transaction before it is cut."))
    typed = sent_of(request) if request.method == "POST" else structuring.form_of(deal)
    context = {
        "room": "capital", "membership": membership, "deal": deal, "typed": typed, "key": uuid.uuid4().hex, "shape": shape_get(deal.shape) if deal.shape else None,
        **structuring.choices(),
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "securitization/structure.html", context)
    fields = {name: typed.get(name, "") for name in ("first_end_on", "pay_days", "issue_fen")} | {"terms": structuring.terms_from(typed)}
    try:
        services.transaction_advance(deal_id, "structure", membership=membership, key=request.POST.get("key", "")[:100], fields=fields)
    except Refusal as refused:
        if refused.code in {"not_found", "not_allowed", "step_not_possible", "idempotency_key_reused"}:
            raise
        return render(
            request,
            "securitization/structure.html",
            {**context, "refused": refused, "faults": refused.facts["faults"] if refused.code in TOLD else {}},
            status=422,
        )
    messages.success(request, _("The step is taken and stands in the record."))
    return redirect("securitization", deal_id=deal_id)


def _projected(deal: Transaction) -> projection.Projection:
    if not deal.terms:
        raise Http404
    return projection.projected(deal, selectors.terms_of(deal), first_end_on=deal.first_end_on)


@require_safe
@member_page
def securitization_scenarios(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """The base case by date, the grid of scenarios, break-even default rates."""
    deal = selectors.transaction_get(deal_id, membership)
    found = _projected(deal)
    context = {
        "room": "capital", "membership": membership, "deal": deal, "projection": found, "flows": projection.flows_of(found), "cells": projection.grid_of(found),
        "break_evens": projection.break_evens(found), "tranches": found.terms.tranches, "day": clock.today(), "curves": found.terms.curves,
        "wal": projection.wal_of(found.outcome), "cover": found.senior_cover,
    }  # fmt: skip
    return render(request, "securitization/scenarios.html", context)


@require_safe
@member_page
def securitization_chart(_request: HttpRequest, membership: Membership, deal_id: uuid.UUID, name: str) -> HttpResponse:
    """A chart of the base case as SVG; the table under it has the same figures."""
    deal = selectors.transaction_get(deal_id, membership)
    if name not in charts.NAMES:
        raise Http404
    label = _("Cash to the holders") if name == "flows" else _("Cover of the senior holders")
    svg = charts.svg(_projected(deal), name, day=clock.today().isoformat(), label=label)
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Cache-Control": "private, max-age=60"})
