"""What a step changes in the deal itself besides its state: offers, reservations, days, bids, and the deal that follows an auction."""

import datetime as dt
from typing import Any

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.bidding import Move, with_bid
from langqiao.engine.operations.outcome import Outcome
from langqiao.engine.operations.register import OPERATIONS
from langqiao.rules import parameters
from langqiao.web.deals import terms as stored
from langqiao.web.deals.facts import Attempt, book_of, statement_of
from langqiao.web.deals.fields import BEIJING
from langqiao.web.deals.models import Bid, Deadline, Deal, DealPatent, Offer, Reservation
from langqiao.web.deals.selectors import TAKING_AWAY
from langqiao.web.people.models import Organization

FREEING = frozenset({"fail", "refund", "expire", "perform", "pass", "cancel"})


def applied(deal: Deal, attempt: Attempt, outcome: Outcome) -> None:
    """Applies a taken step to the deal, which the caller saves."""
    payment = deal.terms.get("payment", {})
    deal.price_fen = payment.get("price_fen", deal.price_fen)
    match attempt.event:
        case "make_offer":
            _offered(deal, attempt)
        case "accept":
            if deal.kind in TAKING_AWAY:
                _reserve(deal)
        case "fund":
            deal.hold_expires_on = next(due.on for due in outcome.deadlines if due.code == "escrow_hold")
        case "perform":
            deal.effective_on = attempt.today
            _dealt(deal)
        case "pay":
            deal.effective_on = attempt.today
        case "deposit" | "bid" | "reveal":
            _moved(deal, attempt)
        case "award":
            _awarded(deal, outcome)
        case "negotiate":
            _negotiated(deal, attempt)
        case _:
            pass
    _clocked(deal, attempt)
    if attempt.event in FREEING:
        Reservation.objects.filter(deal=deal).delete()


def _dealt(deal: Deal) -> None:
    from langqiao.web.market.services import listing_dealt  # noqa: PLC0415 - the market opens deals

    if deal.listing:
        listing_dealt(listing_id=deal.listing)


def _offered(deal: Deal, attempt: Attempt) -> None:
    days = parameters().value("market.offer_days", attempt.today)
    given = attempt.fields.get("expires_on")
    deal.offer_by = attempt.role
    deal.offer_expires_on = dt.date.fromisoformat(str(given)) if given else attempt.today + dt.timedelta(days=days)
    if deal.offer_expires_on < attempt.today:
        raise stored.invalid({"expires_on": "the day lies in the past"})
    Offer.objects.create(
        deal=deal, role=attempt.role, organization=attempt.organization, by_id=_user(attempt), at=attempt.at, terms=deal.terms,
        price_fen=deal.price_fen, expires_on=deal.offer_expires_on, note=str(attempt.fields.get("note", "")),
    )  # fmt: skip


def _reserve(deal: Deal) -> None:
    for patent in deal.patents.all():
        Reservation.objects.create(key=patent.key, deal=deal)


def _clocked(deal: Deal, attempt: Attempt) -> None:
    """The days that auctions and statements run to, as deadlines that anybody can see."""
    rules = stored.read(deal.terms).auction
    if attempt.event == "open" and rules is not None:
        _reserve(deal)
        Deadline.objects.create(deal=deal, code="auction_close", on=_day(rules.closes_at), consequence="revealing")
    if attempt.event == "close" and deal.state == "revealing" and rules is not None:
        Deadline.objects.create(deal=deal, code="reveal", on=_day(rules.reveal_until), consequence="unsold")
    if attempt.event == "announce":
        statement = statement_of(deal)
        if statement is not None and statement.term_end is not None:
            Deadline.objects.create(deal=deal, code="statement_term", on=statement.term_end, consequence="expired")


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(BEIJING).date()


def _moved(deal: Deal, attempt: Attempt) -> None:
    organization = attempt.organization
    assert organization is not None, "a bidder is an organization"
    amount, digest = int(str(attempt.fields.get("amount_fen") or 0)), str(attempt.fields.get("digest", ""))
    move = {"deposit": "deposit", "reveal": "open"}.get(attempt.event) or ("commit" if digest else "bid")
    if move == "bid":
        book = with_bid(book_of(deal), Move(bidder=organization.name, amount_fen=amount), attempt.at)
        amount = book.offers[-1].amount_fen
    Bid.objects.create(
        deal=deal, organization=organization, bidder=organization, move=move, amount_fen=amount if move in {"bid", "open"} else None,
        digest=digest.lower() if move == "commit" else "", nonce=str(attempt.fields.get("nonce", "")), by_id=_user(attempt), at=attempt.at,
        number=deal.bid_set.count() + 1,
    )  # fmt: skip


def _user(attempt: Attempt) -> int | None:
    kind, _slash, number = attempt.actor.partition("/")
    return int(number) if kind == "user" else None


def _awarded(deal: Deal, outcome: Outcome) -> None:
    """The winner goes on in a deal of assignment from `accepted` at the price of the award, with its deposit counted where it was kept."""
    facts: dict[str, Any] = dict(outcome.audit.facts)
    winner = Organization.objects.get(name=facts["winner"])
    kept = sum(transfer.amount_fen for transfer in outcome.transfers if transfer.phase == "post")
    payment = {"price_fen": facts["price_fen"], "method": "lump_sum", "deposit_fen": kept}
    child = followed(deal, buyer=winner, state="accepted", payment=payment)
    Reservation.objects.filter(deal=deal).update(deal=child)


def _negotiated(deal: Deal, attempt: Attempt) -> None:
    buyer = attempt.organization
    if attempt.role == "seller":
        buyer = Organization.objects.filter(pk=str(attempt.fields.get("buyer") or 0), bids__deal=deal).first()
    if buyer is None:
        raise Refusal("buyer_missing", "name the bidder with whom the price is negotiated", facts={})
    followed(deal, buyer=buyer, state=OPERATIONS["assignment"].workflow.start, payment={})


def followed(deal: Deal, *, buyer: Organization, state: str, payment: dict[str, Any]) -> Deal:
    """The deal of assignment that follows an auction; it holds the same patents."""
    terms = stored.patched({}, {"payment": payment, "price_by": "auction"})
    child = Deal.objects.create(
        kind="assignment", state=state, label=deal.label, seller=deal.seller, buyer=buyer, operator=deal.operator, broker=deal.broker,
        parent=deal, listing=deal.listing, terms=terms, offer_by="seller", price_fen=payment.get("price_fen"),
        opened_by=deal.opened_by, is_scenario=deal.is_scenario,
    )  # fmt: skip
    DealPatent.objects.bulk_create(
        [DealPatent(deal=child, key=patent.key, title_zh=patent.title_zh, title_en=patent.title_en) for patent in deal.patents.all()]
    )
    return child
