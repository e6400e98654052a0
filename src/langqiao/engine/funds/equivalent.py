"""A fund beside an index that its user gives: Kaplan–Schoar, and Direct Alpha as the discrete rate of the flows deflated by the index."""

import bisect
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from langqiao.engine.funds.returns import RootProblem, xirr

STALE_DAYS = 10
"""The level of a day is the last one given on or before it, not older than this: long enough for a holiday week, too short for a missing month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Levels above zero by day, ascending."""

    days: tuple[dt.date, ...]
    levels: tuple[float, ...]

    def on(self, day: dt.date) -> float | None:
        """The level of a day; None where the series does not reach it."""
        place = bisect.bisect_right(self.days, day) - 1
        return None if place < 0 or (day - self.days[place]).days > STALE_DAYS else self.levels[place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """`ks_pme` above 1: the fund gave more than the index. `direct_alpha`: the discrete rate a year above it; None with the reason.

    `missing`: days on which the series gives no level; nothing is computed then.
    """

    ks_pme: float | None = None
    direct_alpha: float | None = None
    problem: RootProblem | None = None
    missing: tuple[dt.date, ...] = ()


def equivalent(flows: Sequence[tuple[dt.date, int]], *, worth: int, on: dt.date, index: Index) -> Equivalent:
    """Flows of the partners (paid in negative, received positive) with a net value on a day, against an index.

    KS-PME = (Σ received × I_end/I_t + value) / Σ paid × I_end/I_t (Kaplan and Schoar 2005); Direct Alpha = XIRR of the flows × I_end/I_t
    (Gredil, Griffiths and Stucke 2014, who take ln(1 + r); here r).
    """
    levels = [(day, index.on(day)) for day in sorted({*(day for day, _ in flows), on})]
    missing = tuple(day for day, level in levels if level is None)
    end = index.on(on)
    if missing or end is None or not flows:
        return Equivalent(missing=missing)
    level = {day: value for day, value in levels if value is not None}
    grown = [(day, amount * end / level[day]) for day, amount in flows]
    paid = -sum(amount for _, amount in grown if amount < 0)
    received = sum(amount for _, amount in grown if amount > 0)
    with_worth = [*grown, (on, float(worth))] if worth else grown
    rate, problem, _ = xirr([day for day, _ in with_worth], [amount for _, amount in with_worth])
    return Equivalent(ks_pme=(received + worth) / paid if paid else None, direct_alpha=rate, problem=problem)
