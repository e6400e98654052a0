"""Forward citations: how much of a window the lake holds, counts that are unknown rather than 0, self-citations apart, breakthroughs."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from langqiao.data.indicators.facts import Facts, month_index, months_between
from langqiao.data.indicators.measures import Measure, at_least, at_most, exact_sum, inputs, number, quantiles, reasons, written
from langqiao.engine.indicators.reading import MIN_COHORT, MIN_COVERAGE
from langqiao.engine.indicators.truncation import INTERVAL, gamma_quantile

EXPECTED_YEARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Citing coverage: `coverage` (office, patent_type, year, held, total, coverage) and, by right, the completeness of its windows.

    `rights` adds to facts.rights: complete5, complete7 (whole windows), complete_now (publication to the day), closed5, closed7.
    """

    coverage: ir.Table
    rights: ir.Table


def windows(facts: Facts) -> Windows:
    """What the lake holds of each office's granted patents by year and type, and of each right's citation windows."""
    engine = facts.engine
    coverage = engine.keep("coverage", _coverage(facts))
    now = ibis.literal(facts.as_of)
    table = facts.rights
    for name, end in (("complete5", _end(table, 5)), ("complete7", _end(table, 7)), ("complete_now", month_index(now) + 1)):
        table = _with_completeness(table, coverage, name, end)
    closed = {f"closed{years}": (table.published + years * 10_000 <= now).fill_null(False) for years in (5, 7)}
    return Windows(coverage=coverage, rights=engine.keep("windows", table.mutate(**closed)))


def _end(table: ir.Table, years: int) -> ir.Value:
    return month_index(table.published) + 12 * years


def _coverage(facts: Facts) -> ir.Table:
    r, t = facts.rights, facts.sources.totals
    granted = r.filter(r.granted.notnull()).mutate(year=(r.granted // 10_000).cast("int32"))
    held = granted.group_by(["office", "patent_type", "year"]).aggregate(held=granted.count())
    known = t.select("office", "patent_type", "total", year=t.year.cast("int32"))
    joined = held.left_join(known, ["office", "patent_type", "year"]).drop("office_right", "patent_type_right", "year_right")
    share = joined.held / joined.total.nullif(0)
    return joined.mutate(coverage=at_most(share, 1.0))


def _with_completeness(table: ir.Table, coverage: ir.Table, name: str, end: ir.Value) -> ir.Table:
    """Adds the mean of the yearly coverages over the months from publication to `end`; a year whose total is unknown counts as not held."""
    spans = table.mutate(first=month_index(table.published), end_=end)
    wanted = spans.filter(spans.first.notnull()).select("office", "patent_type", "first", "end_").distinct()
    held = coverage.filter(coverage.coverage.notnull()).select("office", "patent_type", "coverage", covered=coverage.year)
    joined = wanted.join(held, ["office", "patent_type"])
    start, stop = joined.covered * 12, (joined.covered + 1) * 12
    months = at_most(joined.end_, stop) - at_least(joined.first, start)
    weighted = joined.mutate(part=ibis.ifelse(months > 0, months, 0) * joined.coverage)
    summed = weighted.group_by(["office", "patent_type", "first", "end_"]).aggregate(held=exact_sum(weighted.part))
    keys = ["office", "patent_type", "first", "end_"]
    found = spans.left_join(summed, keys).drop(*[f"{key}_right" for key in keys])
    length = (found.end_ - found.first).nullif(0)
    full = ibis.ifelse(found.first.isnull(), number(), ibis.coalesce(found.held / length, ibis.literal(0.0)))
    return found.mutate(**{name: full}).drop("first", "end_", "held")


def citing(facts: Facts) -> ir.Table:
    """(unit, citing, day, is_xy, published, kin): every citation of a right published after it; `kin` own | other | unknown by owners."""
    published = facts.rights.select("unit", "published")
    edges = facts.edges.filter(facts.edges.in_lake).select("citing", "day", "is_xy", unit=facts.edges.cited)
    joined = edges.join(published, "unit")
    after = joined.filter(joined.day > joined.published)
    pairs = after.select("unit", "citing")
    focal = facts.owners.select("unit", "owner")
    other = facts.owners.select(citing=facts.owners.unit, owner=facts.owners.owner)
    shared = pairs.join(focal, "unit").join(other, ["citing", "owner"]).select("unit", "citing").distinct().mutate(is_own=True)
    known = facts.owners.select("unit").distinct()
    marked = after.left_join(shared, ["unit", "citing"]).drop("unit_right", "citing_right")
    marked = marked.left_join(known.mutate(has_focal=True), "unit").drop("unit_right")
    marked = marked.left_join(known.select(citing="unit").mutate(has_citing=True), "citing").drop("citing_right")
    kin = ibis.cases((marked.is_own.notnull(), "own"), (marked.has_focal.isnull() | marked.has_citing.isnull(), "unknown"), else_="other")
    return marked.select("unit", "citing", "day", "is_xy", "published", kin=kin)


def in_window(cited: ir.Table, years: int) -> ir.Table:
    """The citations published at most `years` after the cited right's publication."""
    return cited.filter(cited.day <= cited.published + years * 10_000)


def counts(facts: Facts, held: Windows, cited: ir.Table) -> list[Measure]:
    """fwd_cits5, fwd_cits7, their _xy and _self forms."""
    xy_offices = _offices_with_categories(facts)
    measures = []
    for years in (5, 7):
        window = in_window(cited, years)
        grouped = window.group_by("unit").aggregate(
            total=window.count(),
            xy=ibis.ifelse(window.is_xy, 1, 0).sum(),
            own=ibis.ifelse(window.kin == "own", 1, 0).sum(),
            unknown=ibis.ifelse(window.kin == "unknown", 1, 0).sum(),
        )
        base = held.rights.left_join(grouped, "unit").drop("unit_right").left_join(xy_offices, "office").drop("office_right")
        filled = {name: base[name].fill_null(0).cast("int64") for name in ("total", "xy", "own", "unknown")}
        table = base.mutate(**filled, complete=base[f"complete{years}"], closed=base[f"closed{years}"])
        table = table.select("unit", "published", "complete", "closed", "has_xy", *filled)
        table = facts.engine.keep(f"counts{years}", table)
        measures += _counts(table, years)
    return measures


def _counts(table: ir.Table, years: int) -> list[Measure]:
    why = unknown_window(table)
    parts = inputs(self_citations=table.own, unknown_owners=table.unknown, xy=table.xy, published=table.published)
    low = {name: ibis.ifelse(reasons(*why) == "", number("int64"), table[name]) for name in ("total", "xy", "own")}
    common = {"completeness": table.complete, "inputs": parts}
    no_categories = (table.has_xy.isnull(), "relevance_not_recorded")
    unknown_owners = (table.unknown > 0, "owner_unknown")
    rows = (
        (f"fwd_cits{years}", "total", reasons(*why)),
        (f"fwd_cits{years}_xy", "xy", reasons(*why, no_categories)),
        (f"fwd_cits{years}_self", "own", reasons(*why, unknown_owners)),
    )
    return [
        Measure(name=name, table=written(table, value=table[column], n=table.total, reason=reason, low=low[column], **common))
        for name, column, reason in rows
    ]


def unknown_window(table: ir.Table, complete: str = "complete") -> list[tuple[ir.Value, str]]:
    """Why a figure of a window is unknown; `table` has published, closed and the window's completeness."""
    return [
        (table.published.isnull(), "no_publication_date"),
        (~table.closed, "window_open"),
        (table[complete] < MIN_COVERAGE, "citing_coverage"),
    ]


def _offices_with_categories(facts: Facts) -> ir.Table:
    c = facts.sources.citations
    marked = c.filter(c.relevance.fill_null("") != "").select("key").distinct()
    return marked.join(facts.documents.select("key", "office"), "key").select("office").distinct().mutate(has_xy=True)


def breakthroughs(facts: Facts, measures: list[Measure]) -> list[Measure]:
    """1 where a known forward count is above zero and not below the 99th percentile of its cohort."""
    return [_breakthrough(facts, one) for one in measures if one.name in {"fwd_cits5", "fwd_cits5_xy"}]


def _breakthrough(facts: Facts, measure: Measure) -> Measure:
    table = measure.table.join(facts.rights.select("unit", "field", "year"), "unit")
    eligible = table.filter(table.is_comparable & table.field.notnull() & table.year.notnull())
    top = quantiles(eligible, "value", {"p99": 0.99}, by=["field", "year"]).rename(members="n")
    joined = table.left_join(top, ["field", "year"]).drop("field_right", "year_right")
    why = reasons(
        (joined.reason != "", joined.reason),
        (joined.field.isnull(), "no_field"),
        (joined.year.isnull(), "no_filing_date"),
        (joined.members.fill_null(0) < MIN_COHORT, "small_cohort"),
    )
    return Measure(
        name="breakthrough" + measure.name.removeprefix("fwd_cits5"),
        table=written(
            joined,
            value=ibis.ifelse((joined.value > 0) & (joined.value >= joined.p99), 1, 0),
            n=joined.members,
            completeness=joined.completeness,
            reason=why,
            inputs=joined.inputs,
        ),
    )


def expected(facts: Facts, held: Windows, cited: ir.Table) -> list[Measure]:
    """The five-year count a right will come to: Gamma-Poisson shrinkage by the field's mature rights and their citation lag."""
    limit = 12 * EXPECTED_YEARS
    lag = cited.mutate(lag=at_most(months_between(cited.published, cited.day), limit - 1))
    lag = in_window(lag, EXPECTED_YEARS)
    r = held.rights
    young = r.mutate(age=at_most(months_between(r.published, ibis.literal(facts.as_of)), limit))
    seen = lag.join(young.select("unit", "age"), "unit")
    seen = seen.filter(seen.lag < seen.age).group_by("unit").aggregate(seen=ibis._.count())
    joined = young.left_join(_prior(r, lag), "field").drop("field_right").left_join(seen, "unit").drop("unit_right")
    table = joined.mutate(seen=joined.seen.fill_null(0).cast("int64"))
    table = _with_elapsed(table, _mature_lags(r, lag))
    shaped = table.mutate(shape=table.alpha + table.seen, rate=table.alpha / table.mean + table.elapsed)
    shaped = facts.engine.keep("expected", shaped)
    full = shaped.left_join(_tails(facts, shaped), ["field", "seen"]).drop("field_right", "seen_right")
    return [Measure(name="fwd_cits5_expected", table=_expected(full))]


def _expected(table: ir.Table) -> ir.Table:
    poisson = table.alpha.isnull()
    why = reasons(
        (table.published.isnull(), "no_publication_date"),
        (table.complete_now < MIN_COVERAGE, "citing_coverage"),
        (table.field.isnull(), "no_field"),
        (table["mean"].isnull() | (table["mean"] == 0), "no_mature_cohort"),
    )
    known = why == ""
    mean = table["mean"]
    return written(
        table,
        value=ibis.ifelse(poisson, mean, table.shape / table.rate),
        n=table.seen,
        completeness=table.complete_now,
        standard_error=ibis.ifelse(poisson, 0.0, table.shape.sqrt() / table.rate),
        low=ibis.ifelse(known, ibis.ifelse(poisson, mean, table.q_low / table.rate), number()),
        high=ibis.ifelse(known, ibis.ifelse(poisson, mean, table.q_high / table.rate), number()),
        reason=why,
        inputs=inputs(seen=table.seen, age_months=table.age, mature_rights=table.mature),
    )


def _prior(rights: ir.Table, lag: ir.Table) -> ir.Table:
    """(field, mature, mean, alpha): moments of the full-window counts of mature rights; alpha null where there is no over-dispersion."""
    mature = rights.filter(rights.closed5 & (rights.complete5 >= MIN_COVERAGE) & rights.field.notnull()).select("unit", "field")
    counted = lag.group_by("unit").aggregate(total=lag.count())
    table = mature.left_join(counted, "unit").drop("unit_right").mutate(total=ibis._.total.fill_null(0).cast("int64"))
    sums = table.group_by("field").aggregate(mature=table.count(), s1=table.total.sum(), s2=(table.total * table.total).sum())
    mean = sums.s1 / sums.mature
    variance = (sums.s2 - mean * sums.s1) / (sums.mature - 1).nullif(0)
    enough = sums.filter(sums.mature >= MIN_COHORT)
    alpha = ibis.ifelse(variance > mean, mean * mean / (variance - mean), number())
    return enough.select("field", "mature", mean=mean, alpha=alpha)


def _mature_lags(rights: ir.Table, lag: ir.Table) -> ir.Table:
    """(field, lag, citations) of mature rights."""
    mature = rights.filter(rights.closed5 & (rights.complete5 >= MIN_COVERAGE)).select("unit", "field")
    joined = lag.select("unit", "lag").join(mature, "unit")
    return joined.group_by(["field", "lag"]).aggregate(citations=joined.count())


def _with_elapsed(table: ir.Table, lags: ir.Table) -> ir.Table:
    """Adds F: the share of the field's citations that come within the right's age in months."""
    ages = table.filter(table.field.notnull() & table.age.notnull()).select("field", "age").distinct()
    joined = ages.join(lags, "field")
    within = ibis.ifelse(joined.lag < joined.age, joined.citations, 0).sum()
    shares = joined.group_by(["field", "age"]).aggregate(within=within, all_=joined.citations.sum())
    found = table.left_join(shares, ["field", "age"]).drop("field_right", "age_right")
    return found.mutate(elapsed=found.within / found.all_.nullif(0)).drop("within", "all_")


def _tails(facts: Facts, table: ir.Table) -> ir.Table:
    """(field, seen, q_low, q_high): quantiles of the Gamma distribution with shape α + count and rate 1, one by one in the engine."""
    wanted = facts.engine.arrow(table.filter(table.shape.notnull()).select("field", "seen", "shape").distinct())
    tail = (1 - INTERVAL) / 2
    shapes = wanted.column("shape").to_pylist()
    quantile = {shape: (gamma_quantile(tail, shape), gamma_quantile(1 - tail, shape)) for shape in set(shapes)}
    found = pa.table(
        {
            "field": wanted.column("field").cast(pa.int32()),
            "seen": wanted.column("seen").cast(pa.int64()),
            "q_low": pa.array([quantile[shape][0] for shape in shapes], pa.float64()),
            "q_high": pa.array([quantile[shape][1] for shape in shapes], pa.float64()),
        }
    )
    return facts.engine.load("gamma_tails", found)
