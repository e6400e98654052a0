"""What a person fills in for each step of insurance: names, kinds, choices; the forms and the services read this."""

from collections.abc import Mapping
from typing import Any

from langqiao.engine.insurance.cover import ITEMS, KINDS
from langqiao.engine.insurance.workflow import COVER
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.deals.fields import Field, parsed
from langqiao.web.deals.terms import invalid
from langqiao.web.insurance.words import said

MAX_FEN = 10**13
REASON = Field(name="reason", kind="long")
ITEM_FIELDS = tuple(Field(name=name, kind="money") for name in ITEMS)
GROUNDS = (*COVER, "nondisclosure", "exclusion", "other_ground")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "quote": (
        Field(name="product", kind="text"),
        Field(name="patents", kind="long"),
        Field(name="loan", kind="text"),
        Field(name="units", kind="count"),
        Field(name="limit_fen", kind="money"),
        Field(name="months", kind="count"),
        Field(name="since", kind="date"),
        Field(name="product_revenue_fen", kind="money"),
        Field(name="earlier_suits", kind="count"),
        Field(name="technology", kind="text"),
        Field(name="independent_claims", kind="count"),
        Field(name="family_size", kind="count"),
    ),
    "ask_subsidy": (Field(name="payer", kind="organization"), Field(name="rate", kind="rate")),
    "deny": (REASON,),
    "decline": (REASON,),
    "propose_change": (Field(name="add", kind="long"), Field(name="remove", kind="long")),
    "refuse_change": (REASON,),
    "notify": (
        Field(name="incident_on", kind="date"), Field(name="patent", kind="text"), *ITEM_FIELDS, Field(name="description", kind="long"),
    ),
    "reserve": (Field(name="reserve_fen", kind="money"), REASON),
    "approve": (*ITEM_FIELDS, REASON),
    "refuse": (Field(name="ground", kind="choice", choices=GROUNDS), REASON),
    "object": (REASON,),
    "uphold": (REASON,),
    "reopen": (REASON,),
    "recover": (Field(name="amount_fen", kind="money"), Field(name="evidence", kind="text")),
}  # fmt: skip
NEEDED: Mapping[str, tuple[str, ...]] = {
    "quote": ("product", "since"),
    "ask_subsidy": ("payer", "rate"),
    "notify": ("incident_on", "description"),
    "reserve": ("reserve_fen",),
    "refuse": ("ground",),
    "recover": ("amount_fen",),
}
MOST = {"months": 120, "units": 100_000, "earlier_suits": 10_000, "independent_claims": 1_000, "family_size": 1_000}
ZERO_IS_FINE = frozenset({"earlier_suits", "product_revenue_fen", "reserve_fen", *ITEMS})


def fields_for(event: str, kind: str = "") -> tuple[Field, ...]:
    """The fields of a step; of a claim only the costs that its kind covers."""
    found = FIELDS.get(event, ())
    if event in {"notify", "approve"} and kind:
        items = KINDS[kind].items if KINDS[kind].unit != "loan" else ()
        hidden = {name for name in ITEMS if name not in items} | ({"patent"} if not KINDS[kind].owned else set())
        return tuple(field for field in found if field.name not in hidden)
    return found


def given_for(event: str, raw: Mapping[str, Any], kind: str = "") -> dict[str, Any]:
    """The parsed fields of a step. Refused: terms_invalid with the fault of each field."""
    given = parsed(fields_for(event, kind), raw)
    faults = {name: said("note", "needed") for name in NEEDED.get(event, ()) if given.get(name) in (None, "")}
    for name, value in given.items():
        low = 0 if name in ZERO_IS_FINE else 1
        most = MAX_FEN if name.endswith("_fen") else MOST.get(name)
        if most is not None and not low <= value <= most:
            faults[name] = said("note", "not_in_range")
        if isinstance(value, str) and len(value) > 5000:
            faults[name] = said("note", "too_long")
    if faults:
        raise invalid(faults)
    return given


def missing_word(refused: Refusal) -> Refusal:
    """A refusal of the engine for a missing fact, in the reader's words."""
    if refused.code != "rating_fact_missing":
        return refused
    fact = said("field", refused.facts["fact"])
    patent = refused.facts["patent"] or said("note", "whole")
    return Refusal(refused.code, f"{fact} {patent}", facts={"fact": fact, "patent": patent})
