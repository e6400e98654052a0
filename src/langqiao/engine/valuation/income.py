"""What a patent's income is worth: relief from royalty, share by equivalent investment, and risk-adjusted net present value."""

import math
from fractions import Fraction

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.number import Figure, NotNegative, Number, Rate, Share
from langqiao.engine.kernel.record import Flag, Rows, record
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.valuation.inputs import NumberPerYear, Timing, discount, periods


@record
class ReliefInput:
    """`revenues` of the products under the patent in years 1…n, before tax; `royalty_rate` of revenue; `discount_rate` after tax."""

    revenues: NumberPerYear
    royalty_rate: Rate
    discount_rate: Rate
    tax_rate: Share
    timing: Timing = "year_end"
    tax_amortization_benefit: Flag = False


@record
class ReliefOutput:
    """`present_value` of the royalties saved after tax, `tab_factor` of the tax benefit of writing the patent off, `value` their product."""

    present_value: Figure
    tab_factor: Figure
    value: Figure


@calculation(
    "valuation.relief_from_royalty",
    title_zh="许可费节省法",
    title_en="Relief from royalty",
    formula_zh=(
        "价值 = TAB × Σ 收入_t × 费率 × (1 − τ) ÷ (1 + k)^s，s = t（年末）或 t − ½（年中）；TAB = 1 ÷ (1 − τ·A/n)，A = Σ (1 + k)^−s，不计税收摊销利益时为 1。"
        "税收摊销按现金流的 n 年等额摊销。"
    ),
    source="Standard income method [c]; tax amortization benefit on the same timing as the flows [d]",
    example={
        "revenues": [1000000, 1100000, 1200000, 1300000, 1400000],
        "royalty_rate": 0.05,
        "discount_rate": 0.12,
        "tax_rate": 0.25,
        "timing": "year_end",
        "tax_amortization_benefit": True,
    },
)
def relief_from_royalty(given: ReliefInput) -> ReliefOutput:
    """V = TAB · Σ revenue_t · royalty · (1 − τ) / (1 + k)^s, s = t or t − ½; TAB = 1 / (1 − τ·A / n), A = Σ (1 + k)^−s, or 1.

    The benefit is written off in equal parts over the n years of the flows.
    """
    factors = [discount(float(given.discount_rate), s) for s in periods(len(given.revenues), given.timing)]
    saved = float(given.royalty_rate * (1 - given.tax_rate))
    present_value = saved * math.fsum(float(revenue) * factor for revenue, factor in zip(given.revenues, factors, strict=True))
    tab = amortization_factor(factors, float(given.tax_rate)) if given.tax_amortization_benefit else 1.0
    return ReliefOutput(present_value=present_value, tab_factor=tab, value=present_value * tab)


def amortization_factor(factors: list[float], tax_rate: float) -> float:
    """1 / (1 − τ·A / n): what the asset is worth more to an owner who may write it off. Raises BadInput where nothing of it is left."""
    kept = 1 - tax_rate * math.fsum(factors) / len(factors)
    if kept <= 0:
        raise BadInput("out_of_range", "a tax rate of 1 without discounting leaves no finite tax amortization factor", "tax_rate")
    return 1 / kept


@record
class PatentInvestment:
    """What the patent would cost to create again, and the profit rate on that cost (4.0 for 400 %)."""

    replacement_cost: NotNegative
    cost_profit_rate: Rate


@record
class LicenseeInvestment:
    """The assets the licensee puts in, and their profit rate."""

    assets: NotNegative
    profit_rate: Rate


@record
class IncomeShareInput:
    """Both sides' investment, and the licensee's profits in years 1…n at year-end."""

    patent: PatentInvestment
    licensee: LicenseeInvestment
    profits: NumberPerYear
    discount_rate: Rate


@record
class IncomeShareOutput:
    """`share` of the patent in the profits, `present_value` of all profits, `value` their product."""

    share: Figure
    present_value: Figure
    value: Figure


@calculation(
    "valuation.income_share",
    title_zh="约当投资量法收益分成",
    title_en="Income share by equivalent investment",
    formula_zh=(
        "专利分成率 = a ÷ (a + b)，a = 重置成本 × (1 + 成本利润率)，b = 资产 × (1 + 利润率)。价值 = 分成率 × Σ 利润_t ÷ (1 + k)^t。"
    ),
    source="Chinese appraisal textbook problem, equivalent-investment method [c inputs, d solution]",
    example={
        "patent": {"replacement_cost": 1000000, "cost_profit_rate": 4.0},
        "licensee": {"assets": 50000000, "profit_rate": 0.15},
        "profits": [15000000, 15000000, 14000000, 14000000, 13000000],
        "discount_rate": 0.1,
    },
)
def income_share(given: IncomeShareInput) -> IncomeShareOutput:
    """The patent's share is a / (a + b), a = replacement cost · (1 + cost-profit rate), b = assets · (1 + profit rate).

    V = share · Σ profit_t / (1 + k)^t.
    """
    patent = given.patent.replacement_cost * (1 + given.patent.cost_profit_rate)
    licensee = given.licensee.assets * (1 + given.licensee.profit_rate)
    if patent + licensee == 0:
        raise BadInput(
            "inconsistent", "neither the patent nor the licensee has invested anything: there is no share", "patent.replacement_cost"
        )
    share = float(patent / (patent + licensee))
    rate = float(given.discount_rate)
    present_value = math.fsum(float(profit) * discount(rate, year) for year, profit in enumerate(given.profits, start=1))
    return IncomeShareOutput(share=share, present_value=present_value, value=share * present_value)


@record
class DatedAmount:
    """One cash flow: years from today (may be a fraction) and its amount, any sign."""

    year: NotNegative
    amount: Number


@record
class RnpvInput:
    """Cash flows if everything succeeds, and the probability of success of each stage still ahead."""

    cash_flows: Rows[DatedAmount]
    probabilities: Rows[Share]
    discount_rate: Rate
    discount_rate_includes_stage_risk: Flag = False


@record
class RnpvOutput:
    """`probability` that all stages succeed, `value` the risk-adjusted net present value."""

    probability: Figure
    value: Figure


@calculation(
    "valuation.rnpv",
    title_zh="风险调整净现值",
    title_en="Risk-adjusted net present value",
    formula_zh="价值 = Πp × Σ 金额 ÷ (1 + k)^年；折现率已含阶段风险（风险投资折现率 18 % 至 48 %）而又给出成功概率的不予计算。",
    source="rNPV practice of life-science valuation; a venture rate and success probabilities must not meet [c]",
    example={
        "cash_flows": [{"year": 0, "amount": 500000000}],
        "probabilities": [0.65, 0.45, 0.6],
        "discount_rate": 0.1,
        "discount_rate_includes_stage_risk": False,
    },
    refusals=("stage_risk_counted_twice",),
)
def rnpv(given: RnpvInput) -> RnpvOutput:
    """V = Πp · Σ amount / (1 + k)^year; refused where the rate already holds the risk of the stages (venture rates of 18 to 48 %)."""
    if given.discount_rate_includes_stage_risk and given.probabilities:
        raise Refusal(
            "stage_risk_counted_twice",
            f"the discount rate of {float(given.discount_rate):.4g} already holds the risk of the stages; "
            f"{len(given.probabilities)} success probabilities would count it twice",
            facts={"discount_rate": float(given.discount_rate), "probabilities": len(given.probabilities)},
        )
    probability = float(math.prod(given.probabilities, start=Fraction(1)))
    rate = float(given.discount_rate)
    present_value = math.fsum(float(flow.amount) * discount(rate, float(flow.year)) for flow in given.cash_flows)
    return RnpvOutput(probability=probability, value=probability * present_value)
