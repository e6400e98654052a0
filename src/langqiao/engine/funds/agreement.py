"""The money terms of a fund's agreement: from words as they are kept into values, and what makes them contradict each other."""

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, cast, get_args

from langqiao.engine.funds.waterfall import Compounding
from langqiao.engine.kernel.refusal import Refusal

Kind = Literal["european", "american", "layered"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Whole fund, deal by deal, or senior before junior."""
DAY_COUNTS = ("act_365", "30_360")
FEE_MONTHS = (1, 3, 6, 12)

DEFAULTS: Mapping[str, Any] = {
    "kind": "european",
    "pref_rate": "0.08",
    "pref_compounding": "compound_annual",
    "day_count": "act_365",
    "catch_up": "1",
    "carry": "0.2",
    "single_share": "0.2",
    "fee_rate": "0",
    "fee_rate_after": "0",
    "fee_months": 3,
    "fee_offset": "1",
    "later_rate": "0.08",
    "notice_days": 10,
    "late_rate": "0.18",
    "grace_days": 10,
    "forfeit_share": "0",
    "recycling_cap": "1",
    "recycling_months": 0,
    "clawback": True,
    "clawback_tax": "0",
    "escrow_share": "0",
    "senior": [],
    "senior_rate": "0",
    "public": [],
    "concession": None,
    "reinvest": None,
    "key_people": [],
}
"""What a fund's terms say where they say nothing: contract, not law ([P] throughout); rates and shares are kept as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concession:
    """让利: the public partner gives `share` of its profit above `hurdle_rate` (simple, a year) to the others; `decided_by` names who decided."""

    partner: str
    hurdle_rate: Fraction
    share: Fraction
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinvest:
    """返投: `multiple` × the public contribution has to be invested in the region; `tests` are (day, share of the duty due by then)."""

    multiple: Fraction
    region: str
    tests: tuple[tuple[dt.date, Fraction], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The money terms in values. Rates are a year; `senior`, `public` and the concession name partners by their id.

    `recycling_cap`: what may be called in all, as a multiple of the commitment; `recycling_months`: cost given back within so many months of its
    payment may be called again (0: never). `clawback_tax`: the share of excess carry that was paid as tax and stays with the manager.
    """

    kind: Kind
    pref_rate: Fraction
    pref_compounding: Compounding
    day_count: Literal["30_360", "act_365"]
    catch_up: Fraction
    carry: Fraction
    single_share: Fraction
    fee_rate: Fraction
    fee_rate_after: Fraction
    fee_months: Literal[1, 3, 6, 12]
    fee_offset: Fraction
    later_rate: Fraction
    notice_days: int
    late_rate: Fraction
    grace_days: int
    forfeit_share: Fraction
    recycling_cap: Fraction
    recycling_months: int
    clawback: bool
    clawback_tax: Fraction
    escrow_share: Fraction
    senior: tuple[str, ...]
    senior_rate: Fraction
    public: tuple[str, ...]
    concession: Concession | None
    reinvest: Reinvest | None
    key_people: tuple[str, ...]


def _wrong(field: str, why: str) -> Refusal:
    return Refusal("fund_terms_wrong", f"{field}: {why}", facts={"field": field, "why": why})


def _number(body: Mapping[str, Any], field: str, most: int = 1) -> Fraction:
    try:
        value = Fraction(str(body[field]))
    except (ValueError, ZeroDivisionError) as unread:
        raise _wrong(field, "no number") from unread
    if not 0 <= value <= most:
        raise _wrong(field, f"outside 0 to {most}")
    return value


def _count(body: Mapping[str, Any], field: str, most: int) -> int:
    value = body[field]
    if type(value) is not int or not 0 <= value <= most:
        raise _wrong(field, f"no whole number from 0 to {most}")
    return value


def _one_of(body: Mapping[str, Any], field: str, known: tuple[Any, ...]) -> Any:
    if body[field] not in known:
        raise _wrong(field, "not one of the known words")
    return body[field]


SHARES = ("pref_rate", "catch_up", "carry", "single_share", "fee_rate", "fee_rate_after", "fee_offset", "later_rate", "late_rate")
MORE_SHARES = ("forfeit_share", "clawback_tax", "escrow_share", "senior_rate")


def agreement_of(given: Mapping[str, Any]) -> Agreement:
    """The terms in values; what they do not say is DEFAULTS. Raises Refusal(fund_terms_wrong) naming the field."""
    body = {**DEFAULTS, **given}
    numbers = {field: _number(body, field) for field in (*SHARES, *MORE_SHARES)}
    if numbers["carry"] >= 1:
        raise _wrong("carry", "must be below 1")
    agreement = Agreement(
        **numbers,
        kind=cast("Kind", _one_of(body, "kind", KINDS)),
        pref_compounding=_one_of(body, "pref_compounding", get_args(Compounding)),
        day_count=_one_of(body, "day_count", DAY_COUNTS),
        fee_months=_one_of(body, "fee_months", FEE_MONTHS),
        notice_days=_count(body, "notice_days", 60),
        grace_days=_count(body, "grace_days", 365),
        recycling_cap=_number(body, "recycling_cap", 3),
        recycling_months=_count(body, "recycling_months", 120),
        clawback=bool(body["clawback"]),
        senior=tuple(body["senior"]),
        public=tuple(body["public"]),
        concession=_concession(body["concession"]),
        reinvest=_reinvest(body["reinvest"]),
        key_people=tuple(body["key_people"]),
    )
    _consistent(agreement)
    return agreement


def _consistent(agreement: Agreement) -> None:
    if agreement.recycling_cap < 1:
        raise _wrong("recycling_cap", "below the commitment itself")
    if (agreement.kind == "layered") != bool(agreement.senior):
        raise _wrong("senior", "senior partners and the layered waterfall come together")
    if agreement.kind == "layered" and agreement.concession is not None:
        raise _wrong("concession", "a layered waterfall has its own order")


def _concession(body: Mapping[str, Any] | None) -> Concession | None:
    if not body:
        return None
    if not str(body.get("decided_by", "")).strip():
        raise _wrong("concession", "who decided it is not named")
    return Concession(
        partner=str(body["partner"]),
        hurdle_rate=_number(body, "hurdle_rate"),
        share=_number(body, "share"),
        decided_by=str(body["decided_by"]),
    )


def _reinvest(body: Mapping[str, Any] | None) -> Reinvest | None:
    if not body:
        return None
    try:
        tests = tuple((dt.date.fromisoformat(day), _number({"share": share}, "share")) for day, share in body["tests"])
    except (TypeError, ValueError) as unread:
        raise _wrong("reinvest", "a test is a day and a share") from unread
    if not tests or any(later[0] <= earlier[0] for earlier, later in itertools.pairwise(tests)):
        raise _wrong("reinvest", "the tests stand in the order of their days")
    return Reinvest(multiple=_number(body, "multiple", 10), region=str(body["region"]), tests=tests)
