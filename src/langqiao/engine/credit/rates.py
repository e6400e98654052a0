"""Base rates as dated facts and the reset of a floating rate: on the reset day the newest published base rate plus the contract's spread."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.refusal import Refusal

BASES = ("lpr_1y", "lpr_5y")
"""Loan prime rates published by the National Interbank Funding Center: one year, and five years and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """From `since` on the base rate is `rate` a year; `source` says who published it."""

    base: str
    since: dt.date
    rate: Fraction
    source: str


def published_on(facts: Iterable[Published], base: str, day: dt.date) -> Published:
    """The newest fact of a base rate on a day. Refused: base_rate_unknown where none is known yet."""
    known = [one for one in facts if one.base == base and one.since <= day]
    if not known:
        raise Refusal("base_rate_unknown", "no base rate is known on that day", facts={"base": base, "on": day.isoformat()})
    return max(known, key=lambda one: one.since)


def floating_rate(base_rate: Fraction, spread: Fraction) -> Fraction:
    """Base rate plus spread, never below zero."""
    return max(Fraction(0), base_rate + spread)


def reset_next(drawn_on: dt.date, reset_months: int, day: dt.date) -> dt.date:
    """The first reset day after a day: drawing plus whole multiples of the reset's months."""
    count = 1
    while add_months(drawn_on, count * reset_months) <= day:
        count += 1
    return add_months(drawn_on, count * reset_months)
