"""How a renewal model is fitted to a cohort: which patents were let go in which year, given the year from which their owners could choose."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from langqiao.engine.valuation.inputs import normal_cdf
from langqiao.engine.valuation.renewal import TINY, RenewalModel

MIN_SIGMA, ROUNDS = 0.05, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Patents whose owners first chose at fee number `first` (from 1): `dropped[k]` let go at fee k, `kept[k]` last seen paying fee k.

    With yearly fees the number is the patent year. `kept[first − 1]` are those never yet seen choosing.
    """

    first: int
    dropped: Mapping[int, int]
    kept: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalFit:
    """The most likely `mu` and `sigma` of the log initial return for one `decay`; `log_likelihood` compares decays on the same data."""

    mu: float
    sigma: float
    decay: float
    log_likelihood: float
    n: int


def log_likelihood(choices: Sequence[Choices], model: RenewalModel) -> float:
    """Σ n·ln of the probability of what each group did (Schankerman and Pakes); fees before `first` were never asked for."""
    total = 0.0
    steps = [model.threshold(*stage) for stage in model.stages()]
    for group in choices:
        survival = {group.first - 1: 1.0}
        for number, threshold in enumerate(accumulate(steps[group.first - 1 :], max), start=group.first):
            survival[number] = normal_cdf((model.mu - threshold) / model.sigma)
        for number, count in group.dropped.items():
            total += count * math.log(max(TINY, survival[number - 1] - survival[number]))
        for number, count in group.kept.items():
            total += count * math.log(max(TINY, survival[number]))
    return total


def fit(choices: Sequence[Choices], model: RenewalModel) -> RenewalFit:
    """Maximum likelihood of mu and sigma for the decay, fees and discounting of `model` (its mu and sigma are where the search starts).

    Nothing is said of the decay: renewal choices hardly tell it from a wider spread, so fits at several decays stand side by side.
    """

    def at(point: Point) -> RenewalModel:
        return replace(model, mu=point[0], sigma=max(MIN_SIGMA, math.exp(point[1])))

    best = at(_simplex(lambda point: -log_likelihood(choices, at(point)), (model.mu, math.log(model.sigma))))
    n = sum(sum(group.dropped.values()) + sum(group.kept.values()) for group in choices)
    return RenewalFit(mu=best.mu, sigma=best.sigma, decay=best.decay, log_likelihood=log_likelihood(choices, best), n=n)


Point = tuple[float, float]


def _simplex(loss: Callable[[Point], float], start: Point) -> Point:
    """Nelder and Mead's search in two dimensions: the three corners close in on the least loss."""
    corners = sorted([start, (start[0] + 1, start[1]), (start[0], start[1] + 0.5)], key=loss)
    for _ in range(ROUNDS):
        best, middle, worst = corners
        if abs(loss(worst) - loss(best)) < 1e-10 and abs(worst[0] - best[0]) < 1e-9:
            break
        center = ((best[0] + middle[0]) / 2, (best[1] + middle[1]) / 2)
        mirrored = _along(center, worst, -1.0)
        if loss(mirrored) < loss(best):
            further = _along(center, worst, -2.0)
            chosen = further if loss(further) < loss(mirrored) else mirrored
        elif loss(mirrored) < loss(middle):
            chosen = mirrored
        else:
            chosen = _along(center, worst, 0.5 if loss(mirrored) >= loss(worst) else -0.5)
            if loss(chosen) >= min(loss(worst), loss(mirrored)):
                middle, worst = _along(best, middle, 0.5), _along(best, worst, 0.5)
                corners = sorted([best, middle, worst], key=loss)
                continue
        corners = sorted([best, middle, chosen], key=loss)
    return corners[0]


def _along(center: Point, corner: Point, step: float) -> Point:
    return center[0] + step * (corner[0] - center[0]), center[1] + step * (corner[1] - center[1])
