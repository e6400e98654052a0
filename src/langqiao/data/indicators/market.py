"""Lenses on market and competition over all rights: Patent Asset Index, valuable-patents count, growth of a main group, owners' concentration."""

import datetime as dt
from typing import Any

import ibis
import ibis.expr.types as ir

from langqiao.data.indicators.basic import family_offices
from langqiao.data.indicators.facts import Facts, months_between
from langqiao.data.indicators.forward import Windows
from langqiao.data.indicators.measures import Measure, at_least, exact_sum, inputs, number, reasons, written
from langqiao.engine.indicators.lenses import REGIONAL
from langqiao.engine.indicators.reading import MIN_COHORT, MIN_COVERAGE

GROWTH_YEARS = 3
LONGEST_TERM_MONTHS = 240
"""No patent for invention of the offices read lives longer than twenty years from filing, extensions aside."""


def asset_index(facts: Facts, held: Windows, cited: ir.Table) -> list[Measure]:
    """pai_relevance (TR), pai_coverage (MC) and patent_asset_index = TR × MC of the right's family."""
    table = facts.engine.keep("relevance", _relevance(facts, held, cited))
    table = table.left_join(_coverage(facts), "unit").drop("unit_right")
    table = facts.engine.keep("asset_index", table.mutate(tr=table.weighted / table.cohort_mean.nullif(0)))
    tr_why = [
        (table.published.isnull(), "no_publication_date"),
        (table.complete_now < MIN_COVERAGE, "citing_coverage"),
        (table.field.isnull(), "no_field"),
        (table.members < MIN_COHORT, "small_cohort"),
        (table.cohort_mean == 0, "flat_cohort"),
    ]
    mc_why = [
        (table.offices.isnull(), "family_not_stated"),
        (table.regional > 0, "regional_validation_unknown"),
        (table.with_gni < table.states, "market_size_unknown"),
    ]
    tr_inputs = inputs(citing_families=table.families, members=table.members)
    low = ibis.ifelse(reasons(*mc_why) == "", number(), table.gni_sum)
    mc = {"n": table.with_gni, "low": low, "inputs": inputs(model=table.model, states=table.states, regional=table.regional)}
    plain = {"n": table.families, "completeness": table.complete_now}
    both = written(table, value=table.tr * table.gni_sum, reason=reasons(*tr_why, *mc_why), inputs=tr_inputs, **plain)
    return [
        Measure(name="pai_relevance", table=written(table, value=table.tr, reason=reasons(*tr_why), inputs=tr_inputs, **plain)),
        Measure(name="pai_coverage", table=written(table, value=table.gni_sum, reason=reasons(*mc_why), **mc)),
        Measure(name="patent_asset_index", table=both),
    ]


def _relevance(facts: Facts, held: Windows, cited: ir.Table) -> ir.Table:
    """Adds families (citing families other than the own), weighted (each by its office's practice) and the mean over year and field."""
    rights = held.rights.mutate(shown=(held.rights.published // 10_000).cast("int32"))
    own = rights.select("unit", "family")
    other = facts.rights.select(citing="unit", citing_family="family", citing_office="office")
    pairs = cited.select("unit", "citing").join(own, "unit").join(other, "citing")
    foreign = pairs.filter(pairs.family != pairs.citing_family).join(_practice(facts), "citing_office")
    by_family = foreign.group_by(["family", "citing_family"]).aggregate(weight=foreign.weight.max())
    summed = by_family.group_by("family").aggregate(families=by_family.count(), weighted=exact_sum(by_family.weight))
    base = rights.left_join(summed, "family").drop("family_right")
    full = base.mutate(families=base.families.fill_null(0), weighted=base.weighted.fill_null(0.0))
    known = full.filter((full.complete_now >= MIN_COVERAGE) & full.field.notnull())
    mean = known.group_by(["field", "shown"]).aggregate(members=known.count(), total=exact_sum(known.weighted))
    mean = mean.mutate(cohort_mean=mean.total / mean.members).drop("total")
    joined = full.left_join(mean, ["field", "shown"]).drop("field_right", "shown_right")
    return joined.mutate(members=joined.members.fill_null(0))


def _practice(facts: Facts) -> ir.Table:
    """(citing_office, weight): mean references of all citing rights ÷ mean of the office's, so that offices which cite much count less."""
    refs = facts.edges.group_by(unit=facts.edges.citing).aggregate(refs=facts.edges.count())
    joined = refs.join(facts.rights.select("unit", "office"), "unit")
    office = joined.group_by("office").aggregate(office_refs=joined.refs.sum(), office_rights=joined.count())
    all_ = office.mutate(all_refs=office.office_refs.sum().over(), all_rights=office.office_rights.sum().over())
    weight = (all_.all_refs / all_.all_rights) / (all_.office_refs / all_.office_rights)
    return all_.select(citing_office="office", weight=weight)


def _coverage(facts: Facts) -> ir.Table:
    """(unit, model, offices, states, regional, with_gni, gni_sum): where the family has rights, and Σ GNI / GNI of the US."""
    day = str(facts.as_of)
    as_of = dt.date(int(day[:4]), int(day[4:6]), int(day[6:]))
    known = facts.sources.gni
    public = known.filter(known.published_on <= ibis.date(as_of.year, as_of.month, as_of.day))
    states = public.mutate(us=public.gni.max(where=public.office == "US").over())
    share = states.select("office", share=states.gni / states.us)
    joined = family_offices(facts).left_join(share, "office").drop("office_right")
    regional = joined.office.isin(sorted(REGIONAL))
    return joined.group_by(["unit", "model"]).aggregate(
        offices=joined.count(),
        states=ibis.ifelse(regional, 0, 1).sum(),
        regional=ibis.ifelse(regional, 1, 0).sum(),
        with_gni=ibis.ifelse(joined.share.notnull(), 1, 0).sum(),
        gni_sum=exact_sum(joined.share).fill_null(0.0),
    )


def valuable(facts: Facts, held: Windows, cited: ir.Table, *, references: Measure, claims: Measure) -> Measure:
    """valuable_count: how many of eight published criteria are met; bounds where facts are missing (litigation always is)."""
    counted = cited.group_by("unit").aggregate(cited_by=cited.count())
    people = facts.sources.parties
    inventors = people.filter(people.role == "inventor").group_by("key").aggregate(inventors=people.name.nunique())
    refs = references.table.select("unit", references="value")
    claimed = claims.table.select("unit", claims="value")
    base = held.rights.left_join(counted, "unit").drop("unit_right").left_join(inventors, "key").drop("key_right")
    table = base.left_join(refs, "unit").drop("unit_right").left_join(claimed, "unit").drop("unit_right")
    criteria = _criteria(table, facts.as_of)
    met: Any = ibis.literal(0)
    unknown: Any = ibis.literal(1)  # litigation: no source of suits is read
    for one in criteria.values():
        met = met + ibis.ifelse(one.fill_null(False), 1, 0)
        unknown = unknown + ibis.ifelse(one.isnull(), 1, 0)
    shown = inputs(**{name: ibis.cases((one, 1), (~one, 0)) for name, one in criteria.items()})
    return Measure(
        name="valuable_count",
        table=written(
            table, value=met, n=8 - unknown, low=met, high=met + unknown, reason=reasons((unknown > 0, "facts_missing")), inputs=shown
        ),
    )


def _criteria(table: ir.Table, as_of: int) -> dict[str, Any]:
    age_months = months_between(table.filed, ibis.literal(as_of))
    seen = ibis.ifelse(table.complete_now >= MIN_COVERAGE, table.cited_by.fill_null(0), number("int64"))
    left_months = LONGEST_TERM_MONTHS - age_months
    over = ibis.ifelse((table.patent_type == "invention") & (left_months <= 12), ibis.literal(False), ibis.null("boolean"))
    return {
        "references_per_year_above_1": table.references * 12 / age_months.nullif(0) > 1,
        "cited_6_to_18_times": (seen > 5) & (seen <= 18),
        "older_than_10_years": age_months > 120,
        "more_than_1_year_of_life": over,
        "more_than_3_inventors": table.inventors > 3,
        "published_more_than_4_years_after_filing": months_between(table.filed, table.published) > 48,
        "more_than_25_claims": table.claims > 25,
    }


def growth(facts: Facts, held: Windows) -> Measure:
    """growth_main_group: yearly growth of the office's grants in the right's main group, the last three years against the three before."""
    rights = held.rights
    now, middle, start = (ibis.literal(facts.as_of - years * 10_000) for years in (0, GROWTH_YEARS, 2 * GROWTH_YEARS))
    keys = ["office", "patent_type", "main_group"]
    grouped = rights.filter(rights.main_group.notnull() & rights.granted.notnull())
    counts = grouped.group_by(keys).aggregate(
        late=ibis.ifelse((grouped.granted > middle) & (grouped.granted <= now), 1, 0).sum(),
        early=ibis.ifelse((grouped.granted > start) & (grouped.granted <= middle), 1, 0).sum(),
    )
    joined = rights.left_join(counts, keys).drop(*[f"{key}_right" for key in keys])
    held_years = _least_coverage(facts, held)
    table = joined.left_join(held_years, ["office", "patent_type"]).drop("office_right", "patent_type_right")
    complete = table.least.fill_null(0.0)
    late, early = table.late.fill_null(0), table.early.fill_null(0)
    why = reasons(
        (table.main_group.isnull(), "no_classification"),
        (complete < MIN_COVERAGE, "publication_coverage"),
        (early == 0, "no_earlier_filings"),
    )
    value = (late / early.nullif(0)).cast("float64") ** (1 / GROWTH_YEARS) - 1
    parts = inputs(late=late, early=early)
    return Measure(
        name="growth_main_group", table=written(table, value=value, n=late + early, completeness=complete, reason=why, inputs=parts)
    )


def _least_coverage(facts: Facts, held: Windows) -> ir.Table:
    """(office, patent_type, least): the smaller coverage of the two periods' calendar years; a missing year counts as not held."""
    first, last = facts.as_of // 10_000 - 2 * GROWTH_YEARS, facts.as_of // 10_000
    known = held.coverage.filter(held.coverage.coverage.notnull() & held.coverage.year.between(first, last - 1))
    grouped = known.group_by(["office", "patent_type"]).aggregate(years=known.year.nunique(), worst=known.coverage.min())
    return grouped.select("office", "patent_type", least=ibis.ifelse(grouped.years == 2 * GROWTH_YEARS, grouped.worst, 0.0))


def concentration(facts: Facts) -> Measure:
    """hhi_owners: Herfindahl index of owners in the right's field and filing year, freed of small-sample bias; one figure a cohort."""
    rights = facts.rights.filter(facts.rights.field.notnull() & facts.rights.year.notnull())
    joined = rights.select("unit", "field", "year").join(facts.owners.select("unit", "owner"), "unit")
    by_owner = joined.group_by(["field", "year", "owner"]).aggregate(number=joined.count())
    grouped = by_owner.group_by(["field", "year"]).aggregate(
        n=by_owner.number.sum(),
        owners=by_owner.count(),
        squares=(by_owner.number * by_owner.number).sum(),
        cubes=(by_owner.number * by_owner.number * by_owner.number).sum(),
    )
    table = facts.rights.left_join(grouped, ["field", "year"]).drop("field_right", "year_right")
    n = table.n.cast("float64").nullif(0)
    value = (table.squares - n) / (n * (n - 1)).nullif(0)
    s2, s3 = table.squares / (n * n), table.cubes / (n * n * n)
    variance = (4 * (n - 2) * s3 + 2 * s2 - 2 * (2 * n - 3) * s2 * s2) / (n * (n - 1)).nullif(0)
    why = reasons(
        (table.field.isnull(), "no_field"),
        (table.year.isnull(), "no_filing_date"),
        (table.n.isnull(), "owner_unknown"),
        (table.n < MIN_COHORT, "small_cohort"),
    )
    shown = written(
        table,
        value=value,
        n=table.n,
        standard_error=at_least(variance, 0.0).sqrt(),
        reason=why,
        inputs=inputs(owners=table.owners),
        apart=ibis.literal("cohort_level"),
    )
    return Measure(name="hhi_owners", table=shown)
