"""The books as a beancount file, so that somebody else's program can check them: accounts opened, every moved transfer, every balance asserted."""

import datetime as dt
import re
from collections.abc import Iterator

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.ledger.account import account_parse
from langqiao.web.ledger.models import LedgerAccount, Transfer

ROOTS = {"debit": "Assets", "credit": "Liabilities"}
INCOME, EXPENSE, EQUITY = {"platform_fee", "fund_income", "royalty_income", "loan_income", "guarantee_fee", "subsidy"}, {
    "management_fee", "fund_expense", "loan_loss",
}, {"partner_capital", "accrued_carry", "revaluation", "outside"}  # fmt: skip
PLAIN = re.compile(r"[A-Za-z0-9-]+")


def beancount_account(account: str) -> str:
    """The beancount name of an account: `Liabilities:Client-Money:Organization-12`; different accounts never share one."""
    name = account_parse(account)
    if name.purpose in INCOME:
        root = "Income"
    elif name.purpose in EXPENSE:
        root = "Expenses"
    else:
        root = "Equity" if name.purpose in EQUITY else ROOTS[name.line.side]
    kind, _slash, key = name.owner.partition("/")
    owner = f"{kind.capitalize()}-{key}" if key else kind.capitalize()
    ref = [] if not name.ref else [f"Ref-{name.ref}" if PLAIN.fullmatch(name.ref) else f"Hex-{name.ref.encode().hex()}"]
    return ":".join([root, name.purpose.capitalize().replace("_", "-"), owner, *ref, name.currency])


def export(*, title: str = "Langqiao") -> Iterator[str]:
    """The lines of the file. Holds are no transactions of beancount; they stand as comments, because they move nothing."""
    yield f'option "title" "{title}"\n'
    for currency in LedgerAccount.objects.order_by("currency").values_list("currency", flat=True).distinct():
        yield f'option "operating_currency" "{currency}"\n'
    first = Transfer.objects.order_by("business_date").values_list("business_date", flat=True).first() or dt.date(1970, 1, 1)
    for account in LedgerAccount.objects.order_by("id"):
        yield f'{first} open {beancount_account(account.id)} {account.currency}\n  account: "{account.id}"\n'
    last = first
    for transfer in Transfer.objects.order_by("seq").iterator(chunk_size=2000):
        yield from _transaction(transfer)
        last = max(last, transfer.business_date)
    for account in LedgerAccount.objects.order_by("id"):
        day = last + dt.timedelta(days=1)
        yield f"{day} balance {beancount_account(account.id)} {fen_to_yuan(-account.balance_fen)} {account.currency}\n"


def _transaction(transfer: Transfer) -> Iterator[str]:
    if not transfer.moved_fen:
        yield f"; {transfer.seq} {transfer.business_date} {transfer.phase} {fen_to_yuan(transfer.amount_fen)} {transfer.currency} {transfer.id}\n"
        return
    amount = f"{fen_to_yuan(transfer.moved_fen)} {transfer.currency}"
    yield f'{transfer.business_date} * "{transfer.code}" "{_quoted(transfer.ref)}"\n'
    for key, value in (("seq", str(transfer.seq)), ("id", transfer.id), ("group", transfer.group_id), ("hash", transfer.hash)):
        yield f'  {key}: "{_quoted(value)}"\n'
    yield f"  {beancount_account(transfer.debit_id)} {amount}\n  {beancount_account(transfer.credit_id)} -{amount}\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
