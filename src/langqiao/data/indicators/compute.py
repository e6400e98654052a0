"""From the lake to the long table of indicators as of a day, and back: the indicators of one publication."""

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from langqiao.data.engines import Engine
from langqiao.data.engines.duckdb import DuckDbEngine
from langqiao.data.indicators import disruption, references
from langqiao.data.indicators.expressions import all_measures
from langqiao.data.indicators.facts import Facts, Resolve, Sources, gather
from langqiao.data.indicators.forward import Windows, windows
from langqiao.data.indicators.measures import Measure, gathered, placed
from langqiao.data.indicators.register import INDICATORS
from langqiao.data.names.resolve import resolve

AT_ONCE = 10
"""Measures that are placed in one expression: more save translation, fewer save memory."""

TABLE, KEYS, COVERAGE = "indicators", "indicator_keys", "citing_coverage"
"""The computed tables of the lake: the long table; which publication's key stands for which; what the lake holds of each office and year."""

_WORD = pa.dictionary(pa.int32(), pa.string())
LONG = pa.schema(
    [
        ("key", pa.string()), ("indicator", _WORD), ("version", _WORD), ("value", pa.float64()), ("n", pa.int64()), ("cohort", _WORD),
        ("cohort_n", pa.int64()), ("percentile", pa.float64()), ("completeness", pa.float64()), ("as_of", pa.date32()),
        ("standard_error", pa.float64()), ("low", pa.float64()), ("high", pa.float64()), ("reason", _WORD), ("formula", _WORD),
        ("inputs", pa.string()),
    ]
)  # fmt: skip
"""One row a right and indicator. `value` null says why in `reason`; `percentile` 0…100; `low` and `high` bounds of an interval or of what is
known; `inputs` a JSON object of the numbers that entered."""


class LakeLike(Protocol):
    """What is needed of a lake (data.lake.store.Lake)."""

    def connect(self) -> Any:
        """The Ibis connection of the tables."""

    def table(self, name: str) -> ir.Table:
        """A table of records or a computed one."""

    def put_derived(self, name: str, table: pa.Table, *, as_of: dt.date | None = None) -> Any:
        """Stores a computed table."""

    def derived(self, name: str) -> Any:
        """What is known of a computed table, None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The reference tables of one computation (data.indicators.references), and how owners' names are resolved."""

    fields: pa.Table
    totals: pa.Table
    gni: pa.Table
    resolve: Resolve = resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeReport:
    """What was computed: rights, rows, and by indicator how many values and percentiles are known."""

    as_of: dt.date
    rights: int
    rows: int
    known: dict[str, int]
    percentiles: dict[str, int]
    reasons: dict[str, int]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """One indicator of one publication as stored; the fields of LONG, `inputs` as a dictionary."""

    key: str
    indicator: str
    version: str
    value: float | None
    n: int | None
    cohort: str
    cohort_n: int | None
    percentile: float | None
    completeness: float | None
    as_of: dt.date
    standard_error: float | None
    low: float | None
    high: float | None
    reason: str
    formula: str
    inputs: dict[str, Any]


class NotComputedError(LookupError):
    """The lake holds no indicators as of that day."""


def compute(
    lake: LakeLike, as_of: dt.date, *, reference: References | None = None, on_progress: Callable[[str], None] = lambda _: None
) -> ComputeReport:
    """Computes every indicator from what was public by `as_of` and stores the long table in the lake."""
    start = time.monotonic()
    used = reference or default_references()
    with DuckDbEngine(lake.connect()) as engine:
        facts, held = prepare(engine, sources_of(lake, engine, used), as_of, resolve=used.resolve)
        measures = all_measures(facts, held, disruption.by_kernel(facts))
        parts = list(long_tables(facts, measures, as_of, on_progress=on_progress))
        table = pa.concat_tables(parts).unify_dictionaries()
        keys = engine.arrow(facts.documents.select("key", "unit").join(facts.rights.select("unit", stands="key"), "unit").drop("unit"))
        coverage = engine.arrow(held.coverage.order_by(["office", "patent_type", "year"]))
        rights = int(engine.arrow(facts.rights.aggregate(n=facts.rights.count())).column("n")[0].as_py())
    lake.put_derived(COVERAGE, coverage, as_of=as_of)
    lake.put_derived(KEYS, keys.sort_by("key"), as_of=as_of)
    lake.put_derived(TABLE, _in_order(table), as_of=as_of)
    return _report(table, as_of, rights, time.monotonic() - start)


def prepare(engine: Engine, sources: Sources, as_of: dt.date, *, resolve: Resolve) -> tuple[Facts, Windows]:
    """The facts public by a day and the completeness of their citation windows."""
    facts = gather(engine, sources, as_of, resolve=resolve)
    return facts, windows(facts)


def sources_of(lake: LakeLike, engine: Engine, reference: References) -> Sources:
    """The lake's tables with the reference tables loaded beside them."""
    names = ("publications", "citations", "classifications", "parties", "claims", "families")
    return Sources(**{name: lake.table(name) for name in names}, **loaded(engine, reference))


def loaded(engine: Engine, reference: References) -> dict[str, ir.Table]:
    """The reference tables on an engine."""
    return {name: engine.load(f"reference_{name}", getattr(reference, name)) for name in ("fields", "totals", "gni")}


def default_references(totals: Path | None = None) -> References:
    """The reference tables shipped with the product; `totals` a CSV file of the user's own (references.totals)."""
    return References(fields=references.wipo_fields(), totals=references.totals(totals), gni=references.gni())


def long_tables(
    facts: Facts, measures: Sequence[Measure], as_of: dt.date, *, on_progress: Callable[[str], None] = lambda _: None
) -> Iterator[pa.Table]:
    """The measures in their cohorts as rows of the long table, AT_ONCE measures after the other."""
    for first in range(0, len(measures), AT_ONCE):
        some = measures[first : first + AT_ONCE]
        rows = facts.engine.keep("gathered", gathered(some))
        yield _long(facts.engine.arrow(placed(rows, facts.rights)), as_of)
        for one in some:
            on_progress(one.name)


def _long(found: pa.Table, as_of: dt.date) -> pa.Table:
    names = found.column("indicator").combine_chunks().dictionary_encode()
    kinds = [INDICATORS[name] for name in names.dictionary.to_pylist()]
    told = {"indicator": names}
    for column in ("version", "formula"):
        words = pa.array([getattr(kind, column) for kind in kinds], pa.string()).dictionary_encode()
        told[column] = pa.DictionaryArray.from_arrays(words.indices.take(names.indices), words.dictionary)
    told["as_of"] = pa.repeat(pa.scalar(as_of), found.num_rows)
    columns = [told[field.name] if field.name in told else found.column(field.name) for field in LONG]
    return pa.Table.from_arrays([column.cast(field.type) for column, field in zip(columns, LONG, strict=True)], schema=LONG)


def _in_order(table: pa.Table) -> pa.Table:
    """By key, then as the register lists the indicators: the same lake gives the same bytes."""
    place = pc.index_in(table.column("indicator").cast(pa.string()), value_set=pa.array(list(INDICATORS)))
    order = pa.table({"key": table.column("key"), "place": place})
    return table.take(pc.sort_indices(order, [("key", "ascending"), ("place", "ascending")]))


def _report(table: pa.Table, as_of: dt.date, rights: int, seconds: float) -> ComputeReport:
    names = table.column("indicator").cast(pa.string())
    valid = {name: pc.filter(names, pc.is_valid(table.column(name))) for name in ("value", "percentile")}
    reasons = Counter(table.column("reason").cast(pa.string()).to_pylist())
    return ComputeReport(
        as_of=as_of,
        rights=rights,
        rows=table.num_rows,
        known={**dict.fromkeys(INDICATORS, 0), **_count(valid["value"])},
        percentiles={**dict.fromkeys(INDICATORS, 0), **_count(valid["percentile"])},
        reasons={reason: number for reason, number in sorted(reasons.items()) if reason},
        seconds=seconds,
    )


def _count(values: pa.ChunkedArray) -> dict[str, int]:
    return {entry["values"]: entry["counts"] for entry in pc.value_counts(values).to_pylist()}


def for_key(lake: LakeLike, key: str, as_of: dt.date | None = None) -> list[IndicatorRow]:
    """The indicators of a publication (of the right it belongs to), in the order of the register.

    Raises NotComputedError if none were computed, or another day's are stored; KeyError if the publication was not public by that day.
    """
    stored = lake.derived(TABLE)
    if stored is None:
        raise NotComputedError("no indicators were computed yet: call langqiao compute")
    if as_of is not None and stored.as_of != as_of.isoformat():
        raise NotComputedError(f"the indicators are as of {stored.as_of}, not {as_of}: call langqiao compute --as-of {as_of}")
    keys = lake.table(KEYS)
    stands = keys.filter(keys.key == key).select("stands").to_pyarrow().column("stands").to_pylist()
    if not stands:
        raise KeyError(key)
    table = lake.table(TABLE)
    rows = [_row(row) for row in table.filter(table.key == stands[0]).to_pyarrow().to_pylist()]
    order = {name: place for place, name in enumerate(INDICATORS)}
    return sorted(rows, key=lambda row: order.get(row.indicator, len(order)))


def _row(row: dict[str, Any]) -> IndicatorRow:
    return IndicatorRow(**{**row, "inputs": json.loads(row["inputs"])})
