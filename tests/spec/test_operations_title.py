"""Title: shares, transfers, first refusal (I19–I26)."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.title import (
    Assignment,
    Notice,
    Owner,
    binds_assignee,
    divide_license_fee,
    effective_on,
    full_shares,
    owner_on,
    refusals_of,
    require_shared_fee,
)

SIGNED = dt.date(2026, 3, 1)


def sale(**fields) -> Assignment:
    return Assignment(**({"seller": "甲", "buyer": "乙", "signed_on": SIGNED} | fields))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_i19_shares_of_co_owners_sum_to_one(weights):
    total = sum(weights)
    owners = [Owner(name=str(i), share=Fraction(weight, total)) for i, weight in enumerate(weights)]
    assert sum(full_shares(owners).values()) == 1
    wrong = [*owners[:-1], Owner(name=owners[-1].name, share=owners[-1].share + Fraction(1, 1000))]
    with pytest.raises(Refusal) as refused:
        full_shares(wrong)
    assert refused.value.code == "owner_shares_do_not_sum"


def test_i19_a_name_given_twice_or_a_share_of_zero_is_refused():
    for owners in ([Owner(name="甲"), Owner(name="甲")], [Owner(name="甲", share=Fraction(1)), Owner(name="乙", share=Fraction(0))]):
        with pytest.raises(Refusal):
            full_shares(owners)


@given(st.integers(0, 10**12), st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_i20_the_fee_of_an_ordinary_license_by_one_co_owner_is_divided_among_all_to_the_fen(fee, weights):
    owners = [Owner(name=str(i), share=Fraction(weight, sum(weights))) for i, weight in enumerate(weights)]
    parts = divide_license_fee(fee, owners)
    assert sum(parts.values()) == fee
    require_shared_fee(fee, owners, parts)


def test_i20_keeping_the_fee_alone_is_refused():
    owners = [Owner(name="甲"), Owner(name="乙")]
    with pytest.raises(Refusal) as refused:
        require_shared_fee(10_000, owners, {"甲": 10_000})
    assert refused.value.code == "license_fee_not_shared"


def test_i22_an_assignment_takes_effect_on_registration_not_on_signature():
    registered = dt.date(2026, 5, 8)
    assert effective_on(sale()) is None
    assert effective_on(sale(registered_on=registered)) is None
    link = sale(registered_on=registered, registration="2026050800012")
    assert effective_on(link) == registered
    assert owner_on(registered - dt.timedelta(days=1), "甲", [link]) == "甲"
    assert owner_on(registered, "甲", [link]) == "乙"


def test_i22_a_link_by_someone_who_is_not_the_owner_changes_nothing():
    link = sale(seller="丙", registered_on=SIGNED, registration="1")
    assert owner_on(dt.date(2030, 1, 1), "甲", [link]) == "甲"


def test_i23_licenses_older_than_the_assignment_bind_the_buyer():
    assert binds_assignee(dt.date(2026, 2, 28), sale())
    assert not binds_assignee(SIGNED, sale())


def test_i24_a_notice_of_first_refusal_must_be_served_and_its_window_closed_or_waived():
    served = Notice(holder="发明人", basis="Civil Code 847", served_on=SIGNED, open_days=15)
    last = SIGNED + dt.timedelta(days=15)
    assert refusals_of(sale(notices=(served,)), ["甲"], last) == ("first_refusal_not_cleared",)
    assert refusals_of(sale(notices=(served,)), ["甲"], last + dt.timedelta(days=1)) == ()
    unserved = Notice(holder="委托人", basis="Civil Code 859")
    assert refusals_of(sale(notices=(unserved,)), ["甲"], dt.date(2030, 1, 1)) == ("first_refusal_not_cleared",)
    waived = Notice(holder="委托人", basis="Civil Code 859", waived_on=SIGNED)
    assert refusals_of(sale(notices=(waived,)), ["甲"], SIGNED) == ()


def test_i25_a_foreign_buyer_needs_export_clearance_before_registration():
    assert refusals_of(sale(buyer_is_foreign=True), ["甲"], SIGNED) == ("export_clearance_missing",)
    assert refusals_of(sale(buyer_is_foreign=True, export_clearance="许可证 1"), ["甲"], SIGNED) == ()


def test_i26_only_the_registered_owner_sells_and_every_reason_is_named():
    bad = sale(seller="丁", written=False, buyer_is_foreign=True, notices=(Notice(holder="x", basis="Civil Code 860"),))
    assert refusals_of(bad, ["甲"], SIGNED) == (
        "export_clearance_missing",
        "first_refusal_not_cleared",
        "not_registered_owner",
        "written_contract_missing",
    )
