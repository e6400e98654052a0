"""Tables for spreadsheets: CSV that keeps Chinese, workbooks whose texts are texts, and no cell that a spreadsheet would execute."""

import csv
import io
from collections.abc import Iterator
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXECUTED = ("=", "+", "-", "@", "\t", "\r")
"""A text cell that starts so is a formula for a spreadsheet; a leading apostrophe makes it text again."""


def safe_cell(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet would execute."""
    return f"'{value}" if isinstance(value, str) and value.startswith(EXECUTED) else value


def csv_bytes(rows: Iterator[list[Any]]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read Chinese; unknown is an empty cell."""
    out = io.StringIO()
    csv.writer(out).writerows(["" if cell is None else safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff".encode() + out.getvalue().encode()


def workbook(rows: Iterator[list[Any]]) -> bytes:
    """One sheet; texts are written as texts."""
    from openpyxl import Workbook  # noqa: PLC0415 - only where a workbook is asked for
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Langqiao")
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=safe_cell(value))
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
