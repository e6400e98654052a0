"""Published distributions of royalty rates, as dated cited tables to hold a proposed rate against; never an input by themselves."""

from collections.abc import Sequence
from typing import Literal

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.number import Figure, Rate
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Date, Flag, Rows, Text, record

CUMULATIVE = "valuation.royalty_prior.parr_all_technologies"
MEDIANS = "valuation.royalty_prior.royaltystat_median"
SURVEY = "valuation.royalty_prior.survey_ranges"

Industry = Literal[
    "software_saas", "pharma_biotech", "medical_devices", "consumer_products",
    "electronics_hardware", "chemicals_materials", "automotive_industrial", "semiconductors",
]  # fmt: skip


@record
class PriorInput:
    """`royalty_rate` to be held against the tables (optional); `industry` of the survey; `on` the day whose tables count."""

    royalty_rate: Rate | None = None
    industry: Industry | None = None
    on: Date | None = None


@record
class PriorRow:
    """One table's answer: its range or the shares of deals between which the rate falls, with source and whether it is confirmed."""

    table: Text
    low: Figure
    high: Figure
    meaning: Literal["share_of_deals_at_or_below", "industry_medians", "survey_range"]
    inside: Flag | None
    source: Text
    confirmed: Flag
    note: Text


@record
class PriorOutput:
    """One row a table that has something to say."""

    rows: Rows[PriorRow]


@calculation(
    "valuation.royalty_prior",
    title_zh="许可费率参考",
    title_en="Published royalty rates",
    formula_zh=(
        "给出费率所落入的交易占比、行业中位数和调查区间，并逐一说明该费率是否在区间之内。"
        "落在两个已刊费率之间的，占比只知在两者之间：给出上下限，不作内插。"
    ),
    source="Parr; RoyaltyStat; survey of 2026: each row names its own source and whether it is confirmed",
    example={"royalty_rate": 0.045, "industry": "electronics_hardware"},
)
def royalty_prior(given: PriorInput, parameters: Parameters) -> PriorOutput:
    """The shares of deals between which a rate falls, the industry medians, and the survey range, each with whether the rate is inside.

    Between two printed rates the share is only known to lie between theirs: low and high are given, nothing is interpolated.
    """
    rows = []
    if given.royalty_rate is not None:
        low, high = bracket(parameters.value(CUMULATIVE, given.on), float(given.royalty_rate))
        rows.append(_row(CUMULATIVE, (low, high), "share_of_deals_at_or_below", given=given, parameters=parameters, compare=False))
    rows.append(_row(MEDIANS, parameters.value(MEDIANS, given.on), "industry_medians", given=given, parameters=parameters))
    if given.industry is not None:
        span = parameters.value(SURVEY, given.on)[given.industry]
        rows.append(_row(SURVEY, span, "survey_range", given=given, parameters=parameters))
    return PriorOutput(rows=tuple(rows))


def bracket(table: Sequence[Sequence[float]], rate: float) -> tuple[float, float]:
    """The cumulative shares between which a rate falls: (share at the printed rate not above it, at the next one)."""
    below = max((share for printed, share in table if printed <= rate), default=0.0)
    above = min((share for printed, share in table if printed >= rate), default=1.0)
    return float(below), float(above)


def _row(
    key: str,
    span: Sequence[float],
    meaning: Literal["share_of_deals_at_or_below", "industry_medians", "survey_range"],
    *,
    given: PriorInput,
    parameters: Parameters,
    compare: bool = True,
) -> PriorRow:
    value = parameters.get(key).at(given.on)
    inside = None if given.royalty_rate is None or not compare else bool(span[0] <= given.royalty_rate <= span[1])
    return PriorRow(
        table=key,
        low=float(span[0]),
        high=float(span[1]),
        meaning=meaning,
        inside=inside,
        source=value.source,
        confirmed=value.confirmed,
        note=value.note,
    )
