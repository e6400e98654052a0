"""The invariants of operations on Chinese rights (I20–I58, I89), each as a property that no drawn right or deal may break."""

import dataclasses
import datetime as dt
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import BURDENS, Encumbrance, Plan
from langqiao.engine.operations.encumbrance import OPERATIONS as PLANNED
from langqiao.engine.operations.outcome import balances
from langqiao.engine.operations.register import OPERATIONS, ROLES
from langqiao.engine.operations.scope import Scope
from langqiao.engine.operations.statement_words import CHINESE, ENGLISH
from langqiao.engine.operations.terms import LicenseTerms, Payment, PledgeTerms, Receipt
from langqiao.engine.operations.title import Notice, Owner
from tests.spec.deal_world import DAY, PUBLISHED, STATEMENT, TODAY, good, on_the_day, right, standing, take

EXPIRY = dt.date(2038, 1, 1)
days = st.dates(dt.date(2021, 1, 1), dt.date(2045, 1, 1))
licenses = st.sampled_from(["license_exclusive", "license_sole", "license_ordinary"])
stranger = st.text("abcXYZ", min_size=1, max_size=4).filter(lambda name: name != "S")
SIGNED = ("drafted", "signed", "filed")


def against(kind, state, event, role, /, **facts):
    """Codes against a step."""
    known = good(kind, state, event, role, **facts)
    found = OPERATIONS[kind].reasons(known, event, role, today=TODAY, parameters=on_the_day(TODAY))
    return {reason.code for reason in found}


def codes(operation, right_, **plan):
    return set(check(right_, Plan(operation=operation, on=TODAY, **plan)).codes)


def burden(kind, **more):
    return Encumbrance(kind=kind, holder="H", **more)


@st.composite
def rights(draw):
    owners = draw(st.sampled_from([("S",), ("S", "Y"), ("S", "Y", "Z")]))
    return standing(
        type=draw(st.sampled_from(["invention", "utility_model", "design"])),
        status=draw(st.sampled_from(["in_force", "grace", "lapsed", "expired", "abandoned", "invalidated", "pending"])),
        granted=draw(st.booleans()), owners=owners, consents=frozenset(draw(st.sets(st.sampled_from([*owners, "pledgee", "pledge_parties"])))),
        encumbrances=tuple(burden(kind) for kind in draw(st.sets(st.sampled_from(BURDENS), max_size=3))),
        evaluation_report=draw(st.booleans()),
    )  # fmt: skip


@given(st.integers(1, 10**10), st.lists(st.integers(1, 9), min_size=2, max_size=4))
def test_i20_one_co_owner_licenses_alone_and_the_fee_reaches_all_by_their_shares(fee, parts):
    names = "SXYZ"[: len(parts)]
    owners = tuple(Owner(name=name, share=Fraction(part, sum(parts))) for name, part in zip(names, parts, strict=True))
    world = {
        "rights": right(owners=tuple(names)),
        "owners": owners,
        "payment": Payment(price_fen=fee, method="lump_sum", platform_fee_rate=Fraction(0)),
    }
    assert against("license_ordinary", "offer", "accept", "buyer", **world) == set()
    money = balances(
        take("license_ordinary", good("license_ordinary", "performed", "settle", "platform", **world), "settle", "platform").transfers
    )
    got = {account.party: amount for account, amount in money.items() if account.role == "seller"}
    assert sum(got.values()) == fee
    assert all(abs(got.get(owner.name, 0) - fee * owner.share) < 1 for owner in owners)


@given(st.sampled_from(["", "R7"]), st.integers(-3, 3))
def test_i22_title_passes_only_with_a_number_and_a_day_of_registration(number, ahead):
    codes_found = against("assignment", "escrowed", "perform", "platform", receipts={"CN1": Receipt(number=number, on=TODAY + ahead * DAY)})
    assert ("assignment_not_registered" in codes_found) == (not number or ahead > 0)


@given(st.integers(0, 40), st.integers(0, 30), st.booleans())
def test_i24_nobody_sells_while_a_window_of_first_refusal_is_open(ago, open_days, served):
    notice = Notice(holder="I", basis="859", served_on=TODAY - ago * DAY if served else None, open_days=open_days)
    found = against("assignment", "accepted", "fund", "buyer", notices=(notice,), first_refusal_holders=("I",))
    assert ("first_refusal_not_cleared" in found) == (not served or ago <= open_days)


@given(st.booleans(), st.sampled_from(["", "E-1"]), st.sampled_from(["assignment", "license_exclusive", "license_ordinary", "sublicense"]))
def test_i25_a_foreign_buyer_needs_its_clearance_first(foreign, clearance, kind):
    found = against(kind, "escrowed", "perform", "platform", buyer_is_foreign=foreign, export_clearance=clearance)
    assert found == ({"export_clearance_missing"} if foreign and not clearance else set())


@given(stranger, st.sampled_from(["assignment", "license_exclusive", "pledge"]))
def test_i26_nobody_disposes_of_another_s_right(name, kind):
    step = ("signed", "file", "seller") if kind == "pledge" else ("escrowed", "perform", "platform")
    found = against(kind, *step, seller=name)
    assert ("not_registered_owner" in found) == (kind != "license_exclusive")
    assert "not_registered_owner" in codes("license_recordal", standing(), disposing_party=name)


@given(st.sampled_from([None, "exclusive", "sole", "ordinary"]))
def test_i27_a_kind_left_open_is_ordinary(kind):
    terms = LicenseTerms(kind=kind, term_end=dt.date(2030, 1, 1))
    assert terms.kind_or_ordinary == (kind or "ordinary")
    assert ("license_kind_differs" in against("license_ordinary", "nda", "make_offer", "buyer", license=terms)) == (
        kind in {"exclusive", "sole"}
    )


@given(st.sampled_from(["CN", "CN-44", "US"]), st.sampled_from(["CN", "CN-44", "CN-11", "US"]), licenses, st.booleans())
def test_i29_beside_a_sole_license_only_the_licensor_s_own_stand_in(held, wanted, operation, stands):
    there, asked = Scope(territories=frozenset({held})), Scope(territories=frozenset({wanted}))
    found = codes(operation, standing(encumbrances=(burden("sole_license", scope=there),)), scope=asked, own_practice=stands)
    meets = there.meets(asked) and not (operation == "license_ordinary" and stands)
    assert found == ({"overlaps_sole_license"} if meets else set())


@given(st.booleans(), days, days, st.sampled_from([None, frozenset({"CN"}), frozenset({"US"})]))
def test_i30_a_sub_license_lies_within_its_head_and_needs_its_leave(leave, head_end, end, where):
    head = dataclasses.replace(
        good("sublicense", "nda", "make_offer").license.head, may_sublicense=leave, scope=Scope(territories=frozenset({"CN"}), end=head_end)
    )
    terms = LicenseTerms(term_end=end, head=head, scope=Scope(territories=where))
    found = against("sublicense", "nda", "make_offer", "buyer", license=terms)
    assert ("sublicense_not_permitted" in found) == (not leave)
    assert ("sublicense_exceeds_parent" in found) == (end > head_end or where != frozenset({"CN"}))


@given(st.integers(0, 400))
def test_i31_a_late_recordal_is_a_flag_and_never_a_refusal(ago):
    effect = TODAY - ago * DAY
    outcome = take("license_ordinary", good("license_ordinary", "performed", "record", "seller", effective_on=effect), "record", "seller")
    month = (effect.month + 2) % 12 + 1
    year = effect.year + (effect.month + 3 > 12)
    last = dt.date(year + (month == 12), month % 12 + 1, 1) - DAY
    deadline = min(last, last.replace(day=min(effect.day, last.day)))
    assert ("recordal_late" in outcome.warnings) == (deadline < TODAY)


@given(rights(), st.booleans(), stranger)
def test_i32_recordal_is_refused_for_each_of_its_reasons_and_for_no_other(right_, known, name):
    kinds = {one.kind for one in right_.encumbrances}
    found = codes("license_recordal", right_, disposing_party=name, contract="K" if known else "")
    dead = right_.status in {"lapsed", "expired", "abandoned", "invalidated"}
    expected = {
        "not_registered_owner": name not in right_.owners, "right_not_in_force": dead, "annuity_unpaid": right_.status == "grace",
        "suspended": bool(kinds & {"suspended", "preserved"}), "ownership_dispute_pending": "ownership_dispute" in kinds,
        "pledgee_consent_missing": "pledged" in kinds and "pledgee" not in right_.consents,
    }  # fmt: skip
    assert found == {code for code, applies in expected.items() if applies}


ITEMS = {"patentee": "", "fee_method": None, "term_end": None, "other_matters": ""}


@given(st.sets(st.sampled_from(sorted(ITEMS))))
def test_i35_a_statement_without_one_of_its_items_is_not_filed(gone):
    statement = dataclasses.replace(STATEMENT, **{name: ITEMS[name] for name in gone})
    found = against("open_license", "draft", "file", "seller", statement=statement)
    assert ("open_license_statement_incomplete" in found) == bool(gone)


@given(st.sampled_from([*CHINESE, *ENGLISH]), st.text("一种装置方法系统, ", max_size=6), st.text("的用途说明. ", max_size=6))
def test_i36_no_statement_carries_a_promotional_word_wherever_it_stands(word, before, behind):
    statement = dataclasses.replace(STATEMENT, other_matters=f"{before} {word} {behind}")
    assert "advertising_language_in_statement" in against("open_license", "draft", "file", "seller", statement=statement)


@given(rights())
def test_i37_to_i40_i44_an_open_license_is_barred_by_each_of_its_bars_and_no_other(right_):
    kinds = {one.kind for one in right_.encumbrances}
    dead = right_.status in {"lapsed", "expired", "abandoned", "invalidated"}
    expected = {
        "right_not_in_force": dead, "not_granted": not dead and (not right_.granted or right_.status == "pending"),
        "annuity_unpaid": right_.status == "grace", "suspended": bool(kinds & {"suspended", "preserved"}),
        "evaluation_report_missing": right_.type != "invention" and not right_.evaluation_report,
        "exclusive_or_sole_license_in_force": bool(kinds & {"exclusive_license", "sole_license"}),
        "open_license_already_declared": "open_license" in kinds,
        "pledgee_consent_missing": "pledged" in kinds and "pledgee" not in right_.consents,
        "co_owner_consent_missing": len(right_.owners) > 1 and not right_.consents.issuperset(right_.owners),
    }  # fmt: skip
    assert codes("open_license", right_) == {code for code, applies in expected.items() if applies}


@given(rights(), licenses)
def test_i39_no_closed_license_beside_an_open_one(right_, operation):
    open_ = dataclasses.replace(right_, encumbrances=(*right_.encumbrances, burden("open_license")))
    assert ("open_license_in_force" in codes(operation, open_)) == (operation != "license_ordinary")


@given(st.sampled_from(["fixed", "net_sales", "profit"]), st.integers(1, 50), st.booleans())
def test_i43_fees_above_the_guidance_need_a_justification(method, size, justified):
    fee = {"fixed_fen": size * 1_000_000_00, "rate": None} if method == "fixed" else {"fixed_fen": None, "rate": Fraction(size, 100)}
    cap = {"fixed": 20, "net_sales": 20, "profit": 40}[method]
    statement = dataclasses.replace(STATEMENT, fee_method=method, justified="three licenses" if justified else "", **fee)
    found = against("open_license", "draft", "file", "seller", statement=statement)
    assert found == ({"open_license_fee_above_cap"} if size > cap and not justified else set())


@given(st.sampled_from(["fixed", "net_sales"]), st.integers(1, 10**6))
def test_i45_published_terms_are_never_changed_in_place(method, fee):
    statement = dataclasses.replace(PUBLISHED, fee_method=method, fixed_fen=fee)
    assert against("open_license", "published", "edit_terms", "seller", statement=statement) == {"open_license_terms_fixed"}
    assert against("open_license_taking", "lead", "give_notice", "buyer", statement=statement) == {"open_license_terms_unequal"}


@given(
    st.sampled_from(SIGNED), st.sampled_from(sorted({step.event for step in OPERATIONS["pledge"].workflow.steps})), st.sampled_from(ROLES)
)
def test_i46_a_pledge_burdens_the_right_from_its_registration_and_by_nothing_else(state, event, role):
    try:
        outcome = take("pledge", good("pledge", state, event, role), event, role)
    except Refusal:
        return
    assert bool(outcome.effects) == (event == "register")
    assert all(effect.kind == "burden_added" and effect.on == TODAY for effect in outcome.effects)


@given(rights())
def test_i47_a_second_pledge_is_refused_while_one_is_active(right_):
    pledged = dataclasses.replace(right_, encumbrances=(*right_.encumbrances, burden("pledged")))
    assert "already_pledged" in codes("pledge", pledged, debt_end=TODAY)


@given(st.lists(days.filter(lambda day: day > TODAY), min_size=1, max_size=3), days)
def test_i48_the_debt_ends_with_the_earliest_right_at_the_latest(ends, debt_end):
    several = tuple(dataclasses.replace(right(expiry_date=end)[0], patent=f"CN{i}") for i, end in enumerate(ends))
    terms = PledgeTerms(claim_kind="loan", claim_fen=1, debt_end=debt_end, security_scope="principal")
    found = against("pledge", "signed", "file", "seller", rights=several, pledge=terms)
    assert ("debt_outlives_patent" in found) == (debt_end > min(ends))


@given(st.sampled_from([operation for operation in PLANNED if operation not in {"pledge", "abandon"}]), rights())
def test_i49_nothing_is_done_with_a_pledged_right_without_the_pledgee(operation, right_):
    pledged = dataclasses.replace(right_, encumbrances=(*right_.encumbrances, burden("pledged")))
    assert ("pledgee_consent_missing" in codes(operation, pledged)) == ("pledgee" not in right_.consents)


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.sampled_from(["prepay", "deposit"]))
def test_i49_proceeds_of_a_pledged_right_repay_the_debt_or_are_deposited(price, debt, route):
    pledged = right(encumbrances=(burden("pledged"),), consents=frozenset({"pledgee"}))
    payment = Payment(price_fen=price, method="lump_sum", platform_fee_rate=Fraction(0))
    world = {"rights": pledged, "payment": payment, "pledge_debt_fen": debt}
    assert "pledge_proceeds_not_escrowed" in against("assignment", "performed", "settle", "platform", **world)
    facts = good("assignment", "performed", "settle", "platform", **world, pledge_route=route)
    money = {account.role: fen for account, fen in balances(take("assignment", facts, "settle", "platform").transfers).items() if fen > 0}
    assert money.get("pledgee", 0) == (min(price, debt) if route == "prepay" else 0)
    assert money.get("pledge_deposit", 0) == (price if route == "deposit" else 0)


@given(st.booleans(), st.sampled_from(["registered"]))
def test_i50_no_clause_passes_title_on_default(clause, state):
    terms = PledgeTerms(claim_kind="loan", claim_fen=1, debt_end=TODAY, security_scope="principal", title_passes=clause)
    found = against("pledge", state, "enforce", "pledgee", pledge=terms)
    assert found == ({"foreclosure_clause_without_effect"} if clause else set())
    kinds = {effect.kind for effect in take("pledge", good("pledge", state, "enforce"), "enforce", "pledgee").effects}
    assert "owner_changed" not in kinds


CONTENTS = {"claim_kind": "", "claim_fen": None, "debt_end": None, "security_scope": ""}


@given(st.sets(st.sampled_from(sorted(CONTENTS))))
def test_i52_a_pledge_contract_without_one_of_its_contents_is_not_filed(gone):
    terms = dataclasses.replace(good("pledge", "signed", "file").pledge, **{name: CONTENTS[name] for name in gone})
    assert against("pledge", "signed", "file", "seller", pledge=terms) == ({"pledge_contract_incomplete"} if gone else set())


@given(st.sampled_from([None, "discharged", "pledgee_consents", "right_ended", "contract_annulled"]))
def test_i55_a_pledge_ends_on_a_ground_and_never_silently(ground):
    terms = dataclasses.replace(good("pledge", "registered", "release").pledge, release_ground=ground)
    assert against("pledge", "registered", "release", "office", pledge=terms) == (set() if ground else {"pledge_release_without_ground"})
    removing = {
        step.event
        for step in OPERATIONS["pledge"].workflow.steps
        if step.target == "deregistered" and "pledge_release_without_ground" in step.unless
    }
    assert removing == {step.event for step in OPERATIONS["pledge"].workflow.steps if step.target == "deregistered"}


@settings(deadline=None)
@given(rights())
def test_i58_a_pledged_right_is_never_abandoned(right_):
    pledged = dataclasses.replace(right_, encumbrances=(*right_.encumbrances, burden("pledged")))
    assert "abandonment_while_pledged" in codes("abandon", pledged)


@given(st.integers(0, 40), st.booleans(), st.sampled_from(["agreement", "listing", "auction"]), st.sampled_from(["", "too low"]))
def test_i89_an_agreed_price_of_a_state_unit_is_published_before_signature(ago, state_unit, price_by, objection):
    published = {"publicity_from": TODAY - ago * DAY, "publicity_objection": objection}
    found = against("assignment", "accepted", "fund", "buyer", state_unit=state_unit, price_by=price_by, **published)
    assume(price_by != "auction" or not objection)
    assert ("price_publicity_missing" in found) == (state_unit and price_by == "agreement" and (ago < 15 or bool(objection)))
