"""Generality, originality and radicalness of all rights: how citations spread over classes, raw and corrected."""

import ibis
import ibis.expr.types as ir

from langqiao.data.indicators.facts import Facts
from langqiao.data.indicators.forward import Windows, in_window, unknown_window
from langqiao.data.indicators.measures import Measure, at_least, exact_sum, inputs, number, reasons, written
from langqiao.engine.indicators.reading import MIN_COVERAGE

GENERALITY_YEARS = 5


def generality(facts: Facts, held: Windows, cited: ir.Table) -> list[Measure]:
    """Spread of the citing rights of five years: by their main classes raw and corrected, and with the OECD's weights over all symbols.

    A dispersion corrected for small samples does not depend on how many of the citing documents the lake holds, as long as those it holds
    are like the others; so it is given with its completeness, and without a percentile where that is low. Where the lake holds fewer than
    two of them and not the window either, it is the coverage that is missing, not the citations.
    """
    window = in_window(cited, GENERALITY_YEARS).select("unit", other="citing")
    spread = facts.engine.keep("generality", _spread(facts, window))
    weighted = _weighted(facts, window)
    base = held.rights.left_join(spread, "unit").drop("unit_right").left_join(weighted, "unit").drop("unit_right")
    table = base.mutate(closed=base.closed5, window=base.complete5, complete=base.complete5 * _share_with_class(base))
    table = facts.engine.keep("generality_of_rights", table)
    unseen = (table.window < MIN_COVERAGE) & (table.n.fill_null(0) < 2)
    published = [(table.published.isnull(), "no_publication_date"), (~table.closed, "window_open")]
    raw = _raw_and_corrected("generality", table, published, unseen)
    oecd_why = [*unknown_window(table, "window"), *_too_few(table.weighted_n, table.others, least=1)]
    oecd = written(
        table,
        value=1 - table.mass2,
        n=table.weighted_n.fill_null(0),
        completeness=table.complete,
        reason=reasons(*oecd_why),
        inputs=inputs(citing=table.others),
    )
    return [*raw, Measure(name="generality_oecd", table=oecd)]


def originality(facts: Facts) -> list[Measure]:
    """Spread of the cited rights over their main classes, raw and corrected; completeness = share of the references in the lake."""
    pairs = facts.edges.select(unit=facts.edges.citing, other=facts.edges.cited)
    spread = facts.engine.keep("originality", _spread(facts, pairs))
    base = facts.rights.left_join(spread, "unit").drop("unit_right")
    table = facts.engine.keep("originality_of_rights", base.mutate(complete=_share_with_class(base)))
    return _raw_and_corrected("originality", table, [(~table.has_list, "no_citation_list")])


def _share_with_class(table: ir.Table) -> ir.Value:
    return ibis.ifelse(table.others.fill_null(0) == 0, 1.0, table.n.fill_null(0) / table.others.nullif(0))


def _spread(facts: Facts, pairs: ir.Table) -> ir.Table:
    """(unit, others, n, squares, cubes): citations, those with a known main class, and Σn_j², Σn_j³ over the main classes."""
    main = facts.classes.filter(facts.classes.is_main).select(other=facts.classes.unit, subclass=facts.classes.subclass)
    joined = pairs.left_join(main, "other").drop("other_right")
    by_class = joined.group_by(["unit", "subclass"]).aggregate(number=joined.count())
    count = ibis.ifelse(by_class.subclass.isnull(), 0, by_class.number).cast("int64")
    counted = by_class.mutate(count=count)
    grouped = counted.group_by("unit").aggregate(
        others=counted.number.sum(),
        n=counted["count"].sum(),
        squares=(counted["count"] * counted["count"]).sum(),
        cubes=(counted["count"] * counted["count"] * counted["count"]).sum(),
    )
    return grouped.select("unit", **{name: grouped[name].cast("int64") for name in ("others", "n", "squares", "cubes")})


def _weighted(facts: Facts, pairs: ir.Table) -> ir.Table:
    """(unit, weighted_n, mass2): rights with symbols, and Σ_j[(1/N) Σ_i β_ji]²."""
    classes = facts.classes
    total = classes.mutate(all_symbols=classes.symbols.sum().over(group_by="unit"))
    share = total.select("subclass", other=total.unit, beta=total.symbols / total.all_symbols)
    joined = pairs.join(share, "other")
    n = joined.group_by("unit").aggregate(weighted_n=joined.other.nunique())
    mass = joined.group_by(["unit", "subclass"]).aggregate(mass=exact_sum(joined.beta))
    both = mass.join(n, "unit")
    part = both.mass / both.weighted_n
    return both.group_by("unit").aggregate(weighted_n=both.weighted_n.max().cast("int64"), mass2=exact_sum(part * part))


def _too_few(n: ir.Value, others: ir.Value, *, least: int) -> list[tuple[ir.Value, str]]:
    known = n.fill_null(0)
    cases = [((known == 0) & (others.fill_null(0) > 0), "classes_unknown"), (known == 0, "no_citations")]
    return cases if least == 1 else [*cases, (known < least, "one_citation")]


def _raw_and_corrected(name: str, table: ir.Table, first: list[tuple[ir.Value, str]], unseen: ir.Value | None = None) -> list[Measure]:
    n = table.n.nullif(0).cast("float64")
    parts = inputs(citations=table.others, with_class=table.n, squares=table.squares)
    below_two = (table.n < 2).fill_null(True)
    error = ibis.ifelse(below_two, number(), _simpson(table))
    corrected = (n * n - table.squares) / (n * (n - 1)).nullif(0)
    common = {"n": table.n.fill_null(0), "completeness": table.complete, "inputs": parts}
    covered = [] if unseen is None else [(unseen, "citing_coverage")]
    none = [(unseen & (table.n.fill_null(0) == 0), "citing_coverage")] if unseen is not None else []
    raw_why = reasons(*first, *none, *_too_few(table.n, table.others, least=1))
    why = reasons(*first, *covered, *_too_few(table.n, table.others, least=2))
    return [
        Measure(name=f"{name}_raw", table=written(table, value=1 - table.squares / (n * n), reason=raw_why, **common)),
        Measure(name=name, table=written(table, value=corrected, reason=why, standard_error=error, **common)),
    ]


def _simpson(table: ir.Table) -> ir.Value:
    """engine.indicators.dispersion.simpson_variance, its root."""
    n = table.n.cast("float64").nullif(0)
    s2, s3 = table.squares / (n * n), table.cubes / (n * n * n)
    variance = (4 * (n - 2) * s3 + 2 * s2 - 2 * (2 * n - 3) * s2 * s2) / (n * (n - 1)).nullif(0)
    return at_least(variance, 0.0).sqrt()


def radicalness(facts: Facts) -> list[Measure]:
    """Share of the cited rights without a class in common; and of their full symbols, the share in classes the right has not."""
    own = facts.classes.select("unit", "subclass").mutate(is_own=True)
    pairs = facts.edges.select(unit=facts.edges.citing, other=facts.edges.cited)
    cited = facts.classes.select("subclass", "symbols", other=facts.classes.unit)
    joined = pairs.join(cited, "other").left_join(own, ["unit", "subclass"]).drop("unit_right", "subclass_right")
    marked = joined.mutate(shared=ibis.ifelse(joined.is_own.notnull(), 1, 0))
    by_pair = marked.group_by(["unit", "other"]).aggregate(
        shared=marked.shared.max(), symbols=marked.symbols.sum(), foreign=(marked.symbols * (1 - marked.shared)).sum()
    )
    summed = by_pair.group_by("unit").aggregate(
        n=by_pair.count(), foreign_rights=(1 - by_pair.shared).sum(), symbols=by_pair.symbols.sum(), foreign=by_pair.foreign.sum()
    )
    known = facts.classes.select("unit").distinct().mutate(has_class=True)
    others = pairs.group_by("unit").aggregate(others=pairs.count())
    base = facts.rights.left_join(summed, "unit").drop("unit_right").left_join(known, "unit").drop("unit_right")
    table = facts.engine.keep("radicalness", base.left_join(others, "unit").drop("unit_right"))
    why = reasons(
        (~table.has_list, "no_citation_list"),
        (table.has_class.isnull(), "no_classification"),
        *_too_few(table.n, table.others, least=1),
    )
    common = {
        "n": table.n.fill_null(0),
        "completeness": _share_with_class(table),
        "reason": why,
        "inputs": inputs(references=table.others, with_class=table.n),
    }
    return [
        Measure(name="radicalness", table=written(table, value=table.foreign_rights / table.n.nullif(0), **common)),
        Measure(name="radicalness_oecd", table=written(table, value=table.foreign / table.symbols.nullif(0), **common)),
    ]
