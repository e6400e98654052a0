"""The forms that ask for a change of the record or decide on one: claim, register event, correction, document, decision."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.refusals import told
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page, must_approve, must_edit
from langqiao.web.rights.documents import document_attach
from langqiao.web.rights.models import DocumentKind, HoldingDocument, Petition
from langqiao.web.rights.pages import petition_context, titled
from langqiao.web.rights.petitions import (
    Filing,
    claim_file,
    correction_file,
    event_file,
    is_office,
    may_review,
    petition_get,
)
from langqiao.web.rights.register_events import ENTERABLE, FACTS, FIELDS, REDUCTIONS, Enterable, owners_read
from langqiao.web.rights.reviews import petition_decide, petition_withdraw
from langqiao.web.rights.seen import Seen, seen_by
from langqiao.web.rights.services import holding_open
from langqiao.web.rights.words import FACT_WORDS, SHARES_OF, kind_words, line_words

OF_ANOTHER_PAGE = {"not_allowed", "not_found", "not_a_patent", "not_verified", "second_factor_needed"}
"""Refusals that are pages of their own; the others stand above the form that was sent."""


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _filing(request: HttpRequest, membership: Membership, key: str) -> Filing:
    """The grounds, the document if one came, and the form's key."""
    document: HoldingDocument | None = None
    file = request.FILES.get("file")
    if file is not None:
        kind = request.POST.get("document_kind", "")
        document = document_attach(membership=membership, holding=holding_open(key), kind=kind, file=file, by=_user(request))
    return Filing(grounds=request.POST.get("grounds", ""), document=document, request_key=request.POST.get("request_key", ""))


def _form(
    request: HttpRequest, membership: Membership, key: str, *, template: str, file: Callable[[], Petition], context: Callable[[Seen], dict[str, Any]]
) -> HttpResponse:  # fmt: skip
    """One form: shown, or filed in one transaction with its document; a refusal stands above it with what was written."""
    must_edit(membership)
    seen = seen_by(membership, key)
    error = None
    if request.method == "POST":
        try:
            with transaction.atomic():
                made = file()
        except Refusal as refusal:
            if refusal.code in OF_ANOTHER_PAGE:
                raise
            error = told(refusal)
        else:
            messages.success(request, _("Filed. Somebody of another organization decides."))
            return redirect("petition", petition_id=made.pk)
    shown = {
        "room": "rights",
        "membership": membership,
        "key": key,
        "title": titled(seen.held.key),
        "seen": seen,
        "error": error,
        "given": request.POST,
        "request_key": request.POST.get("request_key") or uuid4().hex,
        "document_kinds": DocumentKind.choices,
        **context(seen),
    }
    return render(request, template, shown, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def right_claim(request: HttpRequest, membership: Membership, key: str) -> HttpResponse:
    """Claims a right as owner or co-owner."""

    def file() -> Petition:
        owners = owners_read(request.POST.get("owners", ""))
        mine = " ".join(request.POST.get("mine", "").split())
        filing = _filing(request, membership, key)
        return claim_file(membership=membership, key=key, owners=owners, mine=mine, filing=filing, by=_user(request))

    def context(seen: Seen) -> dict[str, Any]:
        lines = "\n".join(f"{owner.name} | {owner.share or ''}".rstrip() for owner in seen.held.owners)
        named = {"".join(owner.name.split()).casefold(): owner.name for owner in seen.held.owners}
        mine = named.get("".join(membership.organization.name.split()).casefold(), "")
        shown = request.POST.get("mine", mine or membership.organization.name)
        return {"owners": request.POST.get("owners", lines), "mine": shown, "in_lake": bool(mine)}

    return _form(request, membership, key, template="rights/claim.html", file=file, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def right_event(request: HttpRequest, membership: Membership, key: str) -> HttpResponse:
    """Enters a register event: chosen kind first, then its fields."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")

    def file() -> Petition:
        filing = _filing(request, membership, key)
        return event_file(membership=membership, key=key, kind=kind, given=request.POST.dict(), filing=filing, by=_user(request))

    def context(seen: Seen) -> dict[str, Any]:
        return kind_context(seen, kind, membership, request.POST.dict())

    return _form(request, membership, key, template="rights/event.html", file=file, context=context)


def field_context(seen: Seen, kind: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the chosen kind with what was written."""
    chosen = ENTERABLE.get(kind)
    names = ("on", *chosen.needs, *chosen.may) if chosen else ()
    return {
        "kind": kind if chosen else "",
        "form_fields": [
            {"name": name, "words": FIELDS[name], "needed": name == "on" or (chosen and name in chosen.needs), "value": given.get(name, "")}
            for name in names
            if name not in {"reduction", "burden"}
        ],
        "reductions": [(code, SHARES_OF[code]) for code in REDUCTIONS] if "reduction" in names else [],
        "burdens": seen.held.burdens if "burden" in names else [],
        "today": timezone.localdate(),
    }


def kind_context(seen: Seen, kind: str, membership: Membership, given: Mapping[str, str]) -> dict[str, Any]:
    """The kinds that the member may enter, and the fields of the one chosen."""
    office = is_office(membership)
    return {"kinds": [one for one in ENTERABLE.values() if office or one.by_owner], **field_context(seen, kind, given)}


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def right_correct(request: HttpRequest, membership: Membership, key: str) -> HttpResponse:
    """Tells that something is wrong: what, what is right, and the evidence."""
    target = request.POST.get("target") or request.GET.get("target", "")
    kind = request.POST.get("kind") or request.GET.get("kind", "void")

    def file() -> Petition:
        filing = _filing(request, membership, key)
        return correction_file(membership=membership, key=key, target=target, given=request.POST.dict(), filing=filing, by=_user(request))

    def context(seen: Seen) -> dict[str, Any]:
        fields = field_context(seen, kind, request.POST.dict())
        return {**correction_context(seen, target), **fields, "kinds": _kinds(target)}

    return _form(request, membership, key, template="rights/correct.html", file=file, context=context)


def _kinds(target: str) -> list[Enterable]:
    """The kinds that may stand in the place of what is wrong: an event of the lake is replaced by an event."""
    groups = {"event"} if target.startswith("event:") else {"event", "burden_added", "fee_reduction"}
    return [one for one in ENTERABLE.values() if one.group in groups]


def correction_context(seen: Seen, target: str) -> dict[str, Any]:
    """What can be wrong: facts, events of the lake, lines of the record that stand and are seen; and the one chosen."""
    facts = seen.held.view.facts
    replaced = {line.corrects for line in seen.held.lines}
    events = [event for event in reversed(seen.held.view.events) if not event.derived and not event.id.startswith("record:")]
    lines = [line for line in reversed(seen.held.lines) if line.id not in replaced and line.kind not in {"voided", "fact_corrected"}]
    return {
        "target": target,
        "targets": {
            "facts": [(f"fact:{name}", FACT_WORDS[name], getattr(facts, name) or "") for name in FACTS],
            "events": [(f"event:{event.id}", event) for event in events],
            "lines": [(f"entry:{line.id}", kind_words(line), line_words(line), line.on) for line in lines],
        },
        "is_fact": target.startswith("fact:"),
    }


@require_POST
@member_page
def right_document_attach(request: HttpRequest, membership: Membership, key: str) -> HttpResponse:
    """Attaches a document to a right."""
    must_edit(membership)
    seen = seen_by(membership, key)
    with transaction.atomic():
        document_attach(
            membership=membership, holding=holding_open(seen.held.key), kind=request.POST.get("document_kind", ""),
            file=request.FILES.get("file"), by=_user(request),
        )  # fmt: skip
    messages.success(request, _("The document is kept with its SHA-256."))
    return redirect("right_record", key=key)


@require_POST
@member_page
def petition_decision(request: HttpRequest, membership: Membership, petition_id: UUID) -> HttpResponse:
    """Accepts, refuses or revokes a petition: an approver of the office or the platform, after the second factor."""
    if not may_review(membership):
        raise Refusal("not_allowed", _("Petitions are decided by approvers of the office or the platform."))
    must_approve(request, membership)
    found = petition_get(petition_id=petition_id, membership=membership)
    try:
        petition_decide(
            petition_id=found.pk, event=request.POST.get("decision", ""), membership=membership,
            reasons=request.POST.get("reasons", ""), by=_user(request),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in OF_ANOTHER_PAGE:
            raise
        context = {**petition_context(found, membership), "error": told(refusal), "reasons": request.POST.get("reasons", "")}
        return render(request, "rights/petition.html", context, status=422)
    return redirect("petition", petition_id=found.pk)


@require_POST
@member_page
def petition_withdrawal(request: HttpRequest, membership: Membership, petition_id: UUID) -> HttpResponse:
    """Takes back a petition of one's own organization."""
    found = petition_get(petition_id=petition_id, membership=membership)
    petition_withdraw(petition_id=found.pk, membership=membership, by=_user(request))
    return redirect("petition", petition_id=found.pk)
