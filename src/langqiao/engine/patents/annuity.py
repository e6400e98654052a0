"""The annual fees of a Chinese patent: table, due dates, reductions, and the schedule still to come."""

import datetime as dt
from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import add_months, add_years, whole_months
from langqiao.engine.kernel.money import Fen, Money, round_half_up
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Count, Date, Flag, PositiveCount, Rows, record
from langqiao.engine.patents.kinds import Office, PatentType
from langqiao.engine.patents.term import term_end, term_years

Reduction = Literal["none", "single_85", "joint_70"]
SOURCE = "CNIPA fee guide 2025 [c]; Implementing Rules 60, 114, 115 [c]; design years 11-15 and the count of ten reduced fees [p]"


def fees_by_year(kind: PatentType, parameters: Parameters, on: dt.date | None = None) -> dict[int, Fen]:
    """Full annual fee in fen by patent year, as far as the fee table runs (designs: to year 15)."""
    rows = list(parameters.value(f"patents.annuity_yuan.{kind}", on))
    if kind == "design":
        rows += parameters.value("patents.annuity_yuan.design_years_11_15", on)
    return {year: fee * 100 for first, last, fee in rows for year in range(first, last + 1)}


def due_date(filing_date: dt.date, year: int) -> dt.date:
    """The day the fee of patent year `year` falls due: filing + (year - 1) years (Implementing Rules 115)."""
    return add_years(filing_date, year - 1)


def patent_year(filing_date: dt.date, day: dt.date) -> int:
    """The patent year (from 1) in which a day not before filing lies; year n begins on the (n - 1)th anniversary of filing."""
    return whole_months(filing_date, day) // 12 + 1


def grace_end(due: dt.date, parameters: Parameters) -> dt.date:
    """The last day to pay a fee late, before any holiday moves it."""
    return add_months(due, int(parameters.value("patents.annuity_grace_months", due)))


def reduced_fee(full: Fen, shares: list[Fraction]) -> Fen:
    """The fee after the largest of the reductions that apply, never a sum or product; rounded half up to the fen."""
    return round_half_up(full * (1 - max(shares, default=Fraction(0))))


def reduction_share(reduction: Reduction, grant_year: int, year: int, parameters: Parameters) -> Fraction:
    """The reduced part of the fee of a year: 85 % or 70 % from the grant year for ten fees, else 0."""
    if reduction == "none" or not grant_year <= year < grant_year + int(parameters.value("patents.fee_reduction_years")):
        return Fraction(0)
    return Fraction(parameters.value(f"patents.fee_reduction.{reduction}"))


@record
class AnnuitiesInput:
    """A granted Chinese patent and the fee reduction granted to its owners."""

    office: Office
    type: PatentType
    filing_date: Date
    grant_date: Date
    reduction: Reduction = "none"


@record
class AnnuityRow:
    """The fee of one patent year: when it falls due, what is to be paid, the full fee, and the last day of the grace period."""

    year: PositiveCount
    due_date: Date
    amount: Money
    full_amount: Money
    reduced: Flag
    grace_end: Date


@record
class AnnuitiesOutput:
    """`full_life_total`: unreduced fees of year 1 to the last year of the term; `schedule`: each year after the grant year."""

    full_life_total: Money
    grant_year: PositiveCount
    last_year: PositiveCount
    schedule: Rows[AnnuityRow]
    schedule_total: Money
    schedule_years: Count


@calculation(
    "patents.annuities",
    title_zh="年费缴纳计划",
    title_en="Annual fees still to come",
    formula_zh=(
        "第 n 年年费期限 = 申请日 + (n − 1) 年，对授权年度之后的每一年；授权年度的年费在办理登记时缴纳。"
        "减缴自授权年度起连同其后九年的年费：单一申请人减 85 %，共同申请人减 70 %；只适用最优的一种。开放许可的 15 % 取决于日期，不在此计算。"
    ),
    source=SOURCE,
    example={"office": "CN", "type": "invention", "filing_date": "2015-06-10", "grant_date": "2017-09-05", "reduction": "single_85"},
)
def annuities(given: AnnuitiesInput, parameters: Parameters) -> AnnuitiesOutput:
    """due(n) = filing date + (n − 1) years for every year n after the grant year; the grant-year fee is paid at registration.

    A reduction takes 85 % (one eligible applicant) or 70 % (joint) off the fees of the grant year and the nine years after it;
    only the best reduction applies. The 15 % of an open license depends on dates and is outside.
    """
    if given.grant_date < given.filing_date:
        raise BadInput("inconsistent", "the grant is before the filing", "grant_date")
    if given.grant_date >= term_end(given.type, given.filing_date, parameters):
        raise BadInput("inconsistent", "the grant is not before the end of the term", "grant_date")
    schedule = schedule_of(given, parameters)
    last = term_years(given.type, given.filing_date, parameters)
    fees = fees_by_year(given.type, parameters)
    return AnnuitiesOutput(
        full_life_total=sum(fees[year] for year in range(1, last + 1)),
        grant_year=patent_year(given.filing_date, given.grant_date),
        last_year=last,
        schedule=schedule,
        schedule_total=sum(row.amount for row in schedule),
        schedule_years=len(schedule),
    )


def schedule_of(given: AnnuitiesInput, parameters: Parameters) -> tuple[AnnuityRow, ...]:
    """One row for each year after the grant year to the last year of the term."""
    fees = fees_by_year(given.type, parameters)
    grant_year = patent_year(given.filing_date, given.grant_date)
    rows = []
    for year in range(grant_year + 1, term_years(given.type, given.filing_date, parameters) + 1):
        share = reduction_share(given.reduction, grant_year, year, parameters)
        due = due_date(given.filing_date, year)
        rows.append(
            AnnuityRow(
                year=year,
                due_date=due,
                amount=reduced_fee(fees[year], [share]),
                full_amount=fees[year],
                reduced=share > 0,
                grace_end=grace_end(due, parameters),
            )
        )
    return tuple(rows)
