"""The rows of the lake from which a grade or an opinion is made, read in a few questions for many patents at once."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ibis

from langqiao.data.indicators.compute import KEYS, TABLE
from langqiao.data.lake.precedence import latest_rows
from langqiao.data.lake.store import Lake
from langqiao.data.rights import rights_for
from langqiao.data.rights_events import source_of
from langqiao.engine.kernel.evidence import Source
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.patents.facts import FeeRecord
from langqiao.engine.patents.right import RightView

Row = dict[str, Any]
NORMALIZED = ("fwd_cits5", "family_size", "claims", "generality_oecd", "bwd_cits", "grant_lag")
"""The indicators that enter the OECD's composite, normalized within their cohort."""
NOT_COMPUTED, LATER, NOT_PUBLIC = "not_computed", "computed_for_later_day", "not_public_by_then"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The 1st and 99th percentile of an indicator among the comparable members of a cohort."""

    p01: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentRows:
    """Everything gathered of one publication. `home`: the place of its own record; `claims`: the independent ones. `reason` says why there are no indicators; `indicators_as_of` the day they stand for."""

    key: str
    as_of: dt.date
    publication: Row
    view: RightView
    home: tuple[Source, ...]
    claims: Sequence[Row]
    symbols: Sequence[Row]
    families: Sequence[Row]
    parties: Sequence[Row]
    indicators: Mapping[str, Row]
    bounds: Mapping[tuple[str, str], Bounds]
    indicators_as_of: dt.date | None
    reason: str = ""
    citing: Sequence[Row] = field(default_factory=tuple)


def places(rows: Iterable[Row]) -> tuple[Source, ...]:
    """The distinct places of rows in their files, each with the key it belongs to."""
    return tuple(dict.fromkeys(replace(source_of(row), record=row.get("key") or "") for row in rows))


def rows_of(
    lake: Lake, keys: Sequence[str], as_of: dt.date, *, parameters: Parameters, fees: Mapping[str, FeeRecord] | None = None
) -> dict[str, PatentRows]:
    """The rows of each key, in the order given; `fees`: the holders' own records of payments by key. Raises KeyError for a key the lake does not hold."""
    publications = {row["key"]: row for row in _whole(lake, "publications", keys)}
    views = rights_for(lake, list(keys), as_of, parameters=parameters, fees=fees)
    claims, symbols, families, parties = (_by_key(lake, name, keys) for name in ("claims", "classifications", "families", "parties"))
    stored = _indicators(lake, keys, as_of)
    return {
        key: PatentRows(
            key=key,
            as_of=as_of,
            publication=publications[key],
            view=views[key],
            home=places([publications[key]]),
            claims=[row for row in claims[key] if row["is_independent"]],
            symbols=symbols[key],
            families=families[key],
            parties=parties[key],
            indicators=stored.rows.get(key, {}),
            bounds=stored.bounds,
            indicators_as_of=stored.as_of,
            reason=stored.reason or ("" if key in stored.rows else NOT_PUBLIC),
        )
        for key in keys
    }


def citing_rows(lake: Lake, publication: Row, as_of: dt.date, *, limit: int = 50) -> list[Row]:
    """Citations of a publication by others public by a day, at most `limit`: the records behind a forward count."""
    if not publication["number"]:
        return []
    where = "kind_of = 'patent' AND cited_office = ? AND cited_number = ? ORDER BY key, sequence"
    rows = lake.rows("citations", where, [publication["office"], publication["number"]], latest=False)
    dates = {row["key"]: row["publication_date"] for row in _whole(lake, "publications", sorted({row["key"] for row in rows}))}
    return [row for row in rows if (day := dates.get(row["key"])) is not None and day <= as_of][:limit]


def _whole(lake: Lake, table: str, keys: Sequence[str]) -> list[Row]:
    """The newest reading of every row of these keys; as all rows of a key are read, the newest are chosen here, faster than in the table."""
    return latest_rows(lake.rows(table, "key IN (SELECT unnest(?))", [list(keys)], latest=False), table) if keys else []


def _by_key(lake: Lake, table: str, keys: Sequence[str]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in _whole(lake, table, keys):
        found[row["key"]].append(row)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    rows: Mapping[str, Mapping[str, Row]]
    bounds: Mapping[tuple[str, str], Bounds]
    as_of: dt.date | None
    reason: str = ""


def _indicators(lake: Lake, keys: Sequence[str], as_of: dt.date) -> _Stored:
    """The stored indicators, if they stand for no later day: what was computed from later facts would look ahead."""
    stored = lake.derived(TABLE)
    if stored is None or stored.as_of is None:
        return _Stored(rows={}, bounds={}, as_of=None, reason=NOT_COMPUTED)
    day = dt.date.fromisoformat(stored.as_of)
    if day > as_of:
        return _Stored(rows={}, bounds={}, as_of=day, reason=LATER)
    pairs = lake.table(KEYS).filter(ibis._.key.isin(list(keys))).to_pyarrow().to_pylist()
    stands = {row["key"]: row["stands"] for row in pairs}
    table = lake.table(TABLE)
    held: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for row in table.filter(table.key.isin(sorted(set(stands.values())))).to_pyarrow().to_pylist():
        held[row["key"]][row["indicator"]] = {**row, "inputs": json.loads(row["inputs"])}
    cohorts = {
        (name, rows[name]["cohort"])
        for rows in held.values()
        for name in NORMALIZED
        if name in rows and rows[name]["percentile"] is not None
    }
    return _Stored(rows={key: held[stand] for key, stand in stands.items()}, bounds=_bounds(table, cohorts), as_of=day)


def _bounds(table: Any, cohorts: set[tuple[str, str]]) -> dict[tuple[str, str], Bounds]:
    """p01 and p99 of each (indicator, cohort) over its comparable members: those with a percentile."""
    if not cohorts:
        return {}
    members = table.filter(
        table.percentile.notnull()
        & table.indicator.cast("string").isin(sorted({name for name, _ in cohorts}))
        & table.cohort.cast("string").isin(sorted({cohort for _, cohort in cohorts}))
    )
    grouped = members.group_by(indicator=members.indicator.cast("string"), cohort=members.cohort.cast("string")).aggregate(
        p01=members.value.quantile(0.01), p99=members.value.quantile(0.99)
    )
    return {(row["indicator"], row["cohort"]): Bounds(p01=row["p01"], p99=row["p99"]) for row in grouped.to_pyarrow().to_pylist()}
