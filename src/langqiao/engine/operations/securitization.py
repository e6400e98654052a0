"""Securitization: one payment date of a waterfall to the fen, and the run of a pool with its tranches to the end."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.money import Fen, Money, round_half_up
from langqiao.engine.kernel.number import Figure, Rate, Share
from langqiao.engine.kernel.record import Periods, PositiveCount, Rows, Text, record


@record
class PeriodTranche:
    name: Text
    balance: Money
    rate: Rate


@record
class Reserve:
    balance: Money = 0
    target: Money = 0


@record
class PeriodInput:
    cash: Money
    fees: Money
    tranches: Rows[PeriodTranche]
    principal: Literal["sequential", "pro_rata"]
    reserve: Reserve = Reserve()


@record
class TranchePayment:
    interest: Money
    shortfall: Money
    principal: Money


@record
class PeriodOutput:
    fee: Money
    reserve_top_up: Money
    residual: Money
    tranches: dict[Text, TranchePayment]


@calculation(
    "securitization.period",
    title_zh="证券化单期分配",
    title_en="One payment date of a securitization",
    formula_zh=(
        "顺序：费用；各档利息按优先顺序；储备补足到目标；本金（顺序：优先档在前；按比例：按余额，不超过余额）；剩余。"
        "缺口 = 应付利息 − 已付。储备在此只补充，不动用。"
    ),
    source="[d] on the order in knowledge/capital.md §4.2; the place of the reserve is a deal field",
    example={
        "cash": "5000000.00", "fees": "50000.00", "principal": "sequential", "reserve": {"balance": "0.00", "target": "1000000.00"},
        "tranches": [{"name": "A", "balance": "80000000.00", "rate": 0.01}, {"name": "B", "balance": "20000000.00", "rate": 0.015}],
    },
)  # fmt: skip
def period(given: PeriodInput) -> PeriodOutput:
    """Order: fees; interest of every tranche by seniority; reserve up to its target; principal (sequential: senior first; pro rata: by balance,
    never above it); residual. shortfall = interest due − paid. The reserve is only filled here, not drawn.
    """
    names = [tranche.name for tranche in given.tranches]
    unique_names(names)
    fee = min(given.cash, given.fees)
    left = given.cash - fee
    due = [round_half_up(tranche.balance * tranche.rate) for tranche in given.tranches]
    interest = []
    for amount in due:
        interest.append(min(left, amount))
        left -= interest[-1]
    top_up = min(left, max(0, given.reserve.target - given.reserve.balance))
    left -= top_up
    principal = principal_parts(left, [tranche.balance for tranche in given.tranches], given.principal)
    payments = {
        name: TranchePayment(interest=paid, shortfall=owed - paid, principal=repaid)
        for name, owed, paid, repaid in zip(names, due, interest, principal, strict=True)
    }
    return PeriodOutput(fee=fee, reserve_top_up=top_up, residual=left - sum(principal), tranches=payments)


def unique_names(names: list[str]) -> None:
    """Raises BadInput(inconsistent) where two tranches have one name, out_of_range where there is none."""
    if not names:
        raise BadInput("out_of_range", "there is no tranche", "tranches")
    for i, name in enumerate(names):
        if name in names[:i]:
            raise BadInput("inconsistent", f"tranche {name!r} is listed twice", f"tranches[{i}].name")


def principal_parts(available: Fen, balances: list[Fen], order: Literal["sequential", "pro_rata"]) -> list[Fen]:
    """Principal of each tranche out of the cash available, never above its balance."""
    payable = min(available, sum(balances))
    if not payable:
        return [0] * len(balances)
    if order == "pro_rata":
        return largest_remainder(payable, balances)
    parts = []
    for balance in balances:
        parts.append(min(payable, balance))
        payable -= parts[-1]
    return parts


@record
class Pool:
    balance: Money
    rate: Rate
    periods: Periods
    periods_per_year: PositiveCount
    cpr: Share = Fraction(0)
    cdr: Share = Fraction(0)
    recovery: Share = Fraction(0)


@record
class RunTranche:
    name: Text
    balance: Money
    rate: Rate


@record
class RunInput:
    pool: Pool
    tranches: Rows[RunTranche]
    principal: Literal["sequential_turbo"]


@record
class TrancheResult:
    wal_years: Figure | None
    interest_total: Money
    unpaid: Money


@record
class RunRow:
    """One period of the pool: opening balance and its cash by origin, in yuan; principal by tranche in their order."""

    period: int
    balance: Figure
    default: Figure
    recovery: Figure
    interest: Figure
    scheduled: Figure
    prepayment: Figure
    principal: Rows[Figure]
    residual: Figure


@record
class RunOutput:
    loss_total: Money
    residual_total: Money
    tranches: dict[Text, TrancheResult]
    rows: Rows[RunRow]


@dataclass(slots=True)
class PoolPeriod:
    """Cash of one period of a pool, in fen, not rounded."""

    default: float
    recovery: float
    interest: float
    scheduled: float
    prepayment: float

    @property
    def cash(self) -> float:
        """What is collected."""
        return self.interest + self.scheduled + self.prepayment + self.recovery


def pool_period(balance: float, k: int, pool: Pool) -> PoolPeriod:
    """Period k of a pool on its opening balance: default at the start, recovery without lag, level payment recomputed on the survivors."""
    m, n = pool.periods_per_year, pool.periods
    r = float(pool.rate) / m
    default = balance * (1 - (1 - float(pool.cdr)) ** (1 / m))
    performing = balance - default
    left = n - k + 1
    scheduled = performing * r / math.expm1(left * math.log1p(r)) if r else performing / left
    prepayment = (performing - scheduled) * (1 - (1 - float(pool.cpr)) ** (1 / m))
    return PoolPeriod(default, default * float(pool.recovery), performing * r, scheduled, prepayment)


REPAID_FEN = 0.5
"""A tranche counts as repaid in full when less than half a fen is left."""


@calculation(
    "securitization.run",
    title_zh="证券化现金流测算",
    title_en="Run of a pool and its tranches",
    formula_zh=(
        "第 k 期，期初余额 B，r = 年利率 ÷ m：违约 D = B·(1 − (1 − cdr)^(1/m))，当期回收 D × 回收率；B′ = B − D；利息 B′·r；"
        "计划本金 S = B′·r ÷ ((1 + r)^(n − k + 1) − 1)（利率为零：B′ ÷ (n − k + 1)）；提前还款 (B′ − S)·(1 − (1 − cpr)^(1/m))。"
        "现金先按优先顺序付利息（不足不结转），其余全部偿还首档本金直至还清，再还次档，最后为剩余。"
        "加权平均期限 = Σ 本金 × k ÷ m ÷ 原始余额。测算过程中不舍入。"
    ),
    source="[d]; sizes shaped on a 301 m patent-license deal of 2019 [c size; tranche split p]",
    example={
        "pool": {"balance": "301000000.00", "rate": 0.06, "periods": 20, "periods_per_year": 4, "cpr": 0.05, "cdr": 0.02, "recovery": 0.3},
        "tranches": [{"name": "A", "balance": "285000000.00", "rate": 0.04}, {"name": "B", "balance": "16000000.00", "rate": 0.0}],
        "principal": "sequential_turbo",
    },
)  # fmt: skip
def run(given: RunInput) -> RunOutput:
    """For period k on opening balance B, r = rate / m: default D = B·(1 − (1 − cdr)^(1/m)), recovery D × recovery at once; B′ = B − D;
    interest B′·r; scheduled S = B′·r / ((1 + r)^(n − k + 1) − 1) (rate 0: B′ / (n − k + 1)); prepayment (B′ − S)·(1 − (1 − cpr)^(1/m)).
    Cash pays interest by seniority (what is missing is not carried forward), then all of it as principal of the first tranche until it is
    repaid, then the next; the rest is residual. wal_years = Σ principal × k / m / original balance. Nothing is rounded inside the run.
    """
    unique_names([tranche.name for tranche in given.tranches])
    pool = given.pool
    balances = [float(tranche.balance) for tranche in given.tranches]
    interest_total, weighted = [0.0] * len(balances), [0.0] * len(balances)
    balance, loss, residual, rows = float(pool.balance), 0.0, 0.0, []
    for k in range(1, pool.periods + 1):
        cash = pool_period(balance, k, pool)
        left = cash.cash
        for i, tranche in enumerate(given.tranches):
            paid = min(left, balances[i] * float(tranche.rate) / pool.periods_per_year)
            interest_total[i] += paid
            left -= paid
        principal = []
        for i, owed in enumerate(balances):
            principal.append(min(left, owed))
            balances[i] -= principal[i]
            weighted[i] += principal[i] * k
            left -= principal[i]
        rows.append(_row(k, balance, cash, principal, residual=left))
        residual += left
        loss += cash.default - cash.recovery
        balance -= cash.default + cash.scheduled + cash.prepayment
    return RunOutput(
        loss_total=_fen(loss),
        residual_total=_fen(residual),
        tranches={
            tranche.name: TrancheResult(
                wal_years=weighted[i] / pool.periods_per_year / tranche.balance if tranche.balance and balances[i] < REPAID_FEN else None,
                interest_total=_fen(interest_total[i]),
                unpaid=_fen(balances[i]),
            )
            for i, tranche in enumerate(given.tranches)
        },
        rows=tuple(rows),
    )


def _fen(amount: float) -> Fen:
    return round_half_up(Fraction(max(amount, 0.0)))


def _row(k: int, balance: float, cash: PoolPeriod, principal: list[float], *, residual: float) -> RunRow:
    return RunRow(
        period=k,
        balance=balance / 100,
        default=cash.default / 100,
        recovery=cash.recovery / 100,
        interest=cash.interest / 100,
        scheduled=cash.scheduled / 100,
        prepayment=cash.prepayment / 100,
        principal=tuple(part / 100 for part in principal),
        residual=residual / 100,
    )
