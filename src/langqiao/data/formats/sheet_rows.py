"""Rows of a table as they stand in the file: their cells, the row number a spreadsheet shows, and where their bytes lie."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from langqiao.data.formats.model import Place
from langqiao.data.formats.source import Input, Rejected
from langqiao.data.formats.values import Cell, text_of

MAX_CELL_CHARACTERS = 1_048_576
"""The longest cell of a delimited file; a spreadsheet allows 32,767."""
ROWS_PER_SHEET = 1_048_576
"""The most rows of a sheet of Excel."""
HEADER_SEARCH_ROWS = 40
"""How many rows are looked at for the header line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. `number` is the row the spreadsheet shows, from 1; in a delimited file a row with line breaks inside its cells is one row.

    `place` names the row's bytes in a delimited file. A workbook has no bytes of a row: there `offset` is the index of the sheet (from 0) times
    1,048,576 plus the row, and `sha256` that of the cells as a JSON list: `sheet_workbook.row_again` finds and checks it.
    """

    number: int
    cells: list[Cell]
    place: Place
    raw: bytes | None = None

    @property
    def is_blank(self) -> bool:
        """Whether no cell says anything."""
        return not any(text_of(cell) for cell in self.cells)


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One table: a sheet of a workbook, or a whole delimited file (`name` ""). `label` is "sheet 'x', " where a workbook has several. `merged` holds (first row, first column, last row, last column),
    rows from 1, columns from 0. `rows` may be read once.
    """

    name: str
    rows: Iterator[Row | Rejected]
    label: str = ""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    is_workbook: bool = False


def cell_place(given: Input, sheet_index: int, number: int, cells: list[Cell]) -> Place:
    """The place of a row of a workbook."""
    raw = row_bytes(cells)
    return Place(given.name, sheet_index * ROWS_PER_SHEET + number, len(raw), hashlib.sha256(raw).hexdigest())


def row_bytes(cells: list[Cell]) -> bytes:
    """The cells of a workbook row as a JSON list of texts: what its SHA-256 is taken of."""
    return json.dumps([text_of(cell) for cell in cells], ensure_ascii=False, separators=(",", ":")).encode()


def column_letter(index: int) -> str:
    """The letters a spreadsheet shows over a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
