"""A statement as CSV and XLSX: yuan to the fen, ISO days, the hash of every transfer."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.web.common.sheets import XLSX, csv_bytes, workbook
from langqiao.web.ledger.selectors import statement
from langqiao.web.ledger.words import PHASES, Owners, code_word


def _rows(account: str, start: dt.date | None, end: dt.date | None) -> Iterator[list[Any]]:
    yield [
        _("business day"), _("posted at (UTC)"), _("what"), _("why"), _("received"), _("paid"), _("on hold"), _("balance after"), _("currency"),
        _("other account"), _("payment reference"), _("chain number"), _("transfer id"), _("group"), _("hash"),
    ]  # fmt: skip
    lines = statement(account, start=start, end=end)
    owners = Owners(line.other for line in lines)
    for line in lines:
        transfer = line.transfer
        yield [
            transfer.business_date.isoformat(), transfer.posted_at.isoformat(timespec="seconds"), str(PHASES[transfer.phase]), code_word(transfer.code),
            fen_to_yuan(line.change_fen) if line.change_fen > 0 else None, fen_to_yuan(-line.change_fen) if line.change_fen < 0 else None,
            fen_to_yuan(line.held_fen) if line.held_fen else None, fen_to_yuan(line.balance_fen), transfer.currency,
            owners.account(line.other), transfer.ref, transfer.seq, transfer.id, transfer.group_id, transfer.hash,
        ]  # fmt: skip


def csv_of(account: str, start: dt.date | None, end: dt.date | None) -> tuple[str, bytes]:
    """UTF-8 with a byte order mark, so that spreadsheets read Chinese."""
    return "text/csv; charset=utf-8", csv_bytes(_rows(account, start, end))


def xlsx_of(account: str, start: dt.date | None, end: dt.date | None) -> tuple[str, bytes]:
    """One sheet."""
    return XLSX, workbook(_rows(account, start, end))


FORMS: dict[str, Callable[[str, dt.date | None, dt.date | None], tuple[str, bytes]]] = {"csv": csv_of, "xlsx": xlsx_of}
