"""Small drawings that are plain numbers for an SVG in a template: range bars and shares."""

import math
from dataclasses import dataclass

LOW_FEN, HIGH_FEN = 10**5, 10**12
"""The logarithmic scale of value bars: a thousand yuan to ten billion."""
WIDTH = 360


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeBar:
    """Places in units of the drawing, 0 to 360."""

    low: float
    width: float
    middle: float


def range_bar(low: int | None, middle: int | None, high: int | None) -> RangeBar | None:
    """The bar of a value range; None where a percentile is missing."""
    if low is None or middle is None or high is None:
        return None
    start, end = _place(low), _place(high)
    return RangeBar(low=start, width=max(1.0, round(end - start, 1)), middle=_place(middle))


def _place(fen: int) -> float:
    exponent = math.log10(max(fen, LOW_FEN) / LOW_FEN) / math.log10(HIGH_FEN / LOW_FEN)
    return round(min(1.0, exponent) * WIDTH, 1)
