"""Late and defaulting partners: which calls a partner's payments cover, where each call stands, the interest of lateness, what is forfeited."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.dates import year_fraction
from langqiao.engine.kernel.money import Fen, round_half_up

Standing = Literal["called", "paid", "late", "defaulted", "cured", "forfeited"]
STANDINGS: tuple[Standing, ...] = ("called", "paid", "late", "defaulted", "cured", "forfeited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A partner's part of a call, in fen, and the day it is due."""

    due_on: dt.date
    amount: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A part of a payment that covers a call: so much, on that day."""

    call: int
    on: dt.date
    amount: Fen


def covered(calls: Sequence[Called], payments: Sequence[tuple[dt.date, Fen]]) -> list[Covered]:
    """The payments laid on the calls, oldest call first; what exceeds all calls covers nothing."""
    open_fen = [call.amount for call in calls]
    found: list[Covered] = []
    place = 0
    for on, amount in payments:
        left = amount
        while left and place < len(calls):
            part = min(left, open_fen[place])
            if part:
                found.append(Covered(call=place, on=on, amount=part))
            open_fen[place] -= part
            left -= part
            if not open_fen[place]:
                place += 1
    return found


def open_of(calls: Sequence[Called], payments: Sequence[tuple[dt.date, Fen]]) -> list[Fen]:
    """What is still open of each call."""
    paid = [0] * len(calls)
    for part in covered(calls, payments):
        paid[part.call] += part.amount
    return [call.amount - done for call, done in zip(calls, paid, strict=True)]


def standing(call: Called, open_fen: Fen, day: dt.date, default: str = "") -> Standing:
    """Where a call stands on a day; `default` is what was decided of it: "", "defaulted", "cured" or "forfeited"."""
    match default:
        case "defaulted" | "cured" | "forfeited":
            return default
        case _:
            return "paid" if not open_fen else "late" if day > call.due_on else "called"


def late_interest(calls: Sequence[Called], payments: Sequence[tuple[dt.date, Fen]], *, rate: Fraction, on: dt.date) -> Fen:
    """All interest of lateness up to a day: each late yuan × rate × days late / 365 (simple), rounded once."""
    total = Fraction(0)
    parts = covered(calls, payments)
    spans = [(calls[part.call].due_on, part.on, part.amount) for part in parts]
    spans += [(call.due_on, on, left) for call, left in zip(calls, open_of(calls, payments), strict=True)]
    for since, until, amount in spans:
        if until > since:
            total += amount * rate * year_fraction(since, until, "act_365")
    return round_half_up(total)


def forfeited(paid: Fen, share: Fraction, others: Sequence[Fen]) -> tuple[Fen, list[Fen]]:
    """What a defaulting partner loses of its paid-in capital, and what each other partner gains by its own; nothing where nobody is there."""
    lost = round_half_up(paid * share) if sum(others) else 0
    return lost, largest_remainder(lost, others) if lost else [0] * len(others)
