"""Auctions as pure rules on a book of bids: English with extension, sealed first and second price by committed hash, Dutch; deposits."""

import dataclasses
import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Literal

from langqiao.engine.kernel.money import Fen, fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.outcome import Account, Transfer
from langqiao.engine.operations.settlement import ESCROW

AuctionKind = Literal["english", "first_price", "second_price", "dutch"]
SEALED: frozenset[AuctionKind] = frozenset({"first_price", "second_price"})
MIN_NONCE = 16
"""Characters of the secret in a commitment: fewer could be searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionTerms:
    """The rules published before. Times carry a zone. English: `step_fen` is the least raise over the best bid. Dutch: the price starts at
    `start_fen` and falls by `step_fen` every `step_minutes`, never below the reserve. Sealed: bids are opened until `reveal_until`.
    """

    auction: str
    kind: AuctionKind
    reserve_fen: Fen
    step_fen: Fen
    deposit_fen: Fen
    opens_at: dt.datetime
    closes_at: dt.datetime
    reveal_until: dt.datetime
    start_fen: Fen = 0
    step_minutes: int = 1
    snipe_minutes: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError for rules under which no auction can be held."""
        if not self.opens_at < self.closes_at <= self.reveal_until:
            raise ValueError("an auction opens before it closes, and bids are opened after")
        if min(self.reserve_fen, self.deposit_fen) < 0 or self.step_fen <= 0 or self.step_minutes <= 0 or self.snipe_minutes < 0:
            raise ValueError("reserve and deposit are not negative, steps are above zero")
        if self.kind == "dutch" and self.start_fen < self.reserve_fen:
            raise ValueError("a Dutch auction starts at or above its reserve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A valid bid in the order it came."""

    bidder: str
    amount_fen: Fen
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A sealed bid: its hash, before anybody can know the amount."""

    bidder: str
    digest: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All that happened in an auction; every function returns a new one. `closes_at` moves with late bids."""

    terms: AuctionTerms
    closes_at: dt.datetime
    deposits: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    commitments: tuple[Commitment, ...] = ()

    @property
    def best(self) -> Offer | None:
        """The highest offer; of equal ones the earlier. In a sealed auction "earlier" is the time of the commitment."""
        order = {commitment.bidder: commitment.at for commitment in self.commitments}
        return min(self.offers, key=lambda offer: (-offer.amount_fen, order.get(offer.bidder, offer.at)), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Who won at which price; neither where the reserve was not met."""

    winner: str | None = None
    price_fen: Fen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a bidder does: pays a deposit, bids an amount (English, Dutch), commits a digest, or opens amount and nonce."""

    bidder: str
    amount_fen: Fen = 0
    digest: str = ""
    nonce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionFacts:
    """The book, the moment, and the move that the step makes."""

    book: Book
    at: dt.datetime
    move: Move | None = None


def opened(terms: AuctionTerms) -> Book:
    """The empty book."""
    return Book(terms=terms, closes_at=terms.closes_at)


def commitment_digest(auction: str, move: Move) -> str:
    """SHA-256 in hex of auction, bidder, amount in fen and nonce, each with its length before it, so that no two bids share one text."""
    parts = (auction, move.bidder, str(move.amount_fen), move.nonce)
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def with_deposit(book: Book, bidder: str, at: dt.datetime) -> Book:
    """The book with a bidder's deposit. Raises Refusal(auction_not_open, bid_deposit_paid)."""
    if at >= book.closes_at:
        raise _not_open(book, at)
    if bidder in book.deposits:
        raise Refusal("bid_deposit_paid", f"the deposit of {bidder} is held already", facts={"bidder": bidder})
    return dataclasses.replace(book, deposits=(*book.deposits, bidder))


def with_bid(book: Book, move: Move, at: dt.datetime) -> Book:
    """The book with an open bid or a sealed commitment. Raises Refusal(auction_not_open, bid_deposit_missing, bid_too_low, …)."""
    _require_open(book, at)
    if move.bidder not in book.deposits:
        raise Refusal("bid_deposit_missing", f"{move.bidder} has paid no deposit", facts={"bidder": move.bidder})
    if book.terms.kind in SEALED:
        return _committed(book, move, at)
    least = lowest_bid(book, at)
    if move.amount_fen < least:
        message = f"the bid of {fen_to_yuan(move.amount_fen)} is below {fen_to_yuan(least)}"
        raise Refusal("bid_too_low", message, facts={"bid": fen_to_yuan(move.amount_fen), "least": fen_to_yuan(least)})
    amount = least if book.terms.kind == "dutch" else move.amount_fen
    offer = Offer(bidder=move.bidder, amount_fen=amount, at=at)
    return dataclasses.replace(book, offers=(*book.offers, offer), closes_at=_close_after(book, at))


def lowest_bid(book: Book, at: dt.datetime) -> Fen:
    """The least that an open bid must offer: one step above the best (English), or the price on the clock (Dutch)."""
    terms = book.terms
    if terms.kind == "dutch":
        steps = (at - terms.opens_at) // dt.timedelta(minutes=terms.step_minutes)
        return max(terms.reserve_fen, terms.start_fen - steps * terms.step_fen)
    return book.best.amount_fen + terms.step_fen if book.best else terms.step_fen


def _close_after(book: Book, at: dt.datetime) -> dt.datetime:
    """A Dutch auction ends with its first bid; an English one is extended if the bid came within the minutes before its close."""
    if book.terms.kind == "dutch":
        return at
    extension = dt.timedelta(minutes=book.terms.snipe_minutes)
    return max(book.closes_at, at + extension)


def _committed(book: Book, move: Move, at: dt.datetime) -> Book:
    if any(commitment.bidder == move.bidder for commitment in book.commitments):
        raise Refusal("bid_already_committed", f"{move.bidder} has committed a bid; it cannot be changed", facts={"bidder": move.bidder})
    if len(move.digest) != hashlib.sha256().digest_size * 2:
        raise Refusal("bid_commitment_mismatch", "a commitment is a SHA-256 in hex", facts={"bidder": move.bidder})
    new = Commitment(bidder=move.bidder, digest=move.digest.lower(), at=at)
    return dataclasses.replace(book, commitments=(*book.commitments, new))


def with_opening(book: Book, move: Move, at: dt.datetime) -> Book:
    """The book with a sealed bid opened after the close. Raises Refusal(auction_still_open, auction_not_open, bid_commitment_mismatch)."""
    if at < book.closes_at:
        raise Refusal("auction_still_open", f"bids are opened after {book.closes_at}", facts={"closes_at": book.closes_at})
    if at > book.terms.reveal_until:
        raise _not_open(book, at)
    kept = next((commitment for commitment in book.commitments if commitment.bidder == move.bidder), None)
    if kept is None or len(move.nonce) < MIN_NONCE or move.amount_fen <= 0 or commitment_digest(book.terms.auction, move) != kept.digest:
        message = f"amount and nonce of {move.bidder} do not give the hash that was committed"
        raise Refusal("bid_commitment_mismatch", message, facts={"bidder": move.bidder})
    if any(offer.bidder == move.bidder for offer in book.offers):
        raise Refusal("bid_already_committed", f"{move.bidder} has opened its bid", facts={"bidder": move.bidder})
    return dataclasses.replace(book, offers=(*book.offers, Offer(bidder=move.bidder, amount_fen=move.amount_fen, at=at)))


def award(book: Book) -> Award:
    """The highest valid bid at or above the reserve wins; equal ones: the earlier. It pays its bid, at second price the larger of the reserve
    and the best bid of another bidder (P16). A sealed bid not opened is no bid.
    """
    best = book.best
    if best is None or best.amount_fen < book.terms.reserve_fen:
        return Award()
    if book.terms.kind != "second_price":
        return Award(winner=best.bidder, price_fen=best.amount_fen)
    others = [offer.amount_fen for offer in book.offers if offer.bidder != best.bidder]
    return Award(winner=best.bidder, price_fen=max([book.terms.reserve_fen, *others]))


def deposit_hold(book: Book, bidder: str) -> tuple[Transfer, ...]:
    """The hold of a bidder's deposit."""
    return _deposit(book, bidder, "hold")


def deposits_after(book: Book, result: Award) -> tuple[Transfer, ...]:
    """Every loser's deposit voided in full; the winner's voided too where it exceeds the price, else posted toward the price."""
    transfers: list[Transfer] = []
    for bidder in book.deposits:
        pays = bidder == result.winner and result.price_fen is not None and book.terms.deposit_fen <= result.price_fen
        transfers += _deposit(book, bidder, "post" if pays else "void")
    return tuple(transfers)


def _deposit(book: Book, bidder: str, phase: Literal["hold", "post", "void"]) -> tuple[Transfer, ...]:
    amount = book.terms.deposit_fen
    source = Account(role="buyer", party=bidder)
    return (Transfer(key=f"deposit:{bidder}", phase=phase, source=source, target=ESCROW, amount_fen=amount),) if amount else ()


def _require_open(book: Book, at: dt.datetime) -> None:
    if not book.terms.opens_at <= at < book.closes_at:
        raise _not_open(book, at)


def _not_open(book: Book, at: dt.datetime) -> Refusal:
    message = f"the auction takes bids from {book.terms.opens_at} to {book.closes_at}, not at {at}"
    return Refusal("auction_not_open", message, facts={"opens_at": book.terms.opens_at, "closes_at": book.closes_at})
