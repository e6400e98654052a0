"""Which publications a written number means."""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from langqiao.engine.patents import number as numbers

if TYPE_CHECKING:
    from langqiao.data.lake.store import Lake

_LONG_AGO = dt.date.min


def keys_of(lake: "Lake", text: str) -> list[str]:
    """The keys a written number means, best first; the first reading of the number that the lake holds settles it."""
    for condition, values, kind in _readings(text):
        rows = lake.rows("publications", condition, values, latest=False)
        if rows:
            ordered = sorted(rows, key=lambda row: (row["kind"] != kind, -(row["publication_date"] or _LONG_AGO).toordinal(), row["key"]))
            return list(dict.fromkeys(row["key"] for row in ordered))
    return []


def _readings(text: str) -> Iterator[tuple[str, list[str], str]]:
    stripped = text.strip()
    if not stripped:
        return
    yield "key = ?", [stripped.upper()], ""
    for number in numbers.candidates(stripped):
        column = "application_number" if number.kind_of == "application" else "number"
        if number.kind:
            yield f"office = ? AND {column} = ? AND kind = ?", [number.office, number.number, number.kind], number.kind
        yield f"office = ? AND {column} = ?", [number.office, number.number], number.kind
    yield "number_raw = ? OR application_number_raw = ?", [stripped, stripped], ""
