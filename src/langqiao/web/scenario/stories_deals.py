"""What is dealt: money paid in through the simulated bank, deals opened from listings and walked to where each rests."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from langqiao.web.deals import confidence, contract, room
from langqiao.web.deals.models import Deal
from langqiao.web.deals.services import deal_advance, deal_request
from langqiao.web.documents.models import Document
from langqiao.web.documents.services import document_sign
from langqiao.web.ledger.payments import payment_ask
from langqiao.web.market.models import Listing
from langqiao.web.market.services import listing_deal_open
from langqiao.web.people.models import Membership
from langqiao.web.scenario.cast import Company
from langqiao.web.scenario.stories import Play

SAMPLES: Mapping[str, str] = {"date": "2031-10-27", "money": "1000.00", "count": "5", "rate": "0.02"}
"""What the scenario writes where a contract asks for something that nobody has said; every other field says that it is invented."""


def money(play: Play) -> None:
    """Buyers pay in through the simulated bank."""
    for word in ("electric", "maker", "chemist", "bank", "fund"):
        amount = play.price_fen(30_000_000, 60_000_000)
        payment_ask(membership=play.cast[word].first, direction="in", amount_fen=amount, key=uuid.uuid4().hex)
        play.count("payments in")


def deals(play: Play, made: list[Listing]) -> None:
    """One deal from each of five listings, each brought to another state."""
    plans = (
        ("assignment", "university", "electric", "closed"),
        ("license_ordinary", "university", "maker", "escrowed"),
        ("license_exclusive", "institute", "chemist", "offer"),
        ("assignment", "chemist", "electric", "nda"),
    )
    for mode, holder, buyer, until in plans:
        owner = play.cast[holder].organization
        listing = next(one for one in made if one.mode == mode and one.organization_id == owner.pk and one.state == "listed")
        _walk(play, listing, play.cast[holder], play.cast[buyer], until=until)
        play.count("deals")


def _walk(play: Play, listing: Listing, seller: Company, buyer: Company, *, until: str) -> Deal:
    deal = listing_deal_open(listing=listing, membership=buyer.first)
    for side in (seller.first, buyer.first):
        room.nda_sign(deal.pk, membership=side, seen_sha256=confidence.text_sha256(deal, "zh"))
    if until == "nda":
        return deal
    price = listing.price_fen or listing.price_low_fen or play.price_fen(200_000, 900_000)
    terms = {"payment.price_fen": f"{price // 100}.{price % 100:02d}"}
    if listing.mode != "assignment":
        terms |= {"payment.method": "lump_sum", "license.no_term": "on"}
    _take(deal, "make_offer", seller.first, terms)
    if until == "offer":
        return deal
    _contract(deal, seller, buyer)
    _take(deal, "accept", buyer.first)
    _both(deal, "fund", buyer)
    if until == "escrowed":
        return deal
    operator = next(company for company in play.cast.values() if company.organization.pk == deal.operator_id)
    room.receipt_note(
        deal.pk, membership=operator.first, kind="registration", number=f"演示-{play.dice.randrange(10**6):06d}", on=timezone.localdate()
    )
    _both(deal, "perform", operator)
    _both(deal, "settle", operator)
    _take(deal, "close", operator.first)
    return deal


def _take(deal: Deal, event: str, membership: Membership, fields: Mapping[str, Any] | None = None) -> None:
    deal_advance(deal.pk, event, membership=membership, key=uuid.uuid4().hex, fields=dict(fields or {}))


def _both(deal: Deal, event: str, company: Company) -> None:
    """The first asks, the second approves."""
    deal_request(deal.pk, event, membership=company.first)
    _take(deal, event, company.second)


def _contract(deal: Deal, seller: Company, buyer: Company) -> None:
    """The contract in both languages, signed by both sides with the test certificate authority."""
    deal.refresh_from_db()
    given = {one.name: str(one.value or SAMPLES.get(one.field.type, "演示 scenario")) for one in contract.asked(deal, {}) if one.needed}
    given |= {
        one.name: next(iter(one.field.choices)) for one in contract.asked(deal, {}) if one.needed and one.field.choices and not one.value
    }
    made = contract.contract_make(deal.pk, membership=seller.first, given=given)
    for pk in made.contract["documents"]:
        document = Document.objects.get(pk=pk)
        for side in (seller.second, buyer.second):
            document_sign(document=document, membership=side, user=side.user)
