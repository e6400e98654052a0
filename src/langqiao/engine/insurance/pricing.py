"""The premium of a tariff: frequency by rating factors and credibility, severity in the layer, loadings; with every step told."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.tariff import FREQUENCIES, PATENT_FACTS, Factor, Severity, Tariff
from langqiao.engine.kernel.money import Fen, round_half_up
from langqiao.engine.kernel.refusal import Refusal

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact of a quote. `origin`: "record" or "declared"."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is to be insured. `units`: patent key → its facts, or as many numbered units as were declared; `experience`: (claims, unit-years)."""

    units: Mapping[str, Mapping[str, Fact]]
    facts: Mapping[str, Fact]
    limit_fen: Fen | None
    months: int
    sum_insured_fen: Fen | None = None
    experience: tuple[int, Fraction] = (0, Fraction(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step of the computation. `unit`: the patent it belongs to, "" for the whole; `value` exact; `given`: the fact that chose it."""

    name: str
    value: Fraction
    source: str
    unit: str = ""
    given: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Premiums at the low, expected and high frequency (equal where the tariff is a schedule), the limit, and how they came about."""

    premium_fen: Fen
    low_fen: Fen
    high_fen: Fen
    pure_fen: Fen | None
    limit_fen: Fen
    lines: tuple[Line, ...]


def quote(tariff: Tariff, ask: Ask) -> Quote:
    """The premium. Refused: nothing_to_insure, limit_not_offered, rating_fact_missing, term_not_offered."""
    if not ask.units:
        raise Refusal("nothing_to_insure", "no patent, file or loan is named", facts={})
    return _scheduled(tariff, ask) if tariff.mode == "scheduled" else _rated(tariff, ask)


def _scheduled(tariff: Tariff, ask: Ask) -> Quote:
    """Base with the first patent and a sum for each further one; the limit is a multiple of the premium. For a year."""
    if ask.months != MONTHS:
        raise Refusal("term_not_offered", "a schedule of premiums is for a year", facts={"months": ask.months})
    further = len(ask.units) - 1
    premium = tariff.whole("base_fen") + tariff.whole("per_further_fen") * further
    limit = round_half_up(tariff.value("limit_multiple") * premium)
    lines = (
        _of(tariff, "base_fen"),
        Line(
            name="per_further_fen",
            value=tariff.value("per_further_fen"),
            source=tariff.figures["per_further_fen"].source,
            given=str(further),
        ),
        _of(tariff, "limit_multiple"),
        Line(name="limit_fen", value=Fraction(limit), source="limit_multiple × premium"),
    )
    return Quote(premium_fen=premium, low_fen=premium, high_fen=premium, pure_fen=None, limit_fen=limit, lines=lines)


def _of(tariff: Tariff, name: str) -> Line:
    figure = tariff.figures[name]
    return Line(name=name, value=figure.value, source=figure.source)


def _rated(tariff: Tariff, ask: Ask) -> Quote:
    limit = _limit(tariff, ask)
    shared, weights = _weights(tariff, ask)
    weight = sum((value for _unit, value in weights), Fraction(0))
    severity = layer(_severity(tariff), deductible_fen=tariff.whole("deductible_fen"), limit_fen=limit, sum_insured_fen=ask.sum_insured_fen)
    base, told = _credible(tariff, ask)
    pures = [_pure(tariff, ask, base[name] * weight * severity) for name in FREQUENCIES]
    gross = [_gross(tariff, pure) for pure in pures]
    lines = (
        *told, *shared,
        *(Line(name="weight", value=value, source="product of its factors", unit=unit) for unit, value in weights if len(weights) > 1),
        Line(name="weight_total", value=weight, source="sum over what is insured"),
        Line(name="severity_layer", value=severity, source=tariff.severity.source if tariff.severity else ""),
        *(_of(tariff, name) for name in ("deductible_fen", "coinsurance")),
        Line(name="limit_fen", value=Fraction(limit), source="chosen within the tariff"),
        Line(name="months", value=Fraction(ask.months), source="chosen"),
        Line(name="pure_fen", value=Fraction(round_half_up(pures[1])), source="frequency × weight × severity × (1 − coinsurance) × months ÷ 12"),
        *(_of(tariff, name) for name in ("expense", "profit", "minimum_premium_fen")),
    )  # fmt: skip
    return Quote(premium_fen=gross[1], low_fen=gross[0], high_fen=gross[2], pure_fen=round_half_up(pures[1]), limit_fen=limit, lines=lines)


def _severity(tariff: Tariff) -> Severity:
    assert tariff.severity is not None
    return tariff.severity


def _limit(tariff: Tariff, ask: Ask) -> Fen:
    low, high = tariff.whole("limit_min_fen"), tariff.whole("limit_max_fen")
    limit = ask.limit_fen
    if limit is None and KINDS[tariff.kind].unit == "loan":
        limit = ask.sum_insured_fen
    if limit is None or not low <= limit <= high:
        raise Refusal("limit_not_offered", f"{limit} is not from {low} to {high} fen", facts={"low": low // 100, "high": high // 100})
    return limit


def _pure(tariff: Tariff, ask: Ask, expected: Fraction) -> Fraction:
    return expected * (1 - tariff.value("coinsurance")) * Fraction(ask.months, MONTHS)


def _gross(tariff: Tariff, pure: Fraction) -> Fen:
    return max(tariff.whole("minimum_premium_fen"), round_half_up(pure / (1 - tariff.value("expense") - tariff.value("profit"))))


def credibility(exposure: Fraction, k: Fraction) -> Fraction:
    """Z = n / (n + k): the weight of own experience (Bühlmann)."""
    return exposure / (exposure + k) if exposure + k else Fraction(0)


def _credible(tariff: Tariff, ask: Ask) -> tuple[dict[str, Fraction], list[Line]]:
    """Frequencies of the tariff drawn toward the insurer's own experience by its credibility, all three by the same ratio."""
    base = {name: tariff.value(name) for name in FREQUENCIES}
    lines = [_of(tariff, name) for name in FREQUENCIES]
    claims, exposure = ask.experience
    if "credibility_k" not in tariff.figures or not exposure:
        return base, lines
    z = credibility(exposure, tariff.value("credibility_k"))
    blended = z * Fraction(claims) / exposure + (1 - z) * base["frequency"]
    ratio = blended / base["frequency"]
    lines += [
        Line(name="observed_frequency", value=Fraction(claims) / exposure, source="own record", given=f"{claims} / {float(exposure):.1f}"),
        Line(name="credibility", value=z, source=tariff.figures["credibility_k"].source),
        Line(name="credible_frequency", value=blended, source="Z × observed + (1 − Z) × tariff"),
    ]
    return {name: value * ratio for name, value in base.items()}, lines


def _weights(tariff: Tariff, ask: Ask) -> tuple[list[Line], list[tuple[str, Fraction]]]:
    """(the lines of the factors, unit → product of its factors)."""
    lines: list[Line] = []
    common = Fraction(1)
    for factor in tariff.factors:
        if factor.fact not in PATENT_FACTS:
            line = _banded(factor, ask.facts, "")
            lines.append(line)
            common *= line.value
    weights = []
    for unit, facts in ask.units.items():
        own = [_banded(factor, {**ask.facts, **facts}, unit) for factor in tariff.factors if factor.fact in PATENT_FACTS]
        lines += own
        weights.append((unit, math.prod((line.value for line in own), start=common)))
    return lines, weights


def _banded(factor: Factor, facts: Mapping[str, Fact], unit: str) -> Line:
    fact = facts.get(factor.fact)
    if fact is None or fact.value is None or fact.value == "":
        raise Refusal("rating_fact_missing", f"{factor.fact} {unit}", facts={"fact": factor.fact, "patent": unit})
    return Line(
        name=factor.fact, value=band(factor, fact.value), source=factor.source, unit=unit, given=str(fact.value), origin=fact.origin
    )


def band(factor: Factor, value: Any) -> Fraction:
    """The factor of a value: of the first band whose bound it does not exceed, or of the longest prefix of a class."""
    if factor.fact == "technology":
        text = str(value).replace(" ", "").upper()
        fitting: Sequence[tuple[str, Fraction]] = [one for one in factor.bands if text.startswith(one[0])]
        return max(fitting, key=lambda one: len(one[0]))[1]
    return next(found for bound, found in factor.bands if bound is None or value <= bound)


def layer(severity: Severity, *, deductible_fen: Fen, limit_fen: Fen, sum_insured_fen: Fen | None = None) -> Fraction:
    """E[min(max(X − d, 0), L − d)] in fen; shares of the sum insured are turned into fen first. Exact for a table."""
    scale = Fraction(1) if severity.basis == "fen" else Fraction(sum_insured_fen if sum_insured_fen is not None else limit_fen)
    if severity.kind == "table":
        return sum(
            (chance * min(max(loss * scale - deductible_fen, Fraction(0)), Fraction(limit_fen - deductible_fen)) for loss, chance in severity.rows),
            Fraction(0),
        )  # fmt: skip
    mean, variation = float(severity.mean * scale), float(severity.variation)
    found = _limited(mean, variation, limit_fen) - _limited(mean, variation, deductible_fen)
    return Fraction(round(found))


def _limited(mean: float, variation: float, cap: float) -> float:
    """E[min(X, cap)] of a lognormal of a mean and a coefficient of variation (Klugman, Panjer, Willmot, Loss Models, appendix A)."""
    if cap <= 0:
        return 0.0
    square = math.log1p(variation**2)
    spread, center = math.sqrt(square), math.log(mean) - square / 2
    point = (math.log(cap) - center) / spread
    return mean * _normal(point - spread) + cap * (1 - _normal(point))


def _normal(point: float) -> float:
    return 0.5 * (1 + math.erf(point / math.sqrt(2)))
