"""Relief from royalty in an opinion: stated ranges drawn together, the guards on rate, tax and life, and the tornado."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from langqiao.engine.kernel.calculation import BadInput
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.valuation.given import ReliefGiven, RightGiven, StatedFigure, StatedRate, relief_parts, spread
from langqiao.engine.valuation.inputs import periods
from langqiao.engine.valuation.result import MethodResult, UsedInput, ValueBar, bar, fen_of, widest_first
from langqiao.engine.valuation.sampling import Floats, Spread, drawn, percentiles, shuffled_scores

Figures = Mapping[str, Floats]
UNITS = {"royalty_rate": "of revenue", "discount_rate": "a year", "tax_rate": "of profit", "revenue_factor": "× base of every year"}
AT_MOST_ONE = ("tax_rate", "success")


def relief_result(given: ReliefGiven | None, right: RightGiven, currency: str, seed: int) -> MethodResult:
    """The method's percentiles over 4,096 scenarios. Raises Refusal for inputs that may not stand together; a missing one refuses the method."""
    if given is None:
        missing = tuple(f"relief_from_royalty.{name}" for name, _ in relief_parts(ReliefGiven()))
        return MethodResult(method="relief_from_royalty", role="estimate", status="not_asked", missing=missing)
    missing = tuple(f"relief_from_royalty.{name}" for name, stated in relief_parts(given) if stated is None)
    if missing:
        message = f"relief from royalty needs {', '.join(missing)}"
        return MethodResult(
            method="relief_from_royalty", role="estimate", status="refused", refusal="value_input_missing", message=message, missing=missing
        )
    _guard(given, right)
    spreads = _spreads(given)
    if all(one.is_point for one in spreads.values()):
        message = "no input of relief from royalty has a range: a single figure is no opinion of value"
        return MethodResult(method="relief_from_royalty", role="estimate", status="refused", refusal="value_range_missing", message=message)
    scores = shuffled_scores(seed, len(spreads))
    figures = {
        name: drawn(one, score, at_most=1.0 if name.startswith(AT_MOST_ONE) else math.inf)
        for (name, one), score in zip(spreads.items(), scores, strict=True)
    }
    p10, p50, p90 = percentiles(_values(given, figures))
    return MethodResult(
        method="relief_from_royalty",
        role="estimate",
        status="given",
        p10=fen_of(p10),
        p50=fen_of(p50),
        p90=fen_of(p90),
        inputs=tuple(_used(given, spreads, currency)),
        tornado=widest_first(_bars(given, spreads)),
        notes=tuple(_notes(given)),
    )


def _guard(given: ReliefGiven, right: RightGiven) -> None:
    rate = given.discount_rate
    assert rate is not None
    assert given.revenues is not None
    if rate.includes_stage_risk and given.success:
        message = (
            f"the discount rate of {float(rate.base):g} already holds the risk of the stages; success probabilities would count it twice"
        )
        raise Refusal("stage_risk_counted_twice", message, facts={"discount_rate": float(rate.base)})
    taxed = given.tax_rate is not None and given.tax_rate.base > 0
    if (rate.basis == "after_tax") != taxed:
        message = f"flows {'after' if taxed else 'before'} tax meet a discount rate that is {rate.basis.replace('_', ' ')}"
        raise Refusal(
            "tax_basis_mixed", message, facts={"basis": rate.basis, "tax_rate": float(given.tax_rate.base) if given.tax_rate else 0}
        )
    if right.remaining_years is not None and len(given.revenues.base) > math.ceil(right.remaining_years):
        years, left = len(given.revenues.base), float(right.remaining_years)
        message = f"{years} years of income, {left:.1f} years of legal life left"
        raise Refusal("life_beyond_legal_life", message, facts={"years": years, "left": f"{left:.1f}"})


def _spreads(given: ReliefGiven) -> dict[str, Spread]:
    found = {}
    for name, stated in _named(given):
        base = 1.0 if name == "revenue_factor" else float(stated.base)  # type: ignore[arg-type]
        found[name] = spread(stated, base, f"relief_from_royalty.{name}")
        if name.startswith(AT_MOST_ONE) and found[name].high > 1:
            raise BadInput("out_of_range", "a share is at most 1", f"relief_from_royalty.{name}")
    return found


def _named(given: ReliefGiven) -> list[tuple[str, StatedFigure]]:
    """Every input by the name under which it is drawn and shown."""
    found = [("revenue_factor" if name == "revenues" else name, stated) for name, stated in relief_parts(given) if stated is not None]
    return found + [(f"success[{index}]", stated) for index, stated in enumerate(given.success)]


def _values(given: ReliefGiven, figures: Figures) -> Floats:
    """Relief from royalty of every scenario, the formula of valuation.relief_from_royalty on arrays."""
    assert given.revenues is not None
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return _present_values(given, given.revenues.base, figures)


def _present_values(given: ReliefGiven, revenues: Sequence[Fraction], figures: Figures) -> Floats:
    growth = np.log1p(figures["discount_rate"])
    times = periods(len(revenues), given.timing)
    factors = np.exp(-np.outer(times, growth))
    value = np.array([float(revenue) for revenue in revenues]) @ factors
    value = value * figures["revenue_factor"] * figures["royalty_rate"] * (1 - figures["tax_rate"])
    for name, probability in figures.items():
        if name.startswith("success"):
            value = value * probability
    if given.tax_amortization_benefit:
        kept = 1 - figures["tax_rate"] * factors.sum(axis=0) / len(times)
        if (kept <= 0).any():
            raise BadInput("out_of_range", "a tax rate of 1 leaves no finite tax amortization factor", "relief_from_royalty.tax_rate")
        value = value / kept
    return value


def _bars(given: ReliefGiven, spreads: Mapping[str, Spread]) -> list[ValueBar]:
    base = {name: np.array([one.base]) for name, one in spreads.items()}
    found = []
    for name, one in spreads.items():
        at_low, at_high = (float(_values(given, {**base, name: np.array([figure])})[0]) for figure in (one.low, one.high))
        found.append(bar(name, one.low, one.high, at_low=at_low, at_high=at_high))
    return found


def _used(given: ReliefGiven, spreads: Mapping[str, Spread], currency: str) -> list[UsedInput]:
    found = []
    for name, stated in _named(given):
        one = spreads[name]
        found.append(
            UsedInput(
                name=name,
                base=one.base,
                low=None if one.is_point else one.low,
                high=None if one.is_point else one.high,
                unit=UNITS.get(name, "probability"),
                source=stated.source,
                dated=stated.dated,
                by=stated.by,
            )
        )
    assert given.revenues is not None
    for year, revenue in enumerate(given.revenues.base, start=1):
        found.append(UsedInput(name=f"revenue[{year}]", base=float(revenue), unit=f"{currency}, year {year}", source=given.revenues.source))
    return found


def _notes(given: ReliefGiven) -> list[str]:
    assert isinstance(given.discount_rate, StatedRate)
    notes: list[str] = [given.timing, given.discount_rate.basis]
    if given.tax_amortization_benefit:
        notes.append("tax_amortization_benefit")
    if given.discount_rate.includes_stage_risk:
        notes.append("rate_includes_stage_risk")
    return notes
