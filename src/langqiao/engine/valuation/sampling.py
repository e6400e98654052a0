"""How uncertain inputs are drawn for an opinion: stated low, base and high figures as percentiles, Latin hypercube, the same bits for a seed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from langqiao.engine.valuation.inputs import NORMAL, P90

DRAWS = 4_096
"""Scenarios of an opinion: each input takes each of 4,096 equally likely figures exactly once."""

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One input: `low` is read as its 10th, `base` as its 50th and `high` as its 90th percentile; a point if all three are equal.

    Positive figures spread on the log scale, each side of the base by its own width; a base of 0 or a low of 0 spreads on the plain scale.
    """

    low: float
    base: float
    high: float

    @property
    def is_point(self) -> bool:
        """Whether there is nothing to draw."""
        return self.low == self.high


@cache
def _normal_scores() -> Floats:
    return np.array([NORMAL.inv_cdf((index + 0.5) / DRAWS) for index in range(DRAWS)])


def shuffled_scores(seed: int, inputs: int) -> list[Floats]:
    """A permutation of the normal scores for each input. Only raw bits of PCG64 are used: its stream does not change between versions."""
    bits = np.random.PCG64(seed)
    return [_normal_scores()[np.argsort(bits.random_raw(DRAWS), kind="stable")] for _ in range(inputs)]


def drawn(spread: Spread, scores: Floats, *, at_most: float = math.inf) -> Floats:
    """The figures of an input for normal scores, in the order of the scores; never below 0 where the stated ones are not, never above `at_most`."""
    if spread.is_point:
        return np.full(len(scores), spread.base)
    if spread.low > 0:
        down, up = math.log(spread.base / spread.low) / P90, math.log(spread.high / spread.base) / P90
        figures = spread.base * np.exp(scores * np.where(scores < 0, down, up))
    else:
        down, up = (spread.base - spread.low) / P90, (spread.high - spread.base) / P90
        figures = spread.base + scores * np.where(scores < 0, down, up)
        figures = np.maximum(figures, min(0.0, spread.low))
    return np.minimum(figures, at_most)


def percentiles(values: Sequence[float] | Floats) -> tuple[float, float, float]:
    """p10, p50 and p90, linear between order statistics."""
    p10, p50, p90 = (float(x) for x in np.quantile(np.asarray(values), [0.1, 0.5, 0.9]))
    return p10, p50, p90
