"""Monthly repayment plans of a loan: annuity, linear principal, bullet; rounded per period, the last period takes the residue."""

from collections.abc import Callable
from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.money import Fen, Money, PositiveMoney, round_half_up
from langqiao.engine.kernel.number import Rate
from langqiao.engine.kernel.record import Periods, Rows, record

Method = Literal["annuity", "linear", "bullet"]


@record
class ScheduleInput:
    principal: PositiveMoney
    rate_annual: Rate
    months: Periods
    method: Method


@record
class ScheduleRow:
    """One period: principal and interest paid in it, balance after the payment."""

    period: int
    principal: Money
    interest: Money
    balance: Money


@record
class ScheduleOutput:
    rows: Rows[ScheduleRow]
    total_interest: Money
    total_principal: Money


def annuity_payment(principal: Fen, rate: Fraction, periods: int) -> Fen:
    """The level payment P·r / (1 − (1 + r)^−n), rounded once; at rate 0 it is P / n."""
    if not rate:
        return round_half_up(Fraction(principal, periods))
    growth = (1 + rate) ** periods
    return round_half_up(principal * rate * growth / (growth - 1))


@calculation(
    "loan.schedule",
    title_zh="还款计划",
    title_en="Repayment plan of a loan",
    formula_zh=(
        "逐期舍入：利息 = 余额 × 年利率 ÷ 12。等额本息：每期还款 A = P·r ÷ (1 − (1 + r)^−n)，舍入一次，本金 = A − 利息（利率为零：P ÷ n）；"
        "等额本金：本金 = P ÷ n 舍入；到期还本：期末之前本金为零。最后一期还清余额。"
    ),
    source="Banking practice [p]",
    example={"principal": "1000000.00", "rate_annual": 0.0435, "months": 12, "method": "annuity"},
)
def schedule(given: ScheduleInput) -> ScheduleOutput:
    """Rounded per period: interest = balance × rate / 12. annuity: payment A = P·r / (1 − (1 + r)^−n) rounded once, principal = A − interest
    (rate 0: P / n); linear: principal = P / n rounded; bullet: principal 0 until the end. The last period repays the balance.
    """
    rate = given.rate_annual / 12
    rows = plan(given.principal, given.months, rate=rate, due=_principal_of(given, rate))
    return ScheduleOutput(
        rows=tuple(rows), total_interest=sum(row.interest for row in rows), total_principal=sum(row.principal for row in rows)
    )


def _principal_of(given: ScheduleInput, rate: Fraction) -> Callable[[Fen, Fen], Fen]:
    match given.method:
        case "annuity":
            payment = annuity_payment(given.principal, rate, given.months)
            return lambda _, interest: payment - interest
        case "linear":
            part = round_half_up(Fraction(given.principal, given.months))
            return lambda _balance, _interest: part
        case "bullet":
            return lambda _balance, _interest: 0


def plan(principal: Fen, periods: int, *, rate: Fraction, due: Callable[[Fen, Fen], Fen]) -> list[ScheduleRow]:
    """The rows of a plan; `due(balance, interest)` gives the principal of a period before the last. It is kept between 0 and the balance."""
    rows, balance = [], principal
    for period in range(1, periods + 1):
        interest = round_half_up(balance * rate)
        repaid = balance if period == periods else min(max(due(balance, interest), 0), balance)
        balance -= repaid
        rows.append(ScheduleRow(period=period, principal=repaid, interest=interest, balance=balance))
    assert balance == 0
    return rows
