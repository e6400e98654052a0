"""What a person states for an opinion of value: figures with range, source and day; nothing here has a default that is a figure."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from langqiao.engine.grading.facts import not_after
from langqiao.engine.kernel.calculation import BadInput
from langqiao.engine.kernel.number import NotNegative, Positive
from langqiao.engine.kernel.record import Count, Date, Flag, Rows, Text, record
from langqiao.engine.valuation.inputs import PositivePerYear, Timing
from langqiao.engine.valuation.market import Comparable
from langqiao.engine.valuation.sampling import Spread

TaxBasis = Literal["after_tax", "pre_tax"]


def _told(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("string_type", "a source is needed: who says so, where, when")
    return value


Source = Annotated[Text, AfterValidator(_told)]
"""Where a figure comes from: never empty."""


@record
class Stated:
    """One figure: `base` with `low` and `high` (read as 10th and 90th percentile; absent: a point), its source and day, who states it."""

    base: NotNegative
    low: NotNegative | None = None
    high: NotNegative | None = None
    source: Source
    dated: Date | None = None
    by: Text = ""


@record
class StatedYears:
    """A figure for each of the years 1…n, with factors `low` and `high` on all of them (0.7 and 1.3: 30 % less or more)."""

    base: PositivePerYear
    low: Positive | None = None
    high: Positive | None = None
    source: Source
    dated: Date | None = None
    by: Text = ""


@record
class StatedRate:
    """A discount rate a year, whether for flows after or before tax, and whether it already holds the risk of the stages ahead."""

    base: NotNegative
    low: NotNegative | None = None
    high: NotNegative | None = None
    basis: TaxBasis
    includes_stage_risk: Flag
    source: Source
    dated: Date | None = None
    by: Text = ""


@record
class StatedFactor:
    """One factor without a range, its source and day."""

    base: Positive
    source: Source
    dated: Date | None = None
    by: Text = ""


@record
class ReliefGiven:
    """Inputs of relief from royalty; `success` the probability of each stage ahead (none: the product is on the market)."""

    currency: Text | None = None
    revenues: StatedYears | None = None
    royalty_rate: Stated | None = None
    discount_rate: StatedRate | None = None
    tax_rate: Stated | None = None
    timing: Timing = "mid_year"
    tax_amortization_benefit: Flag = False
    success: Rows[Stated] = ()


@record
class CostLine:
    """One cost of making the patent again."""

    what: Text
    amount: Stated


@record
class CostGiven:
    """Inputs of the cost method; the three losses are parts of the cost."""

    currency: Text | None = None
    items: Rows[CostLine] = ()
    developer_profit_rate: Stated | None = None
    functional_obsolescence: Stated | None = None
    technological_obsolescence: Stated | None = None
    economic_obsolescence: Stated | None = None


@record
class MarketGiven:
    """Comparable lots, sold and unsold, and the source of the list."""

    currency: Text | None = None
    comparables: Rows[Comparable] = ()
    subject_quality: Positive | None = None
    source: Source
    dated: Date | None = None


@record
class RightGiven:
    """What is known of the right on the day. `status` None: not known for certain; `fees_paid` whether every fee due so far is told as paid.

    `years_run`: CN the patent year, US the whole years since grant: the age of the right in its renewal model.
    """

    office: Text
    type: Text
    status: Text | None = None
    years_run: Count | None = None
    remaining_years: NotNegative | None = None
    fees_paid: Flag | None = None
    owner_is_domestic: Flag | None = None


StatedFigure = Stated | StatedYears | StatedRate


def spread(stated: StatedFigure, base: float, where: str) -> Spread:
    """The range of a stated figure around `base` (1 for a factor). Raises BadInput where low ≤ base ≤ high does not hold."""
    low = base if stated.low is None else float(stated.low)
    high = base if stated.high is None else float(stated.high)
    if not low <= base <= high:
        raise BadInput("inconsistent", f"low {low:g}, base {base:g} and high {high:g} are not in order", where)
    return Spread(low=low, base=base, high=high)


def check_dates(as_of: Date, named: Sequence[tuple[str, StatedFigure | StatedFactor | MarketGiven | None]]) -> None:
    """Raises Refusal(evidence_after_valuation_date) if any stated figure is dated after the day."""
    for name, stated in named:
        if stated is not None:
            not_after(stated.dated, as_of, name)


def relief_parts(given: ReliefGiven) -> Iterator[tuple[str, StatedFigure | None]]:
    """The named inputs of relief from royalty that must be there."""
    yield "revenues", given.revenues
    yield "royalty_rate", given.royalty_rate
    yield "discount_rate", given.discount_rate
    yield "tax_rate", given.tax_rate


def cost_parts(given: CostGiven) -> Iterator[tuple[str, Stated | None]]:
    """The named inputs of the cost method that must be there, its items apart."""
    yield "developer_profit_rate", given.developer_profit_rate
    yield "functional_obsolescence", given.functional_obsolescence
    yield "technological_obsolescence", given.technological_obsolescence
    yield "economic_obsolescence", given.economic_obsolescence
