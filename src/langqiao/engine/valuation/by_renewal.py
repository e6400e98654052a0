"""The renewal lens in an opinion: what owners of patents of this office and age revealed by paying, from fitted parameters."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from langqiao.engine.kernel.parameters import Parameters, ParameterValue
from langqiao.engine.kernel.record import Date
from langqiao.engine.valuation.given import RightGiven, StatedFactor
from langqiao.engine.valuation.renewal import RenewalModel
from langqiao.engine.valuation.renewal_lens import RenewalLens, renewal_lens
from langqiao.engine.valuation.result import DecayRow, MethodResult, UsedInput, bar, fen_of, widest_first

FITTED, PRIOR, RATE = "valuation.renewal.fit", "valuation.renewal.decay_prior", "valuation.renewal.discount_rate"


def renewal_result(
    right: RightGiven, currency: str, *, price_factor: StatedFactor | None, parameters: Parameters, as_of: Date
) -> MethodResult:
    """The lens in the currency of its fees, restated by `price_factor` where one is given; refused where no fit covers the right."""
    fitted = _fit_of(right.office, parameters, as_of)
    if fitted is None or right.type != "invention":
        return _refused("renewal_not_fitted", f"no renewal behavior was fitted for {right.office} patents of type {right.type}")
    if fitted.value["currency"] != currency:
        return _refused("currency_mixed", f"the fees of {right.office} are in {fitted.value['currency']}, the opinion in {currency}")
    if right.years_run is None:
        return _refused("value_input_missing", "the age of the right is needed", ("right.years_run",))
    group = "all" if right.owner_is_domestic is None else "domestic" if right.owner_is_domestic else "foreign"
    group = group if group in fitted.value["groups"] else "all"
    models = models_of(fitted.value, group, parameters.value(PRIOR, as_of), rate=float(parameters.value(RATE, as_of)))
    if right.remaining_years is not None:
        models = [(weight, within(model, right.years_run + math.ceil(right.remaining_years))) for weight, model in models]
    if not has_years_left(models[0][1], right.years_run):
        return _refused("renewal_no_year_left", f"after year {right.years_run} no year is left that a fee would buy")
    found = renewal_lens(models, right.years_run)
    scale = 1.0 if price_factor is None else float(price_factor.base)
    return MethodResult(
        method="renewal",
        role="prior",
        status="given",
        p10=fen_of(found.p10 * scale),
        p50=fen_of(found.p50 * scale),
        p90=fen_of(found.p90 * scale),
        inputs=tuple(_used(fitted, found, parameters, as_of=as_of, price_factor=price_factor)),
        tornado=widest_first(_bars(found, scale)),
        notes=tuple(_notes(right, fitted.value, group=group, restated=price_factor is not None)),
        n=int(fitted.value["groups"][group]["n"]),
        chance_next_fee_unpaid=found.next_fee_unpaid,
        by_decay=tuple(
            DecayRow(
                decay=row.decay,
                weight=row.weight,
                median=fen_of(row.median * scale),
                p90=fen_of(row.p90 * scale),
                mean=fen_of(row.mean * scale),
            )
            for row in found.by_decay
        ),
    )


def _fit_of(office: str, parameters: Parameters, as_of: Date) -> ParameterValue | None:
    try:
        return parameters.get(f"{FITTED}.{office}").at(as_of)
    except LookupError:
        return None


def models_of(fitted: Mapping[str, Any], group: str, prior: Sequence[Sequence[float]], *, rate: float) -> list[tuple[float, RenewalModel]]:
    """The fitted models of a group of owners with the prior weight of each decay; decays without a fit are left out of the prior."""
    rows = {row[0]: row for row in fitted["groups"][group]["rows"]}
    return [
        (
            float(weight),
            RenewalModel(
                mu=float(rows[decay][1]),
                sigma=float(rows[decay][2]),
                decay=float(decay),
                fees=tuple(map(float, fitted["fees"])),
                discount_factor=1 / (1 + rate),
                ages=tuple(fitted.get("ages", ())),
                spans=tuple(fitted.get("spans", ())),
            ),
        )
        for decay, weight in prior
        if decay in rows
    ]


def within(model: RenewalModel, last_year: int) -> RenewalModel:
    """The model without the years after `last_year`, the end of the term: what a fee buys ends with it."""
    stages = [(age, min(span, last_year - age + 1), fee) for age, span, fee in model.stages() if age <= last_year]
    if not stages:
        return replace(model, spans=(1,) * len(model.fees))
    ages, spans, fees = zip(*stages, strict=True)
    return replace(model, ages=ages, spans=spans, fees=fees)


def has_years_left(model: RenewalModel, after: int) -> bool:
    """Whether any year after `after` is bought already or can be bought."""
    return bool(model.free_years(after)) or any(age > after for age, _, _ in model.stages())


def _bars(found: RenewalLens, scale: float) -> list[Any]:
    medians = sorted((row.median * scale, row.decay) for row in found.by_decay)
    (lowest, at_low), (highest, at_high) = medians[0], medians[-1]
    return [bar("decay", at_low, at_high, at_low=lowest, at_high=highest)]


def _used(
    fitted: ParameterValue, found: RenewalLens, parameters: Parameters, *, as_of: Date, price_factor: StatedFactor | None
) -> list[UsedInput]:
    prior, rate = parameters.get(PRIOR).at(as_of), parameters.get(RATE).at(as_of)
    decays = [row.decay for row in found.by_decay]
    used = [
        UsedInput(name="fit", base=float(len(fitted.value["fees"])), unit="fees", source=fitted.source, confirmed=fitted.confirmed),
        UsedInput(
            name="decay",
            base=decays[len(decays) // 2],
            low=min(decays),
            high=max(decays),
            unit="a year",
            source=prior.source,
            confirmed=prior.confirmed,
        ),
        UsedInput(name="discount_rate", base=float(rate.value), unit="a year", source=rate.source, confirmed=rate.confirmed),
        UsedInput(name="years_run", base=float(found.after), unit="years", source="replay of the right's events"),
    ]
    if price_factor is not None:
        used.append(
            UsedInput(
                name="price_factor",
                base=float(price_factor.base),
                unit="prices of the day ÷ prices of the fit",
                source=price_factor.source,
                dated=price_factor.dated,
                by=price_factor.by,
            )
        )
    return used


def _notes(right: RightGiven, fitted: Mapping[str, Any], *, group: str, restated: bool) -> list[str]:
    notes = ["mean_not_identified", f"cohort:{fitted['cohort']}", f"owners:{group}"]
    if not restated:
        notes.append(f"prices:{fitted['prices']}")
    if not right.fees_paid:
        notes.append("assumes_fees_paid_to_date")
    return notes


def _refused(code: str, message: str, missing: tuple[str, ...] = ()) -> MethodResult:
    return MethodResult(method="renewal", role="prior", status="refused", refusal=code, message=message, missing=missing)
