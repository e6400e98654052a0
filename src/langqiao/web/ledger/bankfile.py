"""Bank statements as banks export them: CSV or Excel with Chinese or English headers, read into lines or Problems by row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from langqiao.data.formats import sheet_delimited, sheet_workbook
from langqiao.data.formats.sheet_rows import HEADER_SEARCH_ROWS, Row, Sheet
from langqiao.data.formats.source import Input, Rejected
from langqiao.data.formats.values import Cell, read_date, text_of
from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.problem import Problem
from langqiao.web.ledger.rails import StatementLine

HEADERS: dict[str, tuple[str, ...]] = {
    "day": ("交易日期", "记账日期", "入账日期", "交易时间", "日期", "transaction date", "booking date", "date"),
    "received": ("贷方发生额", "贷方金额", "收入金额", "收入", "贷方", "credit amount", "credit", "received"),
    "paid": ("借方发生额", "借方金额", "支出金额", "支出", "借方", "debit amount", "debit", "paid"),
    "amount": ("交易金额", "发生额", "金额", "amount"),
    "text": ("附言", "摘要", "用途", "备注", "交易附言", "remark", "description", "reference", "narrative"),
    "counterparty": ("对方户名", "对方账户名称", "对方名称", "对方单位", "counterparty", "counterparty name"),
    "serial": ("交易流水号", "流水号", "凭证号", "交易序号", "serial", "transaction id"),
}
"""Field → the headers under which banks export it, lower case, without spaces and units in brackets. In a bank's statement 贷方 is received."""
UNIT = re.compile(r"[（(\[].*?[)）\]]|\s")
NOISE = str.maketrans({"，": None, ",": None, "¥": None, "￥": None, "元": None, " ": None, "\u3000": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a file held."""

    lines: tuple[StatementLine, ...]
    problems: tuple[Problem, ...]


def statement_read(data: bytes, name: str) -> Statement:
    """The lines of a statement file; a row that is no line is a Problem, and the others are read."""
    given = Input.of_bytes(data, name)
    lines: list[StatementLine] = []
    problems: list[Problem] = []
    for sheet in _sheets(given):
        for found in [sheet] if isinstance(sheet, Rejected) else _lines(sheet, name):
            if isinstance(found, StatementLine):
                lines.append(found)
            elif isinstance(found, Rejected):
                problems.extend(found.problems)
            else:
                problems.append(found)
    if not lines and not problems:
        problems.append(Problem(where=name, code="statement_headers_unknown", message="no row names a date and an amount"))
    return Statement(lines=tuple(lines), problems=tuple(problems))


def _sheets(given: Input) -> Iterator[Sheet | Rejected]:
    if Path(given.name).suffix.lower() in {".xls", ".xlsx"} or given.head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        found = sheet_workbook.sheets(given)
        yield from [found] if isinstance(found, Rejected) else found
        return
    dialect = sheet_delimited.dialect_of(given.head)
    if dialect is not None:
        yield sheet_delimited.sheet(given, dialect)


def _lines(sheet: Sheet, name: str) -> Iterator[StatementLine | Problem | Rejected]:
    columns: dict[str, list[int]] = {}
    for row in sheet.rows:
        if isinstance(row, Rejected):
            yield row
        elif not columns:
            if row.number > HEADER_SEARCH_ROWS:
                return
            columns = _columns(row.cells)
        elif not row.is_blank:
            yield _line(row, columns, name)


def _columns(cells: list[Cell]) -> dict[str, list[int]]:
    names = [UNIT.sub("", text_of(cell)).lower() for cell in cells]
    wanted = {field: [UNIT.sub("", header) for header in headers] for field, headers in HEADERS.items()}
    found = {field: [index for index, name in enumerate(names) if name in headers] for field, headers in wanted.items()}
    return found if found["day"] and (found["received"] or found["paid"] or found["amount"]) else {}


def _line(row: Row, columns: dict[str, list[int]], name: str) -> StatementLine | Problem:
    def cells(field: str) -> list[Cell]:
        return [row.cells[index] for index in columns[field] if index < len(row.cells) and text_of(row.cells[index])]

    def text(field: str) -> str:
        return " ".join(text_of(cell).strip() for cell in cells(field))

    day = next((found for cell in cells("day") if (found := read_date(cell)) is not None), None)
    try:
        amount = sum(map(_fen, cells("received"))) - sum(map(_fen, cells("paid"))) or sum(map(_fen, cells("amount")))
    except ValueError as error:
        return Problem(where=name, code="statement_amount_unreadable", message=str(error), row=row.number, raw=text("amount")[:80])
    if day is None or not amount:
        return Problem(where=name, code="statement_row_unread", message="the row has no date or no amount", row=row.number, severity="note")
    return StatementLine(
        day=day, amount_fen=amount, text=text("text")[:400], counterparty=text("counterparty")[:200], serial=text("serial")[:80]
    )


def _fen(cell: Cell) -> Fen:
    written = text_of(cell).translate(NOISE)
    if written in {"", "-", "--"}:
        return 0
    try:
        fen = Decimal(written).quantize(Decimal("0.0001")) * 100
    except InvalidOperation as error:
        raise ValueError(f"{written[:40]!r} is no amount") from error
    if fen != fen.to_integral_value():
        raise ValueError(f"{written[:40]!r} has more than two decimals")
    return int(fen)
