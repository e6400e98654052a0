"""Terms, annual fees, surcharges and reductions of Chinese patents, with every figure worked out by hand."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from langqiao import rules
from langqiao.engine import register
from langqiao.engine.kernel.dates import add_months, add_years
from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.patents.annuity import fees_by_year
from langqiao.engine.patents.dual_filing import grant_invention
from langqiao.engine.patents.reduction import Practice, fee_on, owed_back
from langqiao.engine.patents.restoration import require_open, restoration_deadline
from langqiao.engine.patents.surcharge import months_overdue, payment_date, surcharge_of

PARAMETERS = rules.parameters()
TYPES = st.sampled_from(["invention", "utility_model", "design"])
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))


def ask(name: str, **value) -> dict:
    return register.answer(name, value, PARAMETERS)


def annuities(kind="invention", filed="2015-06-10", granted="2017-09-05", reduction="none") -> dict:
    return ask("patents.annuities", office="CN", type=kind, filing_date=filed, grant_date=granted, reduction=reduction)


def by_year(answer: dict) -> dict[int, str]:
    return {row["year"]: row["amount"] for row in answer["schedule"]}


@pytest.mark.parametrize(
    ("kind", "filed", "end"),
    [
        ("invention", "2022-03-15", "2042-03-15"),
        ("utility_model", "2022-03-15", "2032-03-15"),
        ("design", "2021-06-01", "2036-06-01"),
        ("design", "2021-05-31", "2031-05-31"),  # the day before the law of 2020: ten years
        ("invention", "2024-02-29", "2044-02-29"),
        ("design", "2024-02-29", "2039-02-28"),  # no such day in 2039
    ],
)
def test_the_right_ends_so_many_years_after_filing(kind, filed, end):
    assert ask("patents.term", office="CN", type=kind, filing_date=filed)["expiry_date"] == end


def test_i12_the_full_life_of_an_invention_costs_82300_and_of_a_utility_model_11200():
    assert annuities()["full_life_total"] == "82300.00"  # 3·900 + 3·1200 + 3·2000 + 3·4000 + 3·6000 + 5·8000
    assert annuities("utility_model")["full_life_total"] == "11200.00"  # 3·600 + 2·900 + 3·1200 + 2·2000
    assert annuities("design")["full_life_total"] == "11200.00"  # filed 2015: ten years
    assert annuities("design", filed="2022-06-10", granted="2023-01-05")["full_life_total"] == "26200.00"  # + 5·3000


def test_the_schedule_begins_with_the_year_after_the_grant_year():
    answer = annuities()
    assert answer["grant_year"] == 3  # granted 2017-09-05: the third year began on 2017-06-10
    assert [row["year"] for row in answer["schedule"]] == list(range(4, 21))
    assert answer["schedule"][0] == {
        "year": 4, "due_date": "2018-06-10", "amount": "1200.00", "full_amount": "1200.00", "reduced": False, "grace_end": "2018-12-10",
    }  # fmt: skip


def test_a_grant_on_the_anniversary_belongs_to_the_year_that_begins_with_it():
    assert annuities(granted="2018-06-09")["grant_year"] == 3
    assert annuities(granted="2018-06-10")["grant_year"] == 4


def test_a_reduction_covers_ten_fees_from_the_grant_year():
    single, joint = (by_year(annuities(reduction=name)) for name in ("single_85", "joint_70"))
    assert (single[4], single[12], single[13]) == ("180.00", "600.00", "6000.00")  # years 3 to 12
    assert (joint[4], joint[12], joint[13]) == ("360.00", "1200.00", "6000.00")


def test_a_patent_granted_in_its_last_year_has_nothing_more_to_pay():
    assert annuities("utility_model", granted="2025-06-09")["schedule"] == []


@pytest.mark.parametrize(("granted", "field"), [("2015-06-09", "grant_date"), ("2035-06-10", "grant_date")])
def test_a_grant_outside_the_life_of_the_patent_contradicts_the_filing(granted, field):
    with pytest.raises(register.BadInput) as bad:
        annuities(granted=granted)
    assert (bad.value.code, bad.value.field) == ("inconsistent", field)


@given(TYPES, DAYS, st.integers(0, 9 * 365))
def test_i11_the_fee_of_year_n_falls_due_n_minus_1_years_after_filing(kind, filed, days):
    granted = filed + dt.timedelta(days=days)
    answer = annuities(kind, filed.isoformat(), granted.isoformat())
    for row in answer["schedule"]:
        assert row["due_date"] == add_years(filed, row["year"] - 1).isoformat()
        assert row["due_date"] > granted.isoformat()
    assert len(answer["schedule"]) == answer["last_year"] - answer["grant_year"]


def surcharge(paid: str, due="2024-06-12", ladder="guideline", year=10, **more) -> dict:
    value = {"office": "CN", "type": "invention", "year": year, "due_date": due, "paid_date": paid, "ladder": ladder} | more
    return ask("patents.surcharge", **value)


@pytest.mark.parametrize(
    ("paid", "guideline", "statute"),
    [
        ("2024-06-12", "0.00", "0.00"),
        ("2024-06-13", "0.00", "200.00"),  # first day of month 1
        ("2024-07-12", "0.00", "200.00"),
        ("2024-07-13", "200.00", "400.00"),
        ("2024-08-13", "400.00", "600.00"),
        ("2024-12-12", "1000.00", "1200.00"),  # last day of month 6: 25 % and 30 % of 4000
    ],
)
def test_the_surcharge_grows_with_every_started_month(paid, guideline, statute):
    assert surcharge(paid)["surcharge"] == guideline
    assert surcharge(paid, ladder="statute")["surcharge"] == statute


def test_i16_paid_after_the_grace_period_the_right_has_ended_on_the_due_date():
    answer = surcharge("2024-12-13")
    assert (answer["surcharge"], answer["lapsed"], answer["lapse_effective"]) == (None, True, "2024-06-12")


def test_a_grace_period_moved_by_a_holiday_keeps_its_last_month():
    answer = surcharge("2024-12-16", grace_end="2024-12-16")
    assert (answer["lapsed"], answer["surcharge"]) == (False, "1000.00")


def test_month_ends_without_the_day_of_the_due_date_count_from_the_last_day():
    assert months_overdue(dt.date(2024, 8, 31), dt.date(2024, 9, 30)) == 1
    assert months_overdue(dt.date(2024, 8, 31), dt.date(2024, 10, 1)) == 2
    assert surcharge("2025-02-28", due="2024-08-31")["lapsed"] is False
    assert surcharge("2025-03-01", due="2024-08-31")["lapsed"] is True


@pytest.mark.parametrize(("more", "code", "field"), [
    ({"year": 0}, "out_of_range", "year"), ({"year": 21}, "out_of_range", "year"), ({"type": "utility_model", "year": 11}, "out_of_range", "year"),
    ({"grace_end": "2024-06-01"}, "inconsistent", "grace_end"),
])  # fmt: skip
def test_a_fee_that_does_not_exist_is_bad_input(more, code, field):
    with pytest.raises(register.BadInput) as bad:
        surcharge("2024-06-12", **more)
    assert (bad.value.code, bad.value.field) == (code, field)


@given(TYPES, st.integers(1, 10), st.integers(0, 6), st.sampled_from(["guideline", "statute"]))
def test_i13_the_surcharge_uses_the_full_fee_is_monotone_and_capped(kind, year, month, ladder):
    full = fees_by_year(kind, PARAMETERS)[year]
    amounts = [surcharge_of(full, k, ladder, PARAMETERS) for k in range(8)]
    assert amounts == sorted(amounts)
    assert amounts[0] == 0
    assert amounts[7] == amounts[6] == full * (25 if ladder == "guideline" else 30) // 100
    assert ladder == "statute" or amounts[1] == 0
    assert amounts[month] <= amounts[6]


@given(DAYS, st.integers(0, 400))
def test_the_started_month_is_the_smallest_that_reaches_the_payment(due, late):
    paid = due + dt.timedelta(days=late)
    month = months_overdue(due, paid)
    assert paid <= add_months(due, month)
    assert month == 0 or add_months(due, month - 1) < paid


@given(st.sampled_from(["none", "single_85", "joint_70"]), st.integers(1, 10), st.integers(1, 20), st.booleans())
def test_i14_and_i15_only_the_largest_reduction_applies_and_only_in_its_time(reduction, grant_year, year, practiced):
    due = dt.date(2026, 1, 1)
    open_license = [Practice(start=due, end=None if practiced else due)]
    fee = fee_on(800_000, year=year, due=due, grant_year=grant_year, reduction=reduction, practiced=open_license, parameters=PARAMETERS)
    in_window = grant_year <= year <= grant_year + 9
    shares = {
        "none": Fraction(0), "single_85": Fraction(85, 100) * in_window, "joint_70": Fraction(70, 100) * in_window,
    }  # fmt: skip
    assert fee.share == max(shares[reduction], Fraction(15, 100) if practiced else Fraction(0))
    assert fee.amount_fen == 800_000 * (1 - fee.share)


def test_i17_a_false_statement_puts_back_every_reduction_taken_under_it():
    due = dt.date(2026, 1, 1)
    fees = [
        fee_on(full, year=14, due=due, grant_year=3, reduction="none", practiced=[Practice(start=due)], parameters=PARAMETERS)
        for full in (600_000, 800_000)
    ]
    assert owed_back(fees) == 210_000  # 15 % of 14,000.00


def test_i18_the_day_of_payment_depends_on_the_channel():
    paid, mark, bank = dt.date(2026, 3, 5), dt.date(2026, 3, 2), dt.date(2026, 3, 4)
    assert payment_date("direct", paid_on=paid) == paid
    assert payment_date("post", paid_on=paid, postmark=mark) == mark
    assert payment_date("bank", paid_on=paid, remitted_on=bank) == bank
    with pytest.raises(ValueError, match="post"):
        payment_date("post", paid_on=paid)


@given(DAYS, st.booleans())
def test_i6_utility_model_and_invention_of_one_day_are_never_both_in_force(granted, declared):
    if not declared:
        with pytest.raises(Refusal) as refused:
            grant_invention(granted_on=granted, utility_model_in_force=True, abandonment_declared=False, invention="CN1")
        assert refused.value.code == "same_day_utility_model_not_abandoned"
    else:
        event = grant_invention(granted_on=granted, utility_model_in_force=True, abandonment_declared=True, invention="CN1")
        assert event.effective == granted
    assert grant_invention(granted_on=granted, utility_model_in_force=False, abandonment_declared=False, invention="CN1") is None


def test_the_window_for_restoration_is_two_months_or_two_years_after_force_majeure():
    missed, ended = dt.date(2023, 1, 10), dt.date(2024, 12, 20)
    deadline = restoration_deadline("force_majeure", missed_on=missed, obstacle_ended_on=ended, parameters=PARAMETERS)
    assert deadline == dt.date(2025, 1, 10)  # two years end before the two months
    assert restoration_deadline("justified_reason", missed_on=missed, notified_on=dt.date(2023, 3, 31), parameters=PARAMETERS) == dt.date(
        2023, 5, 31
    )
    require_open(deadline, deadline)
    with pytest.raises(Refusal) as refused:
        require_open(deadline + dt.timedelta(days=1), deadline)
    assert refused.value.code == "restoration_window_closed"


def adjustment(**more) -> dict:
    value = {
        "office": "CN", "type": "invention", "filing_date": "2016-03-01", "examination_requested_on": "2017-03-01",
        "grant_date": "2022-03-01", "requested_on": "2022-05-20", "applicant_delay_days": 60,
    }  # fmt: skip
    return ask("patents.pta", **(value | more))


def test_term_adjustment_counts_the_days_beyond_four_and_three_years():
    answer = adjustment()  # thresholds 2020-03-01 and 2020-03-01; 2020-03-01 to 2022-03-01 = 730 days, less 60
    assert (answer["delay_days"], answer["adjustment_days"]) == (730, 670)
    assert answer["adjusted_expiry_date"] == (dt.date(2036, 3, 1) + dt.timedelta(days=670)).isoformat()
    assert adjustment(applicant_delay_days=5000)["adjustment_days"] == 0
    assert adjustment(examination_requested_on="2018-06-01")["threshold"] == "2021-06-01"


@pytest.mark.parametrize(("more", "code"), [
    ({"type": "utility_model"}, "term_adjustment_not_eligible"), ({"same_day_utility_model": True}, "term_adjustment_not_eligible"),
    ({"examination_requested_on": "2019-03-01"}, "term_adjustment_not_eligible"),  # three years end on the day of grant
    ({"grant_date": "2021-05-31", "requested_on": "2021-06-01"}, "term_adjustment_not_eligible"),  # granted before the law
    ({"requested_on": "2022-06-02"}, "term_adjustment_too_late"),
])  # fmt: skip
def test_i10_term_adjustment_only_for_inventions_only_in_time_never_after_dual_filing(more, code):
    assert adjustment(**more)["refusal"] == code


def test_i10_the_last_day_of_the_three_months_is_in_time():
    assert adjustment(requested_on="2022-06-01")["adjustment_days"] == 670


def drug(**more) -> dict:
    value = {
        "office": "CN", "type": "invention", "filing_date": "2012-04-10", "approval_date": "2023-08-30", "requested_on": "2023-10-08",
    }  # fmt: skip
    return ask("patents.pte", **(value | more))


def test_drug_compensation_is_bound_by_five_years_and_by_fourteen_after_approval():
    answer = drug()  # 2017-04-10 to 2023-08-30 = 2333 days, beyond five years: 2032-04-10 → 2037-04-10; 14 years: 2037-08-30
    assert (answer["formula_days"], answer["bound_by"], answer["compensated_expiry_date"]) == (2333, "highest_years", "2037-04-10")
    early = drug(approval_date="2019-04-10", requested_on="2019-05-01")  # 730 days; fourteen years after approval: 2033-04-10
    assert (early["formula_days"], early["bound_by"], early["compensated_expiry_date"]) == (730, "years_after_approval", "2033-04-10")
    late = drug(filing_date="2018-04-10", approval_date="2024-04-10", requested_on="2024-05-01")  # 366 days; 2038-04-10 = 14 years
    assert (late["compensation_days"], late["bound_by"]) == (0, "none")
    quick = drug(filing_date="2010-01-01", approval_date="2015-03-02", requested_on="2015-04-01", expiry_date="2028-01-01")
    assert (quick["formula_days"], quick["compensation_days"], quick["bound_by"]) == (60, 60, "formula")


@pytest.mark.parametrize(("more", "code"), [
    ({"subject": "other"}, "term_adjustment_not_eligible"), ({"already_compensated": True}, "term_adjustment_not_eligible"),
    ({"requested_on": "2023-12-01"}, "term_adjustment_too_late"),
    ({"filing_date": "2003-01-01"}, "right_not_in_force"),
])  # fmt: skip
def test_drug_compensation_is_refused_outside_its_rules(more, code):
    assert drug(**more)["refusal"] == code


def test_the_budget_of_a_portfolio_sums_the_schedules_by_calendar_year():
    patents = [
        {"id": "A", "type": "invention", "filing_date": "2015-06-10", "grant_date": "2017-09-05", "paid_through": 11},
        {"id": "B", "type": "utility_model", "filing_date": "2018-01-20", "grant_date": "2018-12-01", "paid_through": 8},
        {
            "id": "C",
            "type": "invention",
            "filing_date": "2012-02-01",
            "grant_date": "2014-01-01",
            "paid_through": 14,
            "drop_on": "2027-01-01",
        },
    ]
    answer = ask("patents.annuity_budget", from_year=2026, to_year=2028, patents=patents)
    # A: 4000 (y12, 2026), 6000, 6000; B: 2000 (y9, 2026), 2000 (y10, 2027), ends 2028-01-20; C: 6000 (y15, 2026), then dropped
    assert [(year["amount"], year["fees"], year["expiries"]) for year in answer["years"]] == [
        ("12000.00", 3, 0), ("8000.00", 2, 0), ("6000.00", 1, 1),
    ]  # fmt: skip
    assert answer["total"] == "26000.00"
    assert [row["id"] for row in answer["rows"]] == ["B", "C", "A", "B", "A", "A"]


def test_the_budget_names_the_patent_whose_dates_contradict_each_other():
    good = {"id": "A", "type": "invention", "filing_date": "2015-06-10", "grant_date": "2017-09-05"}
    with pytest.raises(register.BadInput) as bad:
        ask("patents.annuity_budget", from_year=2026, to_year=2026, patents=[good, {**good, "grant_date": "2015-06-09"}])
    assert (bad.value.code, bad.value.field) == ("inconsistent", "patents[1].grant_date")
    with pytest.raises(register.BadInput) as bad:
        ask("patents.annuity_budget", from_year=2026, to_year=2025, patents=[good])
    assert (bad.value.code, bad.value.field) == ("inconsistent", "to_year")


@given(st.lists(st.tuples(TYPES, st.dates(dt.date(2010, 1, 1), dt.date(2024, 1, 1)), st.integers(0, 1500)), max_size=6))
def test_the_budget_over_all_years_is_the_sum_of_the_schedules(holdings):
    patents = [
        {"id": str(i), "type": kind, "filing_date": filed.isoformat(), "grant_date": (filed + dt.timedelta(days=days)).isoformat()}
        for i, (kind, filed, days) in enumerate(holdings)
    ]
    answer = ask("patents.annuity_budget", from_year=2010, to_year=2049, patents=patents)
    totals = [yuan_to_fen(annuities(p["type"], p["filing_date"], p["grant_date"])["schedule_total"]) for p in patents]
    assert yuan_to_fen(answer["total"]) == sum(totals)
    assert sum(year["expiries"] for year in answer["years"]) == len(patents)


def renew(income, **more) -> dict:
    value = {
        "type": "invention", "filing_date": "2015-06-10", "grant_date": "2017-09-05", "on": "2026-06-10", "paid_through": 11,
        "net_income": income, "discount_rate": 0.1,
    }  # fmt: skip
    return ask("patents.renew_or_drop", **(value | more))


def test_a_right_that_earns_more_than_its_fees_is_kept_as_long_as_it_does():
    answer = renew(["9000.00", "9000.00", "100.00"])
    assert (answer["decision"], answer["reason"], answer["keep_through"]) == ("keep", "worth_more_than_fees", 13)
    # year 12: fee 4000 today, 9000 in a year; year 13: fee 6000 in a year, 9000 in two
    by_hand = -4000 + 9000 / 1.1 - 6000 / 1.1 + 9000 / 1.1**2
    assert answer["value"] == pytest.approx(by_hand, rel=1e-3)  # 366 days of a leap year apart


def test_a_bad_year_is_borne_for_better_ones():
    answer = renew(["0.00", "50000.00"])
    assert (answer["decision"], answer["keep_through"]) == ("keep", 13)


def test_a_right_that_earns_less_is_dropped_unless_a_license_or_pledge_binds():
    assert renew(["100.00"])["decision"] == "drop"
    bound = renew(["100.00"], licensed=True, pledged=True)
    assert (bound["decision"], bound["reason"]) == ("keep", "duty")
    assert [duty["code"] for duty in bound["duties"]] == ["licensor_keeps_patent_alive", "no_abandonment_while_pledged"]


def test_the_last_fee_paid_leaves_nothing_to_decide():
    answer = renew([], paid_through=20)
    assert (answer["decision"], answer["reason"], answer["next_fee"]) == ("keep", "nothing_left_to_pay", None)


def test_a_fee_long_overdue_contradicts_the_right():
    with pytest.raises(register.BadInput, match="lapsed"):
        renew([], paid_through=8)


@given(st.lists(st.integers(0, 20_000), max_size=9), st.integers(0, 2000))
def test_more_income_never_turns_keep_into_drop(income, more):
    before = renew([f"{value}.00" for value in income])
    after = renew([f"{value + more}.00" for value in income])
    assume(before["decision"] == "keep")
    assert after["decision"] == "keep"
    assert after["value"] >= before["value"] - 1e-9
