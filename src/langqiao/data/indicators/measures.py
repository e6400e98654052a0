"""How one indicator of all rights is written down as an expression, and how it is placed in its cohort."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from langqiao.engine.indicators.cohort import TIE_DECIMALS
from langqiao.engine.indicators.reading import MIN_COHORT, MIN_COMPLETENESS

COHORT = ["field", "year", "extra"]
"""A cohort: WIPO field × filing year, and for some indicators what else makes values comparable (family model, office)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One indicator over all rights.

    `table` has (unit, value, n, completeness, standard_error, low, high, reason, inputs, extra, apart, is_comparable), one row a right: `value`
    null with a `reason`, `inputs` a JSON object, `is_comparable` whether the value may enter the cohort, else `apart` why. `rank_sign` −1: less
    is more.
    """

    name: str
    table: ir.Table
    rank_sign: int = 1


def number(kind: str = "float64") -> ir.Value:
    """An absent number."""
    return ibis.null(kind)


def at_most(value: ir.Value, limit: Any) -> ir.Value:
    """The smaller of a value and a limit, absent where the value is: `least` of the back ends would pass over the absent one."""
    return ibis.ifelse(value > limit, limit, value)


def at_least(value: ir.Value, limit: Any) -> ir.Value:
    """The larger of a value and a limit, absent where the value is."""
    return ibis.ifelse(value < limit, limit, value)


STEP = 2.0**-40
"""The grain of sums of fractions, below 1e-12."""


def exact_sum(value: ir.Value) -> ir.Value:
    """The sum of fractions (below 4 million in all) in whole steps of STEP: the same bits in whatever order the rows come, on any engine."""
    return (value / STEP).round().cast("int64").sum() * STEP


def reasons(*cases: tuple[Any, Any]) -> ir.Value:
    """The reason of the first condition that holds, "" if none does."""
    return ibis.cases(*cases, else_="")


def inputs(**columns: ir.Value) -> ir.Value:
    """A JSON object of whole numbers, flags and plain words (no quotes in them), built by the back end; absent ones are null."""
    text: Any = ibis.literal("{")
    for place, (name, column) in enumerate(columns.items()):
        text = text + ibis.literal(f'{", " if place else ""}"{name}": ') + ibis.coalesce(_json(column), ibis.literal("null"))
    return text + ibis.literal("}")


def _json(column: ir.Value) -> ir.Value:
    kind = column.type()
    if kind.is_string():
        return ibis.literal('"') + column + ibis.literal('"')
    assert kind.is_integer(), f"inputs hold whole numbers and words, not {kind}"
    return column.cast("string")


def written(
    table: ir.Table,
    *,
    value: ir.Value,
    reason: ir.Value,
    n: ir.Value | None = None,
    completeness: ir.Value | None = None,
    standard_error: ir.Value | None = None,
    low: ir.Value | None = None,
    high: ir.Value | None = None,
    inputs: ir.Value | None = None,
    extra: ir.Value | None = None,
    apart: ir.Value | None = None,
) -> ir.Table:
    """The table of a Measure from a table with a column `unit`: what is not given is absent, and a value with a reason is withheld.

    `apart`: why a value, though it exists, stays out of its cohort ("": it enters).
    """
    known = ibis.ifelse(reason == "", value.cast("float64"), number())
    full = ibis.literal(True) if completeness is None else completeness >= MIN_COMPLETENESS
    kept_out = ibis.literal("") if apart is None else apart
    return table.select(
        "unit",
        value=known,
        n=number("int64") if n is None else n.cast("int64"),
        completeness=number() if completeness is None else completeness.cast("float64"),
        standard_error=number() if standard_error is None else ibis.ifelse(known.notnull(), standard_error.cast("float64"), number()),
        low=number() if low is None else low.cast("float64"),
        high=number() if high is None else high.cast("float64"),
        reason=reason,
        inputs=ibis.literal("{}") if inputs is None else inputs,
        extra=ibis.literal("") if extra is None else ibis.coalesce(extra, ibis.literal("")),
        apart=kept_out,
        is_comparable=full.fill_null(False) & (kept_out == "") & known.notnull(),
    )


def gathered(measures: Sequence[Measure]) -> ir.Table:
    """The rows of several measures, each with the name of its `indicator` and its rank `sign`."""
    tables = [one.table.mutate(indicator=ibis.literal(one.name), sign=ibis.literal(one.rank_sign, "int32")) for one in measures]
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def placed(rows: ir.Table, rights: ir.Table) -> ir.Table:
    """Gathered measures with `cohort`, `cohort_n` and `percentile`: 100 · (below + half of the equal ones) / n, from MIN_COHORT members on."""
    joined = rows.join(rights.select("unit", "key", "field", "year"), "unit")
    eligible = joined.is_comparable & joined.field.notnull() & joined.year.notnull()
    marked = joined.mutate(entry=ibis.ifelse(eligible, 1, 0), score=(joined.value * joined.sign).round(TIE_DECIMALS))
    group = ["indicator", *COHORT]
    counted = marked.mutate(
        cohort_n=marked.entry.sum().over(group_by=group),
        below=ibis.rank().over(group_by=[*group, "entry"], order_by=marked.score),
        equal=marked.entry.count().over(group_by=[*group, "entry", "score"]),
    )
    has_cohort = counted.field.notnull() & counted.year.notnull()
    ranked = (counted.entry == 1) & (counted.cohort_n >= MIN_COHORT)
    share = (counted.below + counted.equal / 2) * 100 / counted.cohort_n
    why = reasons(
        (counted.reason != "", counted.reason),
        (ranked, ""),
        (counted.field.isnull(), "no_field"),
        (counted.year.isnull(), "no_filing_date"),
        (counted.apart != "", counted.apart),
        (counted.entry == 0, "incomplete"),
        (counted.cohort_n < MIN_COHORT, "small_cohort"),
    )
    full = counted.mutate(
        cohort_n=ibis.ifelse(has_cohort, counted.cohort_n.cast("int64"), number("int64")),
        percentile=ibis.ifelse(ranked, share, number()),
        reason=why,
        cohort=ibis.ifelse(has_cohort, _cohort_name(counted), ""),
    )
    return full.drop("entry", "score", "below", "equal", "is_comparable", "apart", "extra", "field", "year", "sign")


def _cohort_name(table: ir.Table) -> ir.Value:
    name = ibis.literal("field ") + table.field.cast("string") + " × " + table.year.cast("string")
    return ibis.ifelse(table.extra == "", name, name + " × " + table.extra)


def quantiles(table: ir.Table, value: str, shares: dict[str, float], *, by: list[str]) -> ir.Table:
    """By group: n and the quantiles of a column with linear interpolation between order statistics (type 7), on any back end alike."""
    known = table.filter(table[value].notnull())
    place = ibis.row_number().over(group_by=by, order_by=known[value])
    numbered = known.mutate(place_=place, n_=known[value].count().over(group_by=by))
    columns = {"n": numbered.n_.max()}
    for name, share in shares.items():
        at = (numbered.n_ - 1) * share
        columns[f"{name}_low"] = numbered[value].max(where=numbered.place_ == at.floor())
        columns[f"{name}_high"] = numbered[value].max(where=numbered.place_ == at.ceil())
        columns[f"{name}_part"] = (at - at.floor()).max()
    grouped = numbered.group_by(by).aggregate(**columns)
    found = {name: grouped[f"{name}_low"] + grouped[f"{name}_part"] * (grouped[f"{name}_high"] - grouped[f"{name}_low"]) for name in shares}
    return grouped.select(*by, "n", **found)
