"""Auctions by hand-made books: extension, clock, commitments, second price, and every rule of bidding by its code."""

import dataclasses
import datetime as dt

import pytest

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.bidding import (
    AuctionFacts,
    Move,
    award,
    commitment_digest,
    lowest_bid,
    opened,
    with_bid,
    with_deposit,
    with_opening,
)
from langqiao.rules.refusals import refusals
from tests.spec.deal_world import DAY, HOUR, NONCE, OPENS, TODAY, auction_terms, good, take

MINUTE = dt.timedelta(minutes=1)


def book_of(kind, *bidders, **changes):
    book = opened(auction_terms(kind, **changes))
    for bidder in bidders:
        book = with_deposit(book, bidder, OPENS)
    return book


def sealed(*bids, kind="second_price"):
    """A book with these (bidder, fen) committed in order and opened."""
    book = book_of(kind, *(bidder for bidder, _ in bids))
    for i, (bidder, fen) in enumerate(bids):
        digest = commitment_digest("A1", Move(bidder=bidder, amount_fen=fen, nonce=NONCE))
        book = with_bid(book, Move(bidder=bidder, digest=digest), OPENS + i * MINUTE)
    for bidder, fen in reversed(bids):
        book = with_opening(book, Move(bidder=bidder, amount_fen=fen, nonce=NONCE), OPENS + 3 * HOUR)
    return book


def test_a_bid_in_the_last_minutes_extends_an_english_auction():
    book = with_bid(book_of("english", "B"), Move(bidder="B", amount_fen=100_00), OPENS + 2 * HOUR - 6 * MINUTE)
    assert book.closes_at == OPENS + 2 * HOUR
    book = with_bid(book, Move(bidder="B", amount_fen=110_00), OPENS + 2 * HOUR - MINUTE)
    assert book.closes_at == OPENS + 2 * HOUR + 4 * MINUTE


def test_a_dutch_clock_falls_to_its_reserve_and_the_first_bid_ends_it():
    book = book_of("dutch", "B", "C", step_minutes=1)
    assert lowest_bid(book, OPENS + 10 * MINUTE) == 400_00
    assert lowest_bid(book, OPENS + 100 * MINUTE) == 100_00
    book = with_bid(book, Move(bidder="B", amount_fen=450_00), OPENS + 10 * MINUTE)
    assert (award(book).winner, award(book).price_fen) == ("B", 400_00)
    with pytest.raises(Refusal, match="takes bids"):
        with_bid(book, Move(bidder="C", amount_fen=450_00), OPENS + 10 * MINUTE)


@pytest.mark.parametrize(
    ("bids", "winner", "price"),
    [
        ([("B", 200_00), ("C", 150_00)], "B", 150_00),
        ([("B", 200_00)], "B", 100_00),
        ([("B", 150_00), ("C", 150_00)], "B", 150_00),
        ([("B", 99_99)], None, None),
    ],
)
def test_the_second_price_is_the_reserve_or_the_next_bid_and_a_tie_goes_to_the_earlier_commitment(bids, winner, price):
    assert (award(sealed(*bids)).winner, award(sealed(*bids)).price_fen) == (winner, price)


def test_the_first_price_is_the_own_bid():
    assert award(sealed(("B", 200_00), ("C", 150_00), kind="first_price")).price_fen == 200_00


MOVE = Move(bidder="B", amount_fen=200_00, nonce=NONCE)
LATE = OPENS + 3 * HOUR
COMMITTED = with_bid(book_of("second_price", "B"), Move(bidder="B", digest=commitment_digest("A1", MOVE)), OPENS)
BID = with_bid(book_of("english", "B"), MOVE, OPENS)
CASES = [
    ("auction_not_open", "open", "bid", "buyer", book_of("english", "B"), OPENS - MINUTE, MOVE),
    ("auction_not_open", "open", "deposit", "buyer", book_of("english"), OPENS + 2 * HOUR, MOVE),
    ("auction_not_open", "revealing", "reveal", "buyer", COMMITTED, OPENS + 5 * HOUR, MOVE),
    ("auction_running", "open", "close", "system", BID, OPENS + HOUR, None),
    ("auction_still_open", "revealing", "reveal", "buyer", COMMITTED, OPENS + HOUR, MOVE),
    ("bid_deposit_paid", "open", "deposit", "buyer", BID, OPENS, MOVE),
    ("bid_deposit_missing", "open", "bid", "buyer", book_of("english"), OPENS, MOVE),
    ("bid_too_low", "open", "bid", "buyer", BID, OPENS, dataclasses.replace(MOVE, amount_fen=209_99)),
    ("bid_already_committed", "open", "bid", "buyer", COMMITTED, OPENS, Move(bidder="B", digest="0" * 64)),
    ("bid_commitment_mismatch", "revealing", "reveal", "buyer", COMMITTED, LATE, dataclasses.replace(MOVE, amount_fen=199_99)),
    ("reveal_not_over", "revealing", "award", "system", COMMITTED, LATE, None),
    ("reserve_not_met", "revealing", "award", "system", book_of("english"), LATE, None),
    ("reserve_met", "revealing", "pass", "system", BID, LATE, None),
]
COVERED = {case[0] for case in CASES} | {"treaty_window_over"}


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES])
def test_a_rule_of_bidding_is_refused_by_its_code(case):
    code, state, event, role, book, at, move = case
    with pytest.raises(Refusal) as caught:
        take("auction", good("auction", state, event, role, auction=AuctionFacts(book=book, at=at, move=move)), event, role)
    assert caught.value.code == code
    assert refusals()[code].sentence("zh", caught.value.facts)


def test_an_unsold_auction_has_its_window_of_private_treaty_and_no_longer():
    facts = good("auction", "unsold", "negotiate")
    assert take("auction", facts, "negotiate", "seller", TODAY + 30 * DAY).new_state == "treaty"
    with pytest.raises(Refusal) as caught:
        take("auction", facts, "negotiate", "seller", TODAY + 31 * DAY)
    assert caught.value.code == "treaty_window_over"


def test_a_short_nonce_opens_no_bid():
    short = dataclasses.replace(MOVE, nonce="123")
    book = with_bid(book_of("second_price", "B"), Move(bidder="B", digest=commitment_digest("A1", short)), OPENS)
    with pytest.raises(Refusal, match="do not give the hash"):
        with_opening(book, short, LATE)
