"""How complete the lake is: for each office, how many publications have each field and each part."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langqiao.data.lake.precedence import CHILDREN, PROVENANCE_NAMES
from langqiao.data.lake.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from langqiao.data.lake.store import Lake

_NOT_FIELDS = {"key", "office", *PROVENANCE_NAMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of `n` publications of `office`, `filled` have the field (a column of publications, or a table that has rows of them)."""

    office: str
    field: str
    n: int
    filled: int

    @property
    def share(self) -> float:
        """The filled share, 0 to 1."""
        return self.filled / self.n if self.n else 0.0


def coverage(lake: "Lake", known_at: dt.datetime | None = None) -> list[Coverage]:
    """The filled share of every field and part, by office, offices with most publications first."""
    publications = lake.table("publications", known_at)
    fields = [name for name in TABLES["publications"].names if name not in _NOT_FIELDS]
    figures: dict[str, Any] = {name: _is_filled(publications[name]).sum() for name in fields}
    by_office = publications.group_by("office").aggregate(n_=publications.count(), **figures).to_pyarrow().to_pylist()
    parts = {name: _having(lake, name, known_at) for name in CHILDREN}
    found = []
    for row in sorted(by_office, key=lambda row: (-row["n_"], row["office"])):
        filled = {name: row[name] or 0 for name in fields} | {name: counts.get(row["office"], 0) for name, counts in parts.items()}
        found += [Coverage(office=row["office"], field=name, n=row["n_"], filled=int(count)) for name, count in filled.items()]
    return found


def _having(lake: "Lake", name: str, known_at: dt.datetime | None) -> dict[str, int]:
    """Publications by office that have at least one row in a table."""
    keys = lake.table(name, known_at, latest=False).select("key").distinct()
    publications = lake.table("publications", known_at)
    having = publications.semi_join(keys, "key")
    joined = having.group_by("office").aggregate(n=having.count())
    return {row["office"]: row["n"] for row in joined.to_pyarrow().to_pylist()}


def _is_filled(column: "ir.Column") -> "ir.IntegerValue":
    filled = column.notnull() & (column != "") if column.type().is_string() else column.notnull()
    return filled.cast("int64")
