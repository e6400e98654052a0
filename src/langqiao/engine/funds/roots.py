"""Every rate at which dated flows are worth nothing: all roots of the net present value, not one that a solver happened to find."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

WIDEST = 1e6
"""|ln(1 + r)| beyond this is not searched: such rates are no rates."""
SAME = 1e-12
"""Roots closer than this are one root met from both sides."""
STEPS = 200
Array = npt.NDArray[np.float64]


def sign_changes(amounts: Sequence[float]) -> int:
    """Changes of sign between successive amounts, zeros left out: an upper bound of the number of roots (Descartes)."""
    signs = [amount > 0 for amount in amounts if amount]
    return sum(a != b for a, b in itertools.pairwise(signs))


def log_roots(years: Sequence[float], amounts: Sequence[float]) -> list[float]:
    """All y = ln(1 + r) with Σ amount·e^(−y·years) = 0, ascending; `years` strictly ascending, amounts not zero.

    Constructive Descartes: multiplied by e^(y·τ) with τ between the years of a sign change, the sum's derivative has one sign change less;
    its roots, found by recursion, separate the roots sought, which bisection then finds.
    """
    t, a = np.asarray(years, dtype=float), np.asarray(amounts, dtype=float)
    return _roots(t, a)


def _roots(t: Array, a: Array) -> list[float]:
    changes = np.nonzero(np.sign(a[:-1]) != np.sign(a[1:]))[0]
    if not len(changes):
        return []
    turns: list[float] = []
    if len(changes) > 1:
        middle = changes[len(changes) // 2]
        turns = _roots(t, ((t[middle] + t[middle + 1]) / 2 - t) * a)
    inner = turns or [0.0]
    bounds = [_reach(t, a, inner[0], -1), *turns, _reach(t, a, inner[-1], 1)]
    found: list[float] = []
    for low, high in itertools.pairwise(bounds):
        root = _bisect(t, a, low, high)
        if root is not None and (not found or root - found[-1] > SAME):
            found.append(root)
    return found


def _value(t: Array, a: Array, y: float) -> float:
    """The sum, scaled by a positive factor so that nothing overflows: only its sign and relative size mean something."""
    reference = t[0] if y >= 0 else t[-1]
    return float(np.sum(a * np.exp(-y * (t - reference))))


def _reach(t: Array, a: Array, start: float, direction: int) -> float:
    """A point beyond `start` so far out that the sum has the sign of its dominating flow."""
    limit = a[0] if direction > 0 else a[-1]
    step = 1.0
    while _value(t, a, start + direction * step) * limit <= 0 and step < WIDEST:
        step *= 2
    return start + direction * step


def _bisect(t: Array, a: Array, low: float, high: float) -> float | None:
    at_low, at_high = _value(t, a, low), _value(t, a, high)
    tiny = 1e-15 * float(np.sum(np.abs(a)))
    if abs(at_high) <= tiny:
        return high
    if at_low * at_high > 0 or abs(at_low) <= tiny:
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2
        value = _value(t, a, middle)
        if value == 0 or middle in {low, high}:
            return middle
        if (value > 0) == (at_low > 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def rate(y: float) -> float:
    """The rate r of y = ln(1 + r)."""
    return math.expm1(y)
