"""Papers that follow a deal: the invoice that the payer asks for and the payee issues, the order to pay annual fees, the taker's certificate."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules.refusals import Language
from langqiao.web.audit.heads import head_make
from langqiao.web.audit.services import record_append
from langqiao.web.deals import words
from langqiao.web.deals.contract import said
from langqiao.web.deals.facts import statement_of
from langqiao.web.deals.models import Deal, Invoice, RoomFile
from langqiao.web.deals.selectors import deal_get, today
from langqiao.web.deals.terms import invalid
from langqiao.web.documents.models import Document
from langqiao.web.documents.services import document_make
from langqiao.web.people.models import Membership, Organization
from langqiao.web.people.session import must_edit
from langqiao.web.rights.annuities import Fee, fees_of
from langqiao.web.rights.selectors import held_on

LANGUAGES: tuple[Language, ...] = ("zh", "en")
PAID = frozenset({"settled", "closed"})
TEXT_CHARS_MAX = 120
TECHNOLOGY = "technology_contract"
"""The kind of receipt that holds the number of the registered technology contract."""


def _deal(deal_id: uuid.UUID, membership: Membership) -> Deal:
    must_edit(membership)
    return deal_get(deal_id, membership, lock=True)


def not_invoiced_fen(deal: Deal) -> int:
    """What of the price no invoice was asked for yet."""
    asked = sum(one.amount_fen for one in deal.invoice_set.all())
    return max(0, (deal.price_fen or 0) - int(asked))


def exemption_of(deal: Deal) -> str:
    """The number of the registered technology contract, on which tax exemption rests; empty where none was noted."""
    registered = (one for one in deal.officereceipt_set.all() if one.kind == TECHNOLOGY)
    found = max(registered, key=lambda one: (one.on, one.pk), default=None)
    return found.number if found else ""


def invoice_ask(
    deal_id: uuid.UUID,
    *,
    membership: Membership,
    amount_fen: int,
    item: str,
    tax_rate: str,
    taxpayer_id: str = "",
    send_to: str,
    exempt: str = "",
) -> Invoice:
    """The payer asks for an invoice over what was paid; the request is a document in both languages.

    Refused: not_found, not_allowed, not_settled, invoice_above_price, invoice_without_contract, terms_invalid.
    """
    with transaction.atomic():
        deal = _deal(deal_id, membership)
        if deal.buyer_id != membership.organization_id:
            raise Refusal("not_allowed", _("The side that pays asks for the invoice."), facts={})
        if deal.state not in PAID or not deal.price_fen:
            raise Refusal("not_settled", _("An invoice is asked for once the price has been settled."), facts={"state": deal.state})
        if not 0 < amount_fen <= not_invoiced_fen(deal):
            raise Refusal(
                "invoice_above_price", _("The invoices together stay within the price."), facts={"left_fen": not_invoiced_fen(deal)}
            )
        fields = _requested(deal, amount_fen, item=item, tax_rate=tax_rate, taxpayer_id=taxpayer_id, send_to=send_to, exempt=exempt)
        documents = _both(deal, "invoice_request", fields, membership=membership, sides=_sides(deal))
        made = Invoice.objects.create(
            deal=deal, amount_fen=amount_fen, item=fields["item"], documents=[str(one.pk) for one in documents],
            organization=membership.organization, by=membership.user, at=timezone.now(),
        )  # fmt: skip
        payload = {"invoice": made.pk, "amount_fen": amount_fen, "documents": [one.sha256 for one in documents]}
        record_append(actor=membership.user, action="deal.invoice_asked", subject=f"deal/{deal.pk}", payload=payload)
        return made


def _requested(deal: Deal, amount_fen: int, **given: str) -> dict[str, Any]:
    contract = Document.objects.filter(pk__in=deal.contract.get("documents", []), language="zh").first()
    if contract is None:
        raise Refusal("invoice_without_contract", _("The invoice names the contract; this deal has none made here."), facts={})
    buyer = deal.buyer
    assert buyer is not None, "the payer asked"
    given["taxpayer_id"] = given["taxpayer_id"].strip() or buyer.credit_code or ""
    faults = {
        name: _("1 to %(n)d characters") % {"n": TEXT_CHARS_MAX}
        for name in ("item", "tax_rate", "taxpayer_id", "send_to")
        if not _fits(given[name])
    }
    if faults:
        raise invalid(faults)
    fields: dict[str, Any] = {name: text.strip() for name, text in given.items() if text.strip()}
    paid_on = deal.steps.filter(event__in=("settle", "pay")).order_by("number").last()
    fields |= {"contract_title": contract.title, "contract_sha256": contract.sha256, "amount_fen": amount_fen}
    return fields | ({"paid_on": timezone.localtime(paid_on.at).date().isoformat()} if paid_on else {})


def _fits(text: str) -> bool:
    return 1 <= len(text.strip()) <= TEXT_CHARS_MAX


def _sides(deal: Deal) -> dict[str, Organization]:
    return {"seller": deal.seller, **({"buyer": deal.buyer} if deal.buyer else {})}


def _both(deal: Deal, kind: str, fields: Mapping[str, Any], *, membership: Membership, sides: Mapping[str, Organization]) -> list[Document]:
    return [
        document_make(kind=kind, subject=f"deal/{deal.pk}", language=language, fields=fields, organizations=sides, by=membership.user)
        for language in LANGUAGES
    ]


def invoice_issued(
    deal_id: uuid.UUID, invoice_id: int, *, membership: Membership, number: str, issued_on: dt.date, file: RoomFile | None = None
) -> Invoice:
    """The payee notes the invoice it has issued, with the file in the room. Refused: not_found, not_allowed, invoice_issued, terms_invalid."""
    with transaction.atomic():
        deal = _deal(deal_id, membership)
        if deal.seller_id != membership.organization_id:
            raise Refusal("not_allowed", _("The side that was paid issues the invoice."), facts={})
        invoice = Invoice.objects.select_for_update(of=("self",)).filter(deal=deal, pk=invoice_id).first()
        if invoice is None:
            raise Refusal("not_found", _("There is no such request for an invoice."))
        if invoice.number:
            raise Refusal("invoice_issued", _("The invoice has been issued."), facts={"number": invoice.number})
        if not 1 <= len(number.strip()) <= 80 or issued_on > today():
            raise invalid({"number": _("the number of the invoice and a day that has come")})
        invoice.number, invoice.issued_on, invoice.file, invoice.issued_by = number.strip(), issued_on, file, membership.user
        invoice.save(update_fields=["number", "issued_on", "file", "issued_by"])
        payload = {"invoice": invoice.pk, "number": invoice.number, "issued_on": issued_on.isoformat()}
        record_append(actor=membership.user, action="deal.invoice_issued", subject=f"deal/{deal.pk}", payload=payload)
        return invoice


def holder_after(deal: Deal) -> Organization | None:
    """Who owes the annual fees of the deal's patents now: the acquirer once an assignment was performed, else the disposing side."""
    return deal.buyer if deal.kind == "assignment" and deal.effective_on else deal.seller


def fees_to_order(deal: Deal, *, pay_on: dt.date) -> list[Fee]:
    """The annual fees of the deal's patents that are late or due soon and of a known amount, as paid on a day."""
    found = [fee for patent in deal.patents.all() for fee in fees_of(held_on(patent.key, pay_on), pay_on=pay_on)]
    return sorted(
        (fee for fee in found if fee.standing in {"late", "due_soon"} and fee.total_fen is not None),
        key=lambda fee: (fee.due_date, fee.key),
    )


def annuity_order_make(deal_id: uuid.UUID, *, membership: Membership, payer: str, pay_on: dt.date | None = None) -> list[Document]:
    """The holder's order to pay the annual fees that are late or due soon, in both languages; the holder signs it on its page.

    Refused: not_found, not_allowed, no_annuity_due, terms_invalid.
    """
    with transaction.atomic():
        deal, day = _deal(deal_id, membership), pay_on or today()
        holder = holder_after(deal)
        if holder is None or holder.pk != membership.organization_id:
            raise Refusal("not_allowed", _("The holder of the patents orders the payment."), facts={})
        if not _fits(payer) or day < today():
            raise invalid({"payer": _("who pays, and a day that does not lie in the past")})
        fees = fees_to_order(deal, pay_on=day)
        if not fees:
            raise Refusal("no_annuity_due", _("No annual fee of these patents is late or due soon."), facts={})
        rows = [_fee_row(fee) for fee in fees]
        fields = {"day": today().isoformat(), "payer": payer.strip(), "fees": rows, "total_fen": sum(row["pay_fen"] for row in rows)}
        return _both(deal, "annuity_order", fields, membership=membership, sides={"holder": holder})


def _fee_row(fee: Fee) -> dict[str, Any]:
    row = {
        "number": fee.key.replace("-", ""), "patent_year": fee.year, "due_on": fee.due_date.isoformat(), "fee_fen": fee.full_fen,
        "surcharge_fen": fee.surcharge_fen or None, "reduction": f"{fee.share:.4f}".rstrip("0") if fee.share else None, "pay_fen": fee.total_fen,
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def taking_certificate_make(deal_id: uuid.UUID, *, membership: Membership) -> list[Document]:
    """The certificate of a license taken from an open license (Patent Law 51), for the taker, from the record. Refused: not_allowed, not_settled."""
    with transaction.atomic():
        deal = _deal(deal_id, membership)
        statement = statement_of(deal) if deal.kind == "open_license_taking" else None
        if statement is None or membership.organization_id not in {deal.seller_id, deal.buyer_id}:
            raise Refusal("not_allowed", _("The certificate is made for the two sides of a license taken from an open license."), facts={})
        if deal.effective_on is None:
            raise Refusal("not_settled", _("The license is not in effect yet."), facts={"state": deal.state})
        head = head_make()
        assert head is not None, "a paid license has records"
        return [
            document_make(
                kind="open_license_certificate", subject=f"deal/{deal.pk}", language=language, organizations=_sides(deal), by=membership.user,
                fields=_taken(deal, language) | {"tree_size": head.size, "tree_root": head.root},
            )
            for language in LANGUAGES
        ]  # fmt: skip


def _taken(deal: Deal, language: Language) -> dict[str, Any]:
    statement, steps = statement_of(deal), list(deal.steps.all())
    assert statement is not None, "asked before"
    assert deal.effective_on is not None, "asked before"
    receipts = ", ".join(
        f"{row.number} ({row.on.isoformat()})" for row in deal.officereceipt_set.filter(kind="recordal").order_by("on", "pk")
    )
    zh, en = words.CHOICE[statement.fee_method or "fixed"]
    noticed = deal.terms.get("taking", {}).get("noticed_on")
    found = {
        "patents": patents_told(deal), "statement_reference": statement.reference, "announced_on": _iso(statement.announced_on),
        "fee": zh if language == "zh" else en, "noticed_on": noticed, "paid_fen": deal.price_fen, "effective_on": deal.effective_on.isoformat(),
        "term_end": _iso(statement.term_end), "recordal": receipts or None, "deal": str(deal.pk), "scenario": deal.is_scenario,
        "audit_sequence": f"{steps[0].audit_seq}–{steps[-1].audit_seq}",
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def patents_told(deal: Deal) -> list[dict[str, Any]]:
    """The deal's patents as documents list them: the record's facts, completed by what the sides gave for the contract."""
    patents: list[dict[str, Any]] = said(deal)["patents"]
    for name, text in deal.contract.get("given", {}).items():
        if name.startswith("patents."):
            _table, number, column = name.split(".")
            patents[int(number)].setdefault(column, text)
    return patents
