"""The book of an auction at its limits: what each refusal says and names, what terms make no auction, and the last moment of everything."""

import dataclasses
import datetime as dt

import pytest

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.bidding import (
    AuctionFacts,
    Award,
    Commitment,
    Move,
    Offer,
    award,
    commitment_digest,
    lowest_bid,
    opened,
    with_bid,
    with_deposit,
    with_opening,
)
from tests.spec.deal_world import DAY, HOUR, NONCE, OPENS, TODAY, auction_terms, good, take

MINUTE, SECOND = dt.timedelta(minutes=1), dt.timedelta(seconds=1)
CLOSE, REVEALED = OPENS + 2 * HOUR, OPENS + 4 * HOUR
MOVE = Move(bidder="B", amount_fen=200_00, nonce=NONCE)
DIGEST = commitment_digest("A1", MOVE)
WINDOW = {"opens_at": OPENS, "closes_at": CLOSE}


def book(kind, *bidders, **changes):
    made = opened(auction_terms(kind, **changes))
    for bidder in bidders:
        made = with_deposit(made, bidder, OPENS)
    return made


def said(act, *given):
    """Code, sentence and facts of a refusal."""
    with pytest.raises(Refusal) as caught:
        act(*given)
    return caught.value.code, caught.value.message, caught.value.facts


def test_the_digest_holds_auction_bidder_amount_and_nonce_each_with_its_length():
    import hashlib

    assert hashlib.sha256(b"2:A11:B5:2000016:0123456789abcdef").hexdigest() == DIGEST


def test_bids_are_taken_from_the_opening_to_just_before_the_close():
    english = book("english", "B")
    assert with_bid(english, MOVE, OPENS).offers == (Offer(bidder="B", amount_fen=200_00, at=OPENS),)
    assert with_bid(english, MOVE, CLOSE - SECOND).best.amount_fen == 200_00
    for at in (OPENS - SECOND, CLOSE):
        code, message, facts = said(with_bid, english, MOVE, at)
        assert (code, facts) == ("auction_not_open", WINDOW)
        assert message == f"the auction takes bids from {OPENS} to {CLOSE}, not at {at}"
    assert with_deposit(english, "C", CLOSE - SECOND).deposits == ("B", "C")
    assert said(with_deposit, english, "C", CLOSE)[0::2] == ("auction_not_open", WINDOW)


def test_what_each_refusal_of_a_bid_says():
    english = with_bid(book("english", "B"), MOVE, OPENS)
    assert said(with_deposit, english, "B", OPENS) == ("bid_deposit_paid", "the deposit of B is held already", {"bidder": "B"})
    stranger = dataclasses.replace(MOVE, bidder="C")
    assert said(with_bid, english, stranger, OPENS) == ("bid_deposit_missing", "C has paid no deposit", {"bidder": "C"})
    low = dataclasses.replace(MOVE, amount_fen=209_99)
    assert said(with_bid, english, low, OPENS) == ("bid_too_low", "the bid of 209.99 is below 210.00", {"bid": "209.99", "least": "210.00"})
    committed = with_bid(book("second_price", "B"), dataclasses.replace(MOVE, digest=DIGEST.upper()), OPENS)
    assert committed.commitments == (Commitment(bidder="B", digest=DIGEST, at=OPENS),)
    again = Move(bidder="B", digest=DIGEST)
    assert said(with_bid, committed, again, OPENS) == (
        "bid_already_committed",
        "B has committed a bid; it cannot be changed",
        {"bidder": "B"},
    )
    short = Move(bidder="B", digest=DIGEST[:63])
    assert said(with_bid, book("second_price", "B"), short, OPENS) == (
        "bid_commitment_mismatch", "a commitment is a SHA-256 in hex", {"bidder": "B"},
    )  # fmt: skip


def test_what_each_refusal_of_an_opening_says_and_the_last_moments_of_the_window():
    sealed = with_bid(book("second_price", "B", "C"), Move(bidder="B", digest=DIGEST), OPENS)
    assert said(with_opening, sealed, MOVE, CLOSE - SECOND) == (
        "auction_still_open",
        f"bids are opened after {CLOSE}",
        {"closes_at": CLOSE},
    )
    assert with_opening(sealed, MOVE, CLOSE).offers == (Offer(bidder="B", amount_fen=200_00, at=CLOSE),)
    shown = with_opening(sealed, MOVE, REVEALED)
    assert said(with_opening, sealed, MOVE, REVEALED + SECOND)[0::2] == ("auction_not_open", WINDOW)
    assert said(with_opening, shown, MOVE, REVEALED) == ("bid_already_committed", "B has opened its bid", {"bidder": "B"})
    wrong = ("bid_commitment_mismatch", "amount and nonce of {} do not give the hash that was committed")
    for move in (
        dataclasses.replace(MOVE, amount_fen=200_01),
        dataclasses.replace(MOVE, nonce=NONCE[::-1]),
        dataclasses.replace(MOVE, bidder="C"),
    ):
        assert said(with_opening, sealed, move, CLOSE) == (wrong[0], wrong[1].format(move.bidder), {"bidder": move.bidder})


@pytest.mark.parametrize(("amount", "nonce", "opens"), [(1, "x" * 16, True), (0, "x" * 16, False), (1, "x" * 15, False)])
def test_a_sealed_bid_is_above_zero_and_its_nonce_has_sixteen_characters(amount, nonce, opens):
    move = Move(bidder="B", amount_fen=amount, nonce=nonce)
    sealed = with_bid(book("first_price", "B"), Move(bidder="B", digest=commitment_digest("A1", move)), OPENS)
    if opens:
        assert with_opening(sealed, move, CLOSE).best.amount_fen == amount
    else:
        assert said(with_opening, sealed, move, CLOSE)[0] == "bid_commitment_mismatch"


def test_the_least_bid_is_one_step_and_the_dutch_price_falls_by_whole_steps():
    assert lowest_bid(book("english"), OPENS) == 10_00
    dutch = book("dutch", "B", step_minutes=2)
    assert [lowest_bid(dutch, OPENS + minutes * MINUTE) for minutes in (0, 1, 2, 79, 80, 81, 82)] == [
        500_00, 500_00, 490_00, 110_00, 100_00, 100_00, 100_00,
    ]  # fmt: skip
    assert said(with_bid, dutch, dataclasses.replace(MOVE, amount_fen=499_99), OPENS)[2] == {"bid": "499.99", "least": "500.00"}
    taken = with_bid(dutch, dataclasses.replace(MOVE, amount_fen=600_00), OPENS + MINUTE)
    assert (taken.best.amount_fen, taken.closes_at) == (500_00, OPENS + MINUTE)


def test_a_late_bid_never_brings_the_close_forward():
    english = book("english", "B", snipe_minutes=5)
    assert with_bid(english, MOVE, CLOSE - 5 * MINUTE).closes_at == CLOSE
    assert with_bid(english, MOVE, CLOSE - 5 * MINUTE + SECOND).closes_at == CLOSE + SECOND
    assert with_bid(book("english", "B", snipe_minutes=0), MOVE, CLOSE - SECOND).closes_at == CLOSE


def test_of_equal_sealed_bids_the_earlier_commitment_wins_whoever_opened_first():
    late = Move(bidder="C", amount_fen=200_00, nonce=NONCE)
    sealed = with_bid(book("first_price", "B", "C"), Move(bidder="B", digest=DIGEST), OPENS)
    sealed = with_bid(sealed, Move(bidder="C", digest=commitment_digest("A1", late)), OPENS + SECOND)
    both = with_opening(with_opening(sealed, late, CLOSE), MOVE, CLOSE + SECOND)
    assert both.best.bidder == "B"
    assert award(both) == Award(winner="B", price_fen=200_00)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"closes_at": OPENS}, "an auction opens before it closes, and bids are opened after"),
        ({"reveal_until": CLOSE - SECOND}, "an auction opens before it closes, and bids are opened after"),
        ({"reserve_fen": -1}, "reserve and deposit are not negative, steps are above zero"),
        ({"deposit_fen": -1}, "reserve and deposit are not negative, steps are above zero"),
        ({"step_fen": 0}, "reserve and deposit are not negative, steps are above zero"),
        ({"step_minutes": 0}, "reserve and deposit are not negative, steps are above zero"),
        ({"snipe_minutes": -1}, "reserve and deposit are not negative, steps are above zero"),
        ({"kind": "dutch", "start_fen": 99_99}, "a Dutch auction starts at or above its reserve"),
    ],
)
def test_terms_under_which_no_auction_can_be_held(changes, sentence):
    with pytest.raises(ValueError) as caught:
        auction_terms(**changes)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "changes",
    [
        {"reveal_until": CLOSE}, {"reserve_fen": 0}, {"deposit_fen": 0}, {"step_fen": 1}, {"step_minutes": 1}, {"snipe_minutes": 0},
        {"kind": "dutch", "start_fen": 100_00}, {"start_fen": 0},
    ],
)  # fmt: skip
def test_terms_at_their_limits_hold_an_auction(changes):
    terms = auction_terms(**changes)
    assert opened(terms).closes_at == terms.closes_at


def refusal(state, event, role, of, at, *, move=MOVE, today=TODAY):
    facts = good("auction", state, event, role, auction=AuctionFacts(book=of, at=at, move=move))
    with pytest.raises(Refusal) as caught:
        take("auction", facts, event, role, today)
    return caught.value.code, caught.value.facts


def test_the_steps_of_an_auction_name_their_moments():
    english = with_bid(book("english", "B"), MOVE, OPENS)
    assert refusal("open", "close", "system", english, CLOSE - SECOND) == ("auction_running", {"closes_at": CLOSE, "also": ()})
    code, facts = refusal("open", "bid", "buyer", english, CLOSE)
    assert (code, facts) == ("auction_not_open", {**WINDOW, "rule": "auction_not_open", "also": ()})
    sealed = with_bid(book("second_price", "B"), Move(bidder="B", digest=DIGEST), OPENS)
    assert refusal("revealing", "award", "system", sealed, REVEALED) == (
        "reveal_not_over",
        {"until": REVEALED, "also": ("reserve_not_met",)},
    )
    assert refusal("revealing", "award", "system", sealed, REVEALED + SECOND) == ("reserve_not_met", {"also": ()})
    assert refusal("unsold", "negotiate", "seller", english, CLOSE, today=TODAY + 31 * DAY) == (
        "treaty_window_over", {"until": TODAY + 30 * DAY, "also": ()},
    )  # fmt: skip


def test_a_move_is_the_buyer_s_own_and_an_auction_has_its_book():
    facts = good(
        "auction", "open", "bid", auction=AuctionFacts(book=book("english", "B"), at=OPENS, move=dataclasses.replace(MOVE, bidder="C"))
    )
    with pytest.raises(ValueError, match=r"^the move of an auction is the buyer's own$"):
        take("auction", facts, "bid", "buyer")
    with pytest.raises(ValueError, match=r"^the move of an auction is the buyer's own$"):
        take("auction", good("auction", "open", "bid", auction=AuctionFacts(book=book("english"), at=OPENS)), "bid", "buyer")
    with pytest.raises(ValueError, match=r"^the facts of an auction carry its book$"):
        take("auction", good("auction", "open", "bid", auction=None), "bid", "buyer")


def test_the_day_of_a_close_is_that_of_beijing():
    night = opened(
        auction_terms(closes_at=OPENS + 8 * HOUR, reveal_until=OPENS + 9 * HOUR)
    )  # 17:00 UTC is 01:00 of the next day in Beijing
    assert refusal("unsold", "negotiate", "seller", night, CLOSE, today=TODAY + 32 * DAY)[1]["until"] == TODAY + 31 * DAY
