"""Reads of the books: balance, statement, trial balance, holds."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from langqiao.engine.kernel.money import Fen
from langqiao.engine.ledger.book import Balances
from langqiao.web.ledger.models import LedgerAccount, Touch, Transfer


def balances(account: str) -> Balances:
    """The account's four sums; zeros where it was never opened."""
    found = LedgerAccount.objects.filter(id=account).first()
    if found is None:
        return Balances()
    return Balances(
        debits_posted_fen=found.debits_posted_fen,
        credits_posted_fen=found.credits_posted_fen,
        debits_pending_fen=found.debits_pending_fen,
        credits_pending_fen=found.credits_pending_fen,
    )


def balance(account: str) -> Fen:
    """Credits less debits, posted: positive is money held for or owed to the owner, negative what the owner owes or holds at a bank."""
    return balances(account).balance_fen


def available(account: str) -> Fen:
    """What an account that holds money can still pay: credits posted less debits posted and reserved."""
    found = balances(account)
    return found.credits_posted_fen - found.debits_posted_fen - found.debits_pending_fen


def accounts_of(owner: str) -> QuerySet[LedgerAccount]:
    """The accounts of one owner."""
    return LedgerAccount.objects.filter(owner=owner)


def transfers_of(account: str, *, start: dt.date | None = None, end: dt.date | None = None) -> QuerySet[Transfer]:
    """The transfers that touch an account, in the order of the chain; `start` and `end` are business days, both included."""
    groups = Touch.objects.filter(account_id=account).values("group_id")
    found = Transfer.objects.filter(Q(debit_id=account) | Q(credit_id=account), group_id__in=groups).order_by("seq")
    if start is not None:
        found = found.filter(business_date__gte=start)
    return found if end is None else found.filter(business_date__lte=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A transfer on one account: `change_fen` of the balance (credit +, debit −), `held_fen` of what is reserved, and the balance after."""

    transfer: Transfer
    change_fen: Fen
    held_fen: Fen
    balance_fen: Fen
    other: str


def lines_of(account: str, transfers: Sequence[Transfer], *, before_fen: Fen) -> list[StatementLine]:
    """The transfers as lines with a running balance from `before_fen`."""
    lines, running = [], before_fen
    for transfer in transfers:
        is_debit = transfer.debit_id == account
        change = -transfer.moved_fen if is_debit else transfer.moved_fen
        running += change
        other = transfer.credit_id if is_debit else transfer.debit_id
        lines.append(StatementLine(transfer=transfer, change_fen=change, held_fen=transfer.held_fen, balance_fen=running, other=other))
    return lines


def statement(account: str, *, start: dt.date | None = None, end: dt.date | None = None) -> list[StatementLine]:
    """Every line of an account in a period, with the balance of the days before `start` carried forward."""
    before = 0
    if start is not None:
        earlier = transfers_of(account).filter(business_date__lt=start)
        before = sum(transfer.moved_fen * (-1 if transfer.debit_id == account else 1) for transfer in earlier)
    return lines_of(account, list(transfers_of(account, start=start, end=end).order_by("business_date", "seq")), before_fen=before)


def holds_open(*, until: dt.date | None = None) -> QuerySet[Transfer]:
    """Holds neither posted nor freed; with `until`, those whose last day lies before it."""
    resolved = Transfer.objects.filter(pending_id=OuterRef("id"))
    found = Transfer.objects.filter(phase="hold").exclude(Exists(resolved))
    return found if until is None else found.filter(expires_on__lt=until)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLine:
    """One account in the trial balance."""

    account: LedgerAccount
    debits_fen: Fen
    credits_fen: Fen


def trial_balance(*, currency: str = "CNY", owner: str | None = None) -> list[TrialLine]:
    """Every account of a currency with what it was debited and credited, posted; the two columns sum to the same."""
    accounts = LedgerAccount.objects.filter(currency=currency)
    if owner is not None:
        accounts = accounts.filter(owner=owner)
    return [
        TrialLine(account=account, debits_fen=account.debits_posted_fen, credits_fen=account.credits_posted_fen) for account in accounts
    ]
