"""The distribution waterfall of a fund: return of capital, preferred return, catch-up, split; whole fund or deal by deal."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from itertools import groupby
from typing import Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import DayCount, year_fraction
from langqiao.engine.kernel.money import Fen, Money, round_half_up
from langqiao.engine.kernel.number import Rate, Share, ShareBelowOne
from langqiao.engine.kernel.record import Date, Rows, Text, record

PRECISION = 50
"""Decimal digits of the intermediate figures: a trillion yuan over a century keeps more than 25 digits behind the fen."""
NOISE = Decimal("1e-20")
"""Figures that differ by less are the same: a half fen stays a half fen after a division."""
CONTEXT = Context(prec=PRECISION)

Compounding = Literal["compound_annual", "simple"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallTerms:
    """The terms of a waterfall. Rates a year; `catch_up` u and `carry` c are shares; compounding and day count are mandatory contract fields."""

    pref_rate: Decimal
    pref_compounding: Compounding
    day_count: DayCount
    catch_up: Decimal
    carry: Decimal


@dataclass(slots=True)
class Tiers:
    """Exact amounts in fen by tier."""

    return_of_capital: Decimal = Decimal(0)
    preferred_return: Decimal = Decimal(0)
    catch_up_gp: Decimal = Decimal(0)
    catch_up_lp: Decimal = Decimal(0)
    split_lp: Decimal = Decimal(0)
    split_gp: Decimal = Decimal(0)

    @property
    def gp(self) -> Decimal:
        """What the manager gets."""
        return self.catch_up_gp + self.split_gp

    @property
    def lp(self) -> Decimal:
        """What the partners get."""
        return self.return_of_capital + self.preferred_return + self.catch_up_lp + self.split_lp

    def add(self, other: "Tiers") -> None:
        """Adds another set of tiers to this one."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Waterfall:
    """The running state of one waterfall: capital outstanding and preferred return due, both in exact fen, as of the last date seen."""

    terms: WaterfallTerms
    on: dt.date | None = None
    capital: Decimal = Decimal(0)
    pref_due: Decimal = Decimal(0)
    paid: Tiers = field(default_factory=Tiers)

    def accrue(self, day: dt.date) -> None:
        """Lets the preferred return grow to a day, which must not lie before the last one."""
        if self.on is not None and day > self.on:
            years = year_fraction(self.on, day, self.terms.day_count)
            if self.terms.pref_compounding == "simple":
                self.pref_due += self.capital * self.terms.pref_rate * years.numerator / years.denominator
            else:
                balance = self.capital + self.pref_due
                self.pref_due = balance * _root_of_growth(self.terms.pref_rate, years.denominator) ** years.numerator - self.capital
        self.on = day

    def contribute(self, amount: Fen) -> None:
        """Capital paid in on the current day."""
        self.capital += amount

    def distribute(self, amount: Fen) -> Tiers:
        """The tiers of one distribution on the current day."""
        left, tiers = Decimal(amount), Tiers()
        tiers.return_of_capital = min(left, self.capital)
        self.capital -= tiers.return_of_capital
        left -= tiers.return_of_capital
        tiers.preferred_return = min(left, max(self.pref_due, Decimal(0)))
        self.pref_due -= tiers.preferred_return
        left -= tiers.preferred_return
        left -= self._catch_up(left, tiers)
        tiers.split_gp = left * self.terms.carry
        tiers.split_lp = left - tiers.split_gp
        self.paid.add(tiers)
        return tiers

    def _catch_up(self, left: Decimal, tiers: Tiers) -> Decimal:
        u, c = self.terms.catch_up, self.terms.carry
        if u <= c:
            return Decimal(0)
        through = c * (self.paid.preferred_return + tiers.preferred_return) / (u - c)
        taken = min(left, max(through - self.paid.catch_up_gp - self.paid.catch_up_lp, Decimal(0)))
        tiers.catch_up_gp = taken * u
        tiers.catch_up_lp = taken - tiers.catch_up_gp
        return taken


@lru_cache(maxsize=1024)
def _root_of_growth(rate: Decimal, parts: int) -> Decimal:
    """(1 + rate)^(1/parts), exact for parts = 1; a whole power of it is 30 times faster than a fractional one each time."""
    with localcontext(CONTEXT):
        return 1 + rate if parts == 1 else (1 + rate) ** (Decimal(1) / parts)


def to_fen(exact: Decimal) -> Fen:
    """The fen of an exact amount, halves up; noise of the last digits is taken off first."""
    return int(exact.quantize(NOISE, context=CONTEXT).quantize(Decimal(1), ROUND_HALF_UP, context=CONTEXT))


@record
class Flow:
    """One flow of a fund: a contribution or a distribution, and the deal it belongs to."""

    date: Date
    contribution: Money | None = None
    distribution: Money | None = None
    deal: Text | None = None


@record
class WaterfallInput:
    kind: Literal["european", "american"]
    pref_rate: Rate
    pref_compounding: Compounding
    day_count: Literal["30_360", "act_365"]
    catch_up: Share
    carry: ShareBelowOne
    flows: Rows[Flow]


@record
class TierAmounts:
    return_of_capital: Money
    preferred_return: Money
    catch_up_gp: Money
    catch_up_lp: Money
    split_lp: Money
    split_gp: Money


@record
class DistributionRow:
    """The working: one distribution date with its tiers, and what stays outstanding after it."""

    date: Date
    deal: Text | None
    distribution: Money
    tiers: TierAmounts
    capital_outstanding: Money
    preferred_return_due: Money


@record
class WaterfallOutput:
    tiers: TierAmounts
    lp: Money
    gp: Money
    clawback: Money | None
    lp_after_clawback: Money | None
    gp_after_clawback: Money | None
    rows: Rows[DistributionRow]


_EXAMPLE = {
    "kind": "european", "pref_rate": 0.08, "pref_compounding": "compound_annual", "day_count": "30_360", "catch_up": 1.0, "carry": 0.2,
    "flows": [{"date": "2020-01-01", "contribution": "100000000.00"}, {"date": "2021-01-01", "distribution": "300000000.00"}],
}  # fmt: skip


@calculation(
    "fund.waterfall",
    title_zh="基金收益分配（瀑布）",
    title_en="Distribution waterfall of a fund",
    formula_zh=(
        "把基金的分配在合伙人与管理人之间划分。每次分配依次支付：(1) 未返还的出资；(2) 应付未付的优先回报；"
        "(3) 追赶：本层累计 X = c·P ÷ (u − c)，管理人得 u·X，仅当 u > c；(4) 其余，管理人得 c。"
        "同一日先出资后分配，同日分配合并计算。复利：门槛余额按 (1 + 年率)^年数 增长；单利：年率 × 未返还出资 × 年数。"
        "逐项目（美式）：每个项目自成一个瀑布；回拨 = 已得业绩报酬超过整体基金（欧式）瀑布应得的部分，税前。管理人所得四舍五入，合伙人得其余。"
    ),
    source="Partnership agreements as quoted in knowledge/capital.md §1.1 [c]; Partnership Law 33, 69",
    example=_EXAMPLE,
)
def waterfall(given: WaterfallInput) -> WaterfallOutput:
    """Splits a fund's distributions between its partners and the manager.

    Order of each distribution: (1) contributed capital not yet returned; (2) preferred return accrued and unpaid; (3) catch-up: total
    through the tier X = c·P / (u − c), of which the manager takes u·X, only if u > c; (4) the rest, c to the manager. On one date
    contributions come first and distributions act as their sum. `compound_annual` grows the hurdle balance by (1 + rate)^years;
    `simple` is rate × capital outstanding × years. `american`: each deal is a waterfall of its own; the clawback is the carry received
    beyond what the European waterfall over all flows would give, gross of tax. `gp` is rounded, `lp` takes the rest.
    """
    check_flows(given)
    with localcontext(CONTEXT):
        terms = terms_of(given)
        whole, rows = run(terms, given.flows)
        if given.kind == "european":
            return _output(whole, rows, None)
        deals = {flow.deal: None for flow in given.flows}
        parts = [run(terms, [flow for flow in given.flows if flow.deal == deal]) for deal in deals]
        total = Tiers()
        for tiers, _ in parts:
            total.add(tiers)
        merged = sorted((row for _, part in parts for row in part), key=lambda row: row.date)
        return _output(total, merged, whole)


def terms_of(given: WaterfallInput) -> WaterfallTerms:
    """The terms with decimal rates."""

    def decimal(value: "Rate") -> Decimal:
        return Decimal(value.numerator) / Decimal(value.denominator)

    return WaterfallTerms(
        pref_rate=decimal(given.pref_rate),
        pref_compounding=given.pref_compounding,
        day_count=given.day_count,
        catch_up=decimal(given.catch_up),
        carry=decimal(given.carry),
    )


def check_flows(given: WaterfallInput) -> None:
    """Raises BadInput for a flow that is both or neither kind, out of order, or without a needed deal."""
    last: dt.date | None = None
    for i, flow in enumerate(given.flows):
        if (flow.contribution is None) == (flow.distribution is None):
            raise BadInput("inconsistent", "a flow is either a contribution or a distribution", f"flows[{i}]")
        if given.kind == "american" and flow.deal is None:
            raise BadInput("missing_field", "deal by deal, every flow names its deal", f"flows[{i}].deal")
        if last is not None and flow.date < last:
            raise BadInput("inconsistent", "flows must be in date order", f"flows[{i}].date")
        last = flow.date


def run(terms: WaterfallTerms, flows: Iterable[Flow]) -> tuple[Tiers, list[DistributionRow]]:
    """The tiers over all flows of one waterfall, and a row for each distribution date."""
    rows: list[DistributionRow] = []
    state = run_state(terms, flows, rows)
    return state.paid, rows


def run_state(terms: WaterfallTerms, flows: Iterable[Flow], rows: list[DistributionRow] | None = None) -> Waterfall:
    """The state after all flows of one waterfall; a row for each distribution date is added to `rows`."""
    state = Waterfall(terms)
    for day, group in groupby(flows, key=lambda flow: flow.date):
        today = list(group)
        state.accrue(day)
        state.contribute(sum(flow.contribution or 0 for flow in today))
        amount = sum(flow.distribution or 0 for flow in today)
        if amount:
            tiers = state.distribute(amount)
            if rows is not None:
                rows.append(_row(day, today[0].deal, amount, tiers, state=state))
    return state


def _row(day: dt.date, deal: str | None, amount: Fen, tiers: Tiers, *, state: Waterfall) -> DistributionRow:
    return DistributionRow(
        date=day,
        deal=deal,
        distribution=amount,
        tiers=_amounts(tiers),
        capital_outstanding=to_fen(state.capital),
        preferred_return_due=to_fen(max(state.pref_due, Decimal(0))),
    )


def _amounts(tiers: Tiers) -> TierAmounts:
    return TierAmounts(**{name: to_fen(getattr(tiers, name)) for name in Tiers.__slots__})


def _output(tiers: Tiers, rows: Sequence[DistributionRow], whole: Tiers | None) -> WaterfallOutput:
    total = round_half_up(tiers.lp + tiers.gp)
    gp = to_fen(tiers.gp)
    lp = total - gp
    clawback = None if whole is None else max(0, gp - to_fen(whole.gp))
    return WaterfallOutput(
        tiers=_amounts(tiers),
        lp=lp,
        gp=gp,
        clawback=clawback,
        lp_after_clawback=None if clawback is None else lp + clawback,
        gp_after_clawback=None if clawback is None else gp - clawback,
        rows=tuple(rows),
    )
