"""Field types and small formulas that every valuation shares: yearly figures, discounting, the normal distribution."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Annotated, Any, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from langqiao.engine.kernel.number import Number, Positive, Share
from langqiao.engine.kernel.record import Rows

Timing = Literal["year_end", "mid_year"]
"""When a year's flow arrives: at its end (s = t) or in its middle (s = t − ½)."""

MAX_YEARS = 1_000
NORMAL = NormalDist()
P90 = 1.2815515655
"""The standard normal quantile of 0.9, as the contract of the door states it."""


def _years(value: Sequence[Any]) -> Sequence[Any]:
    if not 1 <= len(value) <= MAX_YEARS:
        raise PydanticCustomError(
            "list_length", "the list has {n} entries; 1 to {limit} are allowed", {"n": len(value), "limit": MAX_YEARS}
        )
    return value


NumberPerYear = Annotated[Rows[Number], AfterValidator(_years)]
"""A figure for each of the years 1…n."""
PositivePerYear = Annotated[Rows[Positive], AfterValidator(_years)]
Shares = Rows[Share]


def normal_cdf(x: float) -> float:
    """Φ(x), accurate in both tails (erfc, not 1 − something)."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def discount(rate: float, years: float) -> float:
    """(1 + rate)^−years without overflow, rate > −1."""
    return math.exp(-years * math.log1p(rate))


def periods(count: int, timing: Timing) -> list[float]:
    """Years from today to the flow of each of the years 1…count."""
    shift = 0.5 if timing == "mid_year" else 0.0
    return [year - shift for year in range(1, count + 1)]
