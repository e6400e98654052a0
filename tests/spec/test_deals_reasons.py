"""Why a step is refused, in full: the code, the article and the very facts its sentence names, for each rule of the deal shell."""

import dataclasses
import datetime as dt
from fractions import Fraction

import pytest

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.register import OPERATIONS
from langqiao.engine.operations.terms import LicenseTerms, Payment, PledgeTerms, Receipt
from langqiao.engine.operations.title import Notice
from tests.spec.deal_world import DAY, PLEDGED, PUBLISHED, STATEMENT, TODAY, good, on_the_day, right, shares, take

ASSIGN, EXCLUSIVE, SOLE, ORDINARY, SUB = "assignment", "license_exclusive", "license_sole", "license_ordinary", "sublicense"
OPEN, TAKING, PLEDGE = "open_license", "open_license_taking", "pledge"
OFFER, ACCEPT, FUND = ("nda", "make_offer", "buyer"), ("offer", "accept", "buyer"), ("accepted", "fund", "buyer")
PERFORM, SETTLE, RECORD = ("escrowed", "perform", "platform"), ("performed", "settle", "platform"), ("performed", "record", "seller")
FILE, NOTICE, PAY, PLEDGING = (
    ("draft", "file", "seller"),
    ("lead", "give_notice", "buyer"),
    ("noticed", "pay", "buyer"),
    ("signed", "file", "seller"),
)
LATE = TODAY - 60 * DAY
END, EXPIRY = dt.date(2030, 1, 1), dt.date(2038, 1, 1)


def reasons(kind, step, **broken):
    """Every reason against a step, code → facts, as the page that explains a gray button asks for them."""
    state, event, role = step
    facts = good(kind, state, event, role, **broken)
    found = OPERATIONS[kind].reasons(facts, event, role, today=TODAY, parameters=on_the_day(TODAY))
    if found:
        with pytest.raises(Refusal) as caught:
            take(kind, facts, event, role)
        first, others = found[0], tuple(reason.code for reason in found[1:])
        assert caught.value.code == first.code
        assert caught.value.article == (first.article or None)
        assert caught.value.facts == {**first.facts, "also": others}
    else:
        take(kind, facts, event, role)
    return {reason.code: dict(reason.facts) for reason in found}


def held(kind, **more):
    return right(encumbrances=(Encumbrance(kind=kind, holder="H", **more),))


def said(**changes):
    return {"statement": dataclasses.replace(STATEMENT, **changes)}


def terms(kind, /, **changes):
    return {"license": dataclasses.replace(good(kind, "offer", "accept").license, **changes)}


def pledge(**changes):
    return {"pledge": dataclasses.replace(good(PLEDGE, "signed", "file").pledge, **changes)}


CN1 = {"patent": "CN1"}
HELD = {"holders": ("H",), **CN1}
REFUSED = [
    # what anybody must have signed, asked and paid
    (ASSIGN, ("lead", "sign_nda", "buyer"), {"nda_signed_by": frozenset()}, {"nda_missing": {"missing": ("buyer", "seller")}}),
    (ASSIGN, FUND, {"signed_by": frozenset({"seller", "pledgee"})}, {"signature_missing": {"missing": ("buyer",)}}),
    (PLEDGE, ("drafted", "sign", "seller"), {"signed_by": frozenset({"buyer"})}, {"signature_missing": {"missing": ("pledgee", "seller")}}),
    (ASSIGN, PERFORM, {"requested_by": "amy"}, {"four_eyes_missing": {"actor": "amy"}}),
    (ASSIGN, ACCEPT, {"offer_by": "buyer"}, {"offer_is_your_own": {"role": "buyer"}}),
    (ASSIGN, ACCEPT, {"offer_by": ""}, {"offer_is_your_own": {"role": "buyer"}}),
    (ASSIGN, ACCEPT, {"offer_expires_on": TODAY - DAY}, {"offer_expired": {"expired_on": TODAY - DAY}}),
    (ASSIGN, OFFER, {"payment": Payment()}, {"price_missing": {"missing": ("price_fen",)}}),
    (ASSIGN, OFFER, {"payment": Payment(price_fen=0)}, {"price_missing": {"missing": ("price_fen",)}}),
    (ASSIGN, FUND, {"paid_in_fen": 1000_01}, {"escrow_payment_missing": {"due": "1000.00", "paid": "1000.01"}}),
    (ASSIGN, PERFORM, {"hold_expires_on": None}, {"hold_expired": {"expires_on": None}}),
    (ASSIGN, ("escrowed", "expire", "system"), {"hold_expires_on": None}, {"period_not_over": {"until": None}}),
    (OPEN, ("published", "expire", "system"), said(term_end=TODAY + DAY), {"period_not_over": {"until": TODAY + DAY}}),
    # price and publicity
    (ASSIGN, FUND, {"state_unit": True}, {"price_publicity_missing": {"days": 15}}),
    (ASSIGN, FUND, {"state_unit": True, "publicity_from": TODAY}, {"price_publicity_missing": {"days": 15, "until": TODAY + 15 * DAY}}),
    (ASSIGN, FUND, {"state_unit": True, "publicity_from": LATE, "publicity_objection": "too low"}, {"price_publicity_missing": {"objection": "too low"}}),
    (ASSIGN, FUND, {"first_refusal_holders": ("Z", "A")}, {"first_refusal_not_cleared": {"holders": ("A", "Z")}}),
    (ASSIGN, FUND, {"notices": (Notice(holder="I", basis="847"),)}, {"first_refusal_not_cleared": {"holders": ("I",)}}),
    # the right and whose it is
    (ASSIGN, ACCEPT, {"seller": "Thief"}, {"not_registered_owner": {"party": "Thief", "owners": ("S",), **CN1}}),
    (ASSIGN, ACCEPT, {"rights": right(expiry_date=TODAY)}, {"right_not_in_force": {"status": "expired", "expiry_date": TODAY, **CN1}}),
    (ASSIGN, FUND, {"rights": right(owners=("S", "Y", "X"))}, {"co_owner_consent_missing": {"missing": ("S", "Y", "X"), **CN1}}),
    (
        ASSIGN, FUND, {"rights": right(encumbrances=(PLEDGED,))},
        {"pledgee_consent_missing": {"holders": ("Bank",), "missing": ("pledgee",), **CN1}, "pledge_proceeds_not_escrowed": {}},
    ),
    (ASSIGN, PERFORM, {"buyer_is_foreign": True}, {"export_clearance_missing": {"buyer": "B"}}),
    (ORDINARY, PERFORM, {"buyer_is_foreign": True}, {"export_clearance_missing": {"buyer": "B"}}),
    (ASSIGN, PERFORM, {"receipts": {"CN1": Receipt(number="", on=TODAY)}}, {"assignment_not_registered": {"patents": ("CN1",)}}),
    (ASSIGN, PERFORM, {"receipts": {"CN1": Receipt(number="R", on=TODAY + DAY)}}, {"assignment_not_registered": {"patents": ("CN1",)}}),
    # a license
    (
        ORDINARY, OFFER, {"license": LicenseTerms(), "payment": Payment(), "buyer": "", "rights": ()},
        {"license_terms_incomplete": {"missing": ("parties", "patents", "term", "payment_method", "price_fen")}},
    ),
    (ORDINARY, OFFER, {"seller": "", "rights": ()}, {"license_terms_incomplete": {"missing": ("parties", "patents")}}),
    (EXCLUSIVE, OFFER, terms(EXCLUSIVE, kind=None), {"license_kind_differs": {"stated": "ordinary", "operation": "license_exclusive"}}),
    (ORDINARY, OFFER, terms(ORDINARY, kind="sole"), {"license_kind_differs": {"stated": "sole", "operation": "license_ordinary"}}),
    (SOLE, FUND, {"state_unit": True}, {"price_publicity_missing": {"days": 15}}),
    (EXCLUSIVE, OFFER, {"rights": held("open_license")}, {"open_license_in_force": HELD}),
    (EXCLUSIVE, OFFER, {"rights": held("ordinary_license")}, {"overlaps_existing_license": HELD}),
    (SOLE, OFFER, {"rights": held("exclusive_license")}, {"overlaps_exclusive_license": HELD}),
    (ORDINARY, OFFER, terms(ORDINARY, term_end=EXPIRY + DAY), {"license_outlives_patent": {"license_end": EXPIRY + DAY, "expiry_date": EXPIRY, **CN1}}),
    (
        ORDINARY, SETTLE, {"owners": shares(("S", 50), ("Y", 50)), "payees": {"S": 980_00}},
        {"license_fee_not_shared": {"due": {"S": "490.00", "Y": "490.00"}}},
    ),
    (ORDINARY, SETTLE, {"receipts": {}}, {"recordal_awaited": {"patents": ("CN1",)}}),
    (ORDINARY, RECORD, {"recorded": True}, {"license_already_recorded": {"contract": "D1"}}),
    (ORDINARY, RECORD, {"rights": right(status="grace")}, {"annuity_unpaid": CN1}),
    (ORDINARY, RECORD, {"rights": held("preserved")}, {"suspended": HELD}),
    (SUB, OFFER, terms(SUB, head=None), {"sublicense_not_permitted": {"licensee": "S"}, "sublicense_exceeds_parent": {}, "overlaps_exclusive_license": {"holders": ("S",), **CN1}}),
    (SUB, OFFER, {"seller": "Other"}, {"sublicense_not_permitted": {"licensee": "Other"}}),
    (SUB, OFFER, terms(SUB, term_end=dt.date(2037, 1, 2)), {"sublicense_exceeds_parent": {"head_end": dt.date(2037, 1, 1)}}),
    # a statement of open license and its taker
    (OPEN, FILE, {"statement": None}, {"open_license_statement_incomplete": {"missing": ("statement",)}}),
    (
        OPEN, FILE, said(patentee="", fee_method=None, term_end=None, other_matters="") | {"rights": ()},
        {"open_license_statement_incomplete": {"missing": ("patent_number", "patentee", "fee", "term", "other_matters")}},
    ),
    (OPEN, FILE, said(other_matters="全球第一，best"), {"advertising_language_in_statement": {"words": ("全球第一", "best")}}),
    (OPEN, FILE, said(fixed_fen=20_000_000_01), {"open_license_fee_above_cap": {"fee": "20000000.01", "cap": "20000000.00"}}),
    (OPEN, FILE, said(fee_method="net_sales", rate=Fraction(21, 100)), {"open_license_fee_above_cap": {"fee": "21/100", "cap": "0.20"}}),
    (OPEN, FILE, said(fee_method="entry_and_profit", rate=Fraction(41, 100)), {"open_license_fee_above_cap": {"fee": "41/100", "cap": "0.40"}}),
    (OPEN, FILE, {"rights": right(granted=False)}, {"not_granted": {"status": "in_force", **CN1}}),
    (OPEN, FILE, {"rights": right(status="pending")}, {"not_granted": {"status": "pending", **CN1}}),
    (OPEN, FILE, {"rights": right(type="design")}, {"evaluation_report_missing": {"type": "design", **CN1}}),
    (OPEN, FILE, said(term_end=EXPIRY + DAY), {"license_outlives_patent": {"license_end": EXPIRY + DAY, "expiry_date": EXPIRY, **CN1}}),
    (OPEN, ("published", "edit_terms", "seller"), {}, {"open_license_terms_fixed": {}}),
    (OPEN, ("published", "terminate", "system"), {"rights": right()}, {"right_still_in_force": {"patents": ("CN1",)}}),
    (
        TAKING, NOTICE, {"statement": dataclasses.replace(PUBLISHED, withdrawn_on=TODAY - DAY), "noticed_on": TODAY - DAY},
        {"open_license_not_in_force": {"on": TODAY - DAY}},
    ),
    (TAKING, NOTICE, {"statement": dataclasses.replace(PUBLISHED, withdrawn_on=TODAY), "noticed_on": None}, {"open_license_not_in_force": {"on": TODAY}}),
    (TAKING, NOTICE, {"taken_terms": None}, {"open_license_terms_unequal": {"published": str(PUBLISHED.terms)}}),
    (TAKING, NOTICE, {"rights": right(status="lapsed")}, {"right_not_in_force": {"status": "lapsed", **CN1}}),
    (TAKING, NOTICE, {"statement": STATEMENT}, {"open_license_not_in_force": {"on": TODAY}}),
    (
        TAKING, PAY, {"statement": None},
        {"open_license_not_in_force": {"on": TODAY}, "open_license_payment_missing": {"due": "0.00", "paid": "500.00"}},
    ),
    (TAKING, PAY, {"paid_in_fen": 499_99}, {"open_license_payment_missing": {"due": "500.00", "paid": "499.99"}}),
    (TAKING, PAY, {"payment": Payment(price_fen=499_99)}, {"open_license_payment_missing": {"due": "500.00", "paid": "500.00"}}),
    # a pledge
    (
        PLEDGE, PLEDGING, {"pledge": PledgeTerms(), "rights": (), "buyer": ""},
        {"pledge_contract_incomplete": {"missing": ("parties", "patents", "claim_kind", "claim_fen", "debt_end", "security_scope")}},
    ),
    (PLEDGE, PLEDGING, pledge(debt_end=EXPIRY + DAY), {"debt_outlives_patent": {"debt_end": EXPIRY + DAY, "expiry_date": EXPIRY, **CN1}}),
    (PLEDGE, PLEDGING, {"rights": held("under_invalidation")}, {"invalidation_pending_unconfirmed": {"missing": ("pledge_parties",), **CN1}}),
    (PLEDGE, PLEDGING, {"obstacle": "a court's order"}, {"other_pledge_obstacle": {"obstacle": "a court's order"}}),
    (PLEDGE, ("filed", "register", "office"), {"receipts": {}}, {"pledge_not_registered": {"patents": ("CN1",)}}),
    (PLEDGE, ("registered", "enforce", "pledgee"), pledge(title_passes=True), {"foreclosure_clause_without_effect": {}}),
    (PLEDGE, ("registered", "release", "office"), pledge(release_ground=None), {"pledge_release_without_ground": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "step", "broken", "why"), REFUSED, ids=[f"{i}-{'-'.join(case[3])}" for i, case in enumerate(REFUSED)])
def test_a_step_is_refused_for_exactly_these_reasons_with_their_facts(kind, step, broken, why):
    assert reasons(kind, step, **broken) == why


GOES = [
    (ASSIGN, ACCEPT, {"offer_expires_on": TODAY}),
    (ASSIGN, ACCEPT, {"offer_expires_on": None}),
    (ASSIGN, OFFER, {"payment": Payment(price_fen=1)}),
    (ASSIGN, FUND, {"state_unit": True, "publicity_from": TODAY - 15 * DAY}),
    (ASSIGN, FUND, {"state_unit": True, "price_by": "listing"}),
    (ASSIGN, FUND, {"first_refusal_holders": ("I",), "notices": (Notice(holder="I", basis="847", served_on=TODAY - 16 * DAY, open_days=15),)}),
    (ASSIGN, FUND, {"first_refusal_holders": ("I",), "notices": (Notice(holder="I", basis="847", waived_on=TODAY),)}),
    (ASSIGN, FUND, {"rights": right(owners=("S", "Y"), consents=frozenset({"S", "Y"}))}),
    (ASSIGN, PERFORM, {"hold_expires_on": TODAY + DAY, "buyer_is_foreign": True, "export_clearance": "E-1"}),
    (ASSIGN, ACCEPT, {"rights": right(expiry_date=TODAY + DAY)}),
    (ORDINARY, OFFER, {"payment": Payment(method="free")}),
    (ORDINARY, OFFER, terms(ORDINARY, term_end=None, no_term=True)),
    (ORDINARY, OFFER, terms(ORDINARY, term_end=EXPIRY)),
    (ORDINARY, OFFER, {"rights": held("sole_license")} | terms(ORDINARY, own_practice=True)),
    (ORDINARY, SETTLE, {"receipts": {}} | terms(ORDINARY, release_on_recordal=False)),
    (ORDINARY, SETTLE, {"owners": shares(("S", 50), ("Y", 50)), "payees": {"Y": 490_00, "S": 490_00, "Z": 0}}),
    (OPEN, FILE, said(fixed_fen=20_000_000_00)),
    (OPEN, FILE, said(fee_method="net_sales", fixed_fen=None, rate=Fraction(20, 100))),
    (OPEN, FILE, said(fee_method="entry_and_profit", rate=Fraction(40, 100))),
    (OPEN, FILE, said(fixed_fen=20_000_000_01, justified="three comparable licenses")),
    (OPEN, FILE, {"rights": right(type="design", evaluation_report=True)}),
    (TAKING, NOTICE, {"statement": dataclasses.replace(PUBLISHED, withdrawn_on=TODAY), "noticed_on": TODAY - DAY}),
    (PLEDGE, PLEDGING, pledge(debt_end=EXPIRY)),
    (PLEDGE, PLEDGING, {"rights": right(encumbrances=(Encumbrance(kind="under_invalidation"),), consents=frozenset({"pledge_parties"}))}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "step", "facts"), GOES)
def test_at_the_limit_of_a_rule_the_step_goes(kind, step, facts):
    assert reasons(kind, step, **facts) == {}


@pytest.mark.parametrize(
    ("method", "fixed", "rate", "complete"),
    [
        ("fixed", 1, None, True), ("fixed", 0, Fraction(1, 100), False), ("fixed", None, None, False),
        ("net_sales", None, Fraction(1, 1000), True), ("net_sales", 1, Fraction(0), False), ("profit", None, None, False),
        ("entry_and_net_sales", 1, Fraction(1, 100), True), ("entry_and_net_sales", None, Fraction(1, 100), False),
        ("entry_and_profit", 1, None, False), ("free", None, None, True), (None, 1, Fraction(1, 100), False),
    ],
)  # fmt: skip
def test_a_fee_is_complete_when_its_method_has_the_figures_it_needs(method, fixed, rate, complete):
    found = reasons(OPEN, FILE, **said(fee_method=method, fixed_fen=fixed, rate=rate))
    assert found == ({} if complete else {"open_license_statement_incomplete": {"missing": ("fee",)}})


def test_a_refusal_says_its_code_article_and_facts_and_names_the_other_codes():
    with pytest.raises(Refusal) as caught:
        take(ASSIGN, good(ASSIGN, *FUND, signed_by=frozenset({"buyer"}), paid_in_fen=0, seller="Thief"), "fund", "buyer")
    refusal = caught.value
    assert refusal.message == "not registered owner (Patent Law 10; Pledge Measures refusal 1): party: Thief; owners: ('S',); patent: CN1"
    assert refusal.facts["also"] == ("signature_missing", "escrow_payment_missing")
    with pytest.raises(Refusal) as caught:
        take(ASSIGN, good(ASSIGN, *FUND, requested_by=""), "fund", "buyer")
    assert caught.value.message == "four eyes missing: actor: amy"
    with pytest.raises(Refusal) as caught:
        take(ASSIGN, good(ASSIGN, *FUND, written_contract=False), "fund", "buyer")
    assert caught.value.message == "written contract missing (Patent Law 10; Civil Code 427, 863)"


def test_a_step_that_is_not_listed_or_not_the_role_s_own_says_so():
    for asked in (OPERATIONS[ASSIGN].reasons, OPERATIONS[ASSIGN].advance):
        with pytest.raises(Refusal) as caught:
            asked(good(ASSIGN, "lead", "fund"), "fund", "buyer", today=TODAY, parameters=on_the_day(TODAY))
        assert (caught.value.code, caught.value.message) == ("step_not_possible", "fund is no step of assignment in state lead")
        assert caught.value.facts == {"event": "fund", "state": "lead"}
        with pytest.raises(Refusal) as caught:
            asked(good(ASSIGN, "nda", "make_offer"), "make_offer", "platform", today=TODAY, parameters=on_the_day(TODAY))
        assert (caught.value.code, caught.value.message) == ("not_allowed", "make_offer is taken by buyer, seller, not by platform")
        assert caught.value.facts == {"role": "platform", "event": "make_offer"}


def test_the_reason_of_the_first_right_stands_and_warnings_of_all_are_told():
    two = (*right(status="lapsed"), dataclasses.replace(right(status="expired")[0], patent="CN2"))
    assert reasons(ASSIGN, ACCEPT, rights=two) == {"right_not_in_force": {"status": "lapsed", "patent": "CN1"}}
    pending = (*held("under_invalidation"), dataclasses.replace(held("ordinary_license")[0], patent="CN2"))
    outcome = take(ASSIGN, good(ASSIGN, *ACCEPT, rights=pending), "accept", "buyer")
    assert outcome.warnings == ("invalidation_pending", "licenses_survive_transfer")


def test_owners_whose_shares_do_not_sum_stop_the_settlement_with_their_own_code():
    facts = good(ASSIGN, *SETTLE, owners=shares(("S", 50), ("Y", 40)))
    with pytest.raises(Refusal) as caught:
        take(ASSIGN, facts, "settle", "platform")
    assert caught.value.code == "owner_shares_do_not_sum"
