"""How well a figure told the outcome: ranking, calibrated probability, reliability, and the interval that chance leaves them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
RIDGE = 1e-6
ROUNDS = 50
BOOTSTRAPS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A measure with its 95 % bootstrap interval; None where the outcome does not vary."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One bin of a reliability diagram: how many, the mean probability told, the share that came true."""

    n: int
    told: float
    true: float


def auc(figures: Sequence[float] | Floats, outcomes: Sequence[bool] | Floats) -> float | None:
    """The chance that a positive case has the higher figure, ties counting half (Mann and Whitney); None with one outcome only."""
    x, y = np.asarray(figures, dtype=float), np.asarray(outcomes, dtype=bool)
    positives, negatives = int(y.sum()), int((~y).sum())
    if not positives or not negatives:
        return None
    order, values = np.argsort(x, kind="stable"), np.sort(x)
    first, last = np.searchsorted(values, values, side="left"), np.searchsorted(values, values, side="right")
    ranks = np.empty(len(x))
    ranks[order] = (first + last + 1) / 2
    return float((ranks[y].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def brier(probabilities: Sequence[float] | Floats, outcomes: Sequence[bool] | Floats) -> float:
    """The mean squared distance of probability and outcome: 0 is perfect, p·(1 − p) is what the base rate alone gets."""
    return float(np.mean((np.asarray(probabilities, dtype=float) - np.asarray(outcomes, dtype=float)) ** 2))


def reliability(probabilities: Floats, outcomes: Floats, bins: int = 5) -> list[Bin]:
    """Bins of about equal size by told probability; equal probabilities stay together."""
    order = np.argsort(probabilities, kind="stable")
    edges = np.unique(np.quantile(probabilities[order], np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, probabilities, side="right")
    return [
        Bin(n=int(inside.sum()), told=float(probabilities[inside].mean()), true=float(outcomes[inside].mean()))
        for number in range(len(edges) + 1)
        if (inside := place == number).any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance between told and true over the bins, weighed by their size (expected calibration error)."""
    total = sum(one.n for one in bins)
    return math.fsum(one.n * abs(one.told - one.true) for one in bins) / total


@dataclass(frozen=True, slots=True, kw_only=True)
class Logit:
    """Probability = 1 / (1 + e^−(a + Σ b·x)) on standardized figures; fitted with a trace of ridge so that separation does not diverge."""

    center: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]

    def probabilities(self, figures: Floats) -> Floats:
        """The probability for each row of figures."""
        z = (figures - np.array(self.center)) / np.array(self.scale)
        told: Floats = 1 / (1 + np.exp(-(self.weights[0] + z @ np.array(self.weights[1:]))))
        return told


def logit(figures: Floats, outcomes: Floats) -> Logit:
    """Maximum likelihood by Newton's steps; a figure that does not vary gets no weight."""
    center, spread = figures.mean(axis=0), figures.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    design = np.column_stack([np.ones(len(figures)), (figures - center) / scale])
    weights = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        told = 1 / (1 + np.exp(-(design @ weights)))
        slope = design.T @ (outcomes - told) - RIDGE * weights
        curve = (design * (told * (1 - told))[:, None]).T @ design + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-10:
            break
    return Logit(center=tuple(map(float, center)), scale=tuple(map(float, scale)), weights=tuple(map(float, weights)))


def concordance(figures: Sequence[float], lives: Sequence[float], ended: Sequence[bool]) -> float | None:
    """Harrell's C: of the pairs whose order of life is known, the part in which the longer life has the higher figure, ties half."""
    x, t, d = np.asarray(figures, dtype=float), np.asarray(lives, dtype=float), np.asarray(ended, dtype=bool)
    agree = usable = 0.0
    for index in np.flatnonzero(d):
        longer = t > t[index]
        usable += float(longer.sum())
        agree += float((x[longer] > x[index]).sum()) + 0.5 * float((x[longer] == x[index]).sum())
    return agree / usable if usable else None


def bootstrap(measure: Callable[[np.ndarray[Any, Any]], float | None], n: int, seed: int) -> Interval:
    """The measure on all cases with the 2.5 and 97.5 percentiles over 1,000 resamples of their indices; the same for a seed."""
    whole = measure(np.arange(n))
    if whole is None:
        return Interval(value=None, low=None, high=None)
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = [measure(generator.integers(0, n, n)) for _ in range(BOOTSTRAPS)]
    low, high = np.quantile([one for one in drawn if one is not None], [0.025, 0.975])
    return Interval(value=whole, low=float(low), high=float(high))
