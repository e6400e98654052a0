"""Collateral of a pledge loan: value of the living rights after haircuts, loan to value, and what cures a breach."""

from fractions import Fraction

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.money import Money, round_half_up
from langqiao.engine.kernel.number import Figure, Positive, Share
from langqiao.engine.kernel.record import Flag, Rows, record


@record
class Asset:
    value: Money
    alive: Flag = True
    haircut: Share = Fraction(0)


@record
class CollateralInput:
    balance: Money
    collateral: Rows[Asset]
    trigger: Positive
    cap: Positive


@record
class CollateralOutput:
    value: Money
    ltv: Figure | None
    breached: Flag
    cure: Money
    max_loan: Money


@calculation(
    "loan.collateral",
    title_zh="质押率与补足",
    title_en="Loan to value and cure",
    formula_zh=(
        "押品价值 = Σ 评估值 × (1 − 折扣)，只计存续的权利；质押率 = 余额 ÷ 价值（价值为零则为空值）；质押率 > 触发线即突破。"
        "补足额 = max(0, 余额 − 触发线 × 价值)；最高贷款 = 上限 × 价值。失效、届满或被宣告无效的权利不计价值。"
    ),
    source="[d]; ratios are bank policy [p]",
    example={
        "balance": "3000000.00",
        "collateral": [{"value": "8000000.00", "haircut": 0.3}, {"value": "2000000.00", "alive": False}],
        "trigger": 0.5,
        "cap": 0.4,
    },
)
def collateral(given: CollateralInput) -> CollateralOutput:
    """Value = Σ value × (1 − haircut) over living assets; ltv = balance / value (null if the value is 0); breached = ltv > trigger;
    cure = max(0, balance − trigger × value); max_loan = cap × value. A lapsed, expired or invalidated right counts as nothing.
    """
    value = sum((asset.value * (1 - asset.haircut) for asset in given.collateral if asset.alive), Fraction(0))
    return CollateralOutput(
        value=round_half_up(value),
        ltv=float(given.balance / value) if value else None,
        breached=given.balance > given.trigger * value,
        cure=round_half_up(max(Fraction(0), given.balance - given.trigger * value)),
        max_loan=round_half_up(given.cap * value),
    )
