"""What it would cost to have the patent again, less what it has lost: a floor for a decision, not an estimate of value."""

from fractions import Fraction

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.number import Figure, NotNegative, Rate, Share
from langqiao.engine.kernel.record import Rows, Text, record
from langqiao.engine.kernel.refusal import Refusal


@record
class CostItem:
    """One cost of making the invention and the patent again at today's prices: research, tests, drafting, fees."""

    what: Text
    amount: NotNegative


@record
class CostInput:
    """`developer_profit_rate` on the costs; the three losses are parts of the replacement cost, each stated by the appraiser, none assumed."""

    items: Rows[CostItem]
    developer_profit_rate: Rate = Fraction(0)
    functional_obsolescence: Share
    technological_obsolescence: Share
    economic_obsolescence: Share


@record
class CostOutput:
    """`replacement_cost` new with profit, `obsolescence` the part lost, `value` what is left."""

    replacement_cost: Figure
    obsolescence: Figure
    value: Figure


@calculation(
    "valuation.cost",
    title_zh="成本法（重置成本）",
    title_en="Replacement cost less obsolescence",
    formula_zh="价值 = Σ 成本 ×（1 + 利润率）×（1 − 功能性贬值 − 技术性贬值 − 经济性贬值）；贬值之和超过全部成本的不予计算。",
    source="评估值 = 重置成本 × (1 − 贬值率), patent appraisal practice [c]; weak link of cost and value (弱对应性) [c]",
    example={
        "items": [{"what": "research staff", "amount": 800000}, {"what": "drafting and official fees", "amount": 40000}],
        "developer_profit_rate": 0.15,
        "functional_obsolescence": 0.1,
        "technological_obsolescence": 0.2,
        "economic_obsolescence": 0.0,
    },
    refusals=("cost_items_missing", "obsolescence_above_cost"),
)
def replacement_cost(given: CostInput) -> CostOutput:
    """V = Σ items · (1 + profit) · (1 − functional − technological − economic); refused where the losses exceed the whole cost."""
    if not given.items:
        raise Refusal("cost_items_missing", "no cost of making the patent again was given")
    lost = given.functional_obsolescence + given.technological_obsolescence + given.economic_obsolescence
    if lost > 1:
        message = f"the three losses add up to {float(lost):.4g} of the replacement cost: more than there is"
        raise Refusal("obsolescence_above_cost", message, facts={"obsolescence": float(lost)})
    new = sum((item.amount for item in given.items), Fraction(0)) * (1 + given.developer_profit_rate)
    return CostOutput(replacement_cost=float(new), obsolescence=float(lost), value=float(new * (1 - lost)))
