"""Runs a securitization deal period by period to the fen: revolving, reserve, triggers, support, switch to sequential, floaters."""

import dataclasses
import math
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.money import Fen, Money, round_half_up
from langqiao.engine.kernel.number import Figure
from langqiao.engine.kernel.record import Flag, Rows, Text, record
from langqiao.engine.operations.securitization import principal_parts
from langqiao.engine.operations.structure import DealInput, DealPool, check_deal, coupon


@record
class DealRow:
    """One payment date. cash in (`collections`, `reserve_drawn`, `support_drawn`) = fees + interest + reserve top-up + principal + reimbursed +
    reinvested + residual, to the fen.
    """

    period: int
    pool_opening: Money
    defaults: Money
    collections: Money
    fees: Money
    interest: Rows[Money]
    shortfall: Rows[Money]
    reserve_drawn: Money
    reserve_topped_up: Money
    reserve_balance: Money
    support_drawn: Money
    reimbursed: Money
    reinvested: Money
    principal: Rows[Money]
    balances: Rows[Money]
    residual: Money
    accelerated: Flag
    tripped: Rows[Text]


@record
class DealTrancheResult:
    interest: Money
    shortfall: Money
    principal: Money
    unpaid: Money
    wal_years: Figure | None


@record
class DealOutput:
    rows: Rows[DealRow]
    tranches: dict[Text, DealTrancheResult]
    loss_total: Money
    residual_total: Money
    support_outstanding: Money
    accelerated_in: int | None


@dataclass(slots=True)
class _State:
    pool: Fen
    balances: list[Fen]
    reserve: Fen
    support_used: Fen = 0
    accelerated_in: int | None = None
    defaults: Fen = 0
    recovered: Fen = 0
    recoveries: deque[Fen] = field(default_factory=deque)


@dataclass(slots=True)
class _Collected:
    opening: Fen
    default: Fen
    interest: Fen
    principal: Fen
    recovery: Fen


@calculation(
    "securitization.deal",
    title_zh="证券化全结构测算",
    title_en="Securitization with revolving period, reserve, triggers and support",
    formula_zh=(
        "每期：期初违约，存续部分按等额本息还款，提前还款，回收滞后到账，收款舍入到分。"
        "顺序：费用；优先级利息；储备（若约定在此）；其他利息；储备；本金；归还差额支付；剩余。"
        "本金为使各档余额降至资产池余额所需的数额，使超额利差弥补违约，按约定顺序支付。优先级利息不足时先动用储备，再由差额支付人支付。"
        "循环期内本金用于购买新资产。触发事件一经发生即永久加速：停止循环，顺序还本，剩余转为本金。"
        "最后一期释放储备，差额支付人在限额内补足其所保各档。"
    ),
    source="[d] on the order in knowledge/capital.md §4.2; invariant P10",
    example={
        "pool": {"balance": "200000000.00", "rate": 0.06, "periods": 12, "periods_per_year": 4, "cpr": 0.05, "cdr": 0.03, "recovery": 0.3, "recovery_lag": 2},
        "tranches": [
            {"name": "A", "balance": "150000000.00", "rate": 0.005, "kind": "floating", "cap": 0.06},
            {"name": "B", "balance": "30000000.00", "rate": 0.045}, {"name": "次级", "balance": "20000000.00", "rate": 0},
        ],
        "index": [0.031, 0.029], "principal": "pro_rata", "fee_rate": 0.002, "revolving_periods": 2, "reserve": {"balance": "2000000.00", "target": "3000000.00"},
        "support": {"limit": "10000000.00", "tranches": 1}, "triggers": [{"kind": "cumulative_loss", "level": 0.05}],
    },
)  # fmt: skip
def deal(given: DealInput) -> DealOutput:
    """Each period: defaults at the start, level payment on the survivors, prepayment, recovery after its lag, collections rounded to the fen.
    Order: fees; senior interest; reserve (if placed there); other interest; reserve; principal; reimbursement of the supporter; residual.
    Principal is what brings the tranches down to the pool's balance, so that excess spread covers defaults, by the deal's order.
    Missing senior interest draws the reserve, then the support. While revolving, principal buys new claims. A tripped trigger accelerates
    for good: no more revolving, sequential principal, and the residual turns into principal. In the last period the reserve is released and
    the support covers what its tranches still miss, up to its limit.
    """
    check_deal(given)
    state = _State(given.pool.balance, [tranche.balance for tranche in given.tranches], given.reserve.balance)
    rows = [_period(given, state, k) for k in range(1, given.pool.periods + 1)]
    m = given.pool.periods_per_year
    results = {}
    for i, tranche in enumerate(given.tranches):
        weighted = sum(row.principal[i] * row.period for row in rows)
        results[tranche.name] = DealTrancheResult(
            interest=sum(row.interest[i] for row in rows),
            shortfall=sum(row.shortfall[i] for row in rows),
            principal=tranche.balance - state.balances[i],
            unpaid=state.balances[i],
            wal_years=float(Fraction(weighted, m * tranche.balance)) if not state.balances[i] else None,
        )
    return DealOutput(
        rows=tuple(rows),
        tranches=results,
        loss_total=state.defaults - state.recovered,
        residual_total=sum(row.residual for row in rows),
        support_outstanding=state.support_used,
        accelerated_in=state.accelerated_in,
    )


def _collect(pool: DealPool, state: _State, k: int, *, revolving: bool) -> _Collected:
    m, opening = pool.periods_per_year, state.pool
    default = round_half_up(Fraction(opening * (1 - (1 - float(pool.cdr)) ** (1 / m))))
    performing = opening - default
    r = float(pool.rate) / m
    left = pool.periods - k + 1
    interest = round_half_up(performing * pool.rate / m)
    scheduled = performing * r / math.expm1(left * math.log1p(r)) if r else performing / left
    prepaid = (performing - scheduled) * (1 - (1 - float(pool.cpr)) ** (1 / m))
    principal = performing if left == 1 else min(performing, round_half_up(Fraction(scheduled + prepaid)))
    state.recoveries.append(round_half_up(default * pool.recovery))
    lagged = len(state.recoveries) > pool.recovery_lag
    recovery = state.recoveries.popleft() if lagged else 0
    if left == 1:
        recovery += sum(state.recoveries)
        state.recoveries.clear()
    state.defaults += default
    state.recovered += recovery
    state.pool = performing if revolving else performing - principal
    return _Collected(opening, default, interest, principal, recovery)


def _period(given: DealInput, state: _State, k: int) -> DealRow:
    tripped = _tripped(given, state)
    if tripped and state.accelerated_in is None:
        state.accelerated_in = k
    revolving = k <= given.revolving_periods and state.accelerated_in is None
    got = _collect(given.pool, state, k, revolving=revolving)
    collections = got.interest + got.principal + got.recovery
    left = collections
    reinvested = got.principal if revolving else 0
    left -= reinvested
    last = k == given.pool.periods
    fees = min(left, round_half_up(got.opening * given.fee_rate / given.pool.periods_per_year) + given.fee_fixed)
    left -= fees
    paid = _interest(given, state, k, left)
    left = paid.left
    drawn_last = state.reserve if last else 0
    state.reserve -= drawn_last
    left += drawn_last
    state.support_used += paid.support
    principal, support = _principal(given, state, left, revolving=revolving, last=last)
    left += support - sum(principal)
    reimbursed = min(left, state.support_used) if not last or not any(state.balances) else 0
    state.support_used += support - reimbursed
    return DealRow(
        period=k,
        pool_opening=got.opening,
        defaults=got.default,
        collections=collections,
        fees=fees,
        interest=tuple(paid.interest),
        shortfall=tuple(paid.shortfall),
        reserve_drawn=paid.reserve_drawn + drawn_last,
        reserve_topped_up=paid.topped_up,
        reserve_balance=state.reserve,
        support_drawn=paid.support + support,
        reimbursed=reimbursed,
        reinvested=reinvested,
        principal=tuple(principal),
        balances=tuple(state.balances),
        residual=left - reimbursed,
        accelerated=state.accelerated_in is not None,
        tripped=tuple(tripped),
    )


def _tripped(given: DealInput, state: _State) -> list[str]:
    loss = Fraction(state.defaults - state.recovered, given.pool.balance)
    owed = sum(state.balances)
    cover = Fraction(state.pool, owed) if owed else None
    names = []
    for trigger in given.triggers:
        if trigger.kind == "cumulative_loss" and loss > trigger.level:
            names.append("cumulative_loss")
        if trigger.kind == "overcollateralization" and cover is not None and cover < trigger.level:
            names.append("overcollateralization")
    return names


@dataclass(slots=True)
class _Interest:
    left: Fen
    interest: list[Fen]
    shortfall: list[Fen]
    reserve_drawn: Fen = 0
    topped_up: Fen = 0
    support: Fen = 0


def _interest(given: DealInput, state: _State, k: int, available: Fen) -> _Interest:
    paid = _Interest(available, [], [])
    m = given.pool.periods_per_year
    for i, tranche in enumerate(given.tranches):
        due = round_half_up(state.balances[i] * coupon(tranche, given.index, k) / m)
        amount = min(paid.left, due)
        paid.left -= amount
        if i == 0 and amount < due:
            drawn = min(due - amount, state.reserve)
            state.reserve -= drawn
            paid.reserve_drawn += drawn
            amount += drawn
        if given.support is not None and i < given.support.tranches and amount < due:
            called = min(due - amount, given.support.limit - state.support_used - paid.support)
            paid.support += called
            amount += called
        paid.interest.append(amount)
        paid.shortfall.append(due - amount)
        if (i == 0 and given.reserve.place == "before_mezzanine_interest") or (
            i == len(given.tranches) - 1 and given.reserve.place == "after_interest"
        ):
            top_up = min(paid.left, max(0, given.reserve.target - state.reserve))
            state.reserve += top_up
            paid.left -= top_up
            paid.topped_up += top_up
    return paid


def _principal(given: DealInput, state: _State, available: Fen, *, revolving: bool, last: bool) -> tuple[list[Fen], Fen]:
    """Principal by tranche out of the cash left, and what the support adds in the last period."""
    if revolving:
        return [0] * len(state.balances), 0
    accelerated = state.accelerated_in is not None
    owed = sum(state.balances)
    payable = available if accelerated or last else min(available, max(0, owed - state.pool))
    order = "sequential" if accelerated or last else given.principal
    parts = principal_parts(payable, state.balances, order)
    support = 0
    if last and given.support is not None:
        for i in range(min(given.support.tranches, len(parts))):
            called = min(state.balances[i] - parts[i], given.support.limit - state.support_used - support)
            parts[i] += max(called, 0)
            support += max(called, 0)
    state.balances = [balance - part for balance, part in zip(state.balances, parts, strict=True)]
    return parts, support


@record
class BreakEvenInput:
    deal: DealInput
    tranche: Text


@record
class BreakEvenOutput:
    cdr: Figure | None
    reason: Text | None
    first_loss_multiple: Figure | None


@calculation(
    "securitization.break_even",
    title_zh="盈亏平衡违约率",
    title_en="Break-even default rate of a tranche",
    formula_zh=(
        "使该档没有利息缺口且本金全部偿还的最高固定违约率（精确到 1e-6），用二分法求得；"
        "零违约时已不足额或永远足额的，给出空值与原因。首损倍数 = 盈亏平衡违约率 ÷ 本交易设定的违约率。"
    ),
    source="[d]: largest CDR at which the tranche still gets all interest and principal",
    example={
        "deal": {
            "pool": {"balance": "100000000.00", "rate": 0.06, "periods": 12, "periods_per_year": 4, "cdr": 0.02, "recovery": 0.3},
            "tranches": [{"name": "A", "balance": "80000000.00", "rate": 0.04}, {"name": "B", "balance": "20000000.00", "rate": 0}],
            "principal": "sequential",
        },
        "tranche": "A",
    },
)  # fmt: skip
def break_even(given: BreakEvenInput) -> BreakEvenOutput:
    """The largest constant default rate (to 1e-6) at which the tranche has no interest shortfall and nothing unpaid, by bisection; null with the
    reason where it fails even without defaults or never fails. first_loss_multiple = break-even ÷ the deal's own rate.
    """
    if given.tranche not in {tranche.name for tranche in given.deal.tranches}:
        raise BadInput("inconsistent", f"there is no tranche {given.tranche!r}", "tranche")
    check_deal(given.deal)
    if not _holds(given, Fraction(0)):
        return BreakEvenOutput(cdr=None, reason="fails_without_defaults", first_loss_multiple=None)
    if _holds(given, Fraction(1)):
        return BreakEvenOutput(cdr=None, reason="never_fails", first_loss_multiple=None)
    low, high = Fraction(0), Fraction(1)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if _holds(given, middle) else (low, middle)
    own = given.deal.pool.cdr
    return BreakEvenOutput(cdr=float(low), reason=None, first_loss_multiple=float(low / own) if own else None)


def _holds(given: BreakEvenInput, cdr: Fraction) -> bool:
    stressed = dataclasses.replace(given.deal, pool=dataclasses.replace(given.deal.pool, cdr=cdr))
    result = deal(stressed).tranches[given.tranche]
    return not result.shortfall and not result.unpaid
