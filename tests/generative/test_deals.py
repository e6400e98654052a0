"""The laws of a deal on any path: money to the fen, no gate skipped, no overlapping exclusives, equal terms, and auctions that pay by rule."""

import dataclasses
import datetime as dt
from fractions import Fraction

from hypothesis import event as reach
from hypothesis import given, settings
from hypothesis import strategies as st

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.bidding import (
    Move,
    award,
    commitment_digest,
    deposit_hold,
    deposits_after,
    opened,
    with_bid,
    with_deposit,
    with_opening,
)
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.outcome import balances, open_holds
from langqiao.engine.operations.register import OPERATIONS, ROLES
from langqiao.engine.operations.scope import Scope
from langqiao.engine.operations.terms import LicenseTerms, Payment, Right
from langqiao.engine.operations.title import Owner
from tests.spec.deal_world import HOUR, NONCE, OPENS, PUBLISHED, TODAY, auction_terms, good, standing, take

WITH_MONEY = ("assignment", "license_exclusive", "license_sole", "license_ordinary", "sublicense")
SHELL_EVENTS = sorted({step.event for step in OPERATIONS["license_ordinary"].workflow.steps})
rates = st.integers(0, 40).map(lambda n: Fraction(n, 100))
owner_lists = st.lists(st.integers(1, 50), min_size=1, max_size=5).map(
    lambda parts: tuple(Owner(name="SXYZW"[i], share=Fraction(part, sum(parts))) for i, part in enumerate(parts))
)


def broken(draw_from, facts):
    """Facts with some of the things that gates ask for taken away."""
    absent = {
        "written_contract": False, "signed_by": frozenset(), "requested_by": "", "receipts": {}, "paid_in_fen": 0,
        "nda_signed_by": frozenset(), "hold_expires_on": TODAY,
    }  # fmt: skip
    return dataclasses.replace(facts, **{name: absent[name] for name in draw_from})


REMOVABLE = st.sets(
    st.sampled_from(["written_contract", "signed_by", "requested_by", "receipts", "paid_in_fen", "nda_signed_by", "hold_expires_on"]),
    max_size=2,
)
MUST = {
    "sign_nda": {"nda_signed_by"},
    "fund": {"written_contract", "signed_by", "paid_in_fen"},
    "perform": {"written_contract", "signed_by", "requested_by", "hold_expires_on"},
    "settle": {"requested_by"},
    "refund": {"requested_by"},
    "record": {"receipts"},
}
ENDINGS = {"fail", "refund", "expire"}
ORDER = ("lead", "nda", "offer", "accepted", "escrowed", "performed", "settled", "closed")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_money_is_conserved_and_no_gate_is_skipped_on_any_path(data):
    kind = data.draw(st.sampled_from(WITH_MONEY))
    owners = data.draw(owner_lists)
    price, deposit = data.draw(st.integers(1, 10**12)), 0
    if price > 1:
        deposit = data.draw(st.sampled_from([0, price // 2]))
    payment = Payment(
        price_fen=price, deposit_fen=deposit, method="lump_sum", platform_fee_rate=data.draw(rates), broker_rate=data.draw(rates),
        holdback_rate=data.draw(rates),
    )  # fmt: skip
    state, money = OPERATIONS[kind].workflow.start, []
    for _ in range(data.draw(st.integers(1, 25))):
        flow = OPERATIONS[kind].workflow
        listed = sorted({step.event for step in flow.steps if step.source == state} - (ENDINGS if data.draw(st.integers(0, 5)) else set()))
        event = data.draw(st.sampled_from(listed or SHELL_EVENTS) if data.draw(st.integers(0, 4)) else st.sampled_from(SHELL_EVENTS))
        by = flow.step(state, event).by if flow.step(state, event) else frozenset(ROLES)
        role = data.draw(st.sampled_from(sorted(by)) if data.draw(st.integers(0, 4)) else st.sampled_from(ROLES))
        removed = data.draw(REMOVABLE)
        facts = good(kind, state, event, role, owners=owners, payment=payment, paid_in_fen=price - deposit)
        try:
            outcome = take(kind, broken(removed, facts), event, role)
        except Refusal:
            continue
        assert not MUST.get(event, set()) & removed
        money += outcome.transfers
        moves_on = outcome.new_state in ORDER and outcome.new_state != state
        assert not moves_on or ORDER.index(outcome.new_state) == ORDER.index(state) + 1
        state = outcome.new_state
        net = balances(money)
        assert sum(net.values()) == 0
        assert all(transfer.amount_fen > 0 for transfer in outcome.transfers)
        assert bool(open_holds(money)) == (state == "escrowed")
    reach(state)
    roles = {}
    for account, amount in balances(money).items():
        roles[account.role] = roles.get(account.role, 0) + amount
    if state in {"settled", "closed"}:
        assert roles["escrow"] == -deposit
        assert roles["buyer"] == deposit - price
        assert sum(amount for role, amount in roles.items() if role not in {"buyer", "escrow"}) == price
    elif state in {"refunded", "failed"}:
        assert roles.get("buyer", 0) == deposit
    elif state != "performed":
        assert roles == {}


scopes = st.builds(
    Scope,
    territories=st.none() | st.sets(st.sampled_from(["CN", "CN-44", "CN-31", "US"]), min_size=1, max_size=2).map(frozenset),
    fields=st.none() | st.sets(st.sampled_from(["car", "toy"]), min_size=1, max_size=2).map(frozenset),
)
wishes = st.tuples(st.sampled_from(["exclusive", "sole", "ordinary"]), scopes, st.integers(0, 3), st.integers(1, 4))


@settings(max_examples=150, deadline=None)
@given(st.lists(wishes, max_size=12))
def test_no_license_ever_overlaps_an_exclusive_one(wanted):
    held = ()
    for i, (kind, scope, start, years) in enumerate(wanted):
        begin = TODAY + dt.timedelta(days=365 * start)
        terms = LicenseTerms(kind=kind, scope=dataclasses.replace(scope, start=begin), term_end=begin + dt.timedelta(days=365 * years))
        rights = (Right(patent="CN1", standing=standing(encumbrances=held)),)
        operation = f"license_{kind}"
        facts = good(operation, "escrowed", "perform", "platform", license=terms, rights=rights, deal=f"D{i}")
        try:
            held = (*held, take(operation, facts, "perform", "platform").effects[0].burden)
        except Refusal as refusal:
            assert refusal.code.startswith("overlaps_")  # noqa: PT017 - any other refusal would be a defect
    for i, one in enumerate(held):
        for other in held[i + 1 :]:
            if {one.kind, other.kind} != {"ordinary_license"}:
                assert not one.scope.meets(other.scope)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["take", "withdraw", "cheap"]), st.integers(0, 5)), max_size=15))
def test_all_takers_have_equal_terms_and_a_withdrawal_takes_no_license_away(moves):
    held, statement, taken = (Encumbrance(kind="open_license", reference="OL-1"),), PUBLISHED, 0
    for move, days in moves:
        day = TODAY + dt.timedelta(days=days)
        rights = (Right(patent="CN1", standing=standing(encumbrances=held)),)
        before = [burden for burden in held if burden.kind == "ordinary_license"]
        if move == "withdraw":
            facts = good("open_license", "withdrawing", "announce_withdrawal", rights=rights)
            (effect,) = take("open_license", facts, "announce_withdrawal", "office").effects
            held = tuple(burden for burden in held if burden != effect.burden)
            statement = dataclasses.replace(statement, withdrawn_on=min(day, statement.withdrawn_on or day))
        else:
            terms = statement.terms if move == "take" else ("fixed", 1, None, statement.term_end)
            facts = good(
                "open_license_taking",
                "noticed",
                "pay",
                statement=statement,
                taken_terms=terms,
                noticed_on=day,
                rights=rights,
                deal=f"T{taken}",
            )
            try:
                outcome = take("open_license_taking", facts, "pay", "buyer", day)
            except Refusal as refusal:
                expected = "open_license_not_in_force" if not statement.in_force(day) else "open_license_terms_unequal"
                assert refusal.code == expected  # noqa: PT017 - the refusal is one branch of the law
                continue
            assert move == "take"
            assert statement.in_force(day)
            assert outcome.transfers[0].amount_fen == PUBLISHED.fixed_fen
            assert outcome.effects[0].burden.scope.end == PUBLISHED.term_end
            held, taken = (*held, outcome.effects[0].burden), taken + 1
        assert all(burden in held for burden in before)


bids = st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(1, 400_00)), max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["english", "first_price", "second_price", "dutch"]), bids, st.integers(0, 300_00), st.integers(0, 50_00))
def test_the_highest_valid_bid_wins_pays_no_more_than_it_and_losers_have_their_deposits(kind, given_bids, reserve, deposit):
    book = opened(auction_terms(kind, reserve_fen=reserve, deposit_fen=deposit))
    money, accepted = [], {}
    for bidder in dict.fromkeys(bidder for bidder, _ in given_bids):
        money += deposit_hold(book, bidder)
        book = with_deposit(book, bidder, OPENS)
    for i, (bidder, fen) in enumerate(given_bids):
        move = Move(bidder=bidder, amount_fen=fen, nonce=NONCE)
        sent = move if kind in {"english", "dutch"} else Move(bidder=bidder, digest=commitment_digest("A1", move))
        try:
            book = with_bid(book, sent, OPENS + dt.timedelta(seconds=i))
        except Refusal:
            continue
        accepted[bidder] = fen if kind != "dutch" else book.offers[-1].amount_fen
        assert book.closes_at >= OPENS + 2 * HOUR or kind == "dutch"
    if kind in {"first_price", "second_price"}:
        for bidder, fen in accepted.items():
            book = with_opening(book, Move(bidder=bidder, amount_fen=fen, nonce=NONCE), OPENS + 3 * HOUR)
    result = award(book)
    top = max(accepted.values(), default=0)
    assert (result.winner is not None) == (bool(accepted) and top >= reserve)
    if result.winner is not None:
        assert accepted[result.winner] == top
        assert reserve <= result.price_fen <= top
        others = [fen for bidder, fen in accepted.items() if bidder != result.winner]
        assert result.price_fen == (max([reserve, *others]) if kind == "second_price" else top)
    money += deposits_after(book, result)
    assert open_holds(money) == {}
    losers = {
        account.party: amount for account, amount in balances(money).items() if account.role == "buyer" and account.party != result.winner
    }
    assert not any(losers.values())


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.text(min_size=16, max_size=20), st.text(max_size=5), st.text(max_size=5))
def test_a_commitment_opens_only_with_its_own_bidder_amount_and_nonce(one, other, nonce, bidder, rival):
    kept = commitment_digest("A1", Move(bidder=bidder, amount_fen=one, nonce=nonce))
    assert kept == commitment_digest("A1", Move(bidder=bidder, amount_fen=one, nonce=nonce))
    assert (kept == commitment_digest("A1", Move(bidder=bidder, amount_fen=other, nonce=nonce))) == (one == other)
    assert (kept == commitment_digest("A1", Move(bidder=rival, amount_fen=one, nonce=nonce))) == (bidder == rival)
    assert kept != commitment_digest("A2", Move(bidder=bidder, amount_fen=one, nonce=nonce))
