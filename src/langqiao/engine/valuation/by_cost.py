"""Cost and market in an opinion: replacement cost as a floor, comparables as an estimate that names how many they are."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.valuation.given import CostGiven, MarketGiven, Stated, cost_parts, spread
from langqiao.engine.valuation.market import MarketInput, market
from langqiao.engine.valuation.result import MethodResult, UsedInput, ValueBar, bar, fen_of, widest_first
from langqiao.engine.valuation.sampling import Floats, Spread, drawn, percentiles, shuffled_scores

LOSSES = ("functional_obsolescence", "technological_obsolescence", "economic_obsolescence")


def cost_result(given: CostGiven | None, currency: str, seed: int) -> MethodResult:
    """Replacement cost less obsolescence; without ranges p10, p50 and p90 are the same figure, which is right for a floor of known costs."""
    if given is None:
        return MethodResult(method="cost", role="floor", status="not_asked", missing=("cost.items", *(f"cost.{loss}" for loss in LOSSES)))
    missing = tuple(f"cost.{name}" for name, stated in cost_parts(given) if stated is None and name in LOSSES)
    if not given.items:
        missing = ("cost.items", *missing)
    if missing:
        message = f"the cost method needs {', '.join(missing)}"
        return MethodResult(method="cost", role="floor", status="refused", refusal="value_input_missing", message=message, missing=missing)
    stated = _named(given)
    spreads = {name: spread(one, float(one.base), f"cost.{name}") for name, one in stated.items()}
    lost = sum((one.base for name, one in stated.items() if name in LOSSES), Fraction(0))
    if lost > 1:
        message = f"the three losses add up to {float(lost):.4g} of the replacement cost: more than there is"
        raise Refusal("obsolescence_above_cost", message, facts={"obsolescence": float(lost)})
    scores = shuffled_scores(seed, len(spreads))
    figures = {name: drawn(one, score) for (name, one), score in zip(spreads.items(), scores, strict=True)}
    p10, p50, p90 = percentiles(_values(figures))
    return MethodResult(
        method="cost",
        role="floor",
        status="given",
        p10=fen_of(p10),
        p50=fen_of(p50),
        p90=fen_of(p90),
        inputs=tuple(_used(name, one, spreads[name], currency) for name, one in stated.items()),
        tornado=widest_first(_bars(spreads)),
        notes=("floor_not_estimate",),
    )


def _named(given: CostGiven) -> dict[str, Stated]:
    found = {f"items[{index}] {line.what}": line.amount for index, line in enumerate(given.items)}
    return found | {name: stated for name, stated in cost_parts(given) if stated is not None}


def _values(figures: Mapping[str, Floats]) -> Floats:
    new = sum((figure for name, figure in figures.items() if name.startswith("items[")), np.zeros(1))
    profit = figures.get("developer_profit_rate", np.zeros(1))
    lost = sum((figures[name] for name in LOSSES), np.zeros(1))
    result: Floats = new * (1 + profit) * np.maximum(0.0, 1 - lost)
    return result


def _bars(spreads: Mapping[str, Spread]) -> list[ValueBar]:
    base = {name: np.array([one.base]) for name, one in spreads.items()}
    return [
        bar(
            name,
            one.low,
            one.high,
            at_low=float(_values({**base, name: np.array([one.low])})[0]),
            at_high=float(_values({**base, name: np.array([one.high])})[0]),
        )
        for name, one in spreads.items()
    ]


def _used(name: str, stated: Stated, one: Spread, currency: str) -> UsedInput:
    return UsedInput(
        name=name,
        base=one.base,
        low=None if one.is_point else one.low,
        high=None if one.is_point else one.high,
        unit=currency if name.startswith("items[") else "of cost",
        source=stated.source,
        dated=stated.dated,
        by=stated.by,
    )


def market_result(given: MarketGiven | None, currency: str) -> MethodResult:
    """Comparables with unsold lots as censored prices. Without a sale there is no number; with one there is no range, hence no opinion."""
    needed = ("market.comparables",)
    if given is None:
        return MethodResult(method="market", role="estimate", status="not_asked", missing=needed)
    if not given.comparables:
        message = "no comparable deal was given"
        return MethodResult(method="market", role="estimate", status="refused", refusal="no_comparables", message=message, missing=needed)
    try:
        found = market(MarketInput(comparables=given.comparables, subject_quality=given.subject_quality))
    except Refusal as refused:
        return MethodResult(method="market", role="estimate", status="refused", refusal=refused.code, message=refused.message)
    inputs = tuple(
        UsedInput(
            name=f"{lot.label} ({'sold' if lot.sold else 'unsold, reserve'}, {lot.patents} patent(s))",
            base=float(lot.price),
            unit=currency,
            source=given.source,
            dated=given.dated,
        )
        for lot in given.comparables
    )
    if found.p10 is None or found.p90 is None:
        message = "fewer than two different sold prices: a median without dispersion is no opinion of value"
        return MethodResult(
            method="market", role="estimate", status="refused", refusal="value_range_missing", message=message, n=found.sold, inputs=inputs
        )
    return MethodResult(
        method="market",
        role="estimate",
        status="given",
        p10=fen_of(found.p10),
        p50=fen_of(found.median),
        p90=fen_of(found.p90),
        inputs=inputs,
        notes=tuple(found.warnings),
        n=found.sold,
    )
