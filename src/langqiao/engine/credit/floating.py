"""Loan schedules with real dates: floating rates, grace periods, day counts and prepayments."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Literal

from langqiao.engine.credit.schedule import Method, annuity_payment
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import DayCount, add_months, year_fraction
from langqiao.engine.kernel.money import Fen, Money, PositiveMoney, round_half_up
from langqiao.engine.kernel.number import Figure, Number, Rate
from langqiao.engine.kernel.record import Count, Date, Rows, count, record


@record
class DayCountInput:
    start: Date
    end: Date


@record
class DayCountOutput:
    days: int
    act_365: Figure
    act_360: Figure
    thirty_360: Figure


@calculation(
    "loan.day_count",
    title_zh="计息天数",
    title_en="Day counts of an interest period",
    formula_zh="两日之间的年数：实际天数/365、实际天数/360 与 30E/360（31 日按 30 日计）。",
    source="act/365 and act/360: days over the basis; 30E/360 with day 31 read as 30 (goldens contract §2)",
    example={"start": "2026-01-31", "end": "2026-03-31"},
)
def day_count(given: DayCountInput) -> DayCountOutput:
    """Years between two dates under act/365, act/360 and 30E/360."""
    if given.end < given.start:
        raise BadInput("inconsistent", "the period ends before it starts", "end")
    return DayCountOutput(
        days=(given.end - given.start).days,
        act_365=float(year_fraction(given.start, given.end, "act_365")),
        act_360=float(year_fraction(given.start, given.end, "act_360")),
        thirty_360=float(year_fraction(given.start, given.end, "30_360")),
    )


@record
class Reset:
    """From this day on the base rate (for example LPR) is `base_rate` a year."""

    date: Date
    base_rate: Rate


@record
class Prepayment:
    """Principal paid ahead; `reduce` keeps the number of periods, `shorten` keeps the payment."""

    date: Date
    amount: PositiveMoney
    effect: Literal["reduce", "shorten"] = "reduce"


@record
class FloatingInput:
    principal: PositiveMoney
    drawn_on: Date
    periods: Annotated[int, *count(1, 600)]
    months_per_period: Literal[1, 3, 6, 12]
    method: Method
    resets: Rows[Reset]
    spread: Number = Fraction(0)
    day_count: DayCount = "act_360"
    grace_periods: Count = 0
    prepayments: Rows[Prepayment] = ()


@record
class FloatingRow:
    """One period: its days, the rate at its end, what is due on its last day, prepayments inside it, the balance after all."""

    period: int
    since: Date
    due_on: Date
    opening: Money
    rate_annual: Figure
    interest: Money
    principal: Money
    prepaid: Money
    balance: Money


@record
class FloatingOutput:
    rows: Rows[FloatingRow]
    total_interest: Money
    total_principal: Money
    total_prepaid: Money


@calculation(
    "loan.floating_schedule",
    title_zh="浮动利率还款计划",
    title_en="Schedule with floating rate, grace period and prepayment",
    formula_zh=(
        "每期利息 = Σ 余额 × (基准利率 + 利差) × 年数，在重定价日与提前还款日之间分段，每期舍入一次。宽限期内只付利息。"
        "等额本息：每次重定价（期利率 = 年利率 × 月数 ÷ 12）和“减少还款额”的提前还款之后重算；等额本金：每期本金相同；到期还本：期末一次。"
        "最后一期还清余额；提前还款不会延长期限。"
    ),
    source="Banking practice [p]; LPR-linked reset; invariant P8",
    example={
        "principal": "5000000.00", "drawn_on": "2025-01-15", "periods": 12, "months_per_period": 3, "method": "annuity", "grace_periods": 2,
        "resets": [{"date": "2025-01-15", "base_rate": 0.031}, {"date": "2026-01-15", "base_rate": 0.029}], "spread": 0.005,
        "prepayments": [{"date": "2026-05-01", "amount": "500000.00", "effect": "shorten"}],
    },
)  # fmt: skip
def floating_schedule(given: FloatingInput) -> FloatingOutput:
    """Interest of a period = Σ balance × (base + spread) × year fraction over the pieces between resets and prepayments, rounded once per
    period. Grace periods pay interest only. annuity: the level payment is set anew at each reset (periodic rate = rate × months / 12) and
    after a `reduce` prepayment; linear: equal principal; bullet: at the end. The last period takes the residue; a prepayment never lengthens.
    """
    _check(given)
    rows = list(_rows(given))
    return FloatingOutput(
        rows=tuple(rows),
        total_interest=sum(row.interest for row in rows),
        total_principal=sum(row.principal for row in rows),
        total_prepaid=sum(row.prepaid for row in rows),
    )


def _check(given: FloatingInput) -> None:
    if not given.resets or given.resets[0].date > given.drawn_on:
        raise BadInput("inconsistent", "the first base rate must be known on the day of drawing", "resets")
    _in_order([reset.date for reset in given.resets], "resets")
    _in_order([entry.date for entry in given.prepayments], "prepayments")
    if given.prepayments and given.prepayments[0].date <= given.drawn_on:
        raise BadInput("inconsistent", "a prepayment lies before the loan is drawn", "prepayments[0].date")
    if given.grace_periods >= given.periods:
        raise BadInput("inconsistent", "the grace period leaves no period to repay in", "grace_periods")
    for i, reset in enumerate(given.resets):
        if reset.base_rate + given.spread < 0:
            raise BadInput("out_of_range", "base rate and spread together are negative", f"resets[{i}].base_rate")


def _in_order(days: list[dt.date], name: str) -> None:
    for i, (before, after) in enumerate(pairwise(days), 1):
        if after < before:
            raise BadInput("inconsistent", f"{name} must be in date order", f"{name}[{i}].date")


def rate_on(given: FloatingInput, day: dt.date) -> Fraction:
    """The rate a year that runs from `day` on."""
    return next(reset.base_rate for reset in reversed(given.resets) if reset.date <= day) + given.spread


@dataclass(slots=True)
class _Loan:
    balance: Fen
    payment: Fen | None = None
    paid_at_rate: Fraction | None = None


def _rows(given: FloatingInput) -> Iterator[FloatingRow]:
    loan = _Loan(given.principal)
    for period in range(1, given.periods + 1):
        if not loan.balance:
            return
        since = add_months(given.drawn_on, (period - 1) * given.months_per_period)
        due_on = add_months(given.drawn_on, period * given.months_per_period)
        opening = loan.balance
        _set_payment(given, loan, period=period, since=since)
        exact, prepaid = _run_days(given, loan, since, due_on)
        interest = round_half_up(exact)
        principal = _principal(given, loan, period=period, interest=interest, since=since)
        loan.balance -= principal
        yield FloatingRow(
            period=period,
            since=since,
            due_on=due_on,
            opening=opening,
            rate_annual=float(rate_on(given, due_on - dt.timedelta(days=1))),
            interest=interest,
            principal=principal,
            prepaid=prepaid,
            balance=loan.balance,
        )


def _run_days(given: FloatingInput, loan: _Loan, since: dt.date, due_on: dt.date) -> tuple[Fraction, Fen]:
    """Interest of the days of a period, exact, and what was prepaid in it; the balance falls with each prepayment."""
    inside = [entry for entry in given.prepayments if since < entry.date <= due_on]
    cuts = sorted({since, due_on, *(entry.date for entry in inside), *(r.date for r in given.resets if since < r.date < due_on)})
    exact, prepaid = Fraction(0), 0
    for start, end in pairwise(cuts):
        exact += loan.balance * rate_on(given, start) * year_fraction(start, end, given.day_count)
        for entry in inside:
            if entry.date == end:
                paid = min(entry.amount, loan.balance)
                loan.balance -= paid
                prepaid += paid
                if entry.effect == "reduce":
                    loan.payment = None
    return exact, prepaid


def _set_payment(given: FloatingInput, loan: _Loan, *, period: int, since: dt.date) -> None:
    """Sets the level payment (annuity) or the equal principal (linear) where none stands or the rate moved."""
    if period <= given.grace_periods or given.method == "bullet":
        return
    left, rate = given.periods - period + 1, rate_on(given, since)
    if loan.payment is None or (given.method == "annuity" and rate != loan.paid_at_rate):
        loan.paid_at_rate = rate
        if given.method == "annuity":
            loan.payment = annuity_payment(loan.balance, rate * given.months_per_period / 12, left)
        else:
            loan.payment = round_half_up(Fraction(loan.balance, left))


def _principal(given: FloatingInput, loan: _Loan, *, period: int, interest: Fen, since: dt.date) -> Fen:
    if period == given.periods:
        return loan.balance
    _set_payment(given, loan, period=period, since=since)
    if loan.payment is None:
        return 0
    due = loan.payment - interest if given.method == "annuity" else loan.payment
    return min(max(due, 0), loan.balance)
