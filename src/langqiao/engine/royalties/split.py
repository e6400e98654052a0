"""Income of a transfer or license between contributors and owner (职务科技成果)."""

from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.money import Money, fen_to_yuan, round_half_up
from langqiao.engine.kernel.number import Share
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Flag, Rows, Text, record
from langqiao.engine.kernel.refusal import Refusal


@record
class SplitInput:
    income: Money
    inventor_share: Share
    inventors: dict[Text, Share]
    owner_kind: Literal["state_institute", "company"]
    costs: Rows[Money] = ()
    has_rule_or_agreement: Flag = True


@record
class SplitOutput:
    net_income: Money
    inventors_total: Money
    owner: Money
    inventors: dict[Text, Money]


@calculation(
    "income.split",
    title_zh="职务科技成果收益分配",
    title_en="Split of income with the inventors",
    formula_zh=(
        "净收入 = 收入 − 成本；完成人总额四舍五入，单位得其余，各完成人以最大余数法分配。"
        "不予受理：净收入为负；国家设立的研究开发机构、高等院校低于法定比例（不论有无规定）；其他单位既无规定又无约定而低于法定比例。"
    ),
    source="Law on Promoting the Transformation of Scientific and Technological Achievements 44, 45 [c]",
    refusals=("net_income_negative", "inventor_share_below_statutory_minimum"),
    example={
        "income": "1000000.00",
        "costs": ["50000.00"],
        "inventor_share": 0.7,
        "inventors": {"甲": 0.6, "乙": 0.4},
        "owner_kind": "state_institute",
    },
)
def split(given: SplitInput, parameters: Parameters) -> SplitOutput:
    """Net = income − costs; inventors_total is rounded, owner = net − inventors_total, contributors divide it by largest remainder.
    Refused: a negative net income; a state institute below the statutory share whatever its rule; any unit below it without rule or agreement.
    """
    if sum(given.inventors.values(), Fraction(0)) != 1:
        raise BadInput("inconsistent", "the shares of the contributors do not sum to 1", "inventors")
    net = given.income - sum(given.costs)
    if net < 0:
        raise Refusal("net_income_negative", f"costs exceed the income by {fen_to_yuan(-net)}")
    minimum = Fraction(str(parameters.value("income.inventor_share_minimum")))
    if given.inventor_share < minimum and (given.owner_kind == "state_institute" or not given.has_rule_or_agreement):
        raise Refusal(
            "inventor_share_below_statutory_minimum",
            f"the contributors get {float(given.inventor_share):.0%} of net income, the law asks for at least {float(minimum):.0%}",
            article="Technology Transformation Law 45",
        )
    total = round_half_up(net * given.inventor_share)
    parts = largest_remainder(total, list(given.inventors.values()))
    return SplitOutput(net_income=net, inventors_total=total, owner=net - total, inventors=dict(zip(given.inventors, parts, strict=True)))
