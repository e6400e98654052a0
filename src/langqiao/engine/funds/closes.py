"""Equalization over many closes: after each close every partner has funded its share of every earlier call."""

import datetime as dt
from fractions import Fraction

from langqiao.engine.funds.calls import Commitment
from langqiao.engine.kernel.allocation import largest_remainder, largest_remainder_of
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import year_fraction
from langqiao.engine.kernel.money import Fen, Money, PositiveMoney, SignedMoney, round_half_up
from langqiao.engine.kernel.number import Rate
from langqiao.engine.kernel.record import Date, Rows, Text, record


@record
class Close:
    date: Date
    partners: Rows[Commitment]


@record
class Call:
    date: Date
    amount: PositiveMoney


@record
class ClosesInput:
    closes: Rows[Close]
    calls: Rows[Call]
    rate: Rate


@record
class Settlement:
    """What a partner pays (positive) or receives (negative) at a close: capital and interest."""

    close: Date
    partner: Text
    capital: SignedMoney
    interest: SignedMoney


@record
class Funded:
    partner: Text
    commitment: Money
    funded: Money
    unfunded: SignedMoney


@record
class ClosesOutput:
    settlements: Rows[Settlement]
    funded: Rows[Funded]


@calculation(
    "fund.equalize_closes",
    title_zh="多次交割补缴",
    title_en="Later-closer equalization over many closes",
    formula_zh=(
        "每次交割时，此前各次缴款按全部认缴额以最大余数法重新分摊；新合伙人补缴其份额，并按 实际天数/365 付缴款日至交割日的单利；"
        "先入合伙人收回多缴的本金，利息按同一比例分配。"
    ),
    source="Fund practice [p]; one close and one call give fund.equalize",
    example={
        "closes": [
            {"date": "2024-01-01", "partners": [{"partner": "A", "commitment": "60000000.00"}]},
            {"date": "2024-07-01", "partners": [{"partner": "B", "commitment": "40000000.00"}]},
        ],
        "calls": [{"date": "2024-02-01", "amount": "10000000.00"}, {"date": "2024-09-01", "amount": "5000000.00"}], "rate": 0.08,
    },
)  # fmt: skip
def equalize_closes(given: ClosesInput) -> ClosesOutput:
    """At each close every earlier call is split anew by all commitments (largest remainder); newcomers pay their part with simple interest from
    the call to the close, act/365; the earlier partners receive the capital they funded too much, and the interest in that proportion.
    """
    _check(given)
    commitments: dict[str, Fen] = {}
    parts: list[dict[str, Fen]] = []
    calls = list(given.calls)
    settlements: list[Settlement] = []
    for i, close in enumerate(given.closes):
        commitments |= {entry.partner: entry.commitment for entry in close.partners}
        settlements += _settle(given, close, parts, commitments)
        until = given.closes[i + 1].date if i + 1 < len(given.closes) else dt.date.max
        while len(parts) < len(calls) and calls[len(parts)].date < until:
            parts.append(_split(calls[len(parts)].amount, commitments))
    funded = {name: sum(part.get(name, 0) for part in parts) for name in commitments}
    return ClosesOutput(
        settlements=tuple(settlements),
        funded=tuple(Funded(partner=n, commitment=c, funded=funded[n], unfunded=c - funded[n]) for n, c in commitments.items()),
    )


def _check(given: ClosesInput) -> None:
    if not given.closes:
        raise BadInput("out_of_range", "there is no close", "closes")
    names: set[str] = set()
    for i, close in enumerate(given.closes):
        if i and close.date <= given.closes[i - 1].date:
            raise BadInput("inconsistent", "closes must be in date order", f"closes[{i}].date")
        for j, entry in enumerate(close.partners):
            if entry.partner in names:
                raise BadInput("inconsistent", f"{entry.partner!r} closes twice", f"closes[{i}].partners[{j}].partner")
            names.add(entry.partner)
    if not given.closes[0].partners:
        raise BadInput("out_of_range", "the first close has no partner", "closes[0].partners")
    for i, call in enumerate(given.calls):
        if call.date < (given.calls[i - 1].date if i else given.closes[0].date):
            raise BadInput("inconsistent", "calls must be in date order and not before the first close", f"calls[{i}].date")


def _split(amount: Fen, commitments: dict[str, Fen]) -> dict[str, Fen]:
    return dict(zip(commitments, largest_remainder(amount, list(commitments.values())), strict=True))


def _settle(given: ClosesInput, close: Close, parts: list[dict[str, Fen]], commitments: dict[str, Fen]) -> list[Settlement]:
    capital = dict.fromkeys(commitments, 0)
    interest = dict.fromkeys(commitments, 0)
    for call, part in zip(given.calls, list(parts), strict=False):
        fresh = _split(call.amount, commitments)
        moved = {name: fresh[name] - part.get(name, 0) for name in commitments}
        span = year_fraction(call.date, close.date, "act_365")
        charged = {name: round_half_up(amount * given.rate * span) for name, amount in moved.items() if amount > 0}
        back = {name: -amount for name, amount in moved.items() if amount < 0}
        total = sum(charged.values())
        shares = largest_remainder_of([Fraction(total * amount, sum(back.values())) for amount in back.values()], total) if back else []
        for name, amount in moved.items():
            capital[name] += amount
            interest[name] += charged.get(name, 0)
        for name, amount in zip(back, shares, strict=True):
            interest[name] -= amount
        part.clear()
        part.update(fresh)
    return [
        Settlement(close=close.date, partner=name, capital=capital[name], interest=interest[name])
        for name in commitments
        if capital[name] or interest[name]
    ]
