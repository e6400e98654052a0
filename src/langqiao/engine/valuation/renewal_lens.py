"""What a right of a given age is worth to the owners who kept it so far, with the decay of returns integrated over a prior."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from langqiao.engine.valuation.inputs import NORMAL, normal_cdf
from langqiao.engine.valuation.renewal import RenewalModel

POINTS = 2_000
"""Equally likely rights per decay: the quantiles of their values stand for the quantiles of the mixture."""

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecayLens:
    """The same right under one decay: `weight` after taking into account that it was kept so far; `mean` is not identified by the data."""

    decay: float
    weight: float
    median: float
    p90: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalLens:
    """Percentiles of the value left after year `after`, the chance that the next fee is not paid (None: no fee to come), and each decay apart."""

    after: int
    p10: float
    p50: float
    p90: float
    next_fee_unpaid: float | None
    by_decay: tuple[DecayLens, ...]


def renewal_lens(models: Sequence[tuple[float, RenewalModel]], after: int) -> RenewalLens:
    """The lens for a right whose fees up to year `after` were paid, from (prior weight, model) for each decay.

    A right kept so far has an initial return above the highest threshold passed; the weights of the decays are updated by how likely that was.
    """
    kept = [_kept(model, after) for _, model in models]
    weights = [prior * share for (prior, _), share in zip(models, kept, strict=True)]
    total = math.fsum(weights)
    if total <= 0:
        raise ValueError("no decay leaves a right alive to this age")
    shares = [weight / total for weight in weights]
    values = [values_left(model, _returns(model, share), after) for (_, model), share in zip(models, kept, strict=True)]
    pooled, weight_each = np.concatenate(values), np.repeat(np.array(shares) / POINTS, POINTS)
    p10, p50, p90 = (_weighted_quantile(pooled, weight_each, q) for q in (0.1, 0.5, 0.9))
    by_decay = tuple(
        DecayLens(
            decay=model.decay,
            weight=share,
            median=float(np.quantile(points, 0.5)),
            p90=float(np.quantile(points, 0.9)),
            mean=mean_left(model, after),
        )
        for (_, model), share, points in zip(models, shares, values, strict=True)
    )
    unpaid = [_next_unpaid(model, after) for _, model in models]
    chance = None if None in unpaid else math.fsum(share * float(p or 0) for share, p in zip(shares, unpaid, strict=True))
    return RenewalLens(after=after, p10=p10, p50=p50, p90=p90, next_fee_unpaid=chance, by_decay=by_decay)


def _passed(model: RenewalModel, after: int) -> float | None:
    """The highest threshold that a right kept through `after` has passed; None before the first fee."""
    passed = [threshold for (age, _, _), threshold in zip(model.stages(), model.thresholds(), strict=True) if age <= after]
    return passed[-1] if passed else None


def _kept(model: RenewalModel, after: int) -> float:
    threshold = _passed(model, after)
    return 1.0 if threshold is None else normal_cdf((model.mu - threshold) / model.sigma)


def _returns(model: RenewalModel, kept: float) -> Floats:
    """Initial returns of POINTS equally likely rights among the part `kept` that is left, the highest last."""
    upper = [kept * (index + 0.5) / POINTS for index in range(POINTS - 1, -1, -1)]
    return np.exp(model.mu - model.sigma * np.array([NORMAL.inv_cdf(max(1e-300, share)) for share in upper]))


def values_left(model: RenewalModel, returns: Floats, after: int) -> Floats:
    """The value left after year `after` of rights with these initial returns, discounted to that day."""
    values = returns * math.fsum(
        model.discount_factor ** (year - after) * math.exp(-model.decay * year) for year in model.free_years(after)
    )
    for age, span, fee in model.stages():
        if age > after:
            values = values + model.discount_factor ** (age - after) * np.maximum(0.0, returns * model.weight(age, span) - fee)
    return values


def mean_left(model: RenewalModel, after: int) -> float:
    """The expectation of the value left over all rights kept through `after`, in closed form."""
    lowest, kept = _passed(model, after), _kept(model, after)
    free = math.fsum(model.discount_factor ** (year - after) * math.exp(-model.decay * year) for year in model.free_years(after))
    parts = [free * _mean_return(model, lowest)]
    for (age, span, fee), threshold in zip(model.stages(), model.thresholds(), strict=True):
        if age > after:
            chance = normal_cdf((model.mu - threshold) / model.sigma)
            surplus = model.weight(age, span) * _mean_return(model, threshold) - fee * chance
            parts.append(model.discount_factor ** (age - after) * max(0.0, surplus))
    return math.fsum(parts) / kept


def _mean_return(model: RenewalModel, threshold: float | None) -> float:
    """E[r_0; ln r_0 > threshold]."""
    above = 1.0 if threshold is None else normal_cdf((model.mu - threshold) / model.sigma + model.sigma)
    return math.exp(model.mu + model.sigma**2 / 2) * above


def _next_unpaid(model: RenewalModel, after: int) -> float | None:
    coming = [threshold for (age, _, _), threshold in zip(model.stages(), model.thresholds(), strict=True) if age > after]
    if not coming:
        return None
    return 1 - normal_cdf((model.mu - coming[0]) / model.sigma) / _kept(model, after)


def _weighted_quantile(values: Floats, weights: Floats, q: float) -> float:
    """The least value at which the cumulative weight reaches q."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][min(len(values) - 1, int(np.searchsorted(reached, q * reached[-1])))])
