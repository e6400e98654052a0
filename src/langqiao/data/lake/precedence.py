"""Which of several records of one thing is read: the newest speaks, and what it is silent about is taken from the newest that does speak.

A publication known from a full text and later from a bibliography keeps its claims: silence is not a correction. A later record that does
say something supersedes the earlier one as a whole, part by part (all its claims, all its citations). These are the rules for rows in
memory; `latest` holds the same rules as expressions over any Ibis back end.
"""

from collections.abc import Iterable
from typing import Any

from langqiao.data.lake.schema import PROVENANCE

PROVENANCE_NAMES = [name for name, _ in PROVENANCE]
RECORD_ORDER = ("known_at", "retrieved_at", "source_file", "offset")
"""Newest last: when the lake took it, when it was obtained; the place only makes the order total."""

CHILDREN = ("descriptions", "claims", "citations", "parties", "classifications", "priorities", "families", "opinions")
"""Tables whose rows belong to a record of a publication."""

NATURAL_KEYS = {
    "events": (
        "office", "number", "number_kind", "application_number", "code", "kind", "date", "effective_date", "from_party", "to_party", "text",
    ),
    "conveyed_properties": ("conveyance_key", "application_number", "patent_number", "publication_number", "pct_number"),
    "problems": ("where", "code", "message", "row", "field", "offset", "sha256"),
}  # fmt: skip
"""Two rows with the same natural key say the same: the newest is read."""

MERGED = {"publications": ("key",), "conveyances": ("office", "conveyance_key")}
"""Tables with one row a thing, each column from the newest record that fills it."""


Row = dict[str, Any]


def latest_rows(rows: Iterable[Row], name: str) -> list[Row]:
    """The same reading for rows in memory that hold everything of their keys: the reference of the expressions, and quick for a few rows."""
    newest_first = sorted(rows, key=lambda row: tuple(row[column] for column in RECORD_ORDER), reverse=True)
    if name in MERGED:
        return _merged_rows(newest_first, MERGED[name])
    if name in CHILDREN:
        return _rows_of_newest_record(newest_first)
    if name in NATURAL_KEYS:
        first: dict[tuple[Any, ...], Row] = {}
        for row in newest_first:
            first.setdefault(tuple(row[column] for column in NATURAL_KEYS[name]), row)
        return list(first.values())
    return newest_first


def _merged_rows(newest_first: list[Row], key: tuple[str, ...]) -> list[Row]:
    merged_rows: dict[tuple[Any, ...], Row] = {}
    for row in newest_first:
        newest = merged_rows.setdefault(tuple(row[column] for column in key), dict(row))
        for column, value in row.items():
            if newest[column] in _EMPTY and column not in PROVENANCE_NAMES and value not in _EMPTY:
                newest[column] = value
    return list(merged_rows.values())


def _rows_of_newest_record(newest_first: list[Row]) -> list[Row]:
    mark = (*RECORD_ORDER, "record")
    newest: dict[str, tuple[Any, ...]] = {}
    for row in sorted(newest_first, key=lambda row: row["record"]):
        stamp = tuple(row[column] for column in mark)
        if row["key"] not in newest or stamp[:-1] > newest[row["key"]][:-1]:
            newest[row["key"]] = stamp
    return [row for row in newest_first if tuple(row[column] for column in mark) == newest[row["key"]]]


_EMPTY: tuple[Any, ...] = (None, "", [])
