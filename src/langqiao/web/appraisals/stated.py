"""What a person states for an opinion of value in the form of the value tab: a what-if copy, never stored with the record."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SOURCE_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedField:
    """One field of the form: name, word, what was typed, an example."""

    name: str
    word: Any
    value: str
    example: str


FIELDS: dict[str, tuple[Any, str]] = {
    "revenues": (gettext_lazy("Revenues with the patent, year by year (yuan, separated by blanks)"), "5000000 5500000 6000000"),
    "revenues_range": (gettext_lazy("Revenues at worst and at best (× base)"), "0.7 1.2"),
    "royalty": (gettext_lazy("Royalty rate: low, base, high"), "0.02 0.04 0.06"),
    "discount": (gettext_lazy("Discount rate after tax: low, base, high"), "0.12 0.15 0.20"),
    "tax": (gettext_lazy("Tax rate"), "0.15"),
    "source": (gettext_lazy("Source of these figures"), ""),
}
"""field of the address → (its word, an example)."""


def stated_inputs(given: QueryDict) -> tuple[list[StatedField], dict[str, Any]]:
    """The fields as typed, and the inputs of relief from royalty they make; empty where nothing was typed."""
    fields = [
        StatedField(name=name, word=word, value=given.get(name, "").strip(), example=example) for name, (word, example) in FIELDS.items()
    ]
    typed = {one.name: one.value for one in fields if one.value}
    if not typed.keys() - {"source"}:
        return fields, {}
    source = typed.get("source", "")[:SOURCE_MAX] or _("stated by the reader")
    relief: dict[str, Any] = {}
    if "revenues" in typed:
        low, high = [*_numbers(typed.get("revenues_range", "")), None, None][:2]
        relief["revenues"] = _without_none(base=_numbers(typed["revenues"]), low=low, high=high, source=source)
    if "royalty" in typed:
        relief["royalty_rate"] = _three(typed["royalty"], source)
    if "discount" in typed:
        relief["discount_rate"] = {**_three(typed["discount"], source), "basis": "after_tax", "includes_stage_risk": False}
    if "tax" in typed:
        relief["tax_rate"] = {"base": _first(typed["tax"]), "source": source}
    return fields, {"relief_from_royalty": relief}


def _three(text: str, source: str) -> dict[str, Any]:
    """Three figures are low, base and high; one is the base alone."""
    found = _numbers(text)
    if len(found) == 3:
        return {"low": found[0], "base": found[1], "high": found[2], "source": source}
    return {"base": _first(text), "source": source}


def _first(text: str) -> Any:
    return next(iter(_numbers(text)), text)


def _numbers(text: str) -> list[Any]:
    """The figures of a text, separated by blanks or commas; what is no figure stays text, so that the contract names it."""
    return [_number(part) for part in text.replace(",", " ").replace("，", " ").replace("、", " ").split()][:60]


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _without_none(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
