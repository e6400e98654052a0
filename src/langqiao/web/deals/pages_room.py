"""The forms of the room: confidence, questions, files, consents, publicity, clearance, receipts, and the contract."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.deals import orders, room
from langqiao.web.deals.checklist import checklist_of
from langqiao.web.deals.closing import certificate_make, holdback_release
from langqiao.web.deals.contract import contract_make
from langqiao.web.deals.fields import rate_text
from langqiao.web.deals.models import RoomFile
from langqiao.web.deals.pages_change import shown_again
from langqiao.web.deals.selectors import deal_get
from langqiao.web.deals.terms import invalid
from langqiao.web.deals.words import language
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

Act = Callable[[HttpRequest, Membership, uuid.UUID], Any]


def day_of(request: HttpRequest, name: str, *, needed: bool = False) -> dt.date | None:
    """A day of the form. Refused (terms_invalid) for what is none."""
    text = request.POST.get(name, "").strip()
    if not text and not needed:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise invalid({name: "a day is written as 2026-11-24"}) from error


def day_needed(request: HttpRequest, name: str) -> dt.date:
    """A day that must be there."""
    found = day_of(request, name, needed=True)
    assert found is not None, "refused above"
    return found


def paper(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, kind: str) -> RoomFile | None:
    """The file that came with a form, now in the room; None where none came."""
    given = request.FILES.get("file")
    return room.file_add(deal_id, membership=membership, file=given, kind=kind, tier=RoomFile.ROOM) if given else None


def _consent(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    return room.consent_note(
        deal_id, membership=membership, holder=request.POST.get("holder", ""), basis=request.POST.get("basis", ""),
        served_on=day_of(request, "served_on"), given_on=day_of(request, "given_on"), file=paper(request, membership, deal_id, "consent"),
    )  # fmt: skip


def _receipt(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    return room.receipt_note(
        deal_id, membership=membership, kind=request.POST.get("kind", ""), number=request.POST.get("number", ""), on=day_needed(request, "on"),
        key=request.POST.get("patent", ""), file=paper(request, membership, deal_id, "receipt"),
    )  # fmt: skip


def _clearance(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    return room.clearance_note(
        deal_id, membership=membership, number=request.POST.get("number", ""), on=day_needed(request, "on"),
        file=paper(request, membership, deal_id, "clearance"),
    )  # fmt: skip


def _question(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    return room.question_ask(deal_id, membership=membership, text=request.POST.get("text", ""))


def _answer(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    number = request.POST.get("question", "")
    return room.question_answer(deal_id, int(number) if number.isdigit() else 0, membership=membership, text=request.POST.get("text", ""))


def _file(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    given = request.POST
    return room.file_add(
        deal_id,
        membership=membership,
        file=request.FILES.get("file"),
        kind=given.get("kind", "data_room"),
        tier=given.get("tier", RoomFile.ROOM),
    )


def _publicity(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    return room.publicity_begin(
        deal_id, membership=membership, result_name=request.POST.get("result_name", ""), begun_on=day_needed(request, "begun_on")
    )


def _objection(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    return room.publicity_object(deal_id, membership=membership, text=request.POST.get("text", ""))


def _nda(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    return room.nda_sign(deal_id, membership=membership, seen_sha256=request.POST.get("sha256", ""))


ACTS: dict[str, Act] = {
    "nda": _nda, "question": _question, "answer": _answer, "file": _file, "consent": _consent, "publicity": _publicity,
    "objection": _objection, "clearance": _clearance, "receipt": _receipt,
}  # fmt: skip


@require_POST
@member_page
def write(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, what: str) -> HttpResponse:
    """Writes one thing into the room."""
    must_edit(membership)
    deal_get(deal_id, membership)
    act = ACTS.get(what)
    if act is None:
        raise Refusal("not_found", _("There is no such page."))
    try:
        act(request, membership, deal_id)
    except Refusal as refusal:
        return shown_again(request, membership, deal_id, refusal)
    messages.success(request, _("Noted in the room and in the record."))
    return redirect("deal", deal_id=deal_id)


@require_POST
@member_page
def contract(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """Makes the contract in both languages."""
    must_edit(membership)
    deal_get(deal_id, membership)
    try:
        contract_make(deal_id, membership=membership, given=request.POST.dict())
    except Refusal as refusal:
        return shown_again(request, membership, deal_id, refusal, event="contract")
    messages.success(request, _("The contract is made in both languages. Both sides sign it on its page."))
    return redirect("deal", deal_id=deal_id)


def _holdback(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    must_approve(request, membership)
    return holdback_release(deal_id, membership=membership)


def _certificate(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:  # noqa: ARG001
    return certificate_make(deal_id, membership=membership)


def _taking_certificate(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:  # noqa: ARG001
    return orders.taking_certificate_make(deal_id, membership=membership)


def _invoice(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    given = {name: request.POST.get(name, "") for name in ("item", "taxpayer_id", "send_to", "exempt")}
    try:
        amount, rate = (
            yuan_to_fen(request.POST.get("amount", "").replace(",", "").strip()),
            rate_text(request.POST.get("tax_rate", "").strip()),
        )
    except ValueError as error:
        raise invalid({"amount": str(error)}) from error
    return orders.invoice_ask(deal_id, membership=membership, amount_fen=amount, tax_rate=rate, **given)


def _issued(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    number = request.POST.get("invoice", "")
    with transaction.atomic():
        given = request.FILES.get("file")
        file = room.file_after(deal_id, membership=membership, file=given, kind="invoice") if given else None
        return orders.invoice_issued(
            deal_id, int(number) if number.isdigit() else 0, membership=membership, number=request.POST.get("number", ""),
            issued_on=day_needed(request, "issued_on"), file=file,
        )  # fmt: skip


def _annuities(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> Any:
    return orders.annuity_order_make(deal_id, membership=membership, payer=request.POST.get("payer", ""), pay_on=day_of(request, "pay_on"))


AFTER: dict[str, Act] = {
    "certificate": _certificate, "holdback": _holdback, "taking": _taking_certificate, "invoice": _invoice, "issued": _issued,
    "annuities": _annuities,
}  # fmt: skip


@require_POST
@member_page
def after(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, what: str) -> HttpResponse:
    """What follows a settlement: certificates, invoice, order of annual fees, release of the holdback."""
    must_edit(membership)
    deal_get(deal_id, membership)
    act = AFTER.get(what)
    if act is None:
        raise Refusal("not_found", _("There is no such page."))
    try:
        act(request, membership, deal_id)
    except Refusal as refusal:
        return shown_again(request, membership, deal_id, refusal)
    messages.success(request, _("Noted in the room and in the record."))
    return redirect("deal", deal_id=deal_id)


@require_safe
@member_page
def file(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, file_id: int) -> HttpResponse:  # noqa: ARG001
    """A file of the room; who opened it is noted."""
    found, content = room.file_read(deal_id, file_id, membership=membership)
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name) or "attachment"
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_safe
@member_page
def diligence(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """The due-diligence checklist: what the record answers for each patent of the deal."""
    deal = deal_get(deal_id, membership)
    rows = checklist_of(deal, membership)
    context = {
        "room": "deals", "membership": membership, "deal": deal, "rows": rows, "left_out": max(0, len(deal.patents.all()) - len(rows)),
        "zh": language() == "zh",
    }  # fmt: skip
    return render(request, "deals/diligence.html", context)
