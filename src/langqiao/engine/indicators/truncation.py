"""What a forward count will come to when its window is not over yet: Gamma-Poisson shrinkage with the citation lag of mature years."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from langqiao.engine.indicators.reading import Reading

INTERVAL = 0.90
"""The probability inside the interval that is reported."""

TINY = 1e-300
"""Quantiles below this, of distributions with a shape under about a hundredth, are not told apart: they are zero citations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Citations of a mature field: mean μ of the full window, shape α of the Gamma mixing (None: no over-dispersion, all share μ)."""

    mean: float
    shape: float | None


def prior_of(counts: Sequence[int]) -> Prior | None:
    """μ and α = μ²/(s² − μ) by moments from the full-window counts of a mature cohort; None below two counts or if nothing is cited."""
    if len(counts) < 2 or sum(counts) == 0:
        return None
    mean = sum(counts) / len(counts)
    variance = sum((count - mean) ** 2 for count in counts) / (len(counts) - 1)
    return Prior(mean=mean, shape=mean * mean / (variance - mean) if variance > mean else None)


def expected(count: int, prior: Prior, elapsed: float) -> Reading:
    """The full-window citation rate λ after `count` citations in the share F = `elapsed` of the field's lag distribution.

    λ ~ Gamma(α, α/μ), count | λ ~ Poisson(λF): posterior mean (α + count)/(α/μ + F), which stays finite as F → 0 where count/F explodes,
    with its INTERVAL. Without over-dispersion every patent of the field has λ = μ.
    """
    if prior.shape is None:
        return Reading(value=prior.mean, n=count, standard_error=0.0, low=prior.mean, high=prior.mean, completeness=elapsed)
    shape, rate = prior.shape + count, prior.shape / prior.mean + elapsed
    tail = (1 - INTERVAL) / 2
    return Reading(
        value=shape / rate,
        n=count,
        standard_error=math.sqrt(shape) / rate,
        low=gamma_quantile(tail, shape) / rate,
        high=gamma_quantile(1 - tail, shape) / rate,
        completeness=elapsed,
    )


def gamma_quantile(probability: float, shape: float) -> float:
    """The quantile of the Gamma distribution with that shape and rate 1, by bisection of its logarithm; below TINY it is given as TINY."""
    high = max(1.0, shape)
    while gamma_cdf(high, shape) < probability:
        high *= 2
    low, high = math.log(TINY), math.log(high)
    for _ in range(80):  # 700 / 2**80 is far below the last digit
        middle = (low + high) / 2
        if gamma_cdf(math.exp(middle), shape) < probability:
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)


def gamma_cdf(x: float, shape: float) -> float:
    """The regularized lower incomplete gamma function P(shape, x): its series below shape + 1, its continued fraction above."""
    if x <= 0:
        return 0.0
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        place = shape
        while term > total * 1e-17:
            place += 1
            term *= x / place
            total += term
        return min(1.0, scale * total)
    return 1 - scale * _upper_fraction(x, shape)


def _upper_fraction(x: float, shape: float) -> float:
    """Lentz's continued fraction of the upper incomplete gamma function."""
    b, c = x + 1 - shape, 1e300
    d = fraction = 1 / b
    for i in range(1, 10_000):
        numerator = -i * (i - shape)
        b += 2
        d = 1 / (numerator * d + b)
        c = b + numerator / c
        fraction *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return fraction
