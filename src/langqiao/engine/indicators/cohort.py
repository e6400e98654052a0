"""How a value stands in its cohort (technology field × filing year): percentile, winsorized normalization, breakthrough."""

import math
from collections.abc import Sequence

from langqiao.engine.indicators.reading import MIN_COHORT, Reading

TIE_DECIMALS = 9
"""Values equal to this many decimals share a rank: sums taken in another order must not change a percentile."""


def percentile(value: float, cohort: Sequence[float]) -> Reading:
    """100 · (number below + half of the equal ones, itself included) / n; none below MIN_COHORT members."""
    n = len(cohort)
    if n < MIN_COHORT:
        return Reading(value=None, n=n, reason="small_cohort")
    mine, others = round(value, TIE_DECIMALS), [round(other, TIE_DECIMALS) for other in cohort]
    below, equal = sum(1 for other in others if other < mine), sum(1 for other in others if other == mine)
    return Reading(value=100 * (below + equal / 2) / n, n=n)


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile with linear interpolation between order statistics (Hyndman-Fan type 7); `values` must not be empty."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (place - math.floor(place)) * (high - low)


def normalized(value: float, cohort: Sequence[float]) -> Reading:
    """Winsorize the cohort at its 1st and 99th percentile and divide by the maximum left: 0…1 (OECD STI WP 2013/03).

    Missing, not 0 or 0.5, where the two percentiles are equal.
    """
    n = len(cohort)
    if n < MIN_COHORT:
        return Reading(value=None, n=n, reason="small_cohort")
    low, high = quantile(cohort, 0.01), quantile(cohort, 0.99)
    if low == high or high <= 0:
        return Reading(value=None, n=n, reason="flat_cohort")
    return Reading(value=min(max(value, low), high) / high, n=n)


def breakthrough(value: float, cohort: Sequence[float]) -> Reading:
    """1 if a forward count is above zero and in the top 1 % of its cohort (not below its 99th percentile), else 0."""
    n = len(cohort)
    if n < MIN_COHORT:
        return Reading(value=None, n=n, reason="small_cohort")
    return Reading(value=1.0 if value > 0 and value >= quantile(cohort, 0.99) else 0.0, n=n)


def growth(now: int, before: int, *, years: int) -> Reading:
    """Yearly growth between two adjoining periods of `years` each: (now/before)^(1/years) − 1."""
    if before == 0:
        return Reading(value=None, n=now, reason="no_earlier_filings")
    return Reading(value=(now / before) ** (1 / years) - 1, n=now + before)
