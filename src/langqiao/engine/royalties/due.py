"""Running royalties: what is due for a period, and what an audit finds."""

from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.money import Money, round_half_up
from langqiao.engine.kernel.number import Figure, Rate, Share
from langqiao.engine.kernel.record import Rows, record


@record
class Tier:
    up_to: Money | None
    rate: Rate


@record
class ThirdParty:
    paid: Money
    credit: Share
    floor: Share


@record
class RoyaltyInput:
    net_sales: Money
    tiers: Rows[Tier]
    third_party: ThirdParty | None = None
    minimum: Money = 0


@record
class RoyaltyOutput:
    earned: Money
    offset: Money
    top_up: Money
    due: Money


@calculation(
    "royalty.due",
    title_zh="当期许可费提成",
    title_en="Royalty due for a period",
    formula_zh=(
        "分档为边际分档：各档费率只适用于落在该档内的销售额。叠加抵减：max(应计 − 第三方许可费 × 抵减比例, 应计 × 下限比例)；"
        "补足 = max(0, 最低许可费 − 抵减后金额)；应付 = 抵减后金额 + 补足。"
    ),
    source="License clauses [c]; Civil Code 846",
    example={
        "net_sales": "12000000.00", "tiers": [{"up_to": "10000000.00", "rate": 0.03}, {"up_to": None, "rate": 0.02}],
        "third_party": {"paid": "100000.00", "credit": 0.5, "floor": 0.5}, "minimum": "200000.00",
    },
)  # fmt: skip
def due(given: RoyaltyInput) -> RoyaltyOutput:
    """Tiers are marginal: each rate applies to the sales inside its band. Stacking offset: max(earned − paid × credit, earned × floor);
    top_up = max(0, minimum − amount after offset); due = amount after offset + top_up.
    """
    _check(given.tiers)
    earned, low = Fraction(0), 0
    for tier in given.tiers:
        high = given.net_sales if tier.up_to is None else min(tier.up_to, given.net_sales)
        earned += max(0, high - low) * tier.rate
        low = max(low, high)
    after = earned
    if given.third_party is not None:
        after = max(earned - given.third_party.paid * given.third_party.credit, earned * given.third_party.floor)
    amount = max(after, Fraction(given.minimum))
    return RoyaltyOutput(
        earned=round_half_up(earned), offset=round_half_up(earned - after), top_up=round_half_up(amount - after), due=round_half_up(amount)
    )


def _check(tiers: tuple[Tier, ...]) -> None:
    if not tiers:
        raise BadInput("out_of_range", "there is no tier", "tiers")
    last = -1
    for i, tier in enumerate(tiers):
        if (tier.up_to is None) != (i == len(tiers) - 1):
            raise BadInput("inconsistent", "only the last tier, and always the last, is without upper limit", f"tiers[{i}].up_to")
        if tier.up_to is not None:
            if tier.up_to <= last:
                raise BadInput("inconsistent", "the tiers must rise", f"tiers[{i}].up_to")
            last = tier.up_to


@record
class AuditInput:
    reported: Money
    due: Money
    cost_shift_threshold: Share = Fraction(5, 100)


@record
class AuditOutput:
    deficiency: Money
    deficiency_share: Figure
    audit_cost_on: Literal["licensee", "licensor"]


@calculation(
    "royalty.audit",
    title_zh="许可费审计结果",
    title_en="Result of a royalty audit",
    formula_zh="少报额 = max(0, 应付 − 已报)，及其占应付的比例；比例超过门槛的，审计费用由被许可人承担。",
    source="License clauses [c]; default threshold [p]",
    example={"reported": "900000.00", "due": "1000000.00"},
)
def audit(given: AuditInput) -> AuditOutput:
    """Deficiency = max(0, due − reported); its share of due; the licensee bears the cost if the share is above the threshold."""
    deficiency = max(0, given.due - given.reported)
    share = Fraction(deficiency, given.due) if given.due else Fraction(0)
    return AuditOutput(
        deficiency=deficiency,
        deficiency_share=float(share),
        audit_cost_on="licensee" if share > given.cost_shift_threshold else "licensor",
    )
