"""A tariff: every figure with its source, read from stored values; what is missing is named and nothing is guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import Any

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.kernel.refusal import Refusal

MODES = ("rated", "scheduled")
SHARES = ("coinsurance", "expense", "profit")
FREQUENCIES = ("frequency_low", "frequency", "frequency_high")
COMMON = ("deductible_fen", "coinsurance", "waiting_days", "retroactive_days", "valid_days")
RATED = (*FREQUENCIES, *COMMON, "limit_min_fen", "limit_max_fen", "expense", "profit", "minimum_premium_fen")
SCHEDULED = ("base_fen", "per_further_fen", "limit_multiple", *COMMON)
OPTIONAL = ("credibility_k",)
NEEDED: Mapping[str, tuple[str, ...]] = {"rated": RATED, "scheduled": SCHEDULED}
WHOLE = frozenset({"waiting_days", "retroactive_days", "valid_days"})
POLICY_FACTS = ("product_revenue_fen", "earlier_suits", "earlier_claims")
PATENT_FACTS = ("technology", "independent_claims", "family_size")
FACTS = (*PATENT_FACTS, *POLICY_FACTS)
"""Rating factors of capital.md §6: litigation rate of the technology, claim breadth, family, product revenue, earlier suits; and loss history."""
ROWS_MAX = 200
DAYS_MAX = 3650
LIMIT_FEN = 10**13


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of the tariff and where it comes from."""

    value: Fraction
    source: str

    @property
    def fen(self) -> int:
        """An amount in whole fen."""
        return round(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """How large a loss is. `table`: rows of (loss, probability); `lognormal`: mean and coefficient of variation.

    `basis`: losses in fen, or as shares of the sum insured.
    """

    kind: str
    basis: str
    source: str
    rows: tuple[tuple[Fraction, Fraction], ...] = ()
    mean: Fraction = Fraction(0)
    variation: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """Multiplies the frequency by the band of a fact: numbers by upper bound (None: no bound), technologies by the longest prefix of the class."""

    fact: str
    bands: tuple[tuple[Any, Fraction], ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """A whole tariff; `figures` hold every name of NEEDED[mode] and those of OPTIONAL that were given."""

    kind: str
    mode: str
    figures: Mapping[str, Figure]
    severity: Severity | None = None
    factors: tuple[Factor, ...] = field(default=())

    def value(self, name: str) -> Fraction:
        """A figure. Raises KeyError where an optional one was not given."""
        return self.figures[name].value

    def whole(self, name: str) -> int:
        """A figure that is a whole number (fen, days)."""
        return int(self.figures[name].value)


def tariff_missing(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of what a tariff still needs: figures without value or source, the severity, the source of a factor."""
    mode = values.get("mode", "")
    if mode not in MODES:
        return ("mode",)
    figures = values.get("figures") or {}
    found = [name for name in NEEDED[mode] if not _given(figures.get(name))]
    found += [name for name in OPTIONAL if figures.get(name) and not _given(figures[name])]
    severity = values.get("severity") or {}
    if mode == "rated" and (not str(severity.get("source", "")).strip() or not (severity.get("rows") or severity.get("mean"))):
        found.append("severity")
    found += [f"factor.{one.get('fact', '')}" for one in values.get("factors") or () if not str(one.get("source", "")).strip()]
    return tuple(found)


def _given(figure: Any) -> bool:
    return (
        bool(figure)
        and str(figure.get("value") if figure.get("value") is not None else "").strip() != ""
        and bool(str(figure.get("source", "")).strip())
    )


def tariff_of(kind: str, values: Mapping[str, Any]) -> Tariff:
    """The tariff of stored values. Refused: tariff_incomplete with what is missing, tariff_wrong with what cannot be."""
    missing = tariff_missing(values)
    if missing:
        raise Refusal("tariff_incomplete", f"missing: {', '.join(missing)}", facts={"missing": missing})
    try:
        read = Tariff(
            kind=kind, mode=values["mode"], figures={name: _figure(one) for name, one in values["figures"].items() if one and _given(one)},
            severity=_severity(values["severity"]) if values.get("severity") else None,
            factors=tuple(_factor(one) for one in values.get("factors") or ()),
        )  # fmt: skip
        fault = _fault(read)
    except (ValueError, TypeError, ZeroDivisionError, KeyError, AttributeError) as error:
        fault = str(error)[:200]
    if fault:
        raise Refusal("tariff_wrong", fault, facts={"fault": fault})
    return read


def _figure(one: Mapping[str, Any]) -> Figure:
    return Figure(value=number(one["value"]), source=str(one["source"]).strip())


def number(text: Any) -> Fraction:
    """An exact number of text or whole number. Raises ValueError for a float and for what is none."""
    if isinstance(text, bool) or not isinstance(text, str | int | Fraction):
        raise ValueError(f"{text!r} is no exact number")  # noqa: TRY004 - one kind of error
    if isinstance(text, str) and len(text) > 40:
        raise ValueError("a number has at most 40 digits")
    return Fraction(text.strip() if isinstance(text, str) else text)


def _severity(one: Mapping[str, Any]) -> Severity:
    kind, basis = one.get("kind", "table"), one.get("basis", "fen")
    if kind not in {"table", "lognormal"} or basis not in {"fen", "share"}:
        raise ValueError(f"{kind} of {basis} is no severity")
    rows = tuple((number(loss), number(chance)) for loss, chance in one.get("rows") or ())
    return Severity(
        kind=kind, basis=basis, source=str(one["source"]).strip(), rows=rows, mean=number(one.get("mean") or 0),
        variation=number(one.get("variation") or 0),
    )  # fmt: skip


def _factor(one: Mapping[str, Any]) -> Factor:
    fact = one["fact"]
    if fact not in FACTS:
        raise ValueError(f"{fact} is no fact of a quote")
    text = fact == "technology"
    bands = tuple(
        (str(bound or "").strip().upper() if text else None if bound in (None, "") else number(bound), number(factor))
        for bound, factor in one["bands"]
    )
    return Factor(fact=fact, bands=bands, source=str(one["source"]).strip())


def _fault(tariff: Tariff) -> str:
    """What cannot be, or ""."""
    if tariff.kind not in KINDS:
        return f"{tariff.kind} is no kind of insurance"
    for name, figure in tariff.figures.items():
        if figure.value < 0 or ((name.endswith("_fen") or name in WHOLE) and figure.value.denominator != 1):
            return f"{name} is not a whole number of at least zero" if figure.value.denominator != 1 else f"{name} is below zero"
        if name.endswith("_fen") and figure.value > LIMIT_FEN:
            return f"{name} is above {LIMIT_FEN} fen"
    if any(name in tariff.figures and tariff.value(name) >= 1 for name in SHARES):
        return "coinsurance, expense and profit are shares below 1"
    if any(tariff.value(name) > DAYS_MAX for name in WHOLE) or tariff.value("valid_days") < 1:
        return f"days are at most {DAYS_MAX}, and a quote is valid for a day at least"
    if tariff.value("waiting_days") and tariff.value("retroactive_days"):
        return "a waiting period and a retroactive period exclude each other"
    return _mode_fault(tariff)


def _mode_fault(tariff: Tariff) -> str:
    if tariff.mode == "scheduled":
        if KINDS[tariff.kind].unit == "loan":
            return "a guarantee of a loan has no tariff by the number of patents"
        return "" if tariff.value("base_fen") > 0 and tariff.value("limit_multiple") > 0 else "premium and limit are above zero"
    low, middle, high = (tariff.value(name) for name in FREQUENCIES)
    if not 0 < low <= middle <= high:
        return "the frequencies are above zero and in the order low, expected, high"
    if tariff.value("expense") + tariff.value("profit") >= 1:
        return "expense and profit together are below 1"
    if not 0 < tariff.value("limit_min_fen") <= tariff.value("limit_max_fen") or tariff.value("limit_min_fen") <= tariff.value(
        "deductible_fen"
    ):
        return "the limits are in order and above the deductible"
    return _severity_fault(tariff.severity) or next((told for one in tariff.factors if (told := _factor_fault(one))), "")


def _severity_fault(severity: Severity | None) -> str:
    if severity is None:
        return "a rated tariff has a severity"
    if severity.kind == "lognormal":
        fine = severity.mean > 0 and severity.variation > 0 and isfinite(float(severity.mean))
        return "" if fine else "mean and variation are above zero"
    if not 1 <= len(severity.rows) <= ROWS_MAX or sum(chance for _loss, chance in severity.rows) != 1:
        return "the probabilities of the severity sum to 1"
    return "" if all(loss > 0 and 0 < chance <= 1 for loss, chance in severity.rows) else "losses and probabilities are above zero"


def _factor_fault(factor: Factor) -> str:
    if not 1 <= len(factor.bands) <= ROWS_MAX or any(value <= 0 for _bound, value in factor.bands):
        return f"{factor.fact}: bands with factors above zero"
    bounds: Sequence[Any] = [bound for bound, _value in factor.bands]
    if factor.fact == "technology":
        return "" if len(set(bounds)) == len(bounds) and "" in bounds else "technology: one factor for every class, and one for all others"
    ordered = bounds[-1] is None and None not in bounds[:-1] and list(bounds[:-1]) == sorted(set(bounds[:-1]))
    return "" if ordered else f"{factor.fact}: bands rise and the last has no bound"
