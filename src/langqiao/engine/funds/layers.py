"""Senior and junior layers (优先/劣后) and the government's profit concession (让利)."""

from fractions import Fraction

from langqiao.engine.funds.calls import PartnerAmount, check_unique
from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.money import Money, round_half_up
from langqiao.engine.kernel.number import NotNegative, Rate, Share
from langqiao.engine.kernel.record import Rows, Text, record


@record
class SeniorLayer:
    capital: Money
    rate: Rate


@record
class JuniorLayer:
    capital: Money


@record
class LayersInput:
    proceeds: Money
    senior: SeniorLayer
    years: NotNegative
    junior: JuniorLayer
    gp_share_of_residual: Share


@record
class LayersOutput:
    senior: Money
    junior: Money
    gp: Money


@calculation(
    "fund.layers",
    title_zh="优先级与劣后级分配",
    title_en="Senior and junior layers of a fund",
    formula_zh=(
        "顺序：优先级本金；优先级收益 = 本金 × 年率 × 年数（单利）；劣后级本金；余额。"
        "管理人得余额的约定比例，其余归劣后级。优先级与管理人所得四舍五入，劣后级得其余。"
    ),
    source="Fund practice [p]; senior : junior leverage is a checked parameter",
    example={
        "proceeds": "130000000.00", "senior": {"capital": "60000000.00", "rate": 0.06}, "years": 3,
        "junior": {"capital": "40000000.00"}, "gp_share_of_residual": 0.2,
    },
)  # fmt: skip
def layers(given: LayersInput) -> LayersOutput:
    """Order: senior capital, senior return capital × rate × years (simple), junior capital, residual; the manager gets its share of the
    residual, the junior layer the rest. `senior` and `gp` are rounded, `junior` takes the rest.
    """
    proceeds = Fraction(given.proceeds)
    due = given.senior.capital + given.senior.capital * given.senior.rate * given.years
    senior = min(proceeds, due)
    junior_capital = min(proceeds - senior, Fraction(given.junior.capital))
    gp = (proceeds - senior - junior_capital) * given.gp_share_of_residual
    senior_fen, gp_fen = round_half_up(senior), round_half_up(gp)
    return LayersOutput(senior=senior_fen, gp=gp_fen, junior=given.proceeds - senior_fen - gp_fen)


@record
class GovernmentPartner:
    capital: Money
    share_of_excess_given: Share


@record
class OtherPartner:
    partner: Text
    capital: Money


@record
class ConcessionInput:
    proceeds: Money
    years: NotNegative
    hurdle_rate: Rate
    government: GovernmentPartner
    others: Rows[OtherPartner]


@record
class ConcessionOutput:
    government: Money
    others: Rows[PartnerAmount]
    concession: Money


@calculation(
    "fund.concession",
    title_zh="政府出资让利",
    title_en="Profit concession of the government partner",
    formula_zh=(
        "盈亏按出资比例分担；超额收益 = max(0, 政府盈利 − 出资 × 年率 × 年数)；让利 = 超额收益 × 让利比例，按出资比例给其他合伙人。"
        "让利额和政府所得四舍五入到分，其他合伙人以最大余数法分配其余。"
    ),
    source="The form is [p], decided by each fund's leading group",
    example={
        "proceeds": "150000000.00", "years": 5, "hurdle_rate": 0.04, "government": {"capital": "30000000.00", "share_of_excess_given": 0.5},
        "others": [{"partner": "A", "capital": "50000000.00"}, {"partner": "B", "capital": "20000000.00"}],
    },
)  # fmt: skip
def concession(given: ConcessionInput) -> ConcessionOutput:
    """Profit or loss is shared by capital; excess = max(0, government profit − capital × rate × years); concession = excess × share, given to
    the others by their capital. `concession` and `government` are rounded; the others divide what is left by largest remainder.
    """
    check_unique([other.partner for other in given.others], "others", "partner")
    others_capital = sum(other.capital for other in given.others)
    total = given.government.capital + others_capital
    if not total:
        raise BadInput("inconsistent", "no partner has paid in capital: there is nothing to share by", "government.capital")
    entitled = Fraction(given.proceeds * given.government.capital, total)
    hurdle = given.government.capital * given.hurdle_rate * given.years
    given_up = max(Fraction(0), entitled - given.government.capital - hurdle) * given.government.share_of_excess_given
    if given_up and not others_capital:
        raise BadInput("inconsistent", "nobody is there to whom the concession could go", "others")
    government = round_half_up(entitled - given_up)
    rest = given.proceeds - government
    parts = largest_remainder(rest, [other.capital for other in given.others]) if others_capital else [0] * len(given.others)
    return ConcessionOutput(
        government=government,
        others=tuple(PartnerAmount(partner=other.partner, amount=part) for other, part in zip(given.others, parts, strict=True)),
        concession=round_half_up(given_up),
    )
