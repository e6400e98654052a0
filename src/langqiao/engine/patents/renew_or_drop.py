"""Whether to pay the next annual fee: the value of keeping a right against its fees, and the duties that leave no choice."""

import datetime as dt
from fractions import Fraction
from typing import Annotated, Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import add_years, year_fraction
from langqiao.engine.kernel.money import Money, SignedMoney
from langqiao.engine.kernel.number import Figure, Rate
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Date, Flag, PositiveCount, Rows, Text, count, record
from langqiao.engine.patents.annuity import AnnuitiesInput, AnnuityRow, Reduction, schedule_of
from langqiao.engine.patents.kinds import Office, PatentType


@record
class Duty:
    """Why the right must be kept alive whatever it earns: a license (Interpretation on technology contracts 26) or a pledge."""

    code: Literal["licensor_keeps_patent_alive", "no_abandonment_while_pledged"]
    basis: Text


@record
class RenewInput:
    """A right before the decision of day `on`.

    `net_income`: what the right is expected to earn, after tax and cost other than annuities, in each patent year from the next one to be
    paid for; years not given earn nothing. `discount_rate`: a year.
    """

    office: Office = "CN"
    type: PatentType
    filing_date: Date
    grant_date: Date
    reduction: Reduction = "none"
    on: Date
    paid_through: Annotated[int, *count(1, 20)] | None = None
    net_income: Rows[SignedMoney]
    discount_rate: Rate
    licensed: Flag = False
    pledged: Flag = False


@record
class RenewYear:
    """One year of keeping: its fee, its income, and the present value of keeping up to and including it."""

    year: PositiveCount
    due_date: Date
    fee: Money
    income: SignedMoney
    value_to_here: Figure


@record
class RenewOutput:
    """`decision` keep or drop; `keep_through` the patent year after which dropping is worth most; `value` in yuan at that point."""

    decision: Literal["keep", "drop"]
    reason: Literal["worth_more_than_fees", "worth_less_than_fees", "duty", "nothing_left_to_pay"]
    keep_through: PositiveCount | None
    value: Figure
    next_fee: Money | None
    next_due_date: Date | None
    duties: Rows[Duty]
    years: Rows[RenewYear]


@calculation(
    "patents.renew_or_drop",
    title_zh="续缴或放弃决策",
    title_en="Renew or drop",
    formula_zh=(
        "维持到第 T 年的价值 = Σ_{a ≤ T} (收益_a ÷ (1 + k)^(t_a + 1) − 年费_a ÷ (1 + k)^t_a)，t_a 为自测算日至第 a 年年费期限的年数（实际天数/365）。"
        "年费于期限日支付（已逾期的于当日），收益在所缴年度之末取得。最优 T ≥ 1 的价值大于零则续缴，否则放弃。"
        "许可或质押在身的权利没有选择；没有待缴年费的权利维持不需成本。"
    ),
    source="Optimal stopping of renewals after Schankerman and Pakes [c]; timing of fee and income [d]; JI 26 and Civil Code 444 [c]",
    example={
        "type": "invention",
        "filing_date": "2015-06-10",
        "grant_date": "2017-09-05",
        "on": "2026-03-01",
        "paid_through": 11,
        "net_income": ["9000.00", "8000.00", "5000.00"],
        "discount_rate": 0.12,
    },
)
def renew_or_drop(given: RenewInput, parameters: Parameters) -> RenewOutput:
    """Keeping to year T is worth Σ_{a ≤ T} (income_a / (1 + k)^(t_a + 1) − fee_a / (1 + k)^t_a), t_a = act/365 years from `on` to due(a).

    The fee is paid on its due date (today if overdue), the income comes at the end of the year paid for. The best T ≥ 1 is kept if its
    value is above zero; otherwise drop. A license or a pledge
    leaves no choice, and a right without a fee left to pay costs nothing to keep.
    """
    rows = _open_rows(given, parameters)
    years = _values(given, rows)
    duties = tuple(_duties(given))
    best = max(years, key=lambda year: (year.value_to_here, -year.year), default=None)
    worth = best is not None and best.value_to_here > 0
    return RenewOutput(
        decision="keep" if worth or duties or best is None else "drop",
        reason=_reason(best, worth=worth, bound=bool(duties)),
        keep_through=best.year if best is not None and worth else None,
        value=best.value_to_here if best is not None else 0.0,
        next_fee=rows[0].amount if rows else None,
        next_due_date=rows[0].due_date if rows else None,
        duties=duties,
        years=years,
    )


def _open_rows(given: RenewInput, parameters: Parameters) -> list[AnnuityRow]:
    if not given.filing_date <= given.grant_date <= given.on:
        raise BadInput("inconsistent", "filing, grant and decision must follow each other", "on")
    patent = AnnuitiesInput(
        office=given.office, type=given.type, filing_date=given.filing_date, grant_date=given.grant_date, reduction=given.reduction
    )
    rows = [row for row in schedule_of(patent, parameters) if given.paid_through is None or row.year > given.paid_through]
    if rows and rows[0].grace_end < given.on:
        raise BadInput("inconsistent", f"year {rows[0].year} is unpaid after its grace period: the right has lapsed", "paid_through")
    if len(given.net_income) > len(rows):
        raise BadInput("inconsistent", f"income of {len(given.net_income)} years, but {len(rows)} are left", "net_income")
    return rows


def _values(given: RenewInput, rows: list[AnnuityRow]) -> tuple[RenewYear, ...]:
    years, value = [], 0.0
    for place, row in enumerate(rows):
        income = given.net_income[place] if place < len(given.net_income) else 0
        paid_on = max(row.due_date, given.on)
        fee_now, income_now = (_discount(given, day) for day in (paid_on, add_years(row.due_date, 1)))
        value += (income * income_now - row.amount * fee_now) / 100
        years.append(RenewYear(year=row.year, due_date=row.due_date, fee=row.amount, income=income, value_to_here=value))
    return tuple(years)


def _discount(given: RenewInput, day: dt.date) -> float:
    return float(1 + given.discount_rate) ** -float(max(year_fraction(given.on, day, "act_365"), Fraction(0)))


def _duties(given: RenewInput) -> list[Duty]:
    found = []
    if given.licensed:
        found.append(Duty(code="licensor_keeps_patent_alive", basis="Interpretation on technology contracts 26"))
    if given.pledged:
        found.append(Duty(code="no_abandonment_while_pledged", basis="Pledge Measures (during pledge)"))
    return found


def _reason(
    best: RenewYear | None, *, worth: bool, bound: bool
) -> Literal["worth_more_than_fees", "worth_less_than_fees", "duty", "nothing_left_to_pay"]:
    if best is None:
        return "nothing_left_to_pay"
    if worth:
        return "worth_more_than_fees"
    return "duty" if bound else "worth_less_than_fees"
