"""The operation × encumbrance matrix of Chinese law: every cell, every reason, every warning."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao import rules
from langqiao.engine import register
from langqiao.engine.operations.check import REFUSALS, check
from langqiao.engine.operations.encumbrance import BURDENS, OPERATIONS, Encumbrance, Plan, Standing
from langqiao.engine.operations.scope import WHOLE, Scope

ON = dt.date(2026, 6, 30)
END = dt.date(2040, 1, 1)
PARAMETERS = rules.parameters()
DOOR_OPERATIONS = ["assign", "license_exclusive", "license_sole", "license_ordinary", "open_license", "pledge"]
COLUMNS = ["assign", "license_exclusive", "license_sole", "license_ordinary", "open_license", "pledge", "abs_pool", "contribute_in_kind"]


def standing(*burdens: str, **more) -> Standing:
    held = tuple(Encumbrance(kind=kind, holder="某") for kind in burdens)
    value = {"type": "invention", "granted": True, "status": "in_force", "owners": ("甲",), "expiry_date": END, "encumbrances": held}
    return Standing(**value | more)


def ask(right: Standing, operation: str, **more):
    return check(right, Plan(operation=operation, on=ON, **more))


def codes(right: Standing, operation: str, **more) -> list[str]:
    return list(ask(right, operation, **more).codes)


def warned(right: Standing, operation: str, **more) -> list[str]:
    return [reason.code for reason in ask(right, operation, **more).warnings]


OK: list[str] = []
CO = ["co_owner_consent_missing"]
PC = ["pledgee_consent_missing"]
OV, SO, EX = ["overlaps_exclusive_license"], ["overlaps_sole_license"], ["overlaps_existing_license"]
SU, GR, DE = ["suspended"], ["annuity_unpaid"], ["right_not_in_force"]
NG = ["not_granted"]
#    assign excl sole ordinary open pledge abs fund
MATRIX = {
    "in force, clean": (standing(), [OK] * 8),
    "utility model": (standing(type="utility_model"), [OK, OK, OK, OK, ["evaluation_report_missing"], OK, OK, OK]),
    "design": (standing(type="design"), [OK, OK, OK, OK, ["evaluation_report_missing"], OK, OK, OK]),
    "utility model with report": (standing(type="utility_model", evaluation_report=True), [OK] * 8),
    "co-owned, no agreement": (standing(owners=("甲", "乙")), [CO, CO, CO, OK, CO, CO, CO, CO]),
    "co-owned, all agree": (standing(owners=("甲", "乙"), consents=frozenset("甲乙")), [OK] * 8),
    "co-owned, agreement": (standing(owners=("甲", "乙"), co_owners_agreed=True), [OK] * 8),
    "pledged": (standing("pledged"), [PC, PC, PC, PC, PC, ["already_pledged"], PC, PC]),
    "pledged, pledgee consents": (standing("pledged", consents=frozenset({"pledgee"})), [OK, OK, OK, OK, OK, ["already_pledged"], OK, OK]),
    "open license in force": (
        standing("open_license"),
        [OK, ["open_license_in_force"], ["open_license_in_force"], OK, ["open_license_already_declared"], OK, OK, OK],
    ),
    "exclusive license in force": (
        standing("exclusive_license"), [OK, OV, OV, OV, ["exclusive_or_sole_license_in_force"], OK, OK, OK],
    ),
    "sole license in force": (standing("sole_license"), [OK, SO, SO, SO, ["exclusive_or_sole_license_in_force"], OK, OK, OK]),
    "ordinary license in force": (standing("ordinary_license"), [OK, EX, EX, OK, OK, OK, OK, OK]),
    "suspended": (standing("suspended"), [SU] * 8),
    "preserved": (standing("preserved"), [SU] * 8),
    "annuity unpaid (grace)": (standing(status="grace"), [OK, GR, GR, GR, GR, GR, GR, GR]),
    "invalidation pending": (
        standing("under_invalidation"), [OK, OK, OK, OK, OK, ["invalidation_pending_unconfirmed"], ["asset_not_eligible"], OK],
    ),
    "lapsed": (standing(status="lapsed"), [DE] * 8),
    "expired": (standing(status="expired"), [DE] * 8),
    "abandoned": (standing(status="abandoned"), [DE] * 8),
    "invalidated": (standing(status="invalidated"), [DE] * 8),
    "term over by the calendar": (standing(expiry_date=ON), [DE] * 8),
    "application only": (standing(granted=False, status="pending"), [OK, OK, OK, OK, NG, NG, NG, OK]),
    "application withdrawn": (standing(granted=False, status="abandoned"), [DE] * 8),
    "utility model with same-day invention": (
        standing("same_day_invention", type="utility_model"),
        [OK, OK, OK, OK, ["evaluation_report_missing"], ["same_day_invention_unconfirmed"], OK, OK],
    ),
}  # fmt: skip
CELLS = [(row, column) for row in MATRIX for column in range(8)]


@pytest.mark.parametrize(("row", "column"), CELLS, ids=[f"{row}-{COLUMNS[column]}" for row, column in CELLS])
def test_a_cell_of_the_matrix(row, column):
    right, expected = MATRIX[row]
    assert codes(right, COLUMNS[column]) == expected[column]


@pytest.mark.parametrize(
    ("right", "operation", "expected"),
    [
        (standing("ordinary_license"), "assign", ["licenses_survive_transfer"]),
        (standing("open_license"), "assign", ["licenses_survive_transfer", "open_license_must_be_declared_anew"]),
        (standing("exclusive_license"), "pledge", ["existing_license_reduces_value"]),
        (standing("open_license"), "contribute_in_kind", [
            "existing_license_reduces_value", "licenses_survive_transfer", "open_license_must_be_declared_anew",
        ]),
        (standing(status="grace"), "assign", ["annuity_in_grace"]),
        (standing("under_invalidation"), "license_ordinary", ["invalidation_pending"]),
        (standing("same_day_invention", type="utility_model"), "assign", ["same_day_invention_pending"]),
        (standing("same_day_invention"), "assign", []),  # an invention loses nothing by its own grant
        (standing(expiry_date=None), "assign", ["term_unknown"]),
    ],
)  # fmt: skip
def test_a_cell_marked_w_is_allowed_with_a_warning(right, operation, expected):
    assert warned(right, operation) == expected
    assert ask(right, operation).allowed


def test_several_facts_give_several_codes_sorted():
    right = standing("pledged", "exclusive_license", "suspended", owners=("甲", "乙"), status="grace", type="utility_model")
    assert codes(right, "open_license", license_end=dt.date(2041, 1, 1)) == [
        "annuity_unpaid", "co_owner_consent_missing", "evaluation_report_missing", "exclusive_or_sole_license_in_force",
        "license_outlives_patent", "pledgee_consent_missing", "suspended",
    ]  # fmt: skip


def test_what_is_needed_names_every_missing_consent():
    right = standing("pledged", owners=("甲", "乙", "丙"), consents=frozenset({"乙"}))
    assert ask(right, "assign").needs == ("pledgee", "丙", "甲")


def test_a_right_of_another_office_is_not_covered_and_nothing_else_is_said():
    assert codes(standing("suspended", office="US", status="lapsed"), "pledge") == ["office_not_covered"]


def test_before_the_grant_a_granted_right_could_not_be_dealt_with():
    assert codes(standing(grant_date=ON + dt.timedelta(days=1)), "assign") == ["operation_outside_term"]
    assert codes(standing(grant_date=ON), "assign") == OK


def test_term_tests_compare_the_ends():
    for end, expected in ((END, OK), (END + dt.timedelta(days=1), ["debt_outlives_patent"])):
        assert codes(standing(), "pledge", debt_end=end) == expected
    for operation in ("license_exclusive", "license_sole", "license_ordinary", "open_license", "license_recordal"):
        assert codes(standing(), operation, license_end=END) == OK
        assert codes(standing(), operation, license_end=END + dt.timedelta(days=1)) == ["license_outlives_patent"]


SOUTH = Scope(territories=frozenset({"CN-44", "CN-45"}), fields=frozenset({"automotive"}))


@pytest.mark.parametrize(
    ("held", "wanted", "meets"),
    [
        (WHOLE, WHOLE, True),
        (SOUTH, Scope(territories=frozenset({"CN-44"})), True),
        (SOUTH, Scope(territories=frozenset({"CN"})), True),  # the whole country contains its provinces
        (SOUTH, Scope(territories=frozenset({"CN-31"})), False),
        (SOUTH, Scope(fields=frozenset({"medical"})), False),
        (Scope(end=dt.date(2027, 1, 1)), Scope(start=dt.date(2027, 1, 1)), False),  # the end is the first day outside
        (Scope(end=dt.date(2027, 1, 2)), Scope(start=dt.date(2027, 1, 1)), True),
    ],
)
def test_i28_and_i29_a_license_is_refused_where_its_scope_meets_an_exclusive_or_sole_one(held, wanted, meets):
    for burden, code in (("exclusive_license", "overlaps_exclusive_license"), ("sole_license", "overlaps_sole_license")):
        right = standing(encumbrances=(Encumbrance(kind=burden, scope=held),))
        assert codes(right, "license_ordinary", scope=wanted) == ([code] if meets else [])
    right = standing(encumbrances=(Encumbrance(kind="ordinary_license", scope=held),))
    assert codes(right, "license_exclusive", scope=wanted) == (["overlaps_existing_license"] if meets else [])


def test_a_license_that_has_ended_burdens_nothing():
    over = Encumbrance(kind="exclusive_license", scope=Scope(end=ON))
    for operation in COLUMNS:
        assert codes(standing(encumbrances=(over,)), operation) == OK


def test_one_ordinary_license_may_stand_for_a_sole_licensor_who_cannot_practice():
    assert codes(standing("sole_license"), "license_ordinary", own_practice=True) == OK
    assert codes(standing("sole_license"), "license_exclusive", own_practice=True) == SO


def test_i32_recordal_is_refused_for_each_of_its_reasons():
    recordal = "license_recordal"
    assert codes(standing(), recordal, disposing_party="丁") == ["not_registered_owner"]
    assert codes(standing(status="lapsed"), recordal) == DE
    assert codes(standing(status="grace"), recordal) == GR
    assert codes(standing("suspended"), recordal) == SU
    assert codes(standing("ownership_dispute"), recordal) == ["ownership_dispute_pending"]
    assert codes(standing("pledged"), recordal) == PC
    recorded = standing(encumbrances=(Encumbrance(kind="ordinary_license", reference="X2021"),))
    assert codes(recorded, recordal, contract="X2021") == ["license_already_recorded"]
    assert codes(recorded, recordal, contract="X2022") == OK


def test_i31_a_late_recordal_is_a_flag_not_a_refusal():
    months = int(PARAMETERS.value("operations.license_recordal_months"))
    for effect, expected in ((dt.date(2026, 3, 30), []), (dt.date(2026, 3, 29), ["recordal_late"])):
        answer = ask(standing(), "license_recordal", effective_on=effect, recordal_months=months)
        assert answer.allowed
        assert [reason.code for reason in answer.warnings] == expected


def test_i58_a_pledged_right_is_not_abandoned():
    assert codes(standing("pledged"), "abandon") == ["abandonment_while_pledged"]
    assert codes(standing(), "abandon") == OK


def test_i51_each_pledge_refusal_of_the_check_is_reproduced():
    seen = set()
    for right, more in [
        (standing(), {"disposing_party": "丁"}), (standing(status="expired"), {}), (standing(granted=False, status="pending"), {}),
        (standing(status="grace"), {}), (standing("preserved"), {}), (standing(), {"debt_end": dt.date(2050, 1, 1)}),
        (standing(owners=("甲", "乙")), {}), (standing("pledged"), {}), (standing("same_day_invention", type="utility_model"), {}),
        (standing("under_invalidation"), {}),
    ]:  # fmt: skip
        seen |= set(codes(right, "pledge", **more))
    assert seen == {rule.code for rule in REFUSALS if "pledge" in rule.operations} - {"operation_outside_term"}


RIGHTS = st.builds(
    standing,
    type=st.sampled_from(["invention", "utility_model", "design"]),
    granted=st.booleans(),
    status=st.sampled_from(["pending", "in_force", "grace", "lapsed", "expired", "abandoned", "invalidated"]),
    owners=st.lists(st.sampled_from("甲乙丙"), min_size=1, max_size=3, unique=True).map(tuple),
    consents=st.frozensets(st.sampled_from(["甲", "乙", "丙", "pledgee", "pledge_parties"])),
    encumbrances=st.lists(st.builds(Encumbrance, kind=st.sampled_from(BURDENS)), max_size=4).map(tuple),
    evaluation_report=st.booleans(),
    expiry_date=st.sampled_from([END, ON, ON - dt.timedelta(days=1), None]),
)


@given(RIGHTS, st.sampled_from(OPERATIONS))
def test_refusals_name_every_reason(right, operation):
    """Taking one burden away removes only codes that this burden gave: no reason was hidden behind another."""
    whole = set(codes(right, operation))
    for place in range(len(right.encumbrances)):
        rest = right.encumbrances[:place] + right.encumbrances[place + 1 :]
        alone = (right.encumbrances[place],)
        without, only = (set(codes(_with(right, held), operation)) for held in (rest, alone))
        assert whole == without | only


def _with(right: Standing, held: tuple[Encumbrance, ...]) -> Standing:
    fields = {name: getattr(right, name) for name in Standing.__slots__}
    return Standing(**fields | {"encumbrances": held})


@given(RIGHTS, st.sampled_from(OPERATIONS), st.sampled_from(["甲", "乙", "丙", "pledgee", "pledge_parties"]))
def test_i21_one_more_consent_never_adds_a_refusal(right, operation, consent):
    fields = {name: getattr(right, name) for name in Standing.__slots__}
    more = Standing(**fields | {"consents": right.consents | {consent}})
    assert set(codes(more, operation)) <= set(codes(right, operation))


@given(RIGHTS)
def test_i20_and_i21_a_co_owner_alone_may_give_ordinary_licenses_and_nothing_else(right):
    lacking = len(right.owners) > 1 and not set(right.owners) <= right.consents
    for operation in OPERATIONS:
        refused = "co_owner_consent_missing" in codes(right, operation)
        assert refused == (lacking and operation not in {"license_ordinary", "license_recordal"})


@given(RIGHTS, st.sampled_from(OPERATIONS))
def test_one_fact_gives_one_code(right, operation):
    found = codes(right, operation)
    assert len(found) == len(set(found))
    assert found == sorted(found)
    assert not {"not_granted", "right_not_in_force"} <= set(found)
    assert not {"already_pledged", "pledgee_consent_missing"} <= set(found)


def door(right: Standing, operation: str, terms: dict) -> dict:
    patent = {
        "type": right.type, "granted": right.granted, "status": right.status, "owners": list(right.owners),
        "consents": sorted(right.consents), "flags": [burden.kind for burden in right.encumbrances],
        "expiry_date": right.expiry_date.isoformat(), "evaluation_report": right.evaluation_report,
    }  # fmt: skip
    return register.answer("operations.check", {"operation": operation, "on": ON.isoformat(), "patent": patent, "terms": terms}, PARAMETERS)


@given(
    RIGHTS.filter(lambda right: right.expiry_date is not None),
    st.sampled_from(DOOR_OPERATIONS),
    st.sampled_from(["2030-01-01", "2041-01-01"]),
)
def test_the_door_says_what_the_check_says(right, operation, end):
    flags = [burden for burden in right.encumbrances if burden.kind not in {"preserved", "ownership_dispute"}]
    right = _with(right, tuple(flags))
    plan = {"license_end": dt.date.fromisoformat(end), "debt_end": dt.date.fromisoformat(end)}
    answer = door(right, operation, {"license_end": end, "debt_end": end})
    assert answer["refusals"] == codes(right, operation, **plan)
    assert answer["allowed"] == (not answer["refusals"])
    assert [reason["code"] for reason in answer["reasons"]] == answer["refusals"]


@pytest.mark.parametrize(("path", "value", "code", "field"), [
    (("operation",), "sell", "not_allowed", "operation"), (("patent", "flags"), ["stolen"], "not_allowed", "patent.flags[0]"),
    (("patent", "owners"), [], "out_of_range", "patent.owners"), (("patent", "status"), "dead", "not_allowed", "patent.status"),
    (("patent", "granted"), 1, "wrong_type", "patent.granted"), (("terms",), {}, "missing_field", "terms.debt_end"),
    (("terms",), {"debt_end": "2029-01-01", "x": 1}, "unknown_field", "terms.x"),
])  # fmt: skip
def test_bad_input_names_its_field(path, value, code, field):
    request = {
        "operation": "pledge", "on": "2026-06-30", "terms": {"debt_end": "2029-01-01"},
        "patent": {
            "type": "invention", "granted": True, "status": "in_force", "owners": ["X"], "consents": [], "flags": [],
            "expiry_date": "2040-01-01", "evaluation_report": False,
        },
    }  # fmt: skip
    place = request
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(register.BadInput) as bad:
        register.answer("operations.check", request, PARAMETERS)
    assert (bad.value.code, bad.value.field) == (code, field)


@given(st.sampled_from([WHOLE, SOUTH, Scope(start=ON), Scope(territories=frozenset({"CN-44"}), end=END)]), st.data())
def test_scopes_meet_both_ways_and_a_part_meets_its_whole(scope, data):
    other = data.draw(st.sampled_from([WHOLE, SOUTH, Scope(end=ON), Scope(territories=frozenset({"CN"}))]))
    assert scope.meets(other) == other.meets(scope)
    if scope.within(other):
        assert scope.meets(other)


def test_every_operation_has_a_rule_and_every_rule_an_article_or_basis():
    for operation, rule in itertools.product(OPERATIONS, REFUSALS):
        assert rule.article
        assert rule.operations <= set(OPERATIONS)
        assert any(operation in other.operations for other in REFUSALS)
