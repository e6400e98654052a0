"""The records of one patent as rows of the lake, read once for each version of the lake."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from langqiao.data.lake.store import Lake
from langqiao.web.common.lake import lake_at

Row = dict[str, Any]
KEPT = 4096
"""How many answers a process keeps; a new version of the lake makes them unreachable."""


def rows(lake: Lake, table: str, key: str) -> list[Row]:
    """The rows of a publication's table, in the order of the source."""
    return list(_rows(lake.root, lake.version, table, key))


@lru_cache(maxsize=KEPT)
def _rows(root: Path, _version: str, name: str, key: str) -> tuple[Row, ...]:
    table = lake_at(root).table(name)
    return tuple(_read(_ordered(table.filter(table.key == key))))


def publication(lake: Lake, key: str) -> Row | None:
    """The publication of a key, or None."""
    found = rows(lake, "publications", key)
    return found[0] if found else None


def siblings(lake: Lake, row: Row) -> list[Row]:
    """The other publications of the same application."""
    if not row["application_number"]:
        return []
    return list(_siblings(lake.root, lake.version, row["office"], row["application_number"], row["key"]))


@lru_cache(maxsize=KEPT)
def _siblings(root: Path, _version: str, office: str, application_number: str, key: str) -> tuple[Row, ...]:
    table = lake_at(root).table("publications")
    same = (table.office == office) & (table.application_number == application_number) & (table.key != key)
    return tuple(_read(table.filter(same).order_by("publication_date")))


def named(lake: Lake, keys: Sequence[str]) -> dict[str, Row]:
    """Key, title, dates of those of the keys that the lake holds."""
    return dict(_named(lake.root, lake.version, tuple(keys))) if keys else {}


@lru_cache(maxsize=256)
def _named(root: Path, _version: str, keys: tuple[str, ...]) -> tuple[tuple[str, Row], ...]:
    table = lake_at(root).table("publications")
    wanted = table.filter(table.key.isin(keys)).select("key", "title", "title_zh", "title_en", "publication_date", "filing_date", "kind")
    return tuple((row["key"], row) for row in _read(wanted))


def by_number(lake: Lake, numbers: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Row]:
    """(office, number) → the newest publication with that number, for those the lake holds."""
    return dict(_by_number(lake.root, lake.version, tuple(dict.fromkeys(numbers)))) if numbers else {}


@lru_cache(maxsize=256)
def _by_number(root: Path, _version: str, numbers: tuple[tuple[str, str], ...]) -> tuple[tuple[tuple[str, str], Row], ...]:
    table = lake_at(root).table("publications")
    wanted = table.filter(table.number.isin([number for _, number in numbers])).order_by("publication_date")
    found = {(row["office"], row["number"]): row for row in _read(wanted.select("key", "office", "number", "title", "publication_date"))}
    return tuple((pair, found[pair]) for pair in numbers if pair in found)


def citing(lake: Lake, row: Row, *, limit: int = 500) -> list[Row]:
    """Citations of other publications in the lake that name this one, with the citing publication's title and date."""
    return list(_citing(lake.root, lake.version, row["office"], row["number"], limit))


@lru_cache(maxsize=KEPT)
def _citing(root: Path, _version: str, office: str, number: str, limit: int) -> tuple[Row, ...]:
    lake = lake_at(root)
    cites, publications = lake.table("citations"), lake.table("publications")
    of_this = cites.filter((cites.cited_office == office) & (cites.cited_number == number) & (cites.kind_of == "patent"))
    joined = of_this.join(publications, of_this.key == publications.key)
    chosen = joined.select(
        key=of_this.key,
        category=of_this.category,
        record=of_this.record,
        title=publications.title,
        publication_date=publications.publication_date,
    )
    return tuple(_read(chosen.order_by("publication_date").limit(limit)))


def record_source(lake: Lake, record: str) -> Row | None:
    """Where the raw record with that SHA-256 lies."""
    return _record_source(lake.root, lake.version, record)


@lru_cache(maxsize=KEPT)
def _record_source(root: Path, _version: str, record: str) -> Row | None:
    lake = lake_at(root)
    for name in ("publications", "events", "conveyances", "conveyed_properties", "problems"):
        table = lake.table(name, latest=False)
        columns = ["source_file", "sha256", "offset", "length", "format", "retrieved_at", "known_at"]
        found = _read(table.filter(table.sha256 == record).select(*columns).limit(1))
        if found:
            return found[0]
    return None


def _ordered(table: ir.Table) -> ir.Table:
    for column in ("sequence", "number"):
        if column in table.columns and "record" in table.columns:
            return table.order_by("role", "sequence") if "role" in table.columns else table.order_by(column)
    return table


def _read(table: ir.Table) -> list[Row]:
    found: list[Row] = table.to_pyarrow().to_pylist()
    return found
