"""When a running royalty falls due, period by period, and the interest on what is paid late."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import Fen, round_half_up

YEAR_DAYS = 365
PERIODS_MAX = 2400
"""Two hundred years of months: no license is longer, and no loop runs on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One period of a license: its number from 1, its first day, the first day after it, and the last day to state and pay."""

    number: int
    since: dt.date
    until: dt.date
    due_on: dt.date


def periods(effective_on: dt.date, *, months: int, report_days: int, today: dt.date, end: dt.date | None = None) -> tuple[Period, ...]:
    """Every period that has ended by a day, from the day the license took effect; the last one is cut at the end of the license.

    `months`: length of a period; `report_days`: days after it to state and pay.
    """
    found = []
    for number in range(1, PERIODS_MAX + 1):
        since, until = add_months(effective_on, months * (number - 1)), add_months(effective_on, months * number)
        if end is not None:
            until = min(until, end)
        if until <= since or until > today:
            break
        found.append(Period(number=number, since=since, until=until, due_on=until + dt.timedelta(days=report_days)))
    return tuple(found)


def late_interest(unpaid: Fen, rate_annual: Fraction, due_on: dt.date, paid_on: dt.date) -> Fen:
    """Simple interest for the days after `due_on` up to the day of payment, actual/365, rounded half up to the fen [d]."""
    days = (paid_on - due_on).days
    return round_half_up(Fraction(unpaid * days, YEAR_DAYS) * rate_annual) if days > 0 else 0
