"""Other published lenses: the Patent Asset Index and the count of valuable-patent criteria."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from langqiao.engine.indicators.reading import Reading

REGIONAL = frozenset({"EP", "EA", "AP", "OA", "GC"})
"""Offices whose rights take effect in states that a publication does not name."""
NO_RIGHT = frozenset({"WO"})
"""International applications lead to rights elsewhere and are none themselves."""


def market_coverage(offices: Collection[str], gni: Mapping[str, float]) -> Reading:
    """MC = Σ GNI_c / GNI_US over the countries with a granted or pending right (Ernst and Omland 2011); a US right alone is 1.0.

    A regional right, or a country without a figure in the table, leaves only a lower bound.
    """
    states = {office for office in offices if office not in REGIONAL | NO_RIGHT}
    known = {state for state in states if state in gni}
    total = sum(gni[state] for state in sorted(known)) / gni["US"]
    if REGIONAL & set(offices):
        return Reading(value=None, n=len(known), low=total, reason="regional_validation_unknown")
    if known != states or not states:
        return Reading(value=None, n=len(known), low=total, reason="market_size_unknown")
    return Reading(value=total, n=len(known))


def technology_relevance(citations: float, cohort_mean: float) -> Reading:
    """TR = citations from other families, corrected for office practice, ÷ the mean of the same publication year and field (average 1)."""
    if cohort_mean <= 0:
        return Reading(value=None, reason="flat_cohort")
    return Reading(value=citations / cohort_mean)


def practice_weight(references_mean_office: float, references_mean_all: float) -> float:
    """The weight of a citation from an office that cites more or less than the average: mean references of all ÷ mean of that office."""
    return references_mean_all / references_mean_office


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuableFacts:
    """The facts of the eight criteria; None: not known."""

    references: int | None = None
    cited_by: int | None = None
    age_years: float | None = None
    life_years: float | None = None
    inventors: int | None = None
    pendency_years: float | None = None
    claims: int | None = None
    litigations: int | None = None


def valuable_criteria(facts: ValuableFacts) -> dict[str, bool | None]:
    """The eight criteria (Allison, Lemley, Moore, Trunkey, as one vendor encodes them): met, not met, or None where a fact is missing."""
    f = facts
    ratio = None if f.references is None or not f.age_years else f.references / f.age_years
    return {
        "references_per_year_above_1": _above(ratio, 1),
        "cited_6_to_18_times": None if f.cited_by is None else 5 < f.cited_by <= 18,
        "older_than_10_years": _above(f.age_years, 10),
        "more_than_1_year_of_life": _above(f.life_years, 1),
        "more_than_3_inventors": _above(f.inventors, 3),
        "published_more_than_4_years_after_filing": _above(f.pendency_years, 4),
        "more_than_25_claims": _above(f.claims, 25),
        "litigated": _above(f.litigations, 0),
    }


def valuable_count(facts: ValuableFacts) -> Reading:
    """How many of the eight are met, 0…8; with facts missing only bounds: met … met + unknown."""
    criteria = valuable_criteria(facts)
    met = sum(1 for answer in criteria.values() if answer)
    unknown = sum(1 for answer in criteria.values() if answer is None)
    known = len(dataclasses.fields(facts)) - unknown
    if unknown:
        return Reading(value=None, n=known, low=met, high=met + unknown, reason="facts_missing")
    return Reading(value=met, n=known)


def _above(value: float | None, limit: float) -> bool | None:
    return None if value is None else value > limit
