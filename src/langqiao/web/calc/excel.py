"""A calculation as an Excel workbook: input, figures and every table of the result; no cell that a spreadsheet would execute."""

import io
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from langqiao.engine.kernel.calculation import Calculation
from langqiao.web.calc.results import Result, flattened, is_number
from langqiao.web.calc.words import field_label

MONEY_FORMAT = "#,##0.00"
NAME_LIMIT = 31
"""The longest name of a sheet that Excel takes."""


def workbook(calculation: Calculation, given: dict[str, Any], result: Result, *, heading: tuple[str, str]) -> bytes:
    """The bytes of an .xlsx file; `heading`: title and formula in the reader's language."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "Result"
    title, formula = heading
    _write(first, [[title], [calculation.name], *([line] for line in formula.splitlines() if line), [calculation.source], []])
    if result.refusal:
        _write(first, [[key, result.refusal.get(key)] for key in ("refusal", "message", "rule")])
    _write(first, [[words, value, path] for path, words, value in result.figures])
    sheet = book.create_sheet("Input")
    _write(sheet, [[path, field_label(path), value] for path, value in flattened(given).items()])
    for i, table in enumerate(result.tables, 1):
        page = book.create_sheet(f"{i} {_sheet_name(table.name)}"[:NAME_LIMIT])
        _write(page, [table.head, *table.rows])
        for cell in page[1]:
            cell.font = Font(bold=True)
        page.freeze_panes = "A2"
    first["A1"].font = Font(bold=True, size=14)
    first.column_dimensions["A"].width = 34
    first.column_dimensions["B"].width = 24
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(path: str) -> str:
    return "".join(character if character not in r"[]:*?/\'" else " " for character in path)


def _write(sheet: Worksheet, rows: list[list[Any]]) -> None:
    start = sheet.max_row if sheet.max_row > 1 or sheet["A1"].value is not None else 0
    for i, row in enumerate(rows, start + 1):
        for j, value in enumerate(row, 1):
            _put(sheet, i, j, value)


def _put(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, bool | int | float | Decimal):
        cell.value = value
    elif is_number(value):
        cell.value = Decimal(str(value))
        cell.number_format = MONEY_FORMAT
    elif value is not None:
        cell.value = str(value)
        cell.data_type = "s"
        cell.quotePrefix = True
