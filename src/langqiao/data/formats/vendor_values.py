"""One row of a patent list by field: its texts, dates and counts, and what was wrong with them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from langqiao.data.formats.sheet_rows import Row, column_letter
from langqiao.data.formats.values import Cell, DateColumn, has_ordered_dates, read_date, repaired, split_values, text_of, whole_number
from langqiao.data.formats.vendor_headers import Column, HeaderPlan
from langqiao.engine.kernel.problem import Problem, Severity

DATE_FIELDS = frozenset(
    """publication_date first_publication_date filing_date grant_date earliest_priority_date national_entry_date examination_start_date
    lapse_date reexam_request_date reexam_decision_date invalidation_decision_date reexam_invalidation_decision_date expected_expiry_date
    status_date legal_document_date transfer_date transfer_effective_date license_recordal_date license_effective_date
    pledge_effective_date""".split()  # noqa: SIM905 - a table
)
"""Fields whose columns hold dates: the order of day and month is decided for each column."""


@dataclass(slots=True, kw_only=True)
class RowValues:
    """The cells of one row by field. `sheet` is the name of its sheet, `label` names it in messages where there are several; `dates` says how each date column is read; every finding is added to `problems`."""

    row: Row
    sheet: str
    label: str
    vendor: str
    retrieved_on: dt.date
    cells: Mapping[str, Cell]
    headers: Mapping[str, str]
    unknown: Mapping[str, str]
    dates: Mapping[str, DateColumn]
    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def text(self, *names: str) -> str:
        """The text of the first of the fields that is filled."""
        for name in names:
            found = text_of(self.cells.get(name))
            if found:
                self.used.add(name)
                fixed = repaired(found)
                if fixed != found:
                    self.note("encoding_repaired", f"{self.header(name)!r} was UTF-8 read as Latin-1 and has been repaired", name)
                return fixed
        return ""

    def many(self, *names: str) -> list[str]:
        """The values of the first of the fields that is filled."""
        return split_values(self.text(*names))

    def date(self, *names: str) -> dt.date | None:
        """The day of the first of the fields that is filled; an unreadable one is reported and None."""
        for name in names:
            cell = self.cells.get(name)
            raw = text_of(cell)
            if not raw:
                continue
            self.used.add(name)
            column = self.dates.get(name, DateColumn(order=None))
            day = column.read(cell)
            if day is None and not (column.order is None and has_ordered_dates([cell])) and not _says_nothing(raw):
                self.note("date_unreadable", f"{self.header(name)!r} holds {raw[:40]!r}, which is no date", name, raw=raw)
            return day
        return None

    def days(self, *names: str) -> list[dt.date | None]:
        """Several dates of one cell, in order."""
        name = next((n for n in names if text_of(self.cells.get(n))), "")
        if not name:
            return []
        self.used.add(name)
        cell = self.cells[name]
        column = self.dates.get(name, DateColumn(order=None))
        return [column.read(cell)] if not isinstance(cell, str) else [read_date(value, column.order) for value in split_values(cell)]

    def count(self, name: str) -> int | None:
        """A whole number; anything else is reported and None."""
        raw = text_of(self.cells.get(name))
        if not raw:
            return None
        self.used.add(name)
        found = whole_number(self.cells.get(name))
        if found is None:
            self.note("count_unreadable", f"{self.header(name)!r} holds {raw[:40]!r}, which is no whole number", name, raw=raw)
        return found

    def header(self, name: str) -> str:
        """The header over a field, as written in the file."""
        return self.headers.get(name, name)

    def note(self, code: str, message: str, name: str = "", *, severity: Severity = "warning", raw: str | None = None) -> None:
        """Adds a finding that names the row as the spreadsheet shows it."""
        self.problems.append(self.problem(code, message, name, severity=severity, raw=raw))

    def problem(self, code: str, message: str, name: str = "", *, severity: Severity = "warning", raw: str | None = None) -> Problem:
        """A finding about this row."""
        return Problem(
            where=self.row.place.source_file,
            code=code,
            message=f"{self.label}row {self.row.number}: {message}",
            severity=severity,
            offset=self.row.place.offset,
            row=self.row.number,
            field=self.header(name) if name else None,
            raw=raw[:200] if raw else None,
        )

    def rest(self) -> dict[str, str]:
        """Every filled cell that no other part has taken, by field; unknown columns by their header."""
        known = {name: text for name, cell in self.cells.items() if name not in self.used and (text := text_of(cell))}
        return known | {header: text for header, text in self.unknown.items() if text}


def _says_nothing(raw: str) -> bool:
    return raw.startswith(("0001-01-01", "0000", "01/01/1", "1/1/1", "9999")) or raw == "0"


def by_field(plan: HeaderPlan, cells: Sequence[Cell]) -> tuple[dict[str, Cell], dict[str, str]]:
    """The cells of a row by field (the first filled one where a field has several columns), and the texts of columns without a field."""
    known: dict[str, Cell] = {}
    unknown: dict[str, str] = {}
    for column, cell in zip(plan.columns, cells, strict=False):
        if column.field:
            if not text_of(known.get(column.field)):
                known[column.field] = cell
        elif text := text_of(cell):
            unknown[_name(column)] = text
    for index in range(len(plan.columns), len(cells)):
        if text := text_of(cells[index]):
            unknown[f"column {column_letter(index)}"] = text
    return known, unknown


def _name(column: Column) -> str:
    return column.header or f"column {column.letter}"
