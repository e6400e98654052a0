"""What a securitization deal is made of: pool, tranches with fixed or floating coupon, fees, reserve, support and triggers."""

from fractions import Fraction
from typing import Annotated, Literal

from langqiao.engine.kernel.calculation import BadInput
from langqiao.engine.kernel.money import Money, PositiveMoney
from langqiao.engine.kernel.number import NotNegative, Number, Positive, Rate, Share
from langqiao.engine.kernel.record import Count, Periods, Rows, Text, count, record
from langqiao.engine.operations.securitization import unique_names


@record
class DealPool:
    """The claims: level payments recomputed on the survivors, defaults at the start of a period, recovery after `recovery_lag` periods."""

    balance: PositiveMoney
    rate: Rate
    periods: Periods
    periods_per_year: Annotated[int, *count(1, 12)]
    cpr: Share = Fraction(0)
    cdr: Share = Fraction(0)
    recovery: Share = Fraction(0)
    recovery_lag: Annotated[int, *count(0, 120)] = 0


@record
class DealTranche:
    """A tranche, most senior first. A floater pays index + `rate`, at most `cap` a year."""

    name: Text
    balance: PositiveMoney
    rate: Number
    kind: Literal["fixed", "floating"] = "fixed"
    cap: Rate | None = None


@record
class DealReserve:
    """Cash that covers missing senior interest; topped up before or after the interest of the other tranches."""

    balance: Money = 0
    target: Money = 0
    place: Literal["before_mezzanine_interest", "after_interest"] = "after_interest"


@record
class Support:
    """A shortfall undertaking (差额支付): pays missing interest and last-period principal of the first `tranches` tranches, up to `limit`."""

    limit: Money
    tranches: Annotated[int, *count(1, 20)] = 1


@record
class Trigger:
    """Trips when the measure passes `level`: cumulative loss ÷ original pool above it, or (pool ÷ tranches) below it."""

    kind: Literal["cumulative_loss", "overcollateralization"]
    level: Positive


@record
class DealInput:
    pool: DealPool
    tranches: Rows[DealTranche]
    principal: Literal["sequential", "pro_rata"]
    fee_rate: Rate = Fraction(0)
    fee_fixed: Money = 0
    index: Rows[NotNegative] = ()
    revolving_periods: Count = 0
    reserve: DealReserve = DealReserve()
    support: Support | None = None
    triggers: Rows[Trigger] = ()


def check_deal(given: DealInput) -> None:
    """Raises BadInput where fields contradict each other."""
    unique_names([tranche.name for tranche in given.tranches])
    floating = [i for i, tranche in enumerate(given.tranches) if tranche.kind == "floating"]
    if floating and not given.index:
        raise BadInput("inconsistent", "a floating tranche needs the path of the index", f"tranches[{floating[0]}].kind")
    for i, tranche in enumerate(given.tranches):
        if tranche.kind == "fixed" and tranche.rate < 0:
            raise BadInput("out_of_range", "a fixed rate is not negative", f"tranches[{i}].rate")
    if given.revolving_periods >= given.pool.periods:
        raise BadInput("inconsistent", "the revolving period leaves no period to amortize in", "revolving_periods")


def coupon(tranche: DealTranche, index: tuple[Fraction, ...], period: int) -> Fraction:
    """The rate a year that a tranche pays in a period (from 1); the index keeps its last level."""
    if tranche.kind == "fixed":
        return tranche.rate
    level = index[min(period, len(index)) - 1] + tranche.rate
    level = max(level, Fraction(0))
    return min(level, tranche.cap) if tranche.cap is not None else level
