"""Risk-compensation pools: how a loss is divided among those who share it."""

from fractions import Fraction

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.money import Money
from langqiao.engine.kernel.number import Positive
from langqiao.engine.kernel.record import Text, record


@record
class PoolSplitInput:
    loss: Money
    shares: dict[Text, Positive]


@record
class PoolSplitOutput:
    parts: dict[Text, Money]


@calculation(
    "pool.split",
    title_zh="风险补偿分担",
    title_en="Split of a loss among those who share the risk",
    formula_zh="各方分担 = 损失 × 份额 ÷ 100，以最大余数法分到分，余数相同的先列者得；份额之和须为 100。",
    source="Published splits: Zhongshan 54:26:16:4, Zhuhai 60:40, Qingdao 60:20:20 [c]",
    example={"loss": "1000000.00", "shares": {"fund": 54, "bank": 26, "insurer": 16, "appraiser": 4}},
)
def split(given: PoolSplitInput) -> PoolSplitOutput:
    """Part = loss × share / 100 by largest remainder, ties in the order of the names; the shares must sum to 100."""
    total = sum(given.shares.values(), Fraction(0))
    if total != 100:
        raise BadInput("inconsistent", f"the shares sum to {float(total):g}, not to 100", "shares")
    parts = largest_remainder(given.loss, list(given.shares.values()))
    return PoolSplitOutput(parts=dict(zip(given.shares, parts, strict=True)))
