"""Capital calls: how a call is split by commitments, and what a later closer pays the earlier ones."""

from fractions import Fraction

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import year_fraction
from langqiao.engine.kernel.money import Money, PositiveMoney, fen_to_yuan, round_half_up
from langqiao.engine.kernel.number import Rate
from langqiao.engine.kernel.record import Date, Rows, Text, record
from langqiao.engine.kernel.refusal import Refusal


@record
class Commitment:
    partner: Text
    commitment: PositiveMoney


@record
class CallInput:
    amount: PositiveMoney
    commitments: Rows[Commitment]


@record
class PartnerAmount:
    partner: Text
    amount: Money


@record
class CallOutput:
    calls: Rows[PartnerAmount]


def check_unique(names: list[str], field: str, part: str) -> None:
    """Raises BadInput(inconsistent) at the first repeated name."""
    for i, name in enumerate(names):
        if name in names[:i]:
            raise BadInput("inconsistent", f"{name!r} is listed twice", f"{field}[{i}].{part}")


@calculation(
    "fund.call",
    title_zh="缴款通知分摊",
    title_en="Capital call split by commitments",
    formula_zh="出资额_i = 缴款总额 × 认缴额_i ÷ Σ 认缴额，以最大余数法分到分，余数相同的先列者得。",
    source="Partnership Law 65; first close of the Beijing key-industry IP operation fund [c]; rounding [d]",
    refusals=("call_above_commitment",),
    example={
        "amount": "1000000.00",
        "commitments": [{"partner": "A", "commitment": "30000000.00"}, {"partner": "B", "commitment": "10000000.00"}],
    },
)
def call(given: CallInput) -> CallOutput:
    """call_i = amount × commitment_i / Σ commitments, to the fen by largest remainder, ties to the first listed."""
    check_unique([entry.partner for entry in given.commitments], "commitments", "partner")
    total = sum(entry.commitment for entry in given.commitments)
    if given.amount > total:
        raise Refusal(
            "call_above_commitment",
            f"the call of {fen_to_yuan(given.amount)} exceeds the commitments of {fen_to_yuan(total)}",
            article="Partnership Law 65; fund agreement",
        )
    parts = largest_remainder(given.amount, [entry.commitment for entry in given.commitments])
    return CallOutput(calls=tuple(PartnerAmount(partner=e.partner, amount=part) for e, part in zip(given.commitments, parts, strict=True)))


@record
class EqualizeInput:
    funded: Money
    funded_on: Date
    joined_on: Date
    earlier_commitment: PositiveMoney
    later_commitment: PositiveMoney
    rate: Rate


@record
class EqualizeOutput:
    capital: Money
    interest: Money
    later_pays: Money
    earlier_receives: Money
    earlier_unfunded_increase: Money


@calculation(
    "fund.equalize",
    title_zh="后续入伙补缴",
    title_en="Equalization of a later closer",
    formula_zh="补缴本金 = 已缴 × 后入认缴 ÷ (先入认缴 + 后入认缴)；补缴利息 = 未舍入本金 × 年率 × 天数 ÷ 365，利息不算返还出资。",
    source="Fund practice [p]",
    example={
        "funded": "40000000.00", "funded_on": "2024-01-01", "joined_on": "2024-07-01",
        "earlier_commitment": "100000000.00", "later_commitment": "25000000.00", "rate": 0.08,
    },
)  # fmt: skip
def equalize(given: EqualizeInput) -> EqualizeOutput:
    """Capital = funded × later / (earlier + later); interest = exact capital × rate × days / 365, no return of capital."""
    if given.joined_on < given.funded_on:
        raise BadInput("inconsistent", "the later partner joins before the call was funded", "joined_on")
    exact_capital = Fraction(given.funded * given.later_commitment, given.earlier_commitment + given.later_commitment)
    interest = round_half_up(exact_capital * given.rate * year_fraction(given.funded_on, given.joined_on, "act_365"))
    capital = round_half_up(exact_capital)
    return EqualizeOutput(
        capital=capital,
        interest=interest,
        later_pays=capital + interest,
        earlier_receives=capital + interest,
        earlier_unfunded_increase=capital,
    )
