"""Patent insurance: pure and gross premium."""

from fractions import Fraction

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.money import Money, round_half_up
from langqiao.engine.kernel.number import NotNegative, Share, ShareBelowOne
from langqiao.engine.kernel.record import record


@record
class PremiumInput:
    frequency: NotNegative
    loss: Money
    deductible: Money
    limit: Money
    coinsurance: Share
    loading: ShareBelowOne


@record
class PremiumOutput:
    pure: Money
    gross: Money


@calculation(
    "insurance.premium",
    title_zh="专利保险保费",
    title_en="Premium of a patent insurance",
    formula_zh=(
        "纯保费 = 出险频率 × max(0, min(损失, 限额) − 免赔额) × (1 − 共保比例)；总保费 = 未舍入的纯保费 ÷ (1 − 附加费率)。"
        "限额自损失第一元起算；共保比例为被保险人自担部分。"
    ),
    source="Actuarial practice [p]",
    example={"frequency": 0.02, "loss": "500000.00", "deductible": "50000.00", "limit": "400000.00", "coinsurance": 0.1, "loading": 0.35},
)
def premium(given: PremiumInput) -> PremiumOutput:
    """Pure = frequency × max(0, min(loss, limit) − deductible) × (1 − coinsurance); gross = unrounded pure / (1 − loading).
    The limit counts from the ground up; coinsurance is the share borne by the insured.
    """
    covered = max(0, min(given.loss, given.limit) - given.deductible)
    pure: Fraction = given.frequency * covered * (1 - given.coinsurance)
    return PremiumOutput(pure=round_half_up(pure), gross=round_half_up(pure / (1 - given.loading)))
