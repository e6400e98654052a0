"""An auction as an operation: announced, open, revealing, awarded or unsold with its window of private treaty."""

import datetime as dt

from langqiao.engine.kernel.dates import beijing_day
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.kernel.workflow import Workflow
from langqiao.engine.operations.bidding import (
    AuctionFacts,
    Award,
    Book,
    Move,
    award,
    deposit_hold,
    deposits_after,
    with_bid,
    with_deposit,
    with_opening,
)
from langqiao.engine.operations.deal import Call, Facts, Gate, Operation, Result
from langqiao.engine.operations.encumbrance import Plan, Standing
from langqiao.engine.operations.gates import GATES
from langqiao.engine.operations.outcome import Deadline
from langqiao.engine.operations.shell import CONSENTS, PARTIES, PLATFORM, RIGHT, SYSTEM, step
from langqiao.engine.operations.terms import Right

BY = PLATFORM | SYSTEM
BIDDER = frozenset({"buyer"})


def _auction(call: Call) -> AuctionFacts:
    if call.facts.auction is None:
        raise ValueError("the facts of an auction carry its book")
    return call.facts.auction


def _move(call: Call) -> tuple[Book, Move, dt.datetime]:
    auction = _auction(call)
    if auction.move is None or auction.move.bidder != call.facts.buyer:
        raise ValueError("the move of an auction is the buyer's own")
    return auction.book, auction.move, auction.at


def _refused(call: Call) -> Facts | None:
    """The refusal of the book's own rules, as a gate of the code asked for."""
    try:
        after(call)
    except Refusal as refusal:
        return {**refusal.facts, "rule": refusal.code}
    return None


def after(call: Call) -> Book:
    """The book after the move of a deposit, bid or reveal; the service keeps it."""
    book, move, at = _move(call)
    match call.event:
        case "deposit":
            return with_deposit(book, move.bidder, at)
        case "bid":
            return with_bid(book, move, at)
        case _:
            return with_opening(book, move, at)


def _own(code: str) -> Gate:
    def applies(call: Call) -> Facts | None:
        facts = _refused(call)
        return facts if facts is not None and facts["rule"] == code else None

    return Gate(code=code, article="", applies=applies)


def _still_open(call: Call) -> Facts | None:
    auction = _auction(call)
    return {"closes_at": auction.book.closes_at} if auction.at < auction.book.closes_at else None


def _revealing(call: Call) -> Facts | None:
    auction = _auction(call)
    sealed = bool(auction.book.commitments) and len(auction.book.offers) < len(auction.book.commitments)
    return {"until": auction.book.terms.reveal_until} if sealed and auction.at <= auction.book.terms.reveal_until else None


def _no_winner(call: Call) -> Facts | None:
    return {} if award(_auction(call).book).winner is None else None


def _has_winner(call: Call) -> Facts | None:
    return None if award(_auction(call).book).winner is None else {}


def _last_treaty_day(call: Call) -> dt.date:
    """The last day on which an unsold right may be sold by private treaty, counted from the day of the close in Beijing."""
    days = call.parameters.value("market.private_treaty_days", call.today)
    return beijing_day(_auction(call).book.closes_at) + dt.timedelta(days=days)


def _treaty_over(call: Call) -> Facts | None:
    last = _last_treaty_day(call)
    return {"until": last} if call.today > last else None


MOVES = ("auction_not_open", "auction_still_open", "bid_deposit_paid", "bid_deposit_missing", "bid_too_low", "bid_already_committed",
         "bid_commitment_mismatch")  # fmt: skip
AUCTION_GATES = {
    **GATES,
    **{code: _own(code) for code in MOVES},
    "auction_running": Gate(code="auction_running", article="", applies=_still_open),
    "reveal_not_over": Gate(code="reveal_not_over", article="", applies=_revealing),
    "reserve_not_met": Gate(code="reserve_not_met", article="", applies=_no_winner),
    "reserve_met": Gate(code="reserve_met", article="", applies=_has_winner),
    "treaty_window_over": Gate(code="treaty_window_over", article="", applies=_treaty_over),
}


def _plan(call: Call, right: Right) -> tuple[Standing, Plan]:
    return right.standing, Plan(operation="assign", on=call.today, disposing_party=call.facts.seller)


def _deposit(call: Call) -> Result:
    book, move, _ = _move(call)
    return Result(transfers=deposit_hold(book, move.bidder))


def _bid(call: Call) -> Result:
    book = after(call)
    return Result(facts={"closes_at": book.closes_at, "bids": len(book.offers) + len(book.commitments)})


def _award(call: Call) -> Result:
    book = _auction(call).book
    result = award(book)
    return Result(transfers=deposits_after(book, result), facts={"winner": result.winner, "price_fen": result.price_fen})


def _pass(call: Call) -> Result:
    book = _auction(call).book
    due = Deadline(code="private_treaty", on=_last_treaty_day(call), consequence="closed")
    return Result(transfers=deposits_after(book, award(book)), deadlines=(due,))


def _cancel(call: Call) -> Result:
    """Everybody's deposit goes back."""
    return Result(transfers=deposits_after(_auction(call).book, Award()))


AUCTION = Operation(
    kind="auction",
    title={"zh": "拍卖", "en": "Auction"},
    workflow=Workflow(
        name="auction",
        start="announced",
        ends=frozenset({"awarded", "treaty", "closed", "canceled"}),
        steps=(
            step("announced", "open", "open", PLATFORM, *RIGHT, *CONSENTS, "right_reserved", "four_eyes_missing"),
            step("announced", "cancel", "canceled", PLATFORM, "four_eyes_missing"),
            step("open", "deposit", "open", BIDDER, "auction_not_open", "bid_deposit_paid"),
            step("open", "bid", "open", BIDDER, *MOVES),
            step("open", "close", "revealing", SYSTEM, "auction_running"),
            step("open", "cancel", "canceled", PLATFORM, "four_eyes_missing"),
            step("revealing", "reveal", "revealing", BIDDER, *MOVES),
            step("revealing", "award", "awarded", BY, "reveal_not_over", "reserve_not_met"),
            step("revealing", "pass", "unsold", BY, "reveal_not_over", "reserve_met"),
            step("unsold", "negotiate", "treaty", PARTIES, "treaty_window_over"),
            step("unsold", "close", "closed", BY),
        ),
    ),
    gates=AUCTION_GATES,
    plan=_plan,
    brings={"deposit": _deposit, "bid": _bid, "reveal": _bid, "award": _award, "pass": _pass, "cancel": _cancel},
)
"""A winner goes on in a deal of assignment from `accepted` at the price of the award; its deposit lies in escrow toward it."""
