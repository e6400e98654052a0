"""How an amount is divided so that the parts sum to it exactly."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from langqiao.engine.kernel.money import Exact, Fen


def largest_remainder(amount: Fen, weights: Sequence[Exact]) -> list[Fen]:
    """Parts of `amount` (fen, any sign) in proportion to `weights` (not negative, not all zero), in the same order.

    Every share is cut toward zero to the fen; the fen left over go one each to the largest cut-off parts, ties to the first listed.
    """
    whole = _whole(weights)
    total = sum(whole)
    if total <= 0 or min(whole) < 0:
        raise ValueError("weights must not be negative and must not all be zero")
    sign = -1 if amount < 0 else 1
    pairs = [divmod(abs(amount) * weight, total) for weight in whole]
    return _with_rest([part for part, _ in pairs], [rest for _, rest in pairs], abs(amount), sign)


def _whole(weights: Sequence[Exact]) -> list[int]:
    """The weights as whole numbers in the same proportions: whole numbers allocate five times faster than fractions."""
    if all(type(weight) is int for weight in weights):
        return list(weights)  # type: ignore[arg-type]
    exact = [Fraction(weight) for weight in weights]
    common = lcm(*(weight.denominator for weight in exact))
    return [weight.numerator * (common // weight.denominator) for weight in exact]


def _with_rest(cut: list[int], rest: Sequence[Exact], amount: Fen, sign: int) -> list[Fen]:
    left = amount - sum(cut)
    if left:
        for i in sorted(range(len(cut)), key=lambda i: (-rest[i], i))[:left]:
            cut[i] += 1
    assert sum(cut) == amount
    return cut if sign > 0 else [-part for part in cut]


def largest_remainder_of(exact: Sequence[Fraction], amount: Fen) -> list[Fen]:
    """Whole-fen parts of exact shares that sum to `amount`; the shares must sum to it exactly."""
    sign = -1 if amount < 0 else 1
    magnitudes = [share * sign for share in exact]
    if sum(magnitudes, Fraction(0)) != abs(amount):
        raise ValueError("the exact shares do not sum to the amount")
    cut = [share.numerator // share.denominator for share in magnitudes]
    return _with_rest(cut, [share - part for share, part in zip(magnitudes, cut, strict=True)], abs(amount), sign)
