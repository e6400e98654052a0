"""The form of a tariff: figures with sources, the severity and factors as lines of text, read into stored values and written back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from langqiao.engine.insurance.tariff import FACTS, NEEDED, OPTIONAL
from langqiao.engine.kernel.money import fen_to_yuan, yuan_to_fen
from langqiao.web.deals.fields import rate_text
from langqiao.web.deals.terms import invalid
from langqiao.web.insurance.words import said

RATES = frozenset({"frequency_low", "frequency", "frequency_high", "coinsurance", "expense", "profit"})
MONEY_FACTS = frozenset({"product_revenue_fen"})
LINES_MAX = 200


def names_of(mode: str) -> tuple[str, ...]:
    """The figures of a mode, the optional ones last."""
    return (*NEEDED[mode], *(OPTIONAL if mode == "rated" else ()))


def rows_of(mode: str, typed: Mapping[str, str]) -> list[dict[str, str]]:
    """The figures as the form shows them."""
    return [{"name": name, "value": typed.get(name, ""), "source": typed.get(f"{name}.source", "")} for name in names_of(mode)]


def typed_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Stored values as the form's texts."""
    typed = {}
    for name, one in (values.get("figures") or {}).items():
        typed[name] = _written(name, str(one.get("value") or ""))
        typed[f"{name}.source"] = str(one.get("source") or "")
    severity = values.get("severity") or {}
    money = severity.get("basis", "fen") == "fen"
    typed["severity.kind"], typed["severity.basis"] = severity.get("kind", "table"), severity.get("basis", "fen")
    typed["severity.rows"] = "\n".join(f"{_money_or(loss, money=money)} : {chance}" for loss, chance in severity.get("rows") or ())
    typed["severity.mean"] = _money_or(str(severity.get("mean") or ""), money=money)
    typed["severity.variation"], typed["severity.source"] = str(severity.get("variation") or ""), str(severity.get("source") or "")
    for one in values.get("factors") or ():
        fact = one["fact"]
        typed[f"factor.{fact}"] = "\n".join(
            f"{_money_or(str(bound or ''), money=fact in MONEY_FACTS) or '*'} : {factor}" for bound, factor in one["bands"]
        )
        typed[f"factor.{fact}.source"] = one.get("source", "")
    return typed


def _written(name: str, value: str) -> str:
    return _money_or(value, money=name.endswith("_fen"))


def _money_or(value: str, *, money: bool) -> str:
    return fen_to_yuan(int(value)) if money and value.isdigit() else value


def values_of(mode: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """The stored values of a form. Refused: terms_invalid with the fault of each field; what was left empty stays empty."""
    faults: dict[str, str] = {}
    figures = {}
    for name in names_of(mode):
        text, source = typed.get(name, "").strip(), typed.get(f"{name}.source", "").strip()[:300]
        if text or source:
            figures[name] = {"value": _read(faults, name, text), "source": source}
    values: dict[str, Any] = {"mode": mode, "figures": figures, "factors": []}
    if mode == "rated":
        values["severity"] = _severity(faults, typed)
        values["factors"] = [one for fact in FACTS if (one := _factor(faults, fact, typed)) is not None]
    if faults:
        raise invalid(faults)
    return values


def _read(faults: dict[str, str], name: str, text: str) -> str:
    try:
        if not text:
            return ""
        if name.endswith("_fen"):
            return str(yuan_to_fen(text.replace(",", "")))
        return rate_text(text) if name in RATES else _number(text)
    except ValueError as error:
        faults[name] = str(error)[:200]
        return ""


def _number(text: str) -> str:
    plain = text.replace(",", "")
    if not plain.replace(".", "", 1).isdigit() or len(plain) > 20:
        raise ValueError(f"{text[:20]!r} is no number")
    return plain


def _severity(faults: dict[str, str], typed: Mapping[str, str]) -> dict[str, Any]:
    kind, basis = typed.get("severity.kind") or "table", typed.get("severity.basis") or "fen"
    money = basis == "fen"
    found: dict[str, Any] = {"kind": kind, "basis": basis, "source": typed.get("severity.source", "").strip()[:300]}
    try:
        if kind == "lognormal":
            mean = typed.get("severity.mean", "").strip()
            found["mean"] = (str(yuan_to_fen(mean.replace(",", ""))) if money else rate_text(mean)) if mean else ""
            found["variation"] = _number(typed["severity.variation"].strip()) if typed.get("severity.variation", "").strip() else ""
        else:
            found["rows"] = [
                [str(yuan_to_fen(left.replace(",", ""))) if money else rate_text(left), rate_text(right)]
                for left, right in _lines(typed.get("severity.rows", ""))
            ]
    except ValueError as error:
        faults["severity"] = str(error)[:200]
    return found


def _factor(faults: dict[str, str], fact: str, typed: Mapping[str, str]) -> dict[str, Any] | None:
    name = f"factor.{fact}"
    text = typed.get(name, "")
    if not text.strip():
        return None
    try:
        bands = [[_bound(fact, left), _number(right)] for left, right in _lines(text)]
    except ValueError as error:
        faults[name] = str(error)[:200]
        return None
    return {"fact": fact, "bands": bands, "source": typed.get(f"{name}.source", "").strip()[:300]}


def _bound(fact: str, text: str) -> str:
    if text == "*":
        return ""
    if fact == "technology":
        return text.upper()[:20]
    return str(yuan_to_fen(text.replace(",", ""))) if fact in MONEY_FACTS else _number(text)


def _lines(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.replace("：", ":").splitlines()[: LINES_MAX + 1]:
        left, colon, right = line.partition(":")
        if line.strip():
            if not colon or not left.strip() or not right.strip():
                raise ValueError(said("note", "line_wrong") % line[:40])
            found.append((left.strip(), right.strip()))
    return found


def day_of(text: str) -> dt.date:
    """The day a tariff begins. Refused: terms_invalid."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as error:
        raise invalid({"since": said("note", "needed")}) from error
