"""What a step brings about, as whole values: money, effects on the right, deadlines and the record, for each operation of the market."""

import dataclasses
import datetime as dt
from fractions import Fraction

import pytest

from langqiao.engine.operations.bidding import AuctionFacts, Move, opened, with_bid, with_deposit
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.license import EXCLUSIVE, ORDINARY, SOLE, license_operation
from langqiao.engine.operations.outcome import Account, Audit, Deadline, Effect, Outcome, Transfer
from langqiao.engine.operations.scope import Scope
from langqiao.engine.operations.shell import CONSENTS, MONEY, PAPER, RIGHT, deal_workflow
from langqiao.engine.operations.terms import Payment, Receipt
from tests.spec.deal_world import DAY, HOUR, OPENS, PLEDGED, PUBLISHED, TODAY, auction_terms, good, right, shares, take

BUYER, ESCROW = Account(role="buyer", party="B"), Account(role="escrow")
REGISTERED = TODAY - 2 * DAY
RECEIPT = {"receipts": {"CN1": Receipt(number="R9", on=REGISTERED)}}
STEPS = {
    "fund": ("accepted", "buyer"), "perform": ("escrowed", "platform"), "settle": ("performed", "platform"), "refund": ("escrowed", "platform"),
    "fail": ("accepted", "platform"), "record": ("performed", "seller"), "sign_nda": ("lead", "buyer"), "announce": ("filed", "office"),
    "announce_withdrawal": ("withdrawing", "office"), "expire": ("published", "system"), "terminate": ("published", "system"),
    "pay": ("noticed", "buyer"), "register": ("filed", "office"), "release": ("registered", "office"),
}  # fmt: skip


def after(kind, event, *, state=None, role=None, **changes):
    """The outcome of a step in the good world."""
    source, taker = STEPS[event]
    state, role = state or source, role or taker
    return take(kind, good(kind, state, event, role, **changes), event, role)


def record(kind, event, source, target, role, /, **facts):
    return Audit(
        operation=kind, event=event, source=source, target=target, role=role, actor="amy", on=TODAY, facts={"deal": "D1", **facts}
    )  # fmt: skip


def moved(key, phase, source, target, fen, **more):
    return Transfer(key=key, phase=phase, source=source, target=target, amount_fen=fen, **more)


def test_signing_the_nda_moves_nothing():
    assert after("assignment", "sign_nda") == Outcome(
        new_state="nda", audit=record("assignment", "sign_nda", "lead", "nda", "buyer")
    )  # fmt: skip


def test_a_payment_is_held_for_the_life_of_a_hold():
    until = TODAY + 180 * DAY
    assert after("assignment", "fund") == Outcome(
        new_state="escrowed",
        audit=record("assignment", "fund", "accepted", "escrowed", "buyer"),
        transfers=(moved("price", "hold", BUYER, ESCROW, 1000_00, expires_on=until),),
        deadlines=(Deadline(code="escrow_hold", on=until, consequence="refunded"),),
    )


def test_a_free_license_moves_no_money():
    free = {"payment": Payment(method="free"), "paid_in_fen": 0}
    assert after("license_ordinary", "fund", **free).transfers == ()
    assert after("license_ordinary", "perform", **free).transfers == ()
    assert after("license_ordinary", "settle", **free).transfers == ()


def test_title_passes_on_the_day_of_registration_with_its_number():
    assert after("assignment", "perform", **RECEIPT) == Outcome(
        new_state="performed",
        audit=record("assignment", "perform", "escrowed", "performed", "platform"),
        transfers=(moved("price", "post", BUYER, ESCROW, 1000_00),),
        effects=(Effect(patent="CN1", kind="owner_changed", on=REGISTERED, party="B", reference="R9"),),
    )


def test_the_check_of_title_is_made_for_the_day_of_registration_not_for_today():
    ended = right(expiry_date=TODAY)
    assert after("assignment", "perform", rights=ended, **RECEIPT).new_state == "performed"


def test_settlement_releases_every_part_under_its_own_key():
    payment = Payment(price_fen=1000_00, broker_rate=Fraction(3, 100), tax_rate=Fraction(1, 100), holdback_rate=Fraction(10, 100))
    pledged = {
        "rights": right(encumbrances=(PLEDGED,), consents=frozenset({"pledgee"})),
        "pledge_debt_fen": 300_00,
        "pledge_route": "prepay",
    }
    outcome = after("assignment", "settle", payment=payment, owners=shares(("S", 60), ("Y", 40)), **pledged)
    assert outcome.transfers == (
        moved("release:platform_fee:", "transfer", ESCROW, Account(role="platform_fee"), 20_00),
        moved("release:broker:", "transfer", ESCROW, Account(role="broker"), 30_00),
        moved("release:tax:", "transfer", ESCROW, Account(role="tax"), 10_00),
        moved("release:holdback:", "transfer", ESCROW, Account(role="holdback"), 100_00),
        moved("release:pledgee:", "transfer", ESCROW, Account(role="pledgee"), 300_00),
        moved("release:seller:S", "transfer", ESCROW, Account(role="seller", party="S"), 324_00),
        moved("release:seller:Y", "transfer", ESCROW, Account(role="seller", party="Y"), 216_00),
    )
    deposited = after("assignment", "settle", **pledged | {"pledge_route": "deposit"}).transfers
    assert deposited == (
        moved("release:platform_fee:", "transfer", ESCROW, Account(role="platform_fee"), 20_00),
        moved("release:seller:S", "transfer", ESCROW, Account(role="pledge_deposit", party="S"), 980_00),
    )


def test_a_fee_agreed_takes_the_place_of_the_market_s_own_and_a_sub_licensor_is_paid_alone():
    agreed = Payment(price_fen=1000_00, method="lump_sum", platform_fee_rate=Fraction(0))
    outcome = after("sublicense", "settle", payment=agreed, owners=shares(("O", 50), ("P", 50)))
    assert outcome.transfers == (moved("release:seller:S", "transfer", ESCROW, Account(role="seller", party="S"), 1000_00),)
    unknown = after("assignment", "settle", owners=())
    assert [transfer.amount_fen for transfer in unknown.transfers] == [20_00, 980_00]


def test_a_refund_voids_the_hold_and_returns_the_deposit():
    paid = {"payment": Payment(price_fen=1000_00, method="lump_sum", deposit_fen=100_00), "paid_in_fen": 900_00}
    returned = moved("deposit:returned", "transfer", ESCROW, BUYER, 100_00)
    assert after("assignment", "refund", **paid) == Outcome(
        new_state="refunded",
        audit=record("assignment", "refund", "escrowed", "refunded", "platform"),
        transfers=(moved("price", "void", BUYER, ESCROW, 900_00), returned),
    )
    assert after("license_sole", "fail", **paid).transfers == (returned,)
    assert after("assignment", "fail").transfers == ()


@pytest.mark.parametrize(
    ("kind", "burden", "meant"),
    [
        ("license_exclusive", "exclusive_license", "exclusive"), ("license_sole", "sole_license", "sole"),
        ("license_ordinary", "ordinary_license", "ordinary"), ("sublicense", "ordinary_license", "ordinary"),
    ],
)  # fmt: skip
def test_a_license_burdens_the_right_from_its_day_and_its_recordal_is_due_in_three_months(kind, burden, meant):
    held = Encumbrance(kind=burden, scope=Scope(start=TODAY, end=dt.date(2030, 1, 1)), holder="B", reference="D1")
    assert after(kind, "perform") == Outcome(
        new_state="performed",
        audit=record(kind, "perform", "escrowed", "performed", "platform", kind=meant),
        transfers=(moved("price", "post", BUYER, ESCROW, 1000_00),),
        effects=(
            Effect(
                patent="CN1", kind="burden_added", on=TODAY, party="B", burden=held, reference="D1", under="head" if kind == "sublicense" else ""
            ),
        ),
        deadlines=(Deadline(code="license_recordal", on=dt.date(2026, 9, 30), consequence="recordal_late"),),
    )  # fmt: skip


def test_the_license_that_stands_for_a_sole_licensor_s_practice_says_so():
    stands = dataclasses.replace(good("license_ordinary", "escrowed", "perform").license, own_practice=True)
    (effect,) = after("license_ordinary", "perform", license=stands).effects
    assert (effect.own_practice, effect.under) == (True, "")


def test_a_recordal_is_an_effect_of_its_receipt_and_late_after_three_months():
    outcome = after("license_ordinary", "record", **RECEIPT, effective_on=dt.date(2026, 3, 28))
    assert outcome == Outcome(
        new_state="performed",
        audit=record("license_ordinary", "record", "performed", "performed", "seller"),
        effects=(Effect(patent="CN1", kind="recorded", on=REGISTERED, party="B", reference="R9"),),
    )
    assert after("license_ordinary", "record", **RECEIPT, effective_on=dt.date(2026, 3, 27)).warnings == ("recordal_late",)


@pytest.mark.parametrize(
    ("event", "target", "kind", "on"),
    [
        ("announce", "published", "burden_added", REGISTERED), ("announce_withdrawal", "withdrawn", "burden_removed", REGISTERED),
        ("expire", "expired", "burden_removed", TODAY), ("terminate", "terminated", "burden_removed", TODAY),
    ],
)  # fmt: skip
def test_an_open_license_burdens_the_right_from_announcement_to_its_end(event, target, kind, on):
    source, role = STEPS[event]
    burden = Encumbrance(kind="open_license", holder="", reference="OL-1")
    assert after("open_license", event, **RECEIPT) == Outcome(
        new_state=target,
        audit=record("open_license", event, source, target, role),
        effects=(Effect(patent="CN1", kind=kind, on=on, burden=burden, reference="OL-1"),),
    )


def test_a_statement_that_is_lost_is_named_by_its_deal():
    (effect,) = after("open_license", "terminate", statement=None).effects
    assert (effect.reference, effect.burden.reference) == ("D1", "D1")


def test_a_taker_pays_and_has_an_ordinary_license_and_the_owner_a_lower_annuity():
    held = Encumbrance(kind="ordinary_license", scope=Scope(start=TODAY, end=PUBLISHED.term_end), holder="B", reference="D1")
    assert after("open_license_taking", "pay") == Outcome(
        new_state="performed",
        audit=record("open_license_taking", "pay", "noticed", "performed", "buyer"),
        transfers=(moved("price", "transfer", BUYER, ESCROW, 500_00),),
        effects=(
            Effect(patent="CN1", kind="burden_added", on=TODAY, party="B", burden=held, reference="D1"),
            Effect(patent="CN1", kind="annuity_reduced", on=TODAY, party="S", reference="D1"),
        ),
        deadlines=(Deadline(code="license_recordal", on=dt.date(2026, 9, 30), consequence="recordal_late"),),
    )
    gift = dataclasses.replace(PUBLISHED, fee_method="free", fixed_fen=None)
    free = after("open_license_taking", "pay", statement=gift, taken_terms=gift.terms, payment=Payment(price_fen=0), paid_in_fen=0)
    assert free.transfers == ()


@pytest.mark.parametrize(
    ("event", "target", "kind"), [("register", "registered", "burden_added"), ("release", "deregistered", "burden_removed")]
)
def test_a_pledge_stands_from_its_registration_to_its_release(event, target, kind):
    source, role = STEPS[event]
    assert after("pledge", event, **RECEIPT) == Outcome(
        new_state=target,
        audit=record("pledge", event, source, target, role),
        effects=(
            Effect(
                patent="CN1", kind=kind, on=REGISTERED, party="B", burden=Encumbrance(kind="pledged", holder="B", reference="D1"), reference="R9"
            ),
        ),
    )  # fmt: skip


def auction(event, state, role, *, bids=(("B", 200_00),), reserve=100_00, deposit=10_00, at=OPENS + 3 * HOUR, bidder="B", amount=200_00):
    """The outcome of a step of an English auction with bids in a book."""
    book = opened(auction_terms("english", reserve_fen=reserve, deposit_fen=deposit))
    for name in dict.fromkeys([*(name for name, _ in bids), "C"]):
        book = with_deposit(book, name, OPENS)
    for name, fen in bids:
        book = with_bid(book, Move(bidder=name, amount_fen=fen), OPENS)
    move = Move(bidder=bidder, amount_fen=amount)
    facts = good("auction", state, event, role, buyer=bidder, auction=AuctionFacts(book=book, at=at, move=move))
    return take("auction", facts, event, role)


def deposit(bidder, phase, fen=10_00):
    return moved(f"deposit:{bidder}", phase, Account(role="buyer", party=bidder), ESCROW, fen)


def test_a_bidder_s_deposit_is_held_and_a_bid_is_told_with_the_new_close():
    assert auction("deposit", "open", "buyer", bids=(), at=OPENS, bidder="Z").transfers == (deposit("Z", "hold"),)
    assert auction("deposit", "open", "buyer", bids=(), deposit=0, at=OPENS, bidder="Z").transfers == ()
    told = auction("bid", "open", "buyer", at=OPENS + 2 * HOUR - dt.timedelta(minutes=1), bidder="C", amount=210_00).audit.facts
    assert told == {"deal": "D1", "closes_at": OPENS + 2 * HOUR + dt.timedelta(minutes=4), "bids": 2}


def test_the_winner_s_deposit_counts_toward_the_price_and_the_losers_have_theirs_back():
    outcome = auction("award", "revealing", "system")
    assert outcome.transfers == (deposit("B", "post"), deposit("C", "void"))
    assert outcome.audit.facts == {"deal": "D1", "winner": "B", "price_fen": 200_00}
    dear = auction("award", "revealing", "system", deposit=200_01)
    assert dear.transfers == (deposit("B", "void", 200_01), deposit("C", "void", 200_01))
    just = auction("award", "revealing", "system", deposit=200_00)
    assert just.transfers == (deposit("B", "post", 200_00), deposit("C", "void", 200_00))


def test_an_unsold_auction_returns_every_deposit_and_opens_thirty_days_of_private_treaty():
    outcome = auction("pass", "revealing", "system", reserve=200_01)
    assert outcome == Outcome(
        new_state="unsold",
        audit=record("auction", "pass", "revealing", "unsold", "system"),
        transfers=(deposit("B", "void"), deposit("C", "void")),
        deadlines=(Deadline(code="private_treaty", on=TODAY + 30 * DAY, consequence="closed"),),
    )


def test_a_canceled_auction_returns_every_deposit():
    assert auction("cancel", "open", "platform").transfers == (deposit("B", "void"), deposit("C", "void"))


def test_the_shell_of_every_deal_is_this_table():
    both, anyone = {"buyer", "seller"}, {"buyer", "seller", "platform"}
    gate = ("terms", *RIGHT, *CONSENTS, *PAPER, "paying")
    out = ("offer_is_your_own", "offer_expired", "right_reserved")
    table = [
        ("lead", "sign_nda", "nda", both, ("nda_missing",)),
        ("nda", "make_offer", "offer", both, ("terms", *RIGHT)),
        ("offer", "make_offer", "offer", both, ("terms", *RIGHT)),
        ("offer", "accept", "accepted", both, (*out, "terms", *RIGHT)),
        ("accepted", "fund", "escrowed", {"buyer"}, ("four_eyes_missing", *gate, *MONEY, "escrow_payment_missing")),
        ("escrowed", "perform", "performed", {"platform"}, ("four_eyes_missing", "hold_expired", *gate, "title")),
        ("escrowed", "refund", "refunded", {"platform"}, ("four_eyes_missing",)),
        ("escrowed", "expire", "refunded", {"system"}, ("period_not_over",)),
        ("performed", "settle", "settled", {"platform"}, ("four_eyes_missing", *MONEY, "releasing")),
        ("settled", "close", "closed", {"platform"}, ()),
        *((state, "fail", "failed", anyone, ()) for state in ("lead", "nda", "offer", "accepted")),
        *((state, "record", state, both, ("recordal_receipt_missing", "recording")) for state in ("performed", "settled")),
    ]
    named = {"terms": ("terms",), "before_payment": ("paying",), "before_title": ("title",)}
    flow = deal_workflow("deal", **named, before_release=("releasing",), recordal=("recording",))
    assert [(step.source, step.event, step.target, set(step.by), step.unless) for step in flow.steps] == table
    assert (flow.name, flow.start, flow.ends) == ("deal", "lead", {"closed", "failed", "refunded"})
    plain = deal_workflow("deal", **named)
    assert [step.event for step in plain.steps] == [row[1] for row in table[:-2]]
    assert plain.step("performed", "settle").unless == ("four_eyes_missing", *MONEY)


LISTS = {
    RIGHT: "office_not_covered right_not_in_force operation_outside_term not_registered_owner annuity_unpaid suspended open_license_in_force "
    "overlaps_exclusive_license overlaps_sole_license overlaps_existing_license license_outlives_patent",
    CONSENTS: "co_owner_consent_missing pledgee_consent_missing",
    PAPER: "written_contract_missing signature_missing",
    MONEY: "pledge_proceeds_not_escrowed deductions_above_price",
}


def test_the_lists_of_gates_are_these():
    for codes, text in LISTS.items():
        assert codes == tuple(text.split())


@pytest.mark.parametrize(
    ("operation", "zh", "en"),
    [(EXCLUSIVE, "独占许可", "Exclusive license"), (SOLE, "排他许可", "Sole license"), (ORDINARY, "普通许可", "Ordinary license")],
)
def test_the_three_licenses_share_their_gates(operation, zh, en):
    made = license_operation(operation.kind, zh, en)
    assert made == operation
    assert (made.title, made.workflow.name) == ({"zh": zh, "en": en}, made.kind)
    gates = {step.event: step.unless for step in made.workflow.steps}
    terms = ("license_terms_incomplete", "license_kind_differs")
    assert gates["make_offer"] == (*terms, *RIGHT)
    assert gates["fund"][-4:] == ("price_publicity_missing", *MONEY, "escrow_payment_missing")
    assert gates["perform"][-2:] == ("price_publicity_missing", "export_clearance_missing")
    assert gates["settle"] == ("four_eyes_missing", *MONEY, "license_fee_not_shared", "recordal_awaited")
    recordal = (
        "ownership_dispute_pending", "license_already_recorded", "not_registered_owner", "right_not_in_force", "annuity_unpaid", "suspended",
        "license_outlives_patent", "pledgee_consent_missing",
    )  # fmt: skip
    assert gates["record"] == ("recordal_receipt_missing", *recordal)
