"""The statutory end of a Chinese right, counted from its filing date."""

import datetime as dt

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.dates import add_years
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Date, record
from langqiao.engine.patents.kinds import Office, PatentType

SOURCE = "Patent Law 42 [c]; ten years for designs filed before 2021-06-01 [p]"


@record
class TermInput:
    """`grant_date` is accepted and plays no part in the rule."""

    office: Office
    type: PatentType
    filing_date: Date
    grant_date: Date | None = None


@record
class TermOutput:
    """`expiry_date` is the day on which the right ends: the first day without it."""

    expiry_date: Date
    term_years: int


def term_years(kind: PatentType, filing_date: dt.date, parameters: Parameters) -> int:
    """Years of the statutory term of a right filed on a day (Patent Law 42)."""
    return int(parameters.value(f"patents.term_years.{kind}", filing_date))


def term_end(kind: PatentType, filing_date: dt.date, parameters: Parameters) -> dt.date:
    """The first day without the right, before any term compensation. The priority date plays no part (Implementing Rules 12)."""
    return add_years(filing_date, term_years(kind, filing_date, parameters))


@calculation(
    "patents.term",
    title_zh="专利权期限届满日",
    title_en="End of the right",
    formula_zh=(
        "届满日 = 申请日 + 20 年（发明）、10 年（实用新型）或 15 年（外观设计；2021-06-01 之前申请的 10 年）。"
        "届满日是名义日期，不因节假日顺延。期限补偿不在此计算，见 patents.pta 与 patents.pte。"
    ),
    source=SOURCE,
    example={"office": "CN", "type": "invention", "filing_date": "2022-03-15"},
)
def term(given: TermInput, parameters: Parameters) -> TermOutput:
    """expiry_date = filing date + 20 (invention), 10 (utility model) or 15 years (design; 10 if filed before 2021-06-01).

    The end is a nominal day and is never moved by a holiday. Term compensation is outside: see patents.pta and patents.pte.
    """
    years = term_years(given.type, given.filing_date, parameters)
    return TermOutput(expiry_date=add_years(given.filing_date, years), term_years=years)
