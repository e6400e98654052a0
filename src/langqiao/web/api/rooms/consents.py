"""Consents and waivers that deals of others ask of the organization, and its answer from its own account."""

import datetime as dt
import uuid
from typing import Any

from pydantic import Field

from langqiao.web.api.endpoint import Call, Endpoint, Given, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.deals.consents import ARTICLES, consent_answer, consent_get, consents_asked, deal_of, is_open, stale
from langqiao.web.deals.facts import consented_sha256
from langqiao.web.deals.models import Consent


class AskedConsentTold(Told):
    """A consent asked of the organization. `open`: it may be answered now; `stale`: it was given for other terms."""

    id: int
    deal_id: uuid.UUID
    kind: str
    seller: str
    buyer: str
    patents: list[str]
    basis: str
    article: str
    served_on: dt.date | None
    open_days: int
    given_on: dt.date | None
    refused_on: dt.date | None
    reason: str
    open: bool
    stale: bool


class AskedConsentWholeTold(AskedConsentTold):
    """With the terms that the word covers, and the hash of them that an answer names."""

    price_fen: int | None
    terms: dict[str, Any]
    terms_sha256: str


class AskedConsentsTold(Told):
    """A page, newest first."""

    items: list[AskedConsentTold]
    next_cursor: str | None


class WordGiven(Given):
    """The organization's word on the terms of that hash; a refusal has its reason."""

    agree: bool
    reason: str = Field(default="", max_length=500)
    terms_sha256: str = Field(min_length=64, max_length=64)


def _plain(one: Consent) -> dict[str, Any]:
    deal = one.deal
    same = {name: getattr(one, name) for name in ("basis", "served_on", "open_days", "given_on", "refused_on", "reason")}
    return {
        "id": one.pk, "deal_id": deal.pk, "kind": deal.kind, "seller": deal.seller.name, "buyer": deal.buyer.name if deal.buyer else "",
        "patents": [patent.key for patent in deal.patents.all()], "article": ARTICLES[one.basis], "open": is_open(one), "stale": stale(one),
        **same,
    }  # fmt: skip


def consents(call: Call) -> AskedConsentsTold:
    """What is asked of the organization."""
    found = consents_asked(call.membership.organization)
    rows, after = page(found, by=("at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return AskedConsentsTold(**listed(rows, lambda one: AskedConsentTold(**_plain(one)), after))


def consent(call: Call) -> AskedConsentWholeTold:
    """One consent with the terms it covers."""
    found = consent_get(call.path["consent_id"], call.membership)
    deal = found.deal = deal_of(found)
    terms = {name: deal.terms.get(name) for name in ("payment", "license", "pledge")}
    return AskedConsentWholeTold(**_plain(found), price_fen=deal.price_fen, terms=terms, terms_sha256=consented_sha256(deal))


def answer(call: Call) -> AskedConsentWholeTold:
    """Consents, waives, or refuses; on first refusal a refusal to waive means stepping in on equal terms."""
    found, given = consent_get(call.path["consent_id"], call.membership), call.body
    call.must_approve()
    consent_answer(found.pk, membership=call.membership, agree=given.agree, reason=given.reason, seen_sha256=given.terms_sha256)
    return consent(call)


ENDPOINTS = (
    Endpoint(
        method="GET", path="/consents", name="consents", scope="read", act=consents, answer=AskedConsentsTold, query=Paging,
        summary="Consents asked of the organization",
    ),
    Endpoint(
        method="GET", path="/consents/{consent_id:int}", name="consent", scope="read", act=consent, answer=AskedConsentWholeTold,
        summary="One consent with its terms",
    ),
    Endpoint(
        method="POST", path="/consents/{consent_id:int}/answer", name="consent_answer", scope="deals", act=answer,
        answer=AskedConsentWholeTold, body=WordGiven, role="editor", summary="Consent or refuse",
        doc="Needs the scope approve and a fresh second factor.", example={"agree": True, "terms_sha256": "0" * 64},
    ),
)  # fmt: skip
