"""How an issue is divided among those who subscribed: in whole lots, by what each asked for, exactly to the size of each tranche."""

from collections.abc import Mapping
from fractions import Fraction

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.money import Fen


def allotted(size_fen: Fen, asked: Mapping[str, Fen], lot_fen: Fen) -> dict[str, Fen]:
    """The allotment of a tranche by subscription. Oversubscribed: in proportion, in whole lots, the lots left over to the largest rests.

    Raises ValueError where size or bids are no whole lots or where the bids do not reach the size; nobody gets more than they asked for.
    """
    if lot_fen <= 0 or size_fen <= 0 or size_fen % lot_fen or any(bid <= 0 or bid % lot_fen for bid in asked.values()):
        raise ValueError("size and bids are whole lots above zero")
    total = sum(asked.values())
    if total < size_fen:
        raise ValueError(f"{total} fen asked for, {size_fen} to be placed")
    lots = largest_remainder(size_fen // lot_fen, list(asked.values()))
    return {name: number * lot_fen for name, number in zip(asked, lots, strict=True)}


def times_covered(size_fen: Fen, asked: Mapping[str, Fen]) -> Fraction:
    """How many times the bids cover the tranche."""
    return Fraction(sum(asked.values()), size_fen)


def holders_parts(amount_fen: Fen, held: Mapping[str, Fen]) -> dict[str, Fen]:
    """A payment on a tranche by holder, in proportion to what each holds; the parts sum to it exactly."""
    if not amount_fen:
        return dict.fromkeys(held, 0)
    return dict(zip(held, largest_remainder(amount_fen, list(held.values())), strict=True))
