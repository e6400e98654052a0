"""An advisory opinion: the score sheets of named experts added up, conflicted ones left out; it decides nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

CRITERIA = ("technology", "right", "market", "team", "price")
"""What an expert scores from 1 (weak) to 5 (strong)."""
LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The scores of one expert by criterion; `counts` False: a conflict was detected."""

    scores: Mapping[str, int]
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The mean by criterion and over all, of `n` sheets that count; None below `least` sheets. `lowest` and `highest`: the spread of single scores."""

    n: int
    by_criterion: Mapping[str, Fraction]
    mean: Fraction | None
    lowest: int | None
    highest: int | None


def sheet_wrong(scores: Mapping[str, int]) -> bool:
    """Whether a sheet lacks a criterion, has another one, or a score outside 1 to 5."""
    return set(scores) != set(CRITERIA) or any(not LOWEST <= score <= HIGHEST for score in scores.values())


def opinion(sheets: Sequence[Sheet], *, least: int) -> Opinion:
    """The advisory opinion of the sheets that count; every criterion weighs the same. Independent of their order."""
    counted = [sheet for sheet in sheets if sheet.counts]
    if len(counted) < max(1, least):
        return Opinion(n=len(counted), by_criterion={}, mean=None, lowest=None, highest=None)
    means = {code: Fraction(sum(sheet.scores[code] for sheet in counted), len(counted)) for code in CRITERIA}
    every = [score for sheet in counted for score in sheet.scores.values()]
    return Opinion(
        n=len(counted), by_criterion=means, mean=sum(means.values(), Fraction(0)) / len(CRITERIA), lowest=min(every), highest=max(every)
    )
