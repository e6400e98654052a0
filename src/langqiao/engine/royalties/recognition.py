"""Revenue from a license fee: what is recognized by a day, and what is deferred."""

import datetime as dt
from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.dates import whole_months
from langqiao.engine.kernel.money import Money, round_half_up
from langqiao.engine.kernel.record import Date, Periods, record


@record
class RecognizeInput:
    amount: Money
    months: Periods
    start: Date
    as_of: Date
    nature: Literal["right_to_access", "right_to_use"]


@record
class RecognizeOutput:
    recognized: Money
    deferred: Money


@calculation(
    "revenue.recognize",
    title_zh="许可收入确认",
    title_en="Recognition of a license fee",
    formula_zh=(
        "访问权：自开始日起按截至当日终了的完整月数直线确认，不超过总月数。使用权：自开始日起全部确认。"
        "开始日之前不确认。递延 = 金额 − 已确认。"
    ),
    source="IFRS 15, right to access over time, right to use at a point in time [c]; whole months [d]",
    example={"amount": "1200000.00", "months": 12, "start": "2025-04-01", "as_of": "2025-12-31", "nature": "right_to_access"},
)
def recognize(given: RecognizeInput) -> RecognizeOutput:
    """Access: straight line by whole months completed at the end of the day `as_of`, at most `months`. Use: everything from `start` on.
    Nothing before `start`. deferred = amount − recognized.
    """
    recognized = 0
    if given.as_of >= given.start:
        if given.nature == "right_to_use":
            recognized = given.amount
        else:
            recognized = round_half_up(Fraction(given.amount * _completed(given), given.months))
    return RecognizeOutput(recognized=recognized, deferred=given.amount - recognized)


def _completed(given: RecognizeInput) -> int:
    """Whole months at the end of the day as_of, which counts itself: 2025-04-01 to 2025-12-31 is nine."""
    if given.as_of == dt.date.max:
        return given.months
    return min(given.months, whole_months(given.start, given.as_of + dt.timedelta(days=1)))
