"""The statement of an account by pages, newest first, with the balance after every line and those before and after the period."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, F, QuerySet, Sum, When

from langqiao.engine.kernel.money import Fen
from langqiao.web.ledger.models import Transfer
from langqiao.web.ledger.selectors import StatementLine, transfers_of

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """One page. `opening_fen` and `closing_fen`: the balance before the first and after the last day of the period."""

    lines: list[StatementLine]
    page: int
    page_count: int
    total: int
    opening_fen: Fen
    closing_fen: Fen


def statement_page(account: str, *, start: dt.date | None, end: dt.date | None, page: int) -> StatementPage:
    """A page of the statement for business days from `start` to `end`, both included; pages count from 1."""
    found = transfers_of(account, start=start, end=end).order_by("-business_date", "-seq")
    total = found.count()
    page_count = max(1, -(-total // PAGE_ROWS))
    page = min(max(1, page), page_count)
    offset = (page - 1) * PAGE_ROWS
    opening = _change(transfers_of(account).filter(business_date__lt=start), account) if start else 0
    closing = opening + _change(found, account)
    after = closing - (_change(found[:offset], account) if offset else 0)
    lines = []
    for transfer in found.select_related("group")[offset : offset + PAGE_ROWS]:
        is_debit = transfer.debit_id == account
        change = -transfer.moved_fen if is_debit else transfer.moved_fen
        other = transfer.credit_id if is_debit else transfer.debit_id
        lines.append(StatementLine(transfer=transfer, change_fen=change, held_fen=transfer.held_fen, balance_fen=after, other=other))
        after -= change
    return StatementPage(lines=lines, page=page, page_count=page_count, total=total, opening_fen=opening, closing_fen=closing)


def _change(transfers: QuerySet[Transfer], account: str) -> Fen:
    moved = Case(When(phase__in=("transfer", "post"), then=F("amount_fen")), default=0, output_field=BigIntegerField())
    signed = Case(When(debit_id=account, then=-moved), default=moved, output_field=BigIntegerField())
    return int(transfers.annotate(signed=signed).aggregate(total=Sum("signed"))["total"] or 0)
