"""The annual fees of a portfolio by calendar year, and when its rights end."""

from collections import defaultdict
from typing import Annotated

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.money import Money
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Count, Date, PositiveCount, Rows, Text, count, record
from langqiao.engine.patents.annuity import SOURCE, AnnuitiesInput, AnnuityRow, Reduction, schedule_of
from langqiao.engine.patents.kinds import Office, PatentType
from langqiao.engine.patents.term import term_end

MAX_SPAN_YEARS = 40
CalendarYear = Annotated[int, *count(1985, 2200)]


@record
class Holding:
    """One granted patent; `paid_through` is the last patent year already paid, `drop_on` the day from which nothing more is paid."""

    id: Text
    office: Office = "CN"
    type: PatentType
    filing_date: Date
    grant_date: Date
    reduction: Reduction = "none"
    paid_through: Annotated[int, *count(1, 20)] | None = None
    drop_on: Date | None = None


@record
class BudgetInput:
    """The portfolio and the calendar years of the budget, both included."""

    patents: Rows[Holding]
    from_year: CalendarYear
    to_year: CalendarYear


@record
class BudgetRow:
    """One fee: whose, for which patent year, when due, how much."""

    id: Text
    year: PositiveCount
    due_date: Date
    amount: Money
    full_amount: Money


@record
class BudgetYear:
    """The fees due in one calendar year, and how many rights reach the end of their term in it."""

    year: PositiveCount
    fees: Count
    amount: Money
    full_amount: Money
    expiries: Count


@record
class BudgetOutput:
    """`years` one by one, `rows` by due date (then in the order given), `total` of all."""

    total: Money
    years: Rows[BudgetYear]
    rows: Rows[BudgetRow]


@calculation(
    "patents.annuity_budget",
    title_zh="专利组合年费预算",
    title_en="Annuity budget of a portfolio",
    formula_zh=(
        "列入所选各日历年内到期、尚未缴纳且早于放弃日的年费（同 patents.annuities）。"
        "届满数为当年期满的权利数，此前放弃的除外；以前年度的欠费不在预算之内。"
    ),
    source=SOURCE,
    example={
        "from_year": 2026,
        "to_year": 2028,
        "patents": [{"id": "A", "type": "invention", "filing_date": "2015-06-10", "grant_date": "2017-09-05", "paid_through": 11}],
    },
)
def annuity_budget(given: BudgetInput, parameters: Parameters) -> BudgetOutput:
    """Every fee of patents.annuities that falls due in the calendar years asked for, is not paid yet and comes before `drop_on`.

    `expiries` counts the rights whose term ends in the year, unless they are dropped before; overdue fees of earlier years are not in
    the budget.
    """
    if not given.from_year <= given.to_year < given.from_year + MAX_SPAN_YEARS:
        raise BadInput("inconsistent", f"the budget covers 1 to {MAX_SPAN_YEARS} years", "to_year")
    for place, holding in enumerate(given.patents):
        if not holding.filing_date <= holding.grant_date < term_end(holding.type, holding.filing_date, parameters):
            raise BadInput("inconsistent", "the grant is outside the life of the patent", f"patents[{place}].grant_date")
    rows = sorted((row for holding in given.patents for row in _rows(holding, given, parameters)), key=lambda row: row.due_date)
    return BudgetOutput(total=sum(row.amount for row in rows), years=_by_year(given, rows, parameters), rows=tuple(rows))


def _rows(holding: Holding, given: BudgetInput, parameters: Parameters) -> list[BudgetRow]:
    patent = AnnuitiesInput(
        office=holding.office,
        type=holding.type,
        filing_date=holding.filing_date,
        grant_date=holding.grant_date,
        reduction=holding.reduction,
    )
    return [
        BudgetRow(id=holding.id, year=row.year, due_date=row.due_date, amount=row.amount, full_amount=row.full_amount)
        for row in schedule_of(patent, parameters)
        if _is_due(holding, row, given)
    ]


def _is_due(holding: Holding, row: AnnuityRow, given: BudgetInput) -> bool:
    unpaid = holding.paid_through is None or row.year > holding.paid_through
    kept = holding.drop_on is None or row.due_date < holding.drop_on
    return unpaid and kept and given.from_year <= row.due_date.year <= given.to_year


def _by_year(given: BudgetInput, rows: list[BudgetRow], parameters: Parameters) -> tuple[BudgetYear, ...]:
    due: dict[int, list[BudgetRow]] = defaultdict(list)
    for row in rows:
        due[row.due_date.year].append(row)
    ends: dict[int, int] = defaultdict(int)
    for holding in given.patents:
        end = term_end(holding.type, holding.filing_date, parameters)
        ends[end.year] += holding.drop_on is None or end < holding.drop_on
    return tuple(
        BudgetYear(
            year=year,
            fees=len(due[year]),
            amount=sum(row.amount for row in due[year]),
            full_amount=sum(row.full_amount for row in due[year]),
            expiries=ends[year],
        )
        for year in range(given.from_year, given.to_year + 1)
    )
