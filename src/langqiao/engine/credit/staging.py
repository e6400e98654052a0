"""Stages of impairment after IFRS 9: which stage a loan is in, for which reasons, and the expected loss that follows."""

from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.money import Money, round_half_up
from langqiao.engine.kernel.number import NotNegative, Rate, Share
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Count, Flag, Rows, Text, record


@record
class StageInput:
    """`pd_12_months` and `pd_lifetime` are today's; `pd_at_origination` is the lifetime probability when the loan was granted."""

    days_past_due: Count
    pd_12_months: Share
    pd_lifetime: Share
    pd_at_origination: Share
    lgd: Share
    exposure: Money
    collateral_alive: Flag = True
    watch_list: Flag = False
    defaulted: Flag = False
    effective_rate: Rate = Fraction(0)
    years_to_loss: NotNegative = Fraction(0)


@record
class StageOutput:
    stage: Literal[1, 2, 3]
    reasons: Rows[Text]
    horizon: Literal["12_months", "lifetime"]
    probability: float
    expected_loss: Money


@calculation(
    "loan.stage",
    title_zh="减值三阶段",
    title_en="IFRS 9 stage and expected loss",
    formula_zh=(
        "第三阶段：已违约或逾期超过违约天数；第二阶段：逾期超过预警天数、列入观察名单、押品失效，"
        "或整个存续期违约概率不低于初始确认时的约定倍数；其余为第一阶段。预期损失 = 概率 × 违约损失率 × 敞口 ÷ (1 + 实际利率)^年数；"
        "概率在第一阶段取 12 个月，第二阶段取整个存续期，第三阶段取 1。"
    ),
    source="IFRS 9 5.5.3, 5.5.5, 5.5.11 (30 days past due), B5.5.37 (90 days past due) [p]; ratio of probabilities [p]",
    example={
        "days_past_due": 35, "pd_12_months": 0.04, "pd_lifetime": 0.09, "pd_at_origination": 0.05, "lgd": 0.45, "exposure": "3000000.00",
        "effective_rate": 0.045, "years_to_loss": 1,
    },
)  # fmt: skip
def stage(given: StageInput, parameters: Parameters) -> StageOutput:
    """Stage 3: defaulted or past due beyond the default limit; stage 2: past due beyond the early limit, on the watch list, collateral dead, or
    lifetime probability at least `ratio` times that at origination; else stage 1. Expected loss = probability × lgd × exposure /
    (1 + effective rate)^years; the probability is that of 12 months in stage 1, of the lifetime in stage 2, and 1 in stage 3.
    """
    if given.pd_lifetime < given.pd_12_months:
        raise BadInput("inconsistent", "the lifetime probability is below that of 12 months", "pd_lifetime")
    third = _third(given, parameters)
    second = _second(given, parameters)
    probability = Fraction(1) if third else given.pd_lifetime if second else given.pd_12_months
    loss = probability * given.lgd * given.exposure
    if given.effective_rate and given.years_to_loss:
        loss /= Fraction((1 + float(given.effective_rate)) ** float(given.years_to_loss))
    return StageOutput(
        stage=3 if third else 2 if second else 1,
        reasons=tuple(third or second),
        horizon="lifetime" if third or second else "12_months",
        probability=float(probability),
        expected_loss=round_half_up(loss),
    )


def _third(given: StageInput, parameters: Parameters) -> list[str]:
    limit = int(parameters.value("loan.stage.default_days"))
    reasons = ["defaulted"] if given.defaulted else []
    return [*reasons, "past_due_default"] if given.days_past_due >= limit else reasons


def _second(given: StageInput, parameters: Parameters) -> list[str]:
    ratio = Fraction(str(parameters.value("loan.stage.probability_ratio")))
    risen = given.pd_lifetime > 0 and given.pd_lifetime >= ratio * given.pd_at_origination
    found = {
        "past_due": given.days_past_due >= int(parameters.value("loan.stage.early_days")),
        "watch_list": given.watch_list,
        "collateral_dead": not given.collateral_alive,
        "probability_risen": risen,
    }
    return [reason for reason, holds in found.items() if holds]
