"""The form of a structure: fields of rows become the terms that the engine reads, and the terms of a deal fill the form again."""

from collections.abc import Mapping
from typing import Any, get_args

from langqiao.engine.securitization.terms import ITEMS, RANKS, TriggerKind
from langqiao.rules import parameters
from langqiao.web.securitization.models import Transaction
from langqiao.web.securitization.shapes import shape_get

TRANCHES, FEES = range(5), range(4)
PAYEES = ("trustee", "servicer", "arranger", "rating", "appraiser", "support")
TRIGGERS: tuple[str, ...] = get_args(TriggerKind)
LEVELS = {"cumulative_default": "0.10", "overcollateralization": "1.00", "interest_cover": "1.00", "debt_service_cover": "1.00"}
SCALARS = ("periods", "periods_per_year", "principal", "order", "tax_rate")
CURVES = ("cpr", "cdr", "recovery", "recovery_lag")


def _number(text: str) -> Any:
    """A share or a count as typed; `4 %` is 0.04. What is no number stays text, so that the engine names the field."""
    plain = text.strip().replace("％", "%")
    try:
        if plain.endswith("%"):
            return round(float(plain[:-1].strip()) / 100, 10)
        return int(plain) if plain.isascii() and plain.isdigit() else float(plain)
    except ValueError:
        return plain


def _money(text: str) -> str:
    return text.replace(",", "").replace("，", "").strip() or "0"


def terms_from(sent: Mapping[str, str]) -> dict[str, Any]:
    """The terms of a form; what is empty is left out."""
    terms: dict[str, Any] = {"tranches": [_tranche(sent, n) for n in TRANCHES if sent.get(f"name-{n}", "").strip()]}
    for name in SCALARS:
        text = sent.get(name, "").strip()
        if text:
            terms[name] = text if name in {"principal", "order"} else _number(text)
    terms["reserve"] = {name: _money(sent.get(f"reserve-{name}", "")) for name in ("initial", "target")}
    if sent.get("support-limit", "").strip():
        terms["support"] = {"limit": _money(sent["support-limit"]), "covers": sent.get("support-covers") or "senior"}
    terms["fees"] = [_fee(sent, n) for n in FEES if sent.get(f"payee-{n}", "")]
    terms["triggers"] = [
        {"kind": kind, "level": _number(sent.get(f"level-{kind}", "") or "1")} for kind in TRIGGERS if sent.get(f"trigger-{kind}")
    ]
    terms["curves"] = {name: _number(sent[name]) for name in CURVES if sent.get(name, "").strip()}
    terms["waterfall"] = _waterfall(sent)
    return terms


def _tranche(sent: Mapping[str, str], n: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": sent[f"name-{n}"].strip(), "rank": sent.get(f"rank-{n}", ""), "balance": _money(sent.get(f"size-{n}", "")),
        "rate": _number(sent.get(f"rate-{n}", "") or "0"),
    }  # fmt: skip
    targets = sent.get(f"targets-{n}", "").replace("，", ",").replace("\n", ";").replace(";", " ").split()
    if targets:
        found["targets"] = [_money(one) for one in targets]
    return found


def _fee(sent: Mapping[str, str], n: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "payee": sent[f"payee-{n}"], "fixed": _money(sent.get(f"fixed-{n}", "")), "rate": _number(sent.get(f"fee-rate-{n}", "") or "0"),
        "place": sent.get(f"place-{n}") or "fees",
    }  # fmt: skip
    if sent.get(f"cap-{n}", "").strip():
        found["cap"] = _money(sent[f"cap-{n}"])
    return found


def _waterfall(sent: Mapping[str, str]) -> list[str]:
    """The items by the numbers typed; where none is typed, the usual order."""
    numbered = []
    for place, item in enumerate(ITEMS):
        text = sent.get(f"item-{item}", "").strip()
        numbered.append((int(text) if text.isascii() and text.isdigit() else place + 1, place, item))
    return [item for _number_, _place, item in sorted(numbered)]


def form_of(deal: Transaction) -> dict[str, str]:
    """What stands in the form at first: the figures of the template that were seen, and nothing where they were not."""
    sent = {f"item-{item}": str(place) for place, item in enumerate(ITEMS, 1)}
    sent |= {
        "tax_rate": str(parameters().value("securitization.tax_rate")),
        "periods_per_year": "4",
        "principal": "pass_through",
        "order": "sequential",
        "pay_days": "5",
    }
    shape = shape_get(deal.shape) if deal.shape else None
    if shape is None:
        return sent
    if shape.size_yuan:
        sent["issue_fen"] = f"{shape.size_yuan}.00"
    if shape.tenor_years:
        sent["periods"] = str(shape.tenor_years * 4)
    for n, tranche in enumerate(shape.tranches[: len(TRANCHES)]):
        sent |= {f"name-{n}": tranche.name, f"rank-{n}": tranche.rank}
        if tranche.balance_yuan is not None:
            sent[f"size-{n}"] = f"{tranche.balance_yuan}.00"
        if tranche.rate is not None:
            sent[f"rate-{n}"] = tranche.rate
    return sent


def choices() -> dict[str, Any]:
    """What the form offers."""
    return {
        "tranche_rows": TRANCHES, "fee_rows": FEES, "payees": PAYEES, "ranks": RANKS, "items": ITEMS, "triggers": TRIGGERS, "levels": LEVELS,
        "principals": ("pass_through", "turbo", "scheduled"), "orders": ("sequential", "pro_rata"), "years": ("1", "2", "4", "12"),
        "covers": ("senior", "senior_and_mezzanine"), "places": ("fees", "subordinated_fees"),
    }  # fmt: skip
