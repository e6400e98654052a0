"""The plan of a claim's payments, and the plans of a pool gathered by payment date."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import Fen, round_half_up

Method = Literal["level", "linear", "bullet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One due payment of a claim."""

    due_on: dt.date
    principal_fen: Fen
    interest_fen: Fen


def plan(balance_fen: Fen, rate_annual: Fraction, payments: int, method: Method, *, begins: dt.date, months: int) -> tuple[Flow, ...]:
    """`payments` payments every `months` months after `begins`; principal sums to the balance, the last row takes the remainder.

    level: equal sums; linear: equal principal; bullet: principal at the end. Interest of a row = balance × rate × months ÷ 12, to the fen.
    """
    if balance_fen <= 0 or not 1 <= payments <= 600 or not 1 <= months <= 12 or rate_annual < 0:
        raise ValueError("a claim has a balance above zero, 1 to 600 payments, 1 to 12 months apart, and no negative rate")
    rate = rate_annual * months / 12
    level = float(balance_fen) * float(rate) / (1 - (1 + float(rate)) ** -payments) if rate else float(balance_fen) / payments
    left, rows = balance_fen, []
    for number in range(1, payments + 1):
        interest = round_half_up(left * rate)
        if number == payments:
            principal = left
        elif method == "bullet":
            principal = 0
        elif method == "linear":
            principal = min(left, round_half_up(Fraction(balance_fen, payments)))
        else:
            principal = min(left, max(0, round_half_up(Fraction(level)) - interest))
        rows.append(Flow(due_on=add_months(begins, months * number), principal_fen=principal, interest_fen=interest))
        left -= principal
    return tuple(rows)


def dates(first_on: dt.date, periods: int, periods_per_year: int) -> tuple[dt.date, ...]:
    """The ends of the collection periods: the first day given, then every 12 ÷ n months."""
    step = 12 // periods_per_year
    return tuple(add_months(first_on, step * number) for number in range(periods))


def gathered(flows: Sequence[Flow], ends: Sequence[dt.date]) -> tuple[list[Fen], list[Fen]]:
    """(principal, interest) of flows by collection period: a flow falls into the first period that ends on or after its day.

    What is due after the last end falls into the last period.
    """
    principal, interest = [0] * len(ends), [0] * len(ends)
    for flow in flows:
        place = next((number for number, end in enumerate(ends) if flow.due_on <= end), len(ends) - 1)
        principal[place] += flow.principal_fen
        interest[place] += flow.interest_fen
    return principal, interest
