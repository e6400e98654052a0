"""What paying an annual fee late costs, and when it is too late."""

import datetime as dt
from fractions import Fraction
from typing import Annotated, Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import Fen, Money, round_half_up
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Count, Date, Flag, count, record
from langqiao.engine.patents.annuity import fees_by_year, grace_end
from langqiao.engine.patents.kinds import Office, PatentType

Ladder = Literal["guideline", "statute"]
Channel = Literal["direct", "post", "bank"]
SOURCE = "Implementing Rules 115 [c]; which month is the first with a surcharge [p]"


def months_overdue(due: dt.date, paid: dt.date) -> int:
    """The smallest k with paid ≤ due + k months; 0 if paid in time."""
    months = max(0, (paid.year - due.year) * 12 + paid.month - due.month - 1)
    while add_months(due, months) < paid:
        months += 1
    return months


def surcharge_of(full_fee: Fen, month: int, ladder: Ladder, parameters: Parameters) -> Fen:
    """The surcharge in fen for payment in started month `month`, on the full fee even where a reduction applies.

    The ladder ends with the grace period: a payment on the working day to which a holiday moves its end is one of its last month.
    """
    month = min(month, int(parameters.value("patents.annuity_grace_months")))
    charged = max(0, month - int(parameters.value(f"patents.surcharge_free_months.{ladder}")))
    return round_half_up(full_fee * charged * Fraction(parameters.value("patents.surcharge_rate_monthly")))


def payment_date(channel: Channel, *, paid_on: dt.date, postmark: dt.date | None = None, remitted_on: dt.date | None = None) -> dt.date:
    """The legal day of a payment (Implementing Rules 111): direct, the day itself; post, the postmark; bank, the actual remittance.

    Raises ValueError if the date that counts for the channel is missing.
    """
    day = {"direct": paid_on, "post": postmark, "bank": remitted_on}[channel]
    if day is None:
        raise ValueError(f"a payment by {channel} needs the date that counts for it")
    return day


@record
class SurchargeInput:
    """One annual fee: its patent year, when it fell due and when it was paid (the legal day of Implementing Rules 111)."""

    office: Office
    type: PatentType
    year: Annotated[int, *count(1, 20)]
    due_date: Date
    paid_date: Date
    ladder: Ladder = "guideline"
    grace_end: Date | None = None


@record
class SurchargeOutput:
    """`surcharge` is null and `lapse_effective` the due date if the fee came after the grace period; `month` is k, 0 in time."""

    surcharge: Money | None
    lapsed: Flag
    lapse_effective: Date | None
    full_fee: Money
    month: Count
    grace_end: Date


@calculation(
    "patents.surcharge",
    title_zh="年费滞纳金",
    title_en="Late payment of an annual fee",
    formula_zh=(
        "第 k 月：使 缴费日 ≤ 期限日 + k 个月 的最小 k。指南口径：全额年费的 5 % × (k − 1)；法条口径：5 % × k。"
        "晚于滞纳期届满（期限日 + 6 个月，或传入的顺延工作日）缴纳的，权利已终止，自期限日起生效。"
    ),
    source=SOURCE,
    example={"office": "CN", "type": "invention", "year": 10, "due_date": "2024-06-12", "paid_date": "2024-09-03"},
)
def surcharge(given: SurchargeInput, parameters: Parameters) -> SurchargeOutput:
    """Month k = the smallest with paid ≤ due + k months. guideline: 5 % × (k − 1) of the full fee; statute: 5 % × k.

    Paid after the end of the grace period (due + 6 months, or the working day the caller passes as grace_end) the right has ended,
    effective on the due date.
    """
    fees = fees_by_year(given.type, parameters)
    if given.year not in fees:
        raise BadInput("out_of_range", f"a {given.type} has no annual fee of year {given.year}", "year")
    end = given.grace_end or grace_end(given.due_date, parameters)
    if end < given.due_date:
        raise BadInput("inconsistent", "the grace period ends before the due date", "grace_end")
    lapsed = given.paid_date > end
    month = months_overdue(given.due_date, given.paid_date)
    return SurchargeOutput(
        surcharge=None if lapsed else surcharge_of(fees[given.year], month, given.ladder, parameters),
        lapsed=lapsed,
        lapse_effective=given.due_date if lapsed else None,
        full_fee=fees[given.year],
        month=month,
        grace_end=end,
    )
