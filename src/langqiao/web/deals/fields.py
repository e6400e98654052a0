"""What a person fills in for each step: names, types and choices, and how their text becomes values; the forms and the services read this."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.operations import terms as engine
from langqiao.engine.operations.bidding import AuctionKind
from langqiao.web.deals.terms import invalid

FieldKind = Literal["money", "rate", "date", "moment", "text", "long", "flag", "choice", "codes", "words", "count", "organization", "deal"]
BEIJING = ZoneInfo("Asia/Shanghai")
LICENSES = ("license_exclusive", "license_sole", "license_ordinary", "sublicense")
SHELL = ("assignment", *LICENSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. A dotted name or one in TOP is a term of the deal; every other belongs to the step alone."""

    name: str
    kind: FieldKind
    choices: Sequence[str] = ()
    more: bool = False
    """Shown only on demand."""

    @property
    def of_terms(self) -> bool:
        """Whether the value becomes part of the deal's terms."""
        return "." in self.name or self.name in TOP


TOP = frozenset({"buyer_country", "pledge_route", "pledge_debt_fen", "obstacle", "false_statement"})


def _choice(name: str, choices: Sequence[str], *, more: bool = False) -> Field:
    return Field(name=name, kind="choice", choices=tuple(choices), more=more)


PRICE = (
    Field(name="payment.price_fen", kind="money"),
    Field(name="payment.broker_rate", kind="rate", more=True),
    Field(name="payment.tax_rate", kind="rate", more=True),
    Field(name="payment.holdback_rate", kind="rate", more=True),
    _choice("pledge_route", ("prepay", "deposit"), more=True),
    Field(name="pledge_debt_fen", kind="money", more=True),
    Field(name="buyer_country", kind="text", more=True),
)
LICENSE = (
    _choice("payment.method", get_args(engine.PaymentMethod)),
    Field(name="license.term_end", kind="date"),
    Field(name="license.no_term", kind="flag"),
    Field(name="license.territories", kind="codes"),
    Field(name="license.fields", kind="words"),
    Field(name="license.royalty.rate", kind="rate", more=True),
    Field(name="license.royalty.minimum_fen", kind="money", more=True),
    Field(name="license.royalty.period_months", kind="count", more=True),
    Field(name="license.royalty.late_rate_annual", kind="rate", more=True),
    Field(name="license.start", kind="date", more=True),
    Field(name="license.may_sublicense", kind="flag", more=True),
    Field(name="license.own_practice", kind="flag", more=True),
    Field(name="license.release_on_recordal", kind="flag", more=True),
)
OFFER = (Field(name="expires_on", kind="date"), Field(name="note", kind="long"))
PLEDGE = (
    Field(name="pledge.claim_kind", kind="text"),
    Field(name="pledge.claim_fen", kind="money"),
    Field(name="pledge.debt_end", kind="date"),
    Field(name="pledge.security_scope", kind="long"),
    Field(name="pledge.title_passes", kind="flag", more=True),
    Field(name="obstacle", kind="text", more=True),
)
STATEMENT = (
    _choice("statement.fee_method", get_args(engine.FeeMethod)),
    Field(name="statement.fixed_fen", kind="money"),
    Field(name="statement.rate", kind="rate"),
    Field(name="statement.term_end", kind="date"),
    Field(name="statement.other_matters", kind="long"),
    Field(name="statement.justified", kind="long", more=True),
    Field(name="obstacle", kind="text", more=True),
)
AUCTION = (
    _choice("auction.kind", get_args(AuctionKind)),
    Field(name="auction.reserve_fen", kind="money"),
    Field(name="auction.step_fen", kind="money"),
    Field(name="auction.deposit_fen", kind="money"),
    Field(name="auction.opens_at", kind="moment"),
    Field(name="auction.closes_at", kind="moment"),
    Field(name="auction.reveal_until", kind="moment"),
    Field(name="auction.snipe_minutes", kind="count", more=True),
    Field(name="auction.start_fen", kind="money", more=True),
    Field(name="auction.step_minutes", kind="count", more=True),
)
REASON = (Field(name="reason", kind="text"),)

OPENING: Mapping[str, tuple[Field, ...]] = {"pledge": PLEDGE, "open_license": STATEMENT, "auction": AUCTION}
"""Terms of operations that begin with a draft of one side: given when the deal is opened and changed until its first step."""

EVENTS: Mapping[str, tuple[Field, ...]] = {
    **dict.fromkeys(("fail", "refund", "withdraw", "drop", "cancel", "close", "enforce"), REASON),
    "release": (_choice("pledge.release_ground", ("discharged", "pledgee_consents", "right_ended", "contract_annulled")),),
    "change": PLEDGE,
    "edit_terms": STATEMENT,
    "give_notice": (Field(name="statement_sha256", kind="text"),),
    "bid": (Field(name="amount_fen", kind="money"), Field(name="digest", kind="text")),
    "reveal": (Field(name="amount_fen", kind="money"), Field(name="nonce", kind="text")),
    "negotiate": (Field(name="buyer", kind="organization"),),
}


def fields_of(kind: str, event: str) -> tuple[Field, ...]:
    """The fields of a step of an operation; `open` names those with which it is opened."""
    if event == "new":
        return OPENING.get(kind, ())
    if event == "make_offer":
        return (*PRICE, *(LICENSE if kind in LICENSES else ()), *OFFER)
    return EVENTS.get(event, ())


def parsed(fields: Sequence[Field], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name of what a form or a program gave; empty text is no value. Raises Refusal(terms_invalid) with the fault of each field."""
    known = {field.name: field for field in fields}
    faults = {name: "no such field here" for name in raw if name not in known}
    values: dict[str, Any] = {}
    for name, field in known.items():
        given = raw.get(name)
        if given is None or (isinstance(given, str) and not given.strip()):
            continue
        try:
            values[name] = _value(field, given)
        except (ValueError, TypeError) as error:
            faults[name] = str(error)[:200]
    if faults:
        raise invalid(faults)
    return values


def _value(field: Field, given: Any) -> Any:
    text = given.strip() if isinstance(given, str) else given
    match field.kind:
        case "money":
            return (
                text if isinstance(text, int) and not isinstance(text, bool) else yuan_to_fen(str(text).replace(",", "").replace("，", ""))
            )
        case "rate":
            return rate_text(str(text))
        case "date":
            return dt.date.fromisoformat(str(text)).isoformat()
        case "moment":
            moment = dt.datetime.fromisoformat(str(text))
            return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).isoformat()
        case "flag":
            return text is True or str(text).lower() in {"on", "true", "1", "yes"}
        case "choice":
            return _one_of(field, str(text))
        case "codes" | "words":
            return list(text) if isinstance(text, list) else [word for word in re.split(r"[\s,，、;；]+", text) if word]
        case "count":
            return int(text)
        case _:
            return str(text)


def _one_of(field: Field, text: str) -> str:
    if text not in field.choices:
        raise ValueError(f"{text[:40]!r} is none of {', '.join(field.choices)}")
    return text


def rate_text(text: str) -> str:
    """A share written as 0.05, 5% or 5 %, as decimal text."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?)\s*(%|％)?", text)
    if match is None:
        raise ValueError(f"{text[:20]!r} is no rate such as 5 % or 0.05")
    number = match.group(1)
    if match.group(2):
        whole, _, part = number.partition(".")
        digits = whole.zfill(3)
        number = f"{digits[:-2]}.{digits[-2:]}{part}"
    whole, _, part = number.partition(".")
    part = part.rstrip("0")
    return f"{int(whole)}.{part}" if part else str(int(whole))
