"""How an amount is divided so that the parts sum to it exactly."""

from collections.abc import Sequence
from fractions import Fraction

from langqiao.engine.kernel.money import Exact, Fen


def largest_remainder(amount: Fen, weights: Sequence[Exact]) -> list[Fen]:
    """Parts of `amount` (fen, any sign) in proportion to `weights` (not negative, not all zero), in the same order.

    Every share is cut toward zero to the fen; the fen left over go one each to the largest cut-off parts, ties to the first listed.
    """
    exact = [Fraction(weight) for weight in weights]
    total = sum(exact, Fraction(0))
    if total <= 0 or any(weight < 0 for weight in exact):
        raise ValueError("weights must not be negative and must not all be zero")
    return largest_remainder_of([amount * weight / total for weight in exact], amount)


def largest_remainder_of(exact: Sequence[Fraction], amount: Fen) -> list[Fen]:
    """Whole-fen parts of exact shares that sum to `amount`; the shares must sum to it exactly."""
    sign = -1 if amount < 0 else 1
    magnitudes = [share * sign for share in exact]
    if sum(magnitudes, Fraction(0)) != abs(amount):
        raise ValueError("the exact shares do not sum to the amount")
    cut = [share.numerator // share.denominator for share in magnitudes]
    left = abs(amount) - sum(cut)
    order = sorted(range(len(cut)), key=lambda i: (cut[i] - magnitudes[i], i))
    for i in order[:left]:
        cut[i] += 1
    assert sum(cut) == abs(amount)
    return [part * sign for part in cut]
