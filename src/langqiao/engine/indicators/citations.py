"""What citations say of one patent: forward counts within a window, self-citations apart, radicalness, and how much of the window is held."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from langqiao.engine.indicators.reading import MIN_COVERAGE, Reading, years_later


@dataclass(frozen=True, slots=True, kw_only=True)
class Citing:
    """One citing right: the calendar day its citation was published, whether X or Y, and its owners (empty: unknown)."""

    day: int
    is_xy: bool = False
    owners: frozenset[str] = frozenset()


def within(citing: Sequence[Citing], published: int, years: int) -> list[Citing]:
    """The citing rights published after the focal publication and at most `years` later."""
    return [one for one in citing if published < one.day <= years_later(published, years)]


def forward(count: int, *, completeness: float, is_closed: bool) -> Reading:
    """A forward count: known only when the window has ended and the lake holds MIN_COVERAGE of its citing documents; else a lower bound."""
    if not is_closed:
        return Reading(value=None, n=count, low=count, completeness=completeness, reason="window_open")
    if completeness < MIN_COVERAGE:
        return Reading(value=None, n=count, low=count, completeness=completeness, reason="citing_coverage")
    return Reading(value=count, n=count, completeness=completeness)


def window_completeness(first_month: int, last_month: int, coverage: Mapping[int, float]) -> float:
    """The lake's citing coverage over the months first … last − 1 (12 · year + month − 1): the yearly coverages weighted by months.

    `coverage`: calendar year → share of the office's documents held (absent: nothing is known to be held). 0 for an empty window.
    """
    if last_month <= first_month:
        return 0.0
    held = 0.0
    for year in range(first_month // 12, (last_month - 1) // 12 + 1):
        months = min(last_month, 12 * (year + 1)) - max(first_month, 12 * year)
        held += months * coverage.get(year, 0.0)
    return held / (last_month - first_month)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCitations:
    """How many citing rights share an owner with the focal one, how many do not, and how many have unknown owners."""

    own: int
    other: int
    unknown: int


def self_citations(owners: Collection[str], citing: Sequence[Citing]) -> SelfCitations:
    """Citing rights by kinship: same resolved owner, another owner, unknown (no owner known on one of the two sides)."""
    focal = frozenset(owners)
    known = [one for one in citing if focal and one.owners]
    own = sum(1 for one in known if one.owners & focal)
    return SelfCitations(own=own, other=len(known) - own, unknown=len(citing) - len(known))


def radicalness(own: Collection[str], cited: Sequence[Collection[str]]) -> Reading:
    """Share of cited patents with no class in common with the patent's own 4-character classes; cited ones without classes are left out."""
    known = [set(classes) for classes in cited if classes]
    if not own:
        return Reading(value=None, n=len(known), reason="no_classification")
    if not known:
        return Reading(value=None, n=0, reason="classes_unknown" if cited else "no_citations")
    return Reading(value=sum(1 for classes in known if not classes & set(own)) / len(known), n=len(known))


def radicalness_oecd(own: Collection[str], cited: Sequence[Mapping[str, int]]) -> Reading:
    """Σ_j CT_j / n_p [p]: of the full symbols of the cited patents (`cited`: class → number of symbols), the share in foreign classes."""
    total = sum(sum(symbols.values()) for symbols in cited)
    n = sum(1 for symbols in cited if symbols)
    if not own:
        return Reading(value=None, n=n, reason="no_classification")
    if not total:
        return Reading(value=None, n=0, reason="classes_unknown" if cited else "no_citations")
    foreign = sum(number for symbols in cited for name, number in symbols.items() if name not in set(own))
    return Reading(value=foreign / total, n=n)
