"""The rules of `precedence` as expressions over any Ibis back end: which rows of a table of the lake are its current reading."""

import ibis
import ibis.expr.types as ir

from langqiao.data.lake.precedence import CHILDREN, MERGED, NATURAL_KEYS, PROVENANCE_NAMES, RECORD_ORDER
from langqiao.data.lake.schema import TABLES


def latest(table: ir.Table, name: str) -> ir.Table:
    """The current reading of a table of the lake."""
    if name in MERGED:
        return merged(table, name)
    if name in CHILDREN:
        return of_newest_record(table, name)
    if name in NATURAL_KEYS:
        return newest_of(table, NATURAL_KEYS[name])
    return table


def latest_but(table: ir.Table, name: str, *, twice: ir.Table) -> ir.Table:
    """The same as `latest` where `twice` holds every key that more than one record has: the rows of all others are taken as they are."""
    key = list(MERGED.get(name, ("key",)))
    once = table.anti_join(twice, key).select(*TABLES[name].names)
    return once.union(latest(table.semi_join(twice, key), name))


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
