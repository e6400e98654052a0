"""How premium is earned: pro rata by day over the time it was paid for, so that earned and unearned always sum to what was received."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.money import Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Premium for the days from `since` until `until` (exclusive); below zero where an endorsement gave premium back."""

    amount_fen: Fen
    since: dt.date
    until: dt.date

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise ValueError("a piece of premium is for a day at least")


def earned(pieces: Sequence[Piece], day: dt.date) -> Fen:
    """What is earned of all pieces together at the start of a day, cut to the fen: nothing on the first day, all of it on the last bound (P19)."""
    total = sum((Fraction(one.amount_fen * _days(one, day), (one.until - one.since).days) for one in pieces), Fraction(0))
    return total.numerator // total.denominator


def _days(piece: Piece, day: dt.date) -> int:
    return min(max((day - piece.since).days, 0), (piece.until - piece.since).days)


def unearned(pieces: Sequence[Piece], day: dt.date) -> Fen:
    """What is received and not earned yet."""
    return sum(one.amount_fen for one in pieces) - earned(pieces, day)


def returned(amount_fen: Fen, paid: Sequence[Fen]) -> list[Fen]:
    """A return of premium divided among those who paid, in proportion to what each has paid and not got back."""
    return largest_remainder(amount_fen, paid) if amount_fen else [0] * len(paid)


def remaining(full_fen: Fen, *, since: dt.date, until: dt.date, day: dt.date) -> Fraction:
    """The part of a premium for the days from `day` on: what an endorsement of that day adds or gives back."""
    return Fraction(full_fen * (until - day).days, (until - since).days)
