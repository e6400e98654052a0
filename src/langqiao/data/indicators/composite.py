"""The OECD quality index over all rights from normalized measures, and our partial composite that names its components."""

from typing import Any

import ibis
import ibis.expr.types as ir

from langqiao.data.indicators.facts import Facts
from langqiao.data.indicators.measures import COHORT, Measure, at_least, at_most, inputs, number, quantiles, reasons, written
from langqiao.engine.indicators.composite import INVERTED, MIN_COMPONENTS, QUALITY_4, QUALITY_6
from langqiao.engine.indicators.reading import MIN_COHORT


def measures(facts: Facts, by_name: dict[str, Measure]) -> list[Measure]:
    """quality_index_4, quality_index_6 (exactly the OECD's components, granted rights only) and quality_partial."""
    engine = facts.engine
    table = facts.rights.select("unit", "granted")
    for name in QUALITY_6:
        z = engine.keep(f"normalized_{name}", normalized(facts, by_name[name])).select("unit", **{name: ibis._.z})
        table = table.left_join(z, "unit").drop("unit_right")
    table = engine.keep("normalized", table)
    return [_oecd(table, "quality_index_4", QUALITY_4), _oecd(table, "quality_index_6", QUALITY_6), _partial(table)]


def normalized(facts: Facts, measure: Measure) -> ir.Table:
    """(unit, z): the value winsorized at the cohort's 1st and 99th percentile over the maximum left; null where that does not exist."""
    table = measure.table.join(facts.rights.select("unit", "field", "year"), "unit")
    known = table.filter(table.is_comparable & table.field.notnull() & table.year.notnull())
    ends = quantiles(known, "value", {"p01": 0.01, "p99": 0.99}, by=COHORT).rename(members="n")
    joined = known.join(ends, COHORT)
    clipped = at_most(at_least(joined.value, joined.p01), joined.p99) / joined.p99
    usable = (joined.members >= MIN_COHORT) & (joined.p01 != joined.p99) & (joined.p99 > 0)
    return joined.select("unit", z=ibis.ifelse(usable, clipped, number()))


def _signed(table: ir.Table, name: str) -> Any:
    return 1 - table[name] if name in INVERTED else table[name]


def _mean(table: ir.Table, names: tuple[str, ...], n: Any) -> Any:
    total: Any = ibis.literal(0.0)
    for name in names:
        total = total + ibis.coalesce(_signed(table, name), ibis.literal(0.0))
    return total / n


def _known(table: ir.Table, names: tuple[str, ...]) -> Any:
    count: Any = ibis.literal(0)
    for name in names:
        count = count + ibis.ifelse(table[name].notnull(), 1, 0)
    return count


def _components(table: ir.Table, names: tuple[str, ...]) -> ir.Value:
    """{"fwd_cits5": 1, "family_size": 0, …}: which components entered."""
    return inputs(**{name: ibis.ifelse(table[name].notnull(), 1, 0) for name in names})


def _oecd(table: ir.Table, name: str, names: tuple[str, ...]) -> Measure:
    n = _known(table, names)
    why = reasons((table.granted.isnull(), "not_granted"), (n < len(names), "component_missing"))
    value = _mean(table, names, len(names))
    return Measure(name=name, table=written(table, value=value, n=n, reason=why, inputs=_components(table, names)))


def _partial(table: ir.Table) -> Measure:
    """Averages over different components are on different scales, so the value gets no percentile."""
    n = _known(table, QUALITY_6)
    why = reasons((n < MIN_COMPONENTS, "too_few_components"))
    value = _mean(table, QUALITY_6, n.nullif(0))
    shown = written(table, value=value, n=n, reason=why, inputs=_components(table, QUALITY_6), apart=ibis.literal("mixed_components"))
    return Measure(name="quality_partial", table=shown)
