"""The pages that read the record: an organization's rights, one right with its history as of a day, its documents, petitions, the queue of reviewers."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.lake import site_lake
from langqiao.web.common.sheets import XLSX, csv_bytes, workbook
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.patents.rights import unknown_words
from langqiao.web.patents.view import patent_get
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page
from langqiao.web.rights.annuities import fees_of, ics_of, late_steps, order_rows, restoring_of
from langqiao.web.rights.answers import answers_for
from langqiao.web.rights.documents import document_bytes
from langqiao.web.rights.history import history_of
from langqiao.web.rights.models import DocumentKind, HoldingDocument, Petition, PetitionState
from langqiao.web.rights.owned import owned_fees
from langqiao.web.rights.petitions import conflicts_of, may_review, petition_get
from langqiao.web.rights.replay import LICENSES
from langqiao.web.rights.seen import seen_by
from langqiao.web.rights.selectors import gathered_of, held_from, held_many, holdings_owned
from langqiao.web.rights.words import compared, petition_words

CALENDAR_DAYS = 365
PETITIONS_SHOWN = 100
RIGHTS_A_PAGE = 50
FEES_A_PAGE = 100
BEIJING = dt.timezone(dt.timedelta(hours=8))


def titled(key: str) -> str:
    """The title of a right in the language of the page."""
    return patent_get(site_lake(), key).title(chinese=chinese())


def read_day(text: str) -> dt.date | None:
    """A day of an address; what is none counts as not given."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@require_safe
@member_page
def rights(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The rights that the organization owns as far as the record knows, a page of them, and its petitions."""
    organization = membership.organization
    shown = Paginator(holdings_owned(organization), RIGHTS_A_PAGE).get_page(request.GET.get("page"))
    held = held_many(list(shown.object_list))
    rows = []
    for one in held:
        owner = next((found for found in one.owners if found.organization == organization.pk), None)
        fee = next((fee for fee in fees_of(one) if fee.standing in {"late", "due_soon", "coming"}), None)
        rows.append({"held": one, "share": owner.share if owner else None, "fee": fee})
    petitions = Petition.objects.filter(organization=organization).select_related("holding", "organization")[:PETITIONS_SHOWN]
    waiting = Petition.objects.filter(state=PetitionState.FILED).count() if may_review(membership) else None
    context = {"room": "rights", "rows": rows, "petitions": petitions, "membership": membership, "waiting": waiting, **paged(shown)}
    return render(request, "rights/rights.html", context)


def paged(shown: "Page[Any]") -> dict[str, Any]:
    """What the pager of a list needs."""
    return {"page": shown.number, "page_count": shown.paginator.num_pages, "total": shown.paginator.count}


def record_context(request: HttpRequest, membership: Membership, key: str) -> dict[str, Any]:
    """What the page of a right shows: today's standing, the history, and, where a day is chosen, the standing of then."""
    seen = seen_by(membership, key)
    today = timezone.localdate()
    day, known_on = (read_day(request.GET.get(name, "")) for name in ("on", "known"))
    asked = day is not None or known_on is not None
    known_at = dt.datetime.combine(known_on, dt.time.max, tzinfo=BEIJING) if known_on else None
    lines = seen.held.lines
    shown = held_from(gathered_of(seen.held.key), lines, day=day or today, known_at=known_at, holding=seen.holding) if asked else seen.held
    documents = HoldingDocument.objects.filter(holding=seen.holding) if seen.holding else HoldingDocument.objects.none()
    if not seen.viewer.inside:
        documents = documents.filter(organization=membership.organization)
    petitions = Petition.objects.filter(holding=seen.holding) if seen.holding else Petition.objects.none()
    if not may_review(membership):
        petitions = petitions.filter(organization=membership.organization)
    return {
        "room": "rights",
        "membership": membership,
        "key": seen.held.key,
        "title": titled(seen.held.key),
        "viewer": seen.viewer,
        "held": shown,
        "asked": asked,
        "on": day or today,
        "known": known_on or today,
        "answers": answers_for(seen) if not asked else [],
        "doubts": unknown_words(seen.held.view.unknown),
        "license_kinds": LICENSES,
        "history": history_of(lines, known_at=known_at),
        "fees": fees_of(seen.held),
        "late": [(fee, late_steps(fee)) for fee in fees_of(seen.held) if fee.standing == "late"],
        "restoring": restoring_of(seen.held),
        "documents": documents.select_related("organization"),
        "document_kinds": DocumentKind.choices,
        "petitions": petitions.select_related("organization")[:PETITIONS_SHOWN],
    }


@require_safe
@member_page
def right_record(request: HttpRequest, membership: Membership, key: str) -> HttpResponse:
    """The record of one right."""
    return render(request, "rights/record.html", record_context(request, membership, key))


@require_safe
@member_page
def right_document(request: HttpRequest, membership: Membership, document_id: UUID) -> HttpResponse:  # noqa: ARG001
    """A document as it came, for those who attached it, the owners of the right and the reviewers."""
    found = HoldingDocument.objects.filter(pk=document_id).select_related("holding").first()
    own = found is not None and found.organization_id == membership.organization_id
    if found is None or not (own or seen_by(membership, found.holding.key).viewer.inside):
        raise Refusal("not_found", "there is no such document")
    answer = HttpResponse(document_bytes(found), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(found.file_name)}"
    answer.headers["X-Content-SHA256"] = found.sha256
    return answer


def _quoted(name: str) -> str:
    return "".join(chr(octet) if (chr(octet).isalnum() and octet < 128) or octet in b"-._" else f"%{octet:02X}" for octet in name.encode())


@require_safe
@member_page
def petition(request: HttpRequest, membership: Membership, petition_id: UUID) -> HttpResponse:
    """One petition with its evidence, what it would change, what speaks against it, and the decision."""
    found = petition_get(petition_id=petition_id, membership=membership)
    return render(request, "rights/petition.html", petition_context(found, membership))


def petition_context(found: Petition, membership: Membership) -> dict[str, Any]:
    """What the page of a petition shows."""
    reviews = may_review(membership)
    return {
        "room": "rights",
        "petition": found,
        "title": titled(found.holding.key),
        "asks": petition_words(found),
        "conflicts": conflicts_of(found) if reviews else [],
        "changes": compared(found.before, found.after),
        "reviews": reviews,
        "own": found.organization_id == membership.organization_id,
        "membership": membership,
    }


@require_safe
@member_page
def rights_review(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The petitions that wait for review, oldest first."""
    if not may_review(membership):
        raise Refusal("not_allowed", "petitions are reviewed by the office and the platform")
    waiting = Petition.objects.filter(state=PetitionState.FILED).select_related("holding", "organization", "document").order_by("filed_at")
    decided = Petition.objects.exclude(state=PetitionState.FILED).select_related("holding", "organization").order_by("-decided_at")
    context = {"room": "rights", "waiting": waiting[:PETITIONS_SHOWN], "decided": decided[:20], "membership": membership}
    return render(request, "rights/review.html", context)


@require_safe
@member_page
def annuities(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The organization's annual fees of the coming year and those that are late."""
    today = timezone.localdate()
    owned = owned_fees(membership.organization)
    due = owned.due(today + dt.timedelta(days=CALENDAR_DAYS))
    shown = Paginator(due, FEES_A_PAGE).get_page(request.GET.get("page"))
    amounts = [fee.total_fen for fee in due]
    context = {
        "room": "rights",
        "fees": list(shown.object_list),
        "lost": owned.lost[:FEES_A_PAGE],
        "not_told": owned.not_told[-FEES_A_PAGE:],
        "not_told_count": len(owned.not_told),
        "today": today,
        "total_fen": None if any(amount is None for amount in amounts) else sum(amount or 0 for amount in amounts),
        "rights_count": owned.rights_count,
        **paged(shown),
    }
    return render(request, "rights/annuities.html", context)


@require_safe
@member_page
def annuities_ics(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The calendar as a file for calendar programs."""
    due = owned_fees(membership.organization).due(timezone.localdate() + dt.timedelta(days=CALENDAR_DAYS))
    answer = HttpResponse(ics_of(due, host=request.get_host().partition(":")[0]), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="annuities.ics"'
    return answer


@require_safe
@member_page
def annuities_order(request: HttpRequest, membership: Membership, form: str) -> HttpResponse:
    """The payment order of what is late or due soon (or of the rights marked), as of a day of payment, as CSV or XLSX."""
    if form not in {"csv", "xlsx"}:
        raise Refusal("not_found", "the order comes as csv or xlsx")
    pay_on = read_day(request.GET.get("pay_on", "")) or timezone.localdate()
    marked = set(request.GET.getlist("fee"))
    fees = [
        fee
        for fee in owned_fees(membership.organization, pay_on=pay_on).fees
        if (f"{fee.key} {fee.year}" in marked if marked else fee.standing in {"late", "due_soon"})
    ]
    rows = order_rows(fees, pay_on=pay_on)
    content, kind = (csv_bytes(rows), "text/csv; charset=utf-8") if form == "csv" else (workbook(rows), XLSX)
    headers = {"Content-Disposition": f'attachment; filename="annuities-{pay_on.isoformat()}.{form}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
