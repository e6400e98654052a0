"""Expected loss of a loan."""

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.money import Money, round_half_up
from langqiao.engine.kernel.number import Share
from langqiao.engine.kernel.record import record


@record
class ExpectedLossInput:
    pd: Share
    lgd: Share
    exposure: Money


@record
class ExpectedLossOutput:
    expected_loss: Money


@calculation(
    "loan.expected_loss",
    title_zh="预期损失",
    title_en="Expected loss",
    formula_zh="预期损失 = 违约概率 × 违约损失率 × 风险敞口。",
    source="Standard definition [p]",
    example={"pd": 0.03, "lgd": 0.45, "exposure": "5000000.00"},
)
def expected_loss(given: ExpectedLossInput) -> ExpectedLossOutput:
    """expected_loss = probability of default × loss given default × exposure."""
    return ExpectedLossOutput(expected_loss=round_half_up(given.pd * given.lgd * given.exposure))
