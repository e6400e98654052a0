"""Money: accounts the member may see, their statements, one transfer, payments asked for and decided by two people."""

import datetime as dt
import uuid
from typing import Literal

from pydantic import Field

from langqiao.engine.ledger.entry import MAX_AMOUNT_FEN
from langqiao.web.api.endpoint import Call, Endpoint, Given, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.ledger.access import account_get, is_platform, may_see, order_get, transfer_get
from langqiao.web.ledger.models import LedgerAccount, Transfer
from langqiao.web.ledger.models_bank import PaymentOrder
from langqiao.web.ledger.pages import account_row
from langqiao.web.ledger.payments import payment_ask, payment_decide
from langqiao.web.ledger.rails import RAILS
from langqiao.web.ledger.selectors import transfers_of
from langqiao.web.people.session import owner_of


class AccountTold(Told):
    """An account on the side it grows on; `held_fen` is reserved, `available_fen` is free, `coming_fen` is held for it elsewhere."""

    id: str
    owner: str
    purpose: str
    ref: str
    currency: str
    balance_fen: int
    held_fen: int
    coming_fen: int
    available_fen: int
    closed: bool


class AccountsTold(Told):
    """A page of accounts, by id."""

    items: list[AccountTold]
    next_cursor: str | None


class LineTold(Told):
    """A transfer on one account: `change_fen` of its balance (credit +, debit −)."""

    seq: int
    id: str
    business_date: dt.date
    phase: str
    code: str
    ref: str
    change_fen: int
    held_fen: int
    other_account: str = Field(description="the other side")
    hash: str


class LinesTold(Told):
    """A page of a statement, newest first."""

    items: list[LineTold]
    next_cursor: str | None


class StatementAsked(Paging):
    """Business days, both included."""

    start: dt.date | None = None
    end: dt.date | None = None


class TransferTold(Told):
    """A transfer as it stands in the chain. A side that the member may not see is null."""

    seq: int
    id: str
    group: str
    phase: str
    debit: str | None
    credit: str | None
    currency: str
    amount_fen: int
    held_fen: int
    pending_id: str | None
    reverses_id: str | None
    expires_on: dt.date | None
    code: str
    ref: str
    business_date: dt.date
    prev_hash: str
    hash: str


class PaymentTold(Told):
    """A payment in or out. `rail_is_simulated`: no bank behind it."""

    id: uuid.UUID
    direction: str
    amount_fen: int
    reference: str
    state: str
    rail: str
    rail_is_simulated: bool
    asked_at: dt.datetime
    settled_on: dt.date | None


class PaymentsTold(Told):
    """A page of payments, newest first."""

    items: list[PaymentTold]
    next_cursor: str | None


class PaymentGiven(Given):
    """A payment asked for, in fen."""

    direction: Literal["in", "out"]
    amount_fen: int = Field(gt=0, le=MAX_AMOUNT_FEN)


class DecisionGiven(Given):
    """Whether the payment goes out."""

    approve: bool


def account_told(one: LedgerAccount) -> AccountTold:
    row = account_row(one)
    same = {name: getattr(one, name) for name in ("id", "owner", "purpose", "ref", "currency", "closed")}
    return AccountTold(**same, **{name: row[name] for name in ("balance_fen", "held_fen", "coming_fen", "available_fen")})


def accounts(call: Call) -> AccountsTold:
    """The organization's accounts; the platform's members see the platform's own too."""
    owners = [owner_of(call.membership.organization_id), *(["platform"] if is_platform(call.membership) else [])]
    found = LedgerAccount.objects.filter(owner__in=owners)
    rows, after = page(found, by=("id",), cursor=call.query.cursor, limit=call.query.limit, down=False)
    return AccountsTold(**listed(rows, account_told, after))


def account(call: Call) -> AccountTold:
    """One account, also of a deal to which the organization is a party."""
    return account_told(account_get(membership=call.membership, account=call.path["account"]))


def statement(call: Call) -> LinesTold:
    """The lines of an account, newest first."""
    found = account_get(membership=call.membership, account=call.path["account"])
    lines = transfers_of(found.id, start=call.query.start, end=call.query.end).order_by()
    rows, after = page(lines, by=("business_date", "seq"), cursor=call.query.cursor, limit=call.query.limit)
    return LinesTold(**listed(rows, lambda one: _line(one, found.id), after))


def _line(one: Transfer, account_id: str) -> LineTold:
    is_debit = one.debit_id == account_id
    same = {name: getattr(one, name) for name in ("seq", "id", "business_date", "phase", "code", "ref", "held_fen", "hash")}
    change = -one.moved_fen if is_debit else one.moved_fen
    return LineTold(**same, change_fen=change, other_account=one.credit_id if is_debit else one.debit_id)


def transfer(call: Call) -> TransferTold:
    """One transfer, of which the member may see at least one side."""
    one = transfer_get(membership=call.membership, seq=call.path["seq"])
    sides = {
        "debit": one.debit_id if may_see(call.membership, one.debit.owner) else None,
        "credit": one.credit_id if may_see(call.membership, one.credit.owner) else None,
    }
    names = set(TransferTold.model_fields) - {"group", *sides}
    return TransferTold(**{name: getattr(one, name) for name in names}, group=one.group_id, **sides)


def _payment(one: PaymentOrder) -> PaymentTold:
    same = {name: getattr(one, name) for name in PaymentTold.model_fields if name != "rail_is_simulated"}
    rail = RAILS.get(one.rail)
    return PaymentTold(**same, rail_is_simulated=rail is not None and rail.simulated)


def payments(call: Call) -> PaymentsTold:
    """The organization's payments."""
    found = PaymentOrder.objects.filter(organization=call.membership.organization)
    rows, after = page(found, by=("asked_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return PaymentsTold(**listed(rows, _payment, after))


def payment(call: Call) -> PaymentTold:
    """One payment."""
    return _payment(order_get(membership=call.membership, order_id=call.uuid("payment_id")))


def ask(call: Call) -> PaymentTold:
    """Asks to pay in, or to pay out: then the amount is held and waits for a second person."""
    made = payment_ask(membership=call.membership, direction=call.body.direction, amount_fen=call.body.amount_fen, key=call.key)
    return _payment(made)


def decide(call: Call) -> PaymentTold:
    """Approves a payment out that another person asked for, or refuses it."""
    order_get(membership=call.membership, order_id=call.uuid("payment_id"))
    call.must_approve()
    return _payment(payment_decide(membership=call.membership, order_id=call.uuid("payment_id"), approve=call.body.approve))


ENDPOINTS = (
    Endpoint(
        method="GET", path="/accounts", name="accounts", scope="read", act=accounts, answer=AccountsTold, query=Paging,
        summary="The organization's accounts",
    ),
    Endpoint(
        method="GET", path="/accounts/{account:path}/lines", name="account_lines", scope="read", act=statement, answer=LinesTold,
        query=StatementAsked, summary="The statement of an account",
    ),
    Endpoint(
        method="GET", path="/accounts/{account:path}", name="account", scope="read", act=account, answer=AccountTold,
        summary="One account; its id holds slashes, sent as they are or percent-encoded",
    ),
    Endpoint(
        method="GET", path="/transfers/{seq:int}", name="transfer", scope="read", act=transfer, answer=TransferTold,
        summary="One transfer and its place in the chain",
    ),
    Endpoint(
        method="GET", path="/payments", name="payments", scope="read", act=payments, answer=PaymentsTold, query=Paging,
        summary="Payments in and out",
    ),
    Endpoint(
        method="POST", path="/payments", name="payment_ask", scope="money", act=ask, answer=PaymentTold, body=PaymentGiven, status=201,
        role="editor", summary="Ask for a payment", example={"direction": "in", "amount_fen": 100_00},
    ),
    Endpoint(
        method="GET", path="/payments/{payment_id:uuid}", name="payment", scope="read", act=payment, answer=PaymentTold,
        summary="One payment",
    ),
    Endpoint(
        method="POST", path="/payments/{payment_id:uuid}/decision", name="payment_decide", scope="money", act=decide, answer=PaymentTold,
        body=DecisionGiven, role="editor", summary="Approve or refuse a payment out", example={"approve": True},
        doc="Approves a payment out that another person asked for, or refuses it. Needs the scope approve and a fresh second factor.",
    ),
)  # fmt: skip
