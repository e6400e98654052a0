"""The records of one patent as the lake reads them, kept for each version of the lake."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from langqiao.data.appraisal_rows import PatentRows, rows_of
from langqiao.data.indicators.compute import TABLE
from langqiao.data.lake.snapshot import Dossier
from langqiao.data.lake.store import Lake
from langqiao.rules import parameters
from langqiao.web.common.lake import lake_at

Row = dict[str, Any]
KEPT = 512
"""How many dossiers a process keeps; a new version of the lake makes them unreachable."""
PLACES = ("publications", "events", "conveyances", "problems")
"""Tables whose rows are records of their own, in the order in which a hash is looked for."""


def dossier(lake: Lake, key: str) -> Dossier | None:
    """Everything known of a publication, or None."""
    return _dossier(lake.root, lake.version, key)


@lru_cache(maxsize=KEPT)
def _dossier(root: Path, _version: str, key: str) -> Dossier | None:
    try:
        return lake_at(root).dossier(key)
    except KeyError:
        return None


def gathered(root: Path, version: str, key: str, as_of: dt.date) -> PatentRows:
    """Everything that right, grade and value of a publication are judged from on a day, read once. Raises KeyError for an unknown key.

    `version` names the lake's and the computed tables' state.
    """
    return _gathered(root, version, key, as_of)


@lru_cache(maxsize=KEPT)
def _gathered(root: Path, _version: str, key: str, as_of: dt.date) -> PatentRows:
    return rows_of(lake_at(root), [key], as_of, parameters=parameters())[key]


def state_of(lake: Lake) -> str:
    """The lake's version and which computation of the indicators it holds: what a judgment is kept for."""
    stored = lake.derived(TABLE)
    return f"{lake.version}.{stored.generation if stored else 0}"


def siblings(lake: Lake, row: Row) -> list[Row]:
    """The other publications of the same application."""
    if not row["application_number"]:
        return []
    application = (row["office"], row["application_number"])
    return list(_siblings(lake.root, lake.version, application, row["key"]))


@lru_cache(maxsize=KEPT)
def _siblings(root: Path, _version: str, application: tuple[str, str], key: str) -> tuple[Row, ...]:
    where = "office = ? AND application_number = ? AND key <> ? ORDER BY publication_date"
    return tuple(lake_at(root).rows("publications", where, [*application, key]))


def sharing_a_priority(lake: Lake, priorities: Sequence[Row], key: str) -> list[Row]:
    """The other publications of the lake that claim one of these priorities (the same earlier filing): a family where no office has told of one."""
    claimed = tuple(sorted({(row["office"], row["number"]) for row in priorities if row["number"]}))
    return list(_sharing(lake.root, lake.version, claimed, key)) if claimed else []


@lru_cache(maxsize=KEPT)
def _sharing(root: Path, _version: str, claimed: tuple[tuple[str, str], ...], key: str) -> tuple[Row, ...]:
    lake = lake_at(root)
    where = " OR ".join(["(office = ? AND number = ?)"] * len(claimed))
    keys = sorted({row["key"] for row in lake.rows("priorities", where, [part for pair in claimed for part in pair])} - {key})
    if not keys:
        return ()
    return tuple(lake.rows("publications", f"key IN ({', '.join('?' * len(keys))}) ORDER BY publication_date", keys))


def by_number(lake: Lake, numbers: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Row]:
    """(office, number) → the newest publication with that number, for those the lake holds."""
    return dict(_by_number(lake.root, lake.version, tuple(dict.fromkeys(numbers)))) if numbers else {}


@lru_cache(maxsize=KEPT)
def _by_number(root: Path, _version: str, numbers: tuple[tuple[str, str], ...]) -> tuple[tuple[tuple[str, str], Row], ...]:
    lake, wanted = lake_at(root), list({number for _, number in numbers if number})
    if not wanted:
        return ()
    marks = ", ".join("?" * len(wanted))
    found = {
        (row["office"], row["number"]): row for row in lake.rows("publications", f"number IN ({marks}) ORDER BY publication_date", wanted)
    }
    return tuple((pair, found[pair]) for pair in numbers if pair in found)


def cited_by_each(lake: Lake, keys: Sequence[str], *, limit: int) -> list[tuple[str, Row]]:
    """(citing key, the cited publication) for what these publications cite and the lake holds; at most `limit`, in the order of the keys."""
    return list(_cited_by_each(lake.root, lake.version, tuple(keys), limit)) if keys else []


@lru_cache(maxsize=KEPT)
def _cited_by_each(root: Path, version: str, keys: tuple[str, ...], limit: int) -> tuple[tuple[str, Row], ...]:
    lake = lake_at(root)
    rows = lake.rows("citations", f"key IN ({', '.join('?' * len(keys))}) AND kind_of = 'patent'", list(keys))
    held = dict(
        _by_number(root, version, tuple(sorted({(row["cited_office"], row["cited_number"]) for row in rows if row["cited_number"]})))
    )
    pairs = {(row["key"], held[pair]["key"]): held[pair] for row in rows if (pair := (row["cited_office"], row["cited_number"])) in held}
    ordered = sorted(pairs.items(), key=lambda item: (keys.index(item[0][0]), item[0][1]))
    return tuple((citing, row) for (citing, _cited), row in ordered)[:limit]


def citing_each(lake: Lake, rows: Sequence[Row], *, limit: int) -> list[tuple[str, str]]:
    """(cited key, citing key) for the publications of the lake that cite these; at most `limit`, in their order."""
    named = tuple((row["office"], row["number"], row["key"]) for row in rows)
    return list(_citing_each(lake.root, lake.version, named, limit)) if named else []


@lru_cache(maxsize=KEPT)
def _citing_each(root: Path, _version: str, named: tuple[tuple[str, str, str], ...], limit: int) -> tuple[tuple[str, str], ...]:
    keys = {(office, number): key for office, number, key in named}
    place = {key: n for n, (_office, _number, key) in enumerate(named)}
    numbers = sorted({number for _office, number in keys})
    found = lake_at(root).rows("citations", f"cited_number IN ({', '.join('?' * len(numbers))})", numbers)
    pairs = {(keys[pair], row["key"]) for row in found if (pair := (row["cited_office"], row["cited_number"])) in keys}
    return tuple(sorted(pairs, key=lambda pair: (place[pair[0]], pair[1])))[:limit]


def owners_of(lake: Lake, keys: Sequence[str]) -> dict[str, set[str]]:
    """Key → names of owners and applicants, of the publications the lake holds."""
    return {key: set(names) for key, names in _owners_of(lake.root, lake.version, tuple(sorted(set(keys))))} if keys else {}


@lru_cache(maxsize=KEPT)
def _owners_of(root: Path, _version: str, keys: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    where = f"key IN ({', '.join('?' * len(keys))}) AND role IN ('owner', 'applicant')"
    found: dict[str, list[str]] = {}
    for row in lake_at(root).rows("parties", where, list(keys), latest=False):
        found.setdefault(row["key"], []).append(row["std_name"] or row["name"])
    return tuple((key, tuple(names)) for key, names in found.items())


def record_place(lake: Lake, sha256: str) -> Row | None:
    """Where the raw record with that SHA-256 lies."""
    for table in PLACES:
        found = lake.rows(table, "sha256 = ? LIMIT 1", [sha256], latest=False)
        if found:
            return found[0]
    return None
