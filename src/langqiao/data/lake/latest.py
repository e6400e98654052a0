"""Which of several records of one thing is read: the newest speaks, and what it is silent about is taken from the newest that does speak.

Expressions over any Ibis back end. A publication known from a full text and later from a bibliography keeps its claims: silence is not a
correction. A later record that does say something supersedes the earlier one as a whole, part by part (all its claims, all its citations).
"""

from collections.abc import Iterable
from typing import Any

import ibis
import ibis.expr.types as ir

from langqiao.data.lake.schema import PROVENANCE, TABLES

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


def latest(table: ir.Table, name: str) -> ir.Table:
    """The current reading of a table of the lake."""
    if name in MERGED:
        return merged(table, name)
    if name in CHILDREN:
        return of_newest_record(table, name)
    if name in NATURAL_KEYS:
        return newest_of(table, NATURAL_KEYS[name])
    return table


def merged(table: ir.Table, name: str) -> ir.Table:
    """One row a key; provenance is that of the newest record, each other column that of the newest record which fills it."""
    key = MERGED[name]
    order = ibis.row_number().over(group_by=key, order_by=_newest_first(table))
    ranked = table.mutate(rank_=order)
    columns = {}
    for column in TABLES[name].names:
        if column not in key:
            filled = None if column in PROVENANCE_NAMES else _filled(ranked[column])
            columns[column] = ranked[column].argmin(ranked["rank_"], where=filled)
    return _empty_not_null(ranked.group_by(list(key)).aggregate(**columns), name)


def of_newest_record(table: ir.Table, name: str) -> ir.Table:
    """All rows of the newest record of each publication that has any rows in this table."""
    rank = ibis.dense_rank().over(group_by="key", order_by=[*_newest_first(table), table["record"]])
    return table.mutate(rank_=rank).filter(ibis._.rank_ == 0).select(*TABLES[name].names)


def newest_of(table: ir.Table, key: tuple[str, ...]) -> ir.Table:
    """One row for each natural key: the newest."""
    rank = ibis.row_number().over(group_by=list(key), order_by=_newest_first(table))
    columns = table.columns
    return table.mutate(rank_=rank).filter(ibis._.rank_ == 0).select(*columns)


def _newest_first(table: ir.Table) -> list[ir.Value]:
    return [ibis.desc(table[column]) for column in RECORD_ORDER]


def _filled(column: ir.Column) -> ir.BooleanValue:
    if column.type().is_string():
        return column.notnull() & (column != "")
    if column.type().is_array():
        return column.notnull() & (column.length() > 0)
    return column.notnull()


def _empty_not_null(table: ir.Table, name: str) -> ir.Table:
    empty: dict[str, ir.Value] = {}
    for column in table.columns:
        kind = table[column].type()
        if kind.is_string():
            empty[column] = table[column].fill_null("")
        elif kind.is_array():
            empty[column] = table[column].fill_null(ibis.literal([], type=kind))
    return table.mutate(**empty).select(*TABLES[name].names)


Row = dict[str, Any]


def latest_rows(rows: Iterable[Row], name: str) -> list[Row]:
    """The same reading for rows in memory that hold everything of their keys: the reference of `latest`, and quick for a few rows."""
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
