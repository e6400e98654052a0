"""The platform's books: bank statements, what waits in suspense, the trial balance; and the signing of a head of the record."""

import datetime as dt
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.files import FILE_BODY_BYTES_MAX, FileGiven, uploaded
from langqiao.web.api.paging import listed, page
from langqiao.web.api.rooms.ledger import AccountTold, account_told
from langqiao.web.audit.heads import head_make, heads_file, heads_write_out
from langqiao.web.ledger.bankfile import statement_read
from langqiao.web.ledger.checks import SUMS
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.ledger.models_bank import BankLine
from langqiao.web.ledger.payments import line_assign, lines_take
from langqiao.web.ledger.rails import StatementsOnly
from langqiao.web.people.models import CheckState, Organization
from langqiao.web.people.session import PLATFORM_KINDS, must_be_kind, must_edit


class BankLineTold(Told):
    """A line of a bank statement."""

    id: str
    day: dt.date
    amount_fen: int
    text: str
    counterparty: str
    state: str


class BankLinesTold(Told):
    """A page of lines, newest first."""

    items: list[BankLineTold]
    next_cursor: str | None


class BankLinesAsked(Paging):
    """`state`: suspense for what waits to be assigned."""

    state: str | None = Field(default=None, max_length=20)


class TakenTold(Told):
    """How many lines were matched to payments, went to suspense, were known; and which rows could not be read, by code."""

    matched: int
    suspense: int
    known: int
    unread: dict[str, int]


class AssignGiven(Given):
    """The verified organization that a line belongs to."""

    organization_id: int = Field(ge=1, le=INT_MAX)


class TrialTold(Told):
    """A page of accounts by id; `sums`: posted and pending debits and credits by currency, equal in whole books."""

    items: list[AccountTold]
    next_cursor: str | None
    sums: dict[str, dict[str, int]]


class HeadTold(Told):
    """The signed head of the record's tree."""

    size: int
    root: str
    at: str
    signature: str


def _platform(call: Call) -> None:
    must_be_kind(call.membership, PLATFORM_KINDS)


def _line(one: BankLine) -> BankLineTold:
    return BankLineTold(id=one.pk, day=one.day, amount_fen=one.amount_fen, text=one.text, counterparty=one.counterparty, state=one.state)


def bank_lines(call: Call) -> BankLinesTold:
    """Lines of bank statements."""
    _platform(call)
    found = BankLine.objects.all()
    if call.query.state:
        found = found.filter(state=call.query.state)
    rows, after = page(found, by=("day", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return BankLinesTold(**listed(rows, _line, after))


def bank_import(call: Call) -> TakenTold:
    """Takes a statement as CSV or Excel; what matches no payment goes to suspense, a line read before is not taken again."""
    _platform(call)
    must_edit(call.membership)
    file = uploaded(call.body, "body")
    read = statement_read(file.read(), file.name or "statement")
    taken = lines_take(read.lines, rail=StatementsOnly.name, by=call.user)
    unread: dict[str, int] = {}
    for problem in read.problems:
        if problem.severity == "error":
            unread[problem.code] = unread.get(problem.code, 0) + 1
    return TakenTold(matched=taken.matched, suspense=taken.suspense, known=taken.known, unread=unread)


def bank_assign(call: Call) -> BankLineTold:
    """Assigns a line in suspense to an organization."""
    _platform(call)
    call.must_approve()
    if not Organization.objects.filter(pk=call.body.organization_id, check_state=CheckState.VERIFIED).exists():
        raise Refusal("party_missing", _("There is no such verified organization."), facts={})
    return _line(line_assign(membership=call.membership, line_id=call.path["line_id"], organization_id=call.body.organization_id))


def trial(call: Call) -> TrialTold:
    """The trial balance."""
    _platform(call)
    rows, after = page(LedgerAccount.objects.all(), by=("id",), cursor=call.query.cursor, limit=call.query.limit, down=False)
    totals: Any = LedgerAccount.objects.values("currency").annotate(*[Sum(name) for name in SUMS])
    sums = {row["currency"]: {name: int(row[f"{name}__sum"] or 0) for name in SUMS} for row in totals}
    return TrialTold(**listed(rows, account_told, after), sums=sums)


def head_sign(call: Call) -> HeadTold:
    """Signs the record as it stands now and writes the head out."""
    must_edit(call.membership)
    made = head_make()
    heads_write_out(heads_file())
    if made is None:
        raise Refusal("not_found", _("Nothing is recorded yet."))
    return HeadTold(size=made.size, root=made.root, at=made.at, signature=made.signature)


ENDPOINTS = (
    Endpoint(
        method="GET", path="/bank-lines", name="bank_lines", scope="read", act=bank_lines, answer=BankLinesTold, query=BankLinesAsked,
        summary="Lines of bank statements (platform)",
    ),
    Endpoint(
        method="POST", path="/bank-statements", name="bank_import", scope="money", act=bank_import, answer=TakenTold, body=FileGiven,
        role="editor", body_bytes_max=FILE_BODY_BYTES_MAX, summary="Take a bank statement (platform)", status=201,
        example={"name": "bank.csv", "content_base64": "ZGF5LGFtb3VudA=="},
    ),
    Endpoint(
        method="POST", path="/bank-lines/{line_id}/assignment", name="bank_assign", scope="money", act=bank_assign, answer=BankLineTold,
        body=AssignGiven, role="editor", summary="Assign a line in suspense (platform)", example={"organization_id": 1},
        doc="Needs the scope approve and a fresh second factor.",
    ),
    Endpoint(
        method="GET", path="/trial-balance", name="trial_balance", scope="read", act=trial, answer=TrialTold, query=Paging,
        summary="The trial balance (platform)",
    ),
    Endpoint(
        method="POST", path="/record-heads", name="head_sign", scope="desk", act=head_sign, answer=HeadTold, body=Nothing, role="editor",
        status=201, summary="Sign the record as it stands",
    ),
)  # fmt: skip
