"""Papers of deals: contract, signatures, files, packages for offices, certificates, invoices, orders of annual fees, release of the holdback."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Told
from langqiao.web.api.files import FILE_BODY_BYTES_MAX, FileGiven, FileTold, file_told, uploaded
from langqiao.web.api.rooms.deals import RequestTold, request_told
from langqiao.web.api.rooms.documents import DocumentTold, document_told
from langqiao.web.deals import closing, orders
from langqiao.web.deals.contract import asked, contract_make
from langqiao.web.deals.facts import contract_documents, signed_by
from langqiao.web.deals.fields import rate_text
from langqiao.web.deals.models import Deal, Invoice, RoomFile
from langqiao.web.deals.selectors import deal_get, roles_of, today
from langqiao.web.deals.terms import invalid
from langqiao.web.documents.models import Document
from langqiao.web.documents.packages import package_make, package_named, package_state, paper_add, parties_of_subject
from langqiao.web.documents.selectors import PARTIES, SIGNATURES, document_get, documents_for
from langqiao.web.documents.services import document_bytes, document_sign
from langqiao.web.people.session import must_edit

Value = str | bool | int | None


class AskedTold(Told):
    """What the contract still asks for. `needed`: without it no contract is made."""

    name: str
    type: str
    value: str
    needed: bool
    choices: list[str]


class ContractTold(Told):
    """The contract's documents; `current`: they stand on the terms as they are; `signed_by`: sides that signed both languages."""

    documents: list[DocumentTold]
    current: bool
    signed_by: list[str]
    asked: list[AskedTold]


class GivenFields(Given):
    """What the contract asks for, by name, as its form takes it."""

    given: dict[str, str] = Field(default={}, max_length=200)


class PaperTold(Told):
    """A paper of a package: there, unsigned or missing, and the article that asks for it."""

    id: str
    title: str
    source: str
    state: str


class PackageTold(Told):
    """A package for an office."""

    kind: str
    title: str
    complete: bool
    due_on: dt.date | None
    days_left: int | None
    papers: list[PaperTold]


class FactsGiven(Given):
    """Facts that decide which papers are asked for."""

    facts: dict[str, str | bool] = Field(default={}, max_length=30)


class DocumentsMadeTold(Told):
    """The documents that were made, one a language."""

    items: list[DocumentTold]


class InvoiceTold(Told):
    """An invoice that was asked for; `number` empty: not issued yet."""

    id: int
    amount_fen: int
    item: str
    documents: list[str]
    number: str
    issued_on: dt.date | None
    at: dt.datetime


class InvoicesTold(Told):
    """The invoices of a deal, and what of the price none was asked for."""

    items: list[InvoiceTold]
    left_fen: int


class InvoiceGiven(Given):
    """What the invoice is asked for."""

    amount_fen: int = Field(gt=0, le=INT_MAX)
    item: str = Field(max_length=120)
    tax_rate: str = Field(max_length=12, description="0.06 or 6%")
    taxpayer_id: str = Field(default="", max_length=120)
    send_to: str = Field(max_length=120)
    exempt: str = Field(default="", max_length=120)


class IssuedGiven(Given):
    """The invoice that was issued."""

    number: str = Field(min_length=1, max_length=80)
    issued_on: dt.date
    file_id: int | None = Field(default=None, ge=1, le=INT_MAX)


class OrderGiven(Given):
    """Who pays the fees, and on which day (default: today)."""

    payer: str = Field(max_length=120)
    pay_on: dt.date | None = None


def _deal(call: Call) -> Deal:
    return deal_get(call.uuid("deal_id"), call.membership)


def contract(call: Call) -> ContractTold:
    """The contract, and what it still asks for."""
    deal = _deal(call)
    named = [str(one) for one in deal.contract.get("documents", [])]
    own = [one for one in documents_for(f"deal/{deal.pk}", call.membership.organization) if str(one.pk) in named]
    side = bool({"seller", "buyer", "pledgee"} & set(roles_of(deal, call.membership.organization))) and deal.kind != "auction"
    return ContractTold(
        documents=[document_told(one) for one in own],
        current=bool(contract_documents(deal)),
        signed_by=sorted(signed_by(deal)) if side else [],
        asked=[_asked(one) for one in asked(deal, deal.contract.get("given", {}))] if side else [],
    )


def _asked(one: Any) -> AskedTold:
    return AskedTold(name=one.name, type=one.field.type, value=str(one.value or ""), needed=one.needed, choices=list(one.field.choices))


def make(call: Call) -> ContractTold:
    """Makes the contract in both languages."""
    contract_make(_deal(call).pk, membership=call.membership, given=call.body.given)
    return contract(call)


def sign(call: Call) -> DocumentTold:
    """Signs a document for the organization's side, with this person's key."""
    found = document_get(call.uuid("document_id"), call.membership.organization)
    call.must_approve()
    document_sign(document=found, membership=call.membership, user=call.user)
    return document_told(document_get(found.pk, call.membership.organization))


def content(call: Call) -> FileTold:
    """The file as it stands, after its last signature."""
    found = document_get(call.uuid("document_id"), call.membership.organization)
    ending = "pdf" if found.media_type.endswith("pdf") else "zip"
    return file_told(document_bytes(found), name=f"{found.kind}-{found.language}-v{found.version}.{ending}", media_type=found.media_type)


def _subject(call: Call) -> str:
    subject = f"deal/{_deal(call).pk}"
    if not documents_for(subject, call.membership.organization):
        raise Refusal("not_found", _("There is no such document for your organization."))
    return subject


def _package(call: Call, facts: dict[str, Any]) -> PackageTold:
    state = package_state(kind=call.path["package"], subject=_subject(call), facts=facts, today=today())
    zh = str(call.request.headers.get("Accept-Language", "")).startswith("zh")
    said: Literal["zh", "en"] = "zh" if zh else "en"
    papers = [PaperTold(id=item.paper.id, title=item.paper.title[said], source=item.paper.source, state=item.state) for item in state.items]
    return PackageTold(
        kind=state.package.kind, title=state.package.title[said], complete=state.complete, due_on=state.due_on, days_left=state.days_left,
        papers=papers,
    )  # fmt: skip


def package(call: Call) -> PackageTold:
    """What the package needs and has."""
    package_named(call.path["package"])
    return _package(call, {})


def paper(call: Call) -> PackageTold:
    """Adds a paper as PDF; every organization named on these documents may read it."""
    subject = _subject(call)
    paper_add(
        package=call.path["package"], paper=call.path["paper"], subject=subject, content=uploaded(call.body, "body").read(),
        membership=call.membership, user=call.user,
    )  # fmt: skip
    return _package(call, {})


def packed(call: Call) -> DocumentTold:
    """Makes the ZIP of a complete package."""
    must_edit(call.membership)
    subject = _subject(call)
    made = package_make(
        kind=call.path["package"],
        subject=subject,
        language="zh",
        facts=call.body.facts,
        organizations=parties_of_subject(subject),
        by=call.user,
    )
    return document_told(document_get(made.pk, call.membership.organization))


def documents_made(made: Sequence[Document]) -> DocumentsMadeTold:
    """Documents just made, with their parties and signatures."""
    keys = [one.pk for one in made]
    rows = Document.objects.filter(pk__in=keys).prefetch_related(SIGNATURES, PARTIES)
    return DocumentsMadeTold(items=[document_told(one) for one in rows])


def certificate(call: Call) -> DocumentsMadeTold:
    """Makes the closing certificate in both languages."""
    return documents_made(closing.certificate_make(_deal(call).pk, membership=call.membership))


def taking_certificate(call: Call) -> DocumentsMadeTold:
    """Makes the certificate of a license taken from an open license."""
    return documents_made(orders.taking_certificate_make(_deal(call).pk, membership=call.membership))


def annuity_order(call: Call) -> DocumentsMadeTold:
    """Makes the order to pay the annual fees of the deal's patents."""
    given = call.body
    return documents_made(orders.annuity_order_make(_deal(call).pk, membership=call.membership, payer=given.payer, pay_on=given.pay_on))


def _invoice(one: Invoice) -> InvoiceTold:
    return InvoiceTold(**{name: getattr(one, name) for name in InvoiceTold.model_fields})


def invoices(call: Call) -> InvoicesTold:
    """The invoices asked for in a deal, for its sides."""
    deal = _deal(call)
    sides = call.membership.organization_id in {deal.seller_id, deal.buyer_id}
    return InvoicesTold(
        items=[_invoice(one) for one in deal.invoice_set.all()] if sides else [], left_fen=orders.not_invoiced_fen(deal) if sides else 0
    )


def invoice_ask(call: Call) -> InvoiceTold:
    """Asks for an invoice; the request is a document in both languages."""
    given = call.body.model_dump()
    try:
        given["tax_rate"] = rate_text(given["tax_rate"].strip())
    except ValueError as error:
        raise invalid({"tax_rate": str(error)}) from error
    return _invoice(orders.invoice_ask(_deal(call).pk, membership=call.membership, **given))


def invoice_issued(call: Call) -> InvoiceTold:
    """Notes the invoice that was issued."""
    deal, given = _deal(call), call.body
    file = RoomFile.objects.filter(deal=deal, pk=given.file_id).first() if given.file_id else None
    made = orders.invoice_issued(
        deal.pk, call.path["invoice_id"], membership=call.membership, number=given.number, issued_on=given.issued_on, file=file
    )
    return _invoice(made)


def holdback(call: Call) -> RequestTold:
    """Asks for the release of what is held back, or releases it where another person of the platform has asked."""
    deal = _deal(call)
    if "platform" not in roles_of(deal, call.membership.organization):
        raise Refusal("not_allowed", _("The platform releases what it holds back."), facts={})
    call.must_approve()
    return request_told(closing.holdback_release(deal.pk, membership=call.membership))


ONE = "/deals/{deal_id:uuid}"
WRITES: dict[str, Any] = {"method": "POST", "scope": "deals", "role": "editor", "status": 201}
READS: dict[str, Any] = {"method": "GET", "scope": "read"}
ENDPOINTS = (
    Endpoint(**READS, path=ONE + "/contract", name="deal_contract", act=contract, answer=ContractTold, summary="The contract of a deal"),
    Endpoint(
        **WRITES, path=ONE + "/contract", name="deal_contract_make", act=make, answer=ContractTold, body=GivenFields,
        summary="Make the contract from the terms", example={"given": {"payment_days": "15"}},
    ),
    Endpoint(
        **WRITES, path="/documents/{document_id:uuid}/signature", name="document_sign", act=sign, answer=DocumentTold, body=Nothing,
        summary="Sign a document", doc="Signs for the organization's side. Needs the scope approve and a fresh second factor.",
    ),
    Endpoint(
        **READS, path="/documents/{document_id:uuid}/file", name="document_file", act=content, answer=FileTold, summary="A document's file",
    ),
    Endpoint(
        **READS, path=ONE + "/packages/{package}", name="package", act=package, answer=PackageTold, summary="Papers for an office",
    ),
    Endpoint(
        **WRITES, path=ONE + "/packages/{package}/papers/{paper}", name="package_paper", act=paper, answer=PackageTold, body=FileGiven,
        body_bytes_max=FILE_BODY_BYTES_MAX, summary="Add a paper to a package", example={"name": "a.pdf", "content_base64": "JVBERi0="},
    ),
    Endpoint(
        **WRITES, path=ONE + "/packages/{package}", name="package_make", act=packed, answer=DocumentTold, body=FactsGiven,
        summary="Make the ZIP of a complete package", example={"facts": {}},
    ),
    Endpoint(
        **WRITES, path=ONE + "/certificate", name="deal_certificate", act=certificate, answer=DocumentsMadeTold, body=Nothing,
        summary="Make the closing certificate",
    ),
    Endpoint(
        **WRITES, path=ONE + "/taking-certificate", name="deal_taking_certificate", act=taking_certificate, answer=DocumentsMadeTold,
        body=Nothing, summary="Make the certificate of a license taken from an open license",
    ),
    Endpoint(**READS, path=ONE + "/invoices", name="deal_invoices", act=invoices, answer=InvoicesTold, summary="The invoices of a deal"),
    Endpoint(
        **WRITES, path=ONE + "/invoices", name="deal_invoice_ask", act=invoice_ask, answer=InvoiceTold, body=InvoiceGiven,
        summary="Ask for an invoice", example={"amount_fen": 100_00, "item": "License fee", "tax_rate": "6%", "send_to": "a@example.com"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/invoices/{invoice_id:int}/issued", name="deal_invoice_issued", act=invoice_issued, answer=InvoiceTold,
        body=IssuedGiven, summary="Note an invoice that was issued", example={"number": "04400001", "issued_on": "2026-06-30"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/annuity-order", name="deal_annuity_order", act=annuity_order, answer=DocumentsMadeTold, body=OrderGiven,
        summary="Order the payment of annual fees", example={"payer": "Langqiao Center"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/holdback", name="deal_holdback", act=holdback, answer=RequestTold, body=Nothing,
        summary="Release what is held back, by two people of the platform",
        doc="The first asks, another releases. Needs the scope approve and a fresh second factor.",
    ),
)  # fmt: skip
