"""The management fee of a fund: base and rate by period, step-downs, offset of portfolio fees, waivers and rebates, each step shown."""

import datetime as dt
import itertools
from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import DayCount, add_months, year_fraction
from langqiao.engine.kernel.money import Fen, Money, round_half_up
from langqiao.engine.kernel.number import Figure, Rate, Share
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Date, Flag, Rows, record
from langqiao.engine.kernel.refusal import Refusal

MAX_PERIODS = 400


@record
class RateStep:
    """From this day on the fee rate is `rate`."""

    since: Date
    rate: Rate


@record
class DatedAmount:
    date: Date
    amount: Money


@record
class FeeInput:
    """`unrealized_cost` are the steps of the cost base after the investment period; `portfolio_fees`, `waivers` and `rebates` fall into the period
    that holds their day.
    """

    commitments: Money
    start: Date
    investment_end: Date
    end: Date
    rates: Rows[RateStep]
    months_per_period: Literal[1, 3, 6, 12] = 3
    day_count: DayCount = "act_365"
    unrealized_cost: Rows[DatedAmount] = ()
    portfolio_fees: Rows[DatedAmount] = ()
    offset_share: Share = Fraction(1)
    waivers: Rows[DatedAmount] = ()
    rebates: Rows[DatedAmount] = ()
    justified_above_cap: Flag = False


@record
class FeeRow:
    """One period from `since` to `until` (exclusive); `offset_carried` is what of the offset waits for later fees."""

    since: Date
    until: Date
    base_kind: Literal["commitments", "unrealized_cost"]
    base: Money
    rate: Figure
    gross: Money
    offset: Money
    offset_carried: Money
    waiver: Money
    rebate: Money
    net: Money


@record
class FeeOutput:
    rows: Rows[FeeRow]
    gross_total: Money
    net_total: Money


@calculation(
    "fund.management_fee",
    title_zh="管理费计划",
    title_en="Management-fee schedule with step-down and offset",
    formula_zh=(
        "管理费 = 基数 × 费率 × 年数，基数取期初值：投资期为认缴额，其后为未变现成本；基数种类或费率变更处分段计算。"
        "净额 = 管理费 − 抵扣比例 × 被投企业收费 − 减免 − 返还，不低于零，抵扣不完的结转以后各期。超过上限的费率未注明理由的不予受理。"
    ),
    source="Agreement of 湖海华美 as quoted in knowledge/capital.md §1.1 [c]; offset lines as ILPA 2025 [c]; cap of 2 % [p]",
    refusals=("management_fee_above_cap",),
    example={
        "commitments": "100000000.00", "start": "2024-01-01", "investment_end": "2027-01-01", "end": "2029-01-01", "months_per_period": 12,
        "rates": [{"since": "2024-01-01", "rate": 0.02}, {"since": "2027-01-01", "rate": 0.015}],
        "unrealized_cost": [{"date": "2027-01-01", "amount": "60000000.00"}], "portfolio_fees": [{"date": "2025-06-01", "amount": "500000.00"}],
    },
)  # fmt: skip
def management_fee(given: FeeInput, parameters: Parameters) -> FeeOutput:
    """Gross = base × rate × year fraction, base at the start of the period: commitments in the investment period, then unrealized cost;
    a period is cut where base kind or rate changes. net = gross − offset share × portfolio fees − waivers − rebates, never below zero: what
    an offset exceeds is carried to later periods. A rate above the cap is refused unless it is marked as justified.
    """
    _check(given, parameters)
    rows: list[FeeRow] = []
    carried = 0
    for since, until in _periods(given):
        row = _row(given, since, until, carried)
        carried = row.offset_carried
        rows.append(row)
    return FeeOutput(rows=tuple(rows), gross_total=sum(r.gross for r in rows), net_total=sum(r.net for r in rows))


def _check(given: FeeInput, parameters: Parameters) -> None:
    if not given.start <= given.investment_end <= given.end or given.start == given.end:
        raise BadInput("inconsistent", "start, end of the investment period and end must be in order", "end")
    if not given.rates or given.rates[0].since > given.start:
        raise BadInput("inconsistent", "the first rate must be in force at the start", "rates")
    for i, step in enumerate(given.rates):
        if i and step.since <= given.rates[i - 1].since:
            raise BadInput("inconsistent", "rates must be in date order", f"rates[{i}].since")
    cap = Fraction(str(parameters.value("fund.management_fee_cap")))
    highest = max(step.rate for step in given.rates)
    if highest > cap and not given.justified_above_cap:
        raise Refusal(
            "management_fee_above_cap", f"the rate {float(highest):.2%} exceeds the cap {float(cap):.2%}", article="fund agreement"
        )


def _periods(given: FeeInput) -> list[tuple[dt.date, dt.date]]:
    cuts = {given.start, given.end, given.investment_end, *(step.since for step in given.rates)}
    for k in range(1, MAX_PERIODS + 1):
        day = add_months(given.start, k * given.months_per_period)
        if day >= given.end:
            break
        cuts.add(day)
    else:
        raise BadInput("out_of_range", f"the schedule has more than {MAX_PERIODS} periods", "end")
    days = sorted(day for day in cuts if given.start <= day <= given.end)
    return list(itertools.pairwise(days))


def _row(given: FeeInput, since: dt.date, until: dt.date, carried: Fen) -> FeeRow:
    investing = since < given.investment_end
    base = given.commitments if investing else next((step.amount for step in reversed(given.unrealized_cost) if step.date <= since), 0)
    rate = next(step.rate for step in reversed(given.rates) if step.since <= since)
    gross = round_half_up(base * rate * year_fraction(since, until, given.day_count))

    def falling(entries: tuple[DatedAmount, ...]) -> Fen:
        return sum(entry.amount for entry in entries if since <= entry.date < until)

    available = carried + round_half_up(falling(given.portfolio_fees) * given.offset_share)
    offset = min(gross, available)
    waiver = min(gross - offset, falling(given.waivers))
    rebate = min(gross - offset - waiver, falling(given.rebates))
    return FeeRow(
        since=since,
        until=until,
        base_kind="commitments" if investing else "unrealized_cost",
        base=base,
        rate=float(rate),
        gross=gross,
        offset=offset,
        offset_carried=available - offset,
        waiver=waiver,
        rebate=rebate,
        net=gross - offset - waiver - rebate,
    )
