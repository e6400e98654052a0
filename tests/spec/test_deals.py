"""Every operation as its table says: each listed step goes in a good world, every other is refused, and each rule shows code and article."""

import dataclasses
import datetime as dt

import pytest

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.outcome import balances, open_holds
from langqiao.engine.operations.register import OPERATIONS, ROLES
from langqiao.engine.operations.scope import Scope
from langqiao.engine.operations.statement_words import promotional
from langqiao.engine.operations.terms import LicenseTerms, Payment, PledgeTerms
from langqiao.engine.operations.title import Notice
from langqiao.rules.refusals import refusals
from langqiao.rules.words import words
from tests.spec.deal_world import DAY, HEAD, PLEDGED, PUBLISHED, STATEMENT, TODAY, good, right, shares, take

EVENTS = sorted({step.event for operation in OPERATIONS.values() for step in operation.workflow.steps})
NEVER = {("open_license", "edit_terms")}
"""Steps that exist to be refused: the terms of a statement are never changed in place."""


def burdened(kind, **more):
    return right(encumbrances=(Encumbrance(kind=kind, holder="H", **more),))


def pay(**changes):
    return Payment(**({"price_fen": 1000_00, "method": "lump_sum"} | changes))


@pytest.mark.parametrize("kind", OPERATIONS)
def test_the_whole_product_of_state_event_and_role_follows_the_table(kind):
    flow = OPERATIONS[kind].workflow
    went = 0
    for state in flow.states:
        for event in EVENTS:
            for role in ROLES:
                step = flow.step(state, event)
                facts = good(kind, state, event, role)
                if step is not None and role in step.by and (kind, event) not in NEVER:
                    outcome = take(kind, facts, event, role)
                    assert outcome.new_state == step.target == outcome.audit.target
                    assert (outcome.audit.actor, outcome.audit.event, outcome.audit.source) == ("amy", event, state)
                    went += 1
                    continue
                with pytest.raises(Refusal) as caught:
                    take(kind, facts, event, role)
                expected = "step_not_possible" if step is None else "not_allowed" if role not in step.by else "open_license_terms_fixed"
                assert caught.value.code == expected
    assert went >= len([step for step in flow.steps if (kind, step.event) not in NEVER])


@pytest.mark.parametrize("kind", OPERATIONS)
def test_a_table_is_sound_no_event_twice_no_step_out_of_an_end_every_state_reached(kind):
    flow = OPERATIONS[kind].workflow
    pairs = [(step.source, step.event) for step in flow.steps]
    assert len(pairs) == len(set(pairs))
    assert not flow.ends & {step.source for step in flow.steps}
    assert {flow.start} | {step.target for step in flow.steps} == set(flow.states)
    assert all(step.by and step.by <= set(ROLES) for step in flow.steps)


SHELL, PAID, GONE, OUT = (
    ("accepted", "fund", "buyer"),
    ("escrowed", "perform", "platform"),
    ("performed", "settle", "platform"),
    ("offer", "accept", "buyer"),
)
FILE, TAKE, PAY = ("draft", "file", "seller"), ("lead", "give_notice", "buyer"), ("noticed", "pay", "buyer")
PLEDGE = ("signed", "file", "seller")
A, X, S, N, U, D, T, P = (
    "assignment", "license_exclusive", "license_sole", "license_ordinary", "sublicense", "open_license", "open_license_taking", "pledge",
)  # fmt: skip
EMPTY = frozenset()


def license_of(operation, /, **changes):
    return dataclasses.replace(good(operation, "offer", "accept").license, **changes)


def said(**changes):
    return {"statement": dataclasses.replace(STATEMENT, **changes)}


CASES = [
    ("nda_missing", A, ("lead", "sign_nda", "buyer"), {"nda_signed_by": frozenset({"buyer"})}),
    ("offer_is_your_own", A, OUT, {"offer_by": "buyer"}),
    ("right_reserved", A, OUT, {"reserved": ("CN1",)}),
    ("four_eyes_missing", A, SHELL, {"requested_by": "amy"}),
    ("offer_expired", A, OUT, {"offer_expires_on": TODAY - DAY}),
    ("price_missing", A, OUT, {"payment": Payment()}),
    ("written_contract_missing", A, SHELL, {"written_contract": False}),
    ("signature_missing", A, SHELL, {"signed_by": frozenset({"buyer"})}),
    ("escrow_payment_missing", A, SHELL, {"paid_in_fen": 999_99}),
    ("co_owner_consent_missing", A, SHELL, {"rights": right(owners=("S", "Y"), consents=frozenset({"S"}))}),
    ("pledgee_consent_missing", A, SHELL, {"rights": right(encumbrances=(PLEDGED,)), "pledge_route": "prepay"}),
    ("price_publicity_missing", A, SHELL, {"state_unit": True}),
    ("price_publicity_missing", A, SHELL, {"state_unit": True, "publicity_from": TODAY - 14 * DAY}),
    ("price_publicity_missing", A, SHELL, {"state_unit": True, "publicity_from": TODAY - 60 * DAY, "publicity_objection": "x"}),
    ("first_refusal_not_cleared", A, SHELL, {"first_refusal_holders": ("Inventor",)}),
    ("first_refusal_not_cleared", A, SHELL, {"notices": (Notice(holder="I", basis="847", served_on=TODAY - DAY, open_days=15),)}),
    ("not_registered_owner", A, OUT, {"seller": "Thief"}),
    ("right_not_in_force", A, OUT, {"rights": right(status="lapsed")}),
    ("operation_outside_term", A, OUT, {"rights": right(grant_date=TODAY + DAY)}),
    ("suspended", A, OUT, {"rights": burdened("suspended")}),
    ("office_not_covered", A, OUT, {"rights": right(office="EP")}),
    ("export_clearance_missing", A, PAID, {"buyer_is_foreign": True}),
    ("assignment_not_registered", A, PAID, {"receipts": {}}),
    ("hold_expired", A, PAID, {"hold_expires_on": TODAY}),
    ("four_eyes_missing", A, PAID, {"requested_by": "amy"}),
    ("four_eyes_missing", A, GONE, {"requested_by": ""}),
    ("period_not_over", A, ("escrowed", "expire", "system"), {"hold_expires_on": TODAY + DAY}),
    ("pledge_proceeds_not_escrowed", A, GONE, {"rights": right(encumbrances=(PLEDGED,), consents=frozenset({"pledgee"}))}),
    ("deductions_above_price", A, GONE, {"payment": pay(broker_rate=1, tax_rate=1)}),
    ("annuity_unpaid", N, OUT, {"rights": right(status="grace")}),
    ("license_terms_incomplete", N, OUT, {"license": LicenseTerms()}),
    ("license_kind_differs", X, OUT, {"license": license_of(X, kind=None)}),
    ("open_license_in_force", X, OUT, {"rights": burdened("open_license")}),
    ("overlaps_exclusive_license", N, OUT, {"rights": burdened("exclusive_license")}),
    ("overlaps_sole_license", N, OUT, {"rights": burdened("sole_license")}),
    ("overlaps_existing_license", S, OUT, {"rights": burdened("ordinary_license")}),
    ("license_outlives_patent", N, OUT, {"license": license_of(N, term_end=dt.date(2038, 1, 2))}),
    ("license_fee_not_shared", N, GONE, {"owners": shares(("S", 50), ("Y", 50)), "payees": {"S": 980_00}}),
    ("recordal_awaited", N, GONE, {"receipts": {}}),
    ("recordal_receipt_missing", N, ("performed", "record", "seller"), {"receipts": {}}),
    ("license_already_recorded", N, ("performed", "record", "seller"), {"recorded": True}),
    ("ownership_dispute_pending", N, ("performed", "record", "seller"), {"rights": burdened("ownership_dispute")}),
    ("sublicense_not_permitted", U, OUT, {"license": dataclasses.replace(license_of(U), head=dataclasses.replace(license_of(U).head, may_sublicense=False))}),
    ("sublicense_exceeds_parent", U, OUT, {"license": license_of(U, term_end=dt.date(2037, 6, 1))}),
    ("open_license_statement_incomplete", D, FILE, said(other_matters="")),
    ("open_license_statement_incomplete", D, FILE, said(fee_method="entry_and_profit")),
    ("advertising_language_in_statement", D, FILE, said(other_matters="本技术国 际领先")),
    ("open_license_fee_above_cap", D, FILE, said(fixed_fen=20_000_000_01)),
    ("false_open_license_statement", D, FILE, {"false_statement": "hidden license"}),
    ("not_granted", D, FILE, {"rights": right(granted=False, status="pending")}),
    ("exclusive_or_sole_license_in_force", D, FILE, {"rights": burdened("sole_license")}),
    ("open_license_already_declared", D, FILE, {"rights": burdened("open_license")}),
    ("evaluation_report_missing", D, FILE, {"rights": right(type="utility_model")}),
    ("other_exploitation_obstacle", D, FILE, {"obstacle": "a blocking patent"}),
    ("open_license_terms_fixed", D, ("published", "edit_terms", "seller"), {}),
    ("right_still_in_force", D, ("published", "terminate", "system"), {"rights": right()}),
    ("open_license_not_in_force", T, TAKE, {"statement": dataclasses.replace(PUBLISHED, withdrawn_on=TODAY)}),
    ("open_license_terms_unequal", T, TAKE, {"taken_terms": ("fixed", 1_00, None, None)}),
    ("open_license_payment_missing", T, PAY, {"paid_in_fen": 0}),
    ("debt_outlives_patent", P, PLEDGE, {"pledge": PledgeTerms(claim_kind="l", claim_fen=1, debt_end=dt.date(2039, 1, 1), security_scope="x")}),
    ("pledge_contract_incomplete", P, PLEDGE, {"pledge": PledgeTerms(claim_kind="l", claim_fen=1, debt_end=TODAY)}),
    ("already_pledged", P, PLEDGE, {"rights": right(encumbrances=(PLEDGED,))}),
    ("same_day_invention_unconfirmed", P, PLEDGE, {"rights": right(type="utility_model", encumbrances=(Encumbrance(kind="same_day_invention"),))}),
    ("invalidation_pending_unconfirmed", P, PLEDGE, {"rights": burdened("under_invalidation")}),
    ("other_pledge_obstacle", P, PLEDGE, {"obstacle": "x"}),
    ("not_registered_owner", P, PLEDGE, {"seller": "Thief"}),
    ("right_not_in_force", P, PLEDGE, {"rights": right(status="expired")}),
    ("not_granted", P, PLEDGE, {"rights": right(granted=False, status="pending")}),
    ("annuity_unpaid", P, PLEDGE, {"rights": right(status="grace")}),
    ("suspended", P, PLEDGE, {"rights": burdened("preserved")}),
    ("co_owner_consent_missing", P, PLEDGE, {"rights": right(owners=("S", "Y"))}),
    ("pledge_not_registered", P, ("filed", "register", "office"), {"receipts": {}}),
    ("foreclosure_clause_without_effect", P, ("registered", "enforce", "pledgee"), {"pledge": PledgeTerms(title_passes=True)}),
    ("pledge_release_without_ground", P, ("registered", "release", "office"), {"pledge": PledgeTerms()}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind", "step", "broken"), CASES, ids=[f"{case[0]}-{case[1]}-{i}" for i, case in enumerate(CASES)])
def test_a_broken_rule_is_refused_by_its_code_and_article(code, kind, step, broken):
    state, event, role = step
    with pytest.raises(Refusal) as caught:
        take(kind, good(kind, state, event, role, **broken), event, role)
    refusal = caught.value
    assert refusal.code == code, (refusal.code, refusal.facts)
    shown, registered = ({part for part in text.split("; ") if part} for text in (refusal.article or "", refusals()[code].article))
    assert bool(shown) == bool(registered)
    assert not registered or shown & registered, "the article shown is one of the registry's"
    assert refusals()[code].sentence("zh", refusal.facts)
    assert refusals()[code].sentence("en", refusal.facts)


def test_every_code_of_the_tables_has_a_case_here_or_in_the_auctions():
    from tests.spec.test_deals_auction import COVERED

    named = {code for operation in OPERATIONS.values() for step in operation.workflow.steps for code in step.unless}
    assert named - {case[0] for case in CASES} - COVERED == set()


def test_every_reason_is_told_not_only_the_first():
    with pytest.raises(Refusal) as caught:
        take(A, good(A, *SHELL, written_contract=False, signed_by=EMPTY, paid_in_fen=0), "fund", "buyer")
    assert caught.value.facts["also"] == ("signature_missing", "escrow_payment_missing")


def run(kind, **changes):
    """All transfers and effects of the way through the shell."""
    ways = {A: ("fund", "perform", "settle"), N: ("fund", "perform", "settle"), T: ("pay", "settle")}[kind]
    states = {"fund": "accepted", "perform": "escrowed", "settle": "performed", "pay": "noticed"}
    outcomes = []
    for event in ways:
        role = "buyer" if event in {"fund", "pay"} else "platform"
        outcomes.append(take(kind, good(kind, states[event], event, role, **changes), event, role))
    return outcomes


def test_an_assignment_holds_posts_and_releases_the_price_and_title_passes_on_registration():
    outcomes = run(A, owners=shares(("S", 60), ("Y", 40)))
    money = [transfer for outcome in outcomes for transfer in outcome.transfers]
    found = {(account.role, account.party): amount for account, amount in balances(money).items() if amount}
    assert found == {("buyer", "B"): -1000_00, ("platform_fee", ""): 20_00, ("seller", "S"): 588_00, ("seller", "Y"): 392_00}
    assert open_holds(money) == {}
    (effect,) = outcomes[1].effects
    assert (effect.kind, effect.party, effect.on, effect.reference) == ("owner_changed", "B", TODAY, "R1")
    assert outcomes[0].deadlines[0].on == TODAY + 180 * DAY


def test_proceeds_of_a_pledged_right_prepay_the_debt_or_are_deposited():
    pledged = {"rights": right(encumbrances=(PLEDGED,), consents=frozenset({"pledgee"})), "pledge_debt_fen": 300_00}
    for route, expected in (("prepay", {"pledgee": 300_00, "seller": 680_00}), ("deposit", {"pledge_deposit": 980_00})):
        money = [t for outcome in run(A, **pledged, pledge_route=route) for t in outcome.transfers]
        found = {account.role: amount for account, amount in balances(money).items() if amount > 0}
        assert found == {"platform_fee": 20_00, **expected}


def test_a_deposit_of_an_auction_counts_toward_the_price_and_goes_back_when_the_deal_fails():
    paid = {"payment": pay(deposit_fen=100_00), "paid_in_fen": 900_00}
    assert take(A, good(A, *SHELL, **paid), "fund", "buyer").transfers[0].amount_fen == 900_00
    for state, event in (("escrowed", "refund"), ("accepted", "fail")):
        money = take(A, good(A, state, event, "platform", **paid), event, "platform").transfers
        assert {account.role: amount for account, amount in balances(money).items()} == {"escrow": -100_00, "buyer": 100_00}


def test_one_co_owner_may_license_and_the_fee_is_divided_among_all():
    owned = {"rights": right(owners=("S", "Y")), "owners": shares(("S", 50), ("Y", 50))}
    money = [transfer for outcome in run(N, **owned) for transfer in outcome.transfers]
    assert {a.party: amount for a, amount in balances(money).items() if a.role == "seller"} == {"S": 490_00, "Y": 490_00}


def test_a_late_recordal_is_a_flag_and_no_voidness():
    record = ("performed", "record", "seller")
    late = take(N, good(N, *record, effective_on=dt.date(2026, 3, 29)), "record", "seller")
    assert "recordal_late" in late.warnings
    assert late.effects[0].kind == "recorded"
    assert "recordal_late" not in take(N, good(N, *record, effective_on=dt.date(2026, 3, 30)), "record", "seller").warnings


def test_a_kind_left_open_is_ordinary():
    outcome = take(N, good(N, *PAID, license=license_of(N, kind=None)), "perform", "platform")
    assert outcome.effects[0].burden.kind == "ordinary_license"
    assert take(U, good(U, *PAID), "perform", "platform").effects[0].burden.kind == "ordinary_license"


def test_a_sub_license_under_an_exclusive_head_meets_other_licenses_still():
    other = Encumbrance(kind="exclusive_license", holder="Z", reference="other")
    with pytest.raises(Refusal, match="overlaps exclusive"):
        take(U, good(U, *OUT, rights=right(owners=("O",), encumbrances=(HEAD, other))), "accept", "buyer")


def test_a_taker_gets_its_license_by_notice_and_payment_and_a_withdrawal_leaves_it():
    paid = take(T, good(T, *PAY), "pay", "buyer")
    assert [effect.kind for effect in paid.effects] == ["burden_added", "annuity_reduced"]
    kept = paid.effects[0].burden
    assert kept.scope == Scope(start=TODAY, end=PUBLISHED.term_end)
    gone = take(D, good(D, "withdrawing", "announce_withdrawal"), "announce_withdrawal", "office")
    assert [(effect.kind, effect.burden.kind) for effect in gone.effects] == [("burden_removed", "open_license")]
    withdrawn = dataclasses.replace(PUBLISHED, withdrawn_on=TODAY + DAY)
    assert take(T, good(T, *PAY, statement=withdrawn), "pay", "buyer", TODAY + 2 * DAY).new_state == "performed"


def test_a_fee_above_the_cap_goes_with_its_justification():
    facts = good(D, *FILE, **said(fixed_fen=30_000_000_00, justified="three comparable licenses"))
    assert take(D, facts, "file", "seller").new_state == "filed"


@pytest.mark.parametrize("text", ["全球第一", "World-class process", "ｂｅｓｔ", "最\u200b好的技术", "唯 一", "risk  free"])
def test_promotional_words_are_found_however_they_are_written(text):
    assert promotional(text)


@pytest.mark.parametrize(
    "text", ["按年支付，每年一月三十一日前汇入约定账户", "asbestos-free lining", "Payment by bank transfer, yearly", ""]
)
def test_plain_statements_hold_no_promotional_word(text):
    assert promotional(text) == ()


def test_states_events_and_roles_have_their_words_and_no_word_is_left_over():
    flows = [operation.workflow for operation in OPERATIONS.values()]
    assert set(words()["deal_state"]) == {state for flow in flows for state in flow.states}
    assert set(words()["deal_event"]) == set(EVENTS)
    assert set(words()["deal_role"]) == set(ROLES)
