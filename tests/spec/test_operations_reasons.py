"""What the one check answers in full: each reason with its article and facts, each warning, and whose consent would help."""

import dataclasses
import datetime as dt
from fractions import Fraction

import pytest

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import Encumbrance, Plan, Reason
from langqiao.engine.operations.outcome import Account, Transfer, balances, open_holds
from langqiao.engine.operations.scope import Scope
from langqiao.engine.operations.settlement import divide
from langqiao.engine.operations.title import Owner, full_shares, require_shared_fee
from tests.spec.deal_world import DAY, TODAY, standing
from tests.spec.door import ask, bad

EXPIRY = dt.date(2038, 1, 1)


def held(*kinds, **more):
    return {"encumbrances": tuple(Encumbrance(kind=kind, holder="H", **more) for kind in kinds)}


def answer(operation, *, plan=(), **right):
    return check(standing(**right), Plan(operation=operation, on=TODAY, **dict(plan)))


def reason(code, article, **facts):
    return Reason(code=code, article=article, facts=facts)


REASONS = [
    ("assign", {"status": "abandoned"}, {}, reason("right_not_in_force", "Patent Law 44, 47; Civil Code 865", status="abandoned")),
    ("assign", {"expiry_date": TODAY}, {}, reason("right_not_in_force", "Patent Law 44, 47; Civil Code 865", status="expired", expiry_date=TODAY)),
    ("assign", {"grant_date": TODAY + DAY}, {}, reason("operation_outside_term", "Patent Law 39, 40, 42", on=TODAY, grant_date=TODAY + DAY)),
    ("pledge", {"granted": False}, {}, reason("not_granted", "Implementing Rules 85; Pledge Measures refusal 3", status="in_force")),
    ("abs_pool", {"status": "pending"}, {}, reason("not_granted", "Implementing Rules 85; Pledge Measures refusal 3", status="pending")),
    ("contribute_in_kind", {"status": "grace"}, {}, reason("annuity_unpaid", "Implementing Rules 86(3); Pledge Measures refusal 4")),
    ("abandon", held("suspended", "preserved"), {}, reason("suspended", "Implementing Rules 103-105; 86(2)", holders=("H", "H"))),
    ("license_recordal", held("ownership_dispute"), {}, reason("ownership_dispute_pending", "license recordal rules", holders=("H",))),
    (
        "assign", {}, {"disposing_party": "Thief"},
        reason("not_registered_owner", "Patent Law 10; Pledge Measures refusal 1", party="Thief", owners=("S",)),
    ),
    ("assign", {"owners": ("S", "Y", "Y")}, {}, reason("co_owner_consent_missing", "Patent Law 14", missing=("S", "Y"))),
    ("pledge", held("pledged"), {}, reason("already_pledged", "Pledge Measures refusal 9", holders=("H",))),
    (
        "license_ordinary", held("pledged"), {},
        reason("pledgee_consent_missing", "Civil Code 444; Implementing Rules 86(4)", holders=("H",), missing=("pledgee",)),
    ),
    ("abandon", held("pledged"), {}, reason("abandonment_while_pledged", "Pledge Measures (during pledge)", holders=("H",))),
    ("open_license", held("sole_license"), {}, reason("exclusive_or_sole_license_in_force", "Implementing Rules 86(1)", holders=("H",))),
    ("open_license", {"encumbrances": (Encumbrance(kind="open_license"),)}, {}, reason("open_license_already_declared", "Patent Law 50", holders=())),
    ("license_sole", held("open_license"), {}, reason("open_license_in_force", "Patent Law 51", holders=("H",))),
    (
        "license_exclusive", held("exclusive_license"), {},
        reason("overlaps_exclusive_license", "Interpretation on technology contracts 25", holders=("H",)),
    ),
    (
        "license_sole", held("sole_license"), {"own_practice": True},
        reason("overlaps_sole_license", "Interpretation on technology contracts 25, 27", holders=("H",)),
    ),
    (
        "license_ordinary", held("sole_license"), {},
        reason("overlaps_sole_license", "Interpretation on technology contracts 25, 27", holders=("H",)),
    ),
    (
        "license_exclusive", held("ordinary_license"), {},
        reason("overlaps_existing_license", "Interpretation on technology contracts 25", holders=("H",)),
    ),
    ("open_license", {"type": "design"}, {}, reason("evaluation_report_missing", "Patent Law 50", type="design")),
    (
        "license_recordal", {}, {"license_end": EXPIRY + DAY},
        reason("license_outlives_patent", "Civil Code 865; Implementing Rules 85(4)", license_end=EXPIRY + DAY, expiry_date=EXPIRY),
    ),
    (
        "license_recordal", held("sole_license", reference="K7"), {"contract": "K7"},
        reason("license_already_recorded", "license recordal rules", contract="K7"),
    ),
    ("pledge", {}, {"debt_end": EXPIRY + DAY}, reason("debt_outlives_patent", "Pledge Measures refusal 6", debt_end=EXPIRY + DAY, expiry_date=EXPIRY)),
    ("pledge", held("under_invalidation"), {}, reason("invalidation_pending_unconfirmed", "Pledge Measures refusal 11", missing=("pledge_parties",))),
    (
        "pledge", held("same_day_invention") | {"type": "utility_model"}, {},
        reason("same_day_invention_unconfirmed", "Pledge Measures refusal 10; Patent Law 9", missing=("pledge_parties",)),
    ),
    ("abs_pool", held("under_invalidation"), {}, reason("asset_not_eligible", "pool documents", holders=("H",))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "right", "plan", "why"), REASONS, ids=[f"{case[0]}-{case[3].code}-{i}" for i, case in enumerate(REASONS)]
)
def test_one_fact_gives_one_reason_with_its_article_and_facts(operation, right, plan, why):
    found = answer(operation, plan=plan, **right)
    assert found.refusals == (why,)
    assert found.needs == tuple(sorted(why.facts.get("missing", ())))
    assert not found.allowed


WARNINGS = [
    ("assign", {"status": "grace"}, {}, {"annuity_in_grace": {}}),
    ("license_ordinary", held("under_invalidation"), {}, {"invalidation_pending": {"holders": ("H",)}}),
    ("assign", held("same_day_invention") | {"type": "utility_model"}, {}, {"same_day_invention_pending": {"holders": ("H",)}}),
    ("assign", held("same_day_invention"), {}, {}),
    (
        "contribute_in_kind", held("open_license"), {},
        {name: {"holders": ("H",)} for name in ("existing_license_reduces_value", "licenses_survive_transfer", "open_license_must_be_declared_anew")},
    ),
    ("pledge", held("ordinary_license"), {"debt_end": EXPIRY}, {"existing_license_reduces_value": {"holders": ("H",)}}),
    (
        "license_recordal", {}, {"effective_on": dt.date(2026, 3, 29), "recordal_months": 3},
        {"recordal_late": {"deadline": dt.date(2026, 6, 29), "on": TODAY}},
    ),
    ("license_recordal", {}, {"effective_on": dt.date(2026, 3, 30), "recordal_months": 3}, {}),
    ("license_recordal", {}, {"effective_on": None, "recordal_months": 3}, {}),
    ("license_recordal", {}, {"effective_on": dt.date(2020, 1, 1), "recordal_months": None}, {}),
    ("assign", {"expiry_date": None}, {}, {"term_unknown": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "right", "plan", "warned"), WARNINGS)
def test_a_warning_forbids_nothing_and_tells_its_facts(operation, right, plan, warned):
    found = answer(operation, plan=plan, **right)
    assert found.allowed
    assert {one.code: dict(one.facts) for one in found.warnings} == warned
    assert [one.code for one in found.warnings] == sorted(warned)


def test_a_burden_that_ends_today_burdens_nothing_from_today_and_one_without_a_holder_names_none():
    assert answer("assign", **held("pledged", scope=Scope(end=TODAY))).allowed
    assert answer("assign", **held("pledged", scope=Scope(end=TODAY + DAY))).codes == ("pledgee_consent_missing",)
    nameless = answer("assign", encumbrances=(Encumbrance(kind="suspended"),))
    assert nameless.refusals[0].facts == {"holders": ()}


def test_another_office_is_answered_with_its_name_and_nothing_else():
    found = answer("pledge", office="EP", status="lapsed", **held("pledged"))
    assert (found.refusals, found.warnings, found.needs) == ((reason("office_not_covered", "", office="EP"),), (), ())


def test_an_agreement_of_the_co_owners_stands_for_their_consents():
    assert answer("assign", owners=("S", "Y"), co_owners_agreed=True).allowed
    assert answer("license_ordinary", owners=("S", "Y")).allowed


def test_the_wanted_scope_runs_from_today_or_its_own_start_to_the_earlier_end():
    scope = Scope(territories=frozenset({"CN"}), fields=frozenset({"G06"}), start=TODAY + DAY, end=TODAY + 9 * DAY)
    plan = Plan(operation="license_sole", on=TODAY, scope=scope, license_end=TODAY + 5 * DAY)
    assert plan.wanted == dataclasses.replace(scope, end=TODAY + 5 * DAY)
    assert dataclasses.replace(plan, license_end=TODAY + 20 * DAY).wanted == scope
    assert Plan(operation="license_sole", on=TODAY).wanted == Scope(start=TODAY)


@pytest.mark.parametrize("end", ["2026-06-30", "2020-01-01"])
def test_a_flag_covers_the_whole_scope_even_of_a_license_that_ends_before_it_begins(end):
    patent = {
        "type": "invention", "granted": True, "status": "in_force", "owners": ["X"], "consents": [], "expiry_date": "2040-01-01",
        "evaluation_report": False, "flags": ["exclusive_license", "sole_license", "ordinary_license"],
    }  # fmt: skip
    out = ask("operations.check", operation="license_exclusive", on="2026-06-30", patent=patent, terms={"license_end": end})
    assert out["refusals"] == ["overlaps_exclusive_license", "overlaps_existing_license", "overlaps_sole_license"]


def test_the_door_tells_each_reason_with_its_rule_and_needs_and_where_the_end_of_the_debt_is_missing():
    patent = {
        "type": "utility_model", "granted": True, "status": "in_force", "owners": ["X", "Y"], "consents": ["Y"], "expiry_date": "2030-01-01",
        "evaluation_report": False, "flags": ["same_day_invention", "same_day_invention"],
    }  # fmt: skip
    out = ask("operations.check", operation="pledge", on="2026-06-30", patent=patent, terms={"debt_end": "2030-01-01"})
    assert out == {
        "allowed": False,
        "refusals": ["co_owner_consent_missing", "same_day_invention_unconfirmed"],
        "warnings": ["same_day_invention_pending"],
        "reasons": [
            {"code": "co_owner_consent_missing", "rule": "Patent Law 14", "needs": ["X"]},
            {"code": "same_day_invention_unconfirmed", "rule": "Pledge Measures refusal 10; Patent Law 9", "needs": ["pledge_parties"]},
        ],
    }
    asked = {"operation": "pledge", "on": "2026-06-30", "patent": patent}
    assert (
        bad("operations.check", **asked)
        == bad("operations.check", **asked, terms={"debt_end": None})
        == ("missing_field", "terms.debt_end")
    )
    assert ask("operations.check", **asked | {"patent": patent | {"office": "US"}}, terms={"debt_end": "2030-01-01"})["refusals"] == [
        "office_not_covered"
    ]  # fmt: skip


def said(act, *given):
    with pytest.raises(Refusal) as caught:
        act(*given)
    return caught.value.code, caught.value.message, caught.value.article, caught.value.facts


def test_shares_are_equal_where_none_is_stated_and_a_refusal_tells_their_sum():
    assert full_shares([Owner(name="甲"), Owner(name="乙")]) == {"甲": Fraction(1, 2), "乙": Fraction(1, 2)}
    wrong = [Owner(name="甲", share=Fraction(1, 2)), Owner(name="乙", share=Fraction(1, 3))]
    assert said(full_shares, wrong) == (
        "owner_shares_do_not_sum", "the shares of 2 owners sum to 5/6, each must be above zero and named once", None, {"total": "5/6"},
    )  # fmt: skip
    part = [Owner(name="甲", share=Fraction(1)), Owner(name="乙")]
    assert said(full_shares, part)[3] == {"total": "1"}
    assert said(divide, 1, []) == ("owner_shares_do_not_sum", "no owner is named", None, {"total": "0"})
    assert said(require_shared_fee, 2, [Owner(name="甲"), Owner(name="乙")], {"甲": 2}) == (
        "license_fee_not_shared", "the fee is not divided among the co-owners", "Patent Law 14", {},
    )  # fmt: skip
    require_shared_fee(1, [Owner(name="甲"), Owner(name="乙")], {"甲": 1})
    require_shared_fee(2, [Owner(name="甲"), Owner(name="乙")], {"甲": 1, "乙": 1, "丙": 0})


def test_deductions_above_the_price_say_by_how_much():
    owners = [{"name": "S"}]
    out = ask("deal.settle", price="100.00", owners=owners, broker_rate=0.6, tax_rate=0.5)
    assert (out["refusal"], out["message"]) == ("deductions_above_price", "the deductions of 110.00 exceed the price of 100.00")
    assert ask("deal.settle", price="100.00", owners=owners, broker_rate=0.5, tax_rate=0.5)["proceeds"] == "0.00"


def test_money_is_where_posts_and_transfers_put_it_and_a_hold_moves_nothing():
    one, two = Account(role="buyer", party="B"), Account(role="escrow")
    moves = [Transfer(key=f"k{i}", phase=phase, source=one, target=two, amount_fen=fen) for i, (phase, fen) in enumerate(
        [("hold", 5), ("hold", 7), ("hold", 9), ("transfer", 3), ("transfer", 4)]
    )]  # fmt: skip
    moves += [dataclasses.replace(moves[0], phase="post"), dataclasses.replace(moves[1], phase="void")]
    assert balances(moves) == {one: -12, two: 12}
    assert open_holds(moves) == {"k2": 9}
    assert open_holds([dataclasses.replace(moves[0], phase="void"), moves[2]]) == {"k2": 9}
