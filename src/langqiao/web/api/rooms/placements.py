"""Placement and service of securitizations: investors, subscriptions, receipts, claims in default, payment dates, statements."""

import datetime as dt
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Told
from langqiao.web.api.files import FileTold, file_told
from langqiao.web.common.sheets import XLSX
from langqiao.web.securitization import clock, collected, selectors, statements, subscription
from langqiao.web.securitization.models import Asset, Collection, Investor, Period

Short = Annotated[str, Field(max_length=200)]


class InvestorTold(Told):
    """An investor and what it declared of itself."""

    id: int
    organization: str
    net_assets_fen: int | None
    declared_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    asked_fen: dict[int, int]


class ReceiptTold(Told):
    """A receipt of the servicer; `claim` empty: not matched."""

    id: int
    ref: str
    on: dt.date
    amount_fen: int
    named: str
    claim: str
    returned_why: str


class ReceiptsTold(Told):
    """Receipts that were entered."""

    items: list[ReceiptTold]


class LineTold(Told):
    """A line of the waterfall that was paid."""

    place: int
    item: str
    tranche: str
    organization: str
    amount_fen: int


class PaymentDateTold(Told):
    """A payment date: what came in, the tests, every line paid."""

    number: int
    since: dt.date
    until: dt.date
    pay_on: dt.date
    state: str
    interest_fen: int
    principal_fen: int
    prepayment_fen: int
    recovery_fen: int
    tests: list[Any]
    payment: dict[str, Any]
    paid_on: dt.date | None
    receipts: list[ReceiptTold]
    lines: list[LineTold]


class DefaultedTold(Told):
    """A claim found in default."""

    id: int
    claim: str
    defaulted_on: dt.date | None
    defaulted_fen: int


class InviteGiven(Given):
    """A verified organization."""

    organization_id: int = Field(ge=1, le=INT_MAX)


class DeclareGiven(Given):
    """Net assets with the number of the audited statement, and that the risks were read."""

    net_assets_fen: int = Field(ge=0, le=INT_MAX)
    evidence: Short = ""
    risks_read: bool = False


class BidGiven(Given):
    """What is asked for of a tranche; zero takes a bid back."""

    place: int = Field(ge=0, le=100)
    asked_fen: int = Field(ge=0, le=INT_MAX)


class SubscribeGiven(Given):
    """Bids by tranche."""

    bids: list[BidGiven] = Field(min_length=1, max_length=50)


class ReceiptGiven(Given):
    """A receipt by the columns of the sheet: amount in yuan, day as 2026-06-30."""

    ref: Short = ""
    on: Short = ""
    amount: Short = ""
    claim: Short = ""


class ReceiptsGiven(Given):
    """Receipts, all entered or none."""

    rows: list[ReceiptGiven] = Field(min_length=1, max_length=1_000)


class SettleGiven(Given):
    """The claim that a receipt belongs to; or why it is sent back."""

    claim: Short = ""
    why: Short = ""


class ReasonGiven(Given):
    """Why."""

    reason: str = Field(default="", max_length=2_000)


def _investor(one: Investor) -> InvestorTold:
    asked = {row.tranche.place: row.asked_fen for row in one.subscriptions.select_related("tranche")}
    names = ("id", "net_assets_fen", "declared_at", "confirmed_at")
    return InvestorTold(**{name: getattr(one, name) for name in names}, organization=one.organization.name, asked_fen=asked)


def _receipt(one: Collection) -> ReceiptTold:
    names = ("id", "ref", "on", "amount_fen", "named", "returned_why")
    return ReceiptTold(**{name: getattr(one, name) for name in names}, claim=one.asset.claim if one.asset else "")


def invite(call: Call) -> InvestorTold:
    """Invites an investor to a placement that is not public."""
    made = subscription.investor_invite(call.uuid("deal_id"), membership=call.membership, organization_id=call.body.organization_id)
    return _investor(made)


def confirm(call: Call) -> InvestorTold:
    """Confirms that an investor is qualified, by its declaration."""
    found = Investor.objects.filter(pk=call.path["investor_id"]).first()
    if found is None:
        raise Refusal("not_found", _("There is no such investor."))
    selectors.transaction_get(found.transaction_id, call.membership)
    call.must_approve()
    return _investor(subscription.investor_confirm(found.pk, membership=call.membership))


def declare(call: Call) -> InvestorTold:
    """Declares the own net assets and that the risks were read."""
    return _investor(subscription.investor_declare(call.uuid("deal_id"), membership=call.membership, **dict(call.body)))


def subscribe(call: Call) -> InvestorTold:
    """Subscribes; the allotment follows when the subscription is closed."""
    deal = selectors.transaction_get(call.uuid("deal_id"), call.membership)
    call.must_approve()
    amounts = {bid.place: bid.asked_fen for bid in call.body.bids}
    subscription.subscribe(deal.pk, membership=call.membership, amounts_fen=amounts)
    return _investor(Investor.objects.select_related("organization").get(transaction=deal, organization=call.membership.organization))


def collect(call: Call) -> ReceiptsTold:
    """Enters receipts of the servicer; each is matched to its claim by the name it bears, or waits."""
    selectors.transaction_get(call.uuid("deal_id"), call.membership)
    rows = [row.model_dump() for row in call.body.rows]
    made = collected.collections_enter(call.uuid("deal_id"), membership=call.membership, rows=rows, key=call.key[:40])
    return ReceiptsTold(items=[_receipt(one) for one in made])


def settle(call: Call) -> ReceiptTold:
    """Matches a receipt to a claim, or sends it back with a reason."""
    number = call.path["collection_id"]
    deal_id = Collection.objects.filter(pk=number).values_list("period__transaction_id", flat=True).first()
    if deal_id is None:
        raise Refusal("not_found", _("There is no such receipt."))
    selectors.transaction_get(deal_id, call.membership)
    if call.body.claim.strip():
        return _receipt(collected.collection_match(number, membership=call.membership, claim=call.body.claim.strip()))
    return _receipt(collected.collection_return(number, membership=call.membership, why=call.body.why))


def default(call: Call) -> DefaultedTold:
    """The servicer finds a claim in default."""
    number = call.path["asset_id"]
    deal_id = Asset.objects.filter(pk=number).values_list("transaction_id", flat=True).first()
    if deal_id is None:
        raise Refusal("not_found", _("There is no such claim."))
    selectors.transaction_get(deal_id, call.membership)
    found = collected.asset_default(number, membership=call.membership, reason=call.body.reason)
    return DefaultedTold(**{name: getattr(found, name) for name in DefaultedTold.model_fields})


def payment_date(call: Call) -> PaymentDateTold:
    """One payment date, for the parties; an investor has its statement."""
    deal = selectors.transaction_get(call.uuid("deal_id"), call.membership)
    period: Period | None = deal.periods.filter(number=min(call.path["number"], 2**31 - 1)).first()
    if period is None or selectors.roles_of(deal, call.membership.organization) == ("investor",):
        raise Refusal("not_found", _("There is no such payment date."))
    names = [name for name in PaymentDateTold.model_fields if name not in {"receipts", "lines"}]
    lines = [
        LineTold(
            place=line.place, item=line.item, tranche=line.tranche.name if line.tranche else "",
            organization=line.organization.name if line.organization else "", amount_fen=line.amount_fen,
        )
        for line in period.lines.select_related("tranche", "organization")
    ]  # fmt: skip
    receipts = [_receipt(one) for one in period.collections.select_related("asset")]
    return PaymentDateTold(**{name: getattr(period, name) for name in names}, receipts=receipts, lines=lines)


def statement(call: Call) -> FileTold:
    """The statement of an investor as a workbook or a PDF: for itself, and for arranger and trustee."""
    form = call.path["form"]
    investor = Investor.objects.select_related("organization", "transaction").filter(pk=call.path["investor_id"]).first()
    if investor is None or form not in {"xlsx", "pdf"}:
        raise Refusal("not_found", _("There is no such statement."))
    deal = selectors.transaction_get(investor.transaction_id, call.membership)
    roles = selectors.roles_of(deal, call.membership.organization)
    if investor.organization_id != call.membership.organization_id and not {"arranger", "trustee"} & set(roles):
        raise Refusal("not_found", _("There is no such statement."))
    found, day = statements.statement_of(deal, investor), clock.today()
    content = statements.sheet_of(deal, found) if form == "xlsx" else statements.pdf_bytes(deal, found, day=day)
    kind = XLSX if form == "xlsx" else "application/pdf"
    return file_told(content, name=f"statement-{investor.pk}-{day.isoformat()}.{form}", media_type=kind)


ONE = "/securitizations/{deal_id:uuid}"
READS: dict[str, Any] = {"method": "GET", "scope": "read"}
WRITES: dict[str, Any] = {"method": "POST", "scope": "money", "role": "editor"}
APPROVING = "Needs the scope approve and a fresh second factor."
ENDPOINTS = (
    Endpoint(
        **WRITES, path=ONE + "/investors", name="securitization_invite", act=invite, answer=InvestorTold, body=InviteGiven, status=201,
        summary="Invite an investor", example={"organization_id": 1},
    ),
    Endpoint(
        **WRITES, path="/securitization-investors/{investor_id:int}/confirm", name="securitization_confirm", act=confirm, answer=InvestorTold,
        body=Nothing, summary="Confirm that an investor is qualified", doc=APPROVING,
    ),
    Endpoint(
        **WRITES, path=ONE + "/declaration", name="securitization_declare", act=declare, answer=InvestorTold, body=DeclareGiven,
        summary="Declare the own net assets", example={"net_assets_fen": 100_000_000_00, "evidence": "A-2025-1", "risks_read": True},
    ),
    Endpoint(
        **WRITES, path=ONE + "/subscription", name="securitization_subscribe", act=subscribe, answer=InvestorTold, body=SubscribeGiven,
        summary="Subscribe", doc=APPROVING, example={"bids": [{"place": 0, "asked_fen": 100_000_000}]},
    ),
    Endpoint(
        **WRITES, path=ONE + "/collections", name="securitization_collect", act=collect, answer=ReceiptsTold, body=ReceiptsGiven, status=201,
        summary="Enter receipts", example={"rows": [{"ref": "R-1", "on": "2026-12-31", "amount": "1000.00", "claim": "C-1"}]},
    ),
    Endpoint(
        **WRITES, path="/securitization-collections/{collection_id:int}/settlement", name="securitization_settle", act=settle, answer=ReceiptTold,
        body=SettleGiven, summary="Match a receipt, or send it back", example={"claim": "C-1"},
    ),
    Endpoint(
        **WRITES, path="/securitization-claims/{asset_id:int}/default", name="securitization_default", act=default, answer=DefaultedTold,
        body=ReasonGiven, summary="Find a claim in default", example={"reason": "90 days past due"},
    ),
    Endpoint(
        **READS, path=ONE + "/dates/{number:int}", name="securitization_date", act=payment_date, answer=PaymentDateTold, summary="A payment date",
    ),
    Endpoint(
        **READS, path="/securitization-investors/{investor_id:int}/statement/{form}", name="securitization_statement", act=statement,
        answer=FileTold, summary="An investor's statement as xlsx or pdf",
    ),
)  # fmt: skip
