"""Which input moves a value most: one input at a time from its low to its high figure, all others at their base."""

import dataclasses
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Literal, TypeVar

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.number import Figure, NotNegative
from langqiao.engine.kernel.record import Rows, record
from langqiao.engine.valuation.income import DatedAmount, ReliefInput, RnpvInput, relief_from_royalty, rnpv

Field = Literal["royalty_rate", "discount_rate", "tax_rate", "revenue_factor", "cash_flow_factor", "probability"]


@record
class Range:
    """The low and the high figure of one input; the two factors multiply every year's figure (1 = base)."""

    field: Field
    low: NotNegative
    high: NotNegative


@record
class TornadoInput:
    """One of the two valuations, and the ranges to be tried."""

    relief_from_royalty: ReliefInput | None = None
    rnpv: RnpvInput | None = None
    ranges: Rows[Range]


@record
class Bar:
    """The value with one input at its low and at its high figure; `swing` is the distance of the two."""

    field: Field
    low: Figure
    high: Figure
    value_at_low: Figure
    value_at_high: Figure
    swing: Figure


@record
class TornadoOutput:
    """`base` value, and the bars from the widest to the narrowest."""

    base: Figure
    bars: Rows[Bar]


ReliefChange = Callable[[ReliefInput, Fraction], ReliefInput]
RELIEF: Mapping[str, ReliefChange] = {
    "royalty_rate": lambda given, x: dataclasses.replace(given, royalty_rate=x),
    "discount_rate": lambda given, x: dataclasses.replace(given, discount_rate=x),
    "tax_rate": lambda given, x: dataclasses.replace(given, tax_rate=x),
    "revenue_factor": lambda given, x: dataclasses.replace(given, revenues=tuple(revenue * x for revenue in given.revenues)),
}
RnpvChange = Callable[[RnpvInput, Fraction], RnpvInput]
RNPV: Mapping[str, RnpvChange] = {
    "discount_rate": lambda given, x: dataclasses.replace(given, discount_rate=x),
    "probability": lambda given, x: dataclasses.replace(given, probabilities=(x,)),
    "cash_flow_factor": lambda given, x: dataclasses.replace(
        given, cash_flows=tuple(DatedAmount(year=flow.year, amount=flow.amount * x) for flow in given.cash_flows)
    ),
}
T = TypeVar("T")
AT_MOST_ONE = {"tax_rate", "probability"}


@calculation(
    "valuation.tornado",
    title_zh="单因素敏感性（龙卷风图）",
    title_en="One-at-a-time sensitivity",
    formula_zh="每个输入取其低值与高值、其余取基准时的价值；按 |高值结果 − 低值结果| 由大到小排列。",
    source="Standard sensitivity analysis [p]",
    example={
        "relief_from_royalty": {"revenues": [1000000, 1100000], "royalty_rate": 0.05, "discount_rate": 0.12, "tax_rate": 0.25},
        "ranges": [
            {"field": "royalty_rate", "low": 0.03, "high": 0.07},
            {"field": "discount_rate", "low": 0.1, "high": 0.18},
            {"field": "revenue_factor", "low": 0.6, "high": 1.3},
        ],
    },
    refusals=("stage_risk_counted_twice",),
)
def tornado(given: TornadoInput) -> TornadoOutput:
    """value_at_low and value_at_high of each input with all others at base; bars sorted by |value_at_high − value_at_low|, widest first."""
    evaluate = _evaluator(given)
    bars = []
    for index, span in enumerate(given.ranges):
        _check(span, index)
        low, high = evaluate(index, span.low), evaluate(index, span.high)
        bars.append(
            Bar(
                field=span.field,
                low=float(span.low),
                high=float(span.high),
                value_at_low=low,
                value_at_high=high,
                swing=abs(high - low),
            )
        )
    return TornadoOutput(base=evaluate(None, Fraction(0)), bars=tuple(sorted(bars, key=lambda bar: -bar.swing)))


def _evaluator(given: TornadoInput) -> Callable[[int | None, Fraction], float]:
    """The value with the input of range `index` set to a figure, or the base value where `index` is None."""
    relief, risky = given.relief_from_royalty, given.rnpv
    if (relief is None) == (risky is None):
        raise BadInput("inconsistent", "give either relief_from_royalty or rnpv", "relief_from_royalty")

    def evaluate(index: int | None, figure: Fraction) -> float:
        if relief is not None:
            changed = relief if index is None else _change(RELIEF, given, index)(relief, figure)
            return relief_from_royalty(changed).value
        assert risky is not None
        return rnpv(risky if index is None else _change(RNPV, given, index)(risky, figure)).value

    return evaluate


def _change(changes: Mapping[str, T], given: TornadoInput, index: int) -> T:
    field = given.ranges[index].field
    if field not in changes:
        raise BadInput(
            "not_allowed", f"{field} is no input of this valuation; its inputs are {', '.join(changes)}", f"ranges[{index}].field"
        )
    return changes[field]


def _check(span: Range, index: int) -> None:
    if span.low > span.high:
        raise BadInput("inconsistent", "the low figure is above the high one", f"ranges[{index}].low")
    if span.field in AT_MOST_ONE and span.high > 1:
        raise BadInput("out_of_range", f"{span.field} is at most 1", f"ranges[{index}].high")
