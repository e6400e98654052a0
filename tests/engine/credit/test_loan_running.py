"""Rules of a running loan: default interest, five classes, stress, vintages, subsidies, base rates; each as a table or a property."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.credit.compensation import PoolTerms, claim_parts, suspended
from langqiao.engine.credit.five_class import CLASSES, Signs, classify, worse
from langqiao.engine.credit.penalty import penalty_added, penalty_fen, penalty_rate_micro
from langqiao.engine.credit.rates import Published, floating_rate, published_on, reset_next
from langqiao.engine.credit.servicing import Installment, allocate, payoff
from langqiao.engine.credit.stress import Position, Scenario, conditional_default, stress
from langqiao.engine.credit.subsidy import Period, Program, reasons_against, subsidy_fen
from langqiao.engine.credit.vintage import Drawn, vintages
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters

DAY = dt.date(2026, 3, 1)
POSITIONS = st.lists(
    st.builds(
        Position,
        name=st.uuids().map(str),
        cluster=st.sampled_from(["H04W", "A61K", "G06F"]),
        exposure_fen=st.integers(1, 10**10),
        collateral_fen=st.integers(0, 10**10),
        probability=st.fractions(0, 1, max_denominator=1000),
        lgd=st.fractions(0, 1, max_denominator=1000),
    ),
    max_size=8,
)


def test_default_interest_is_the_contract_s_rate_and_its_markup_over_360():
    rate = penalty_rate_micro(Fraction("0.0435"), Fraction(1, 2))
    assert rate == 65_250 and penalty_fen(penalty_added(10_000_00, 10, rate)) == 18_13  # 10,000 × 6.525 % × 10 / 360 = 18.125


@given(st.integers(0, 10**9), st.lists(st.integers(0, 60), min_size=1, max_size=10), st.integers(0, 200_000))
def test_default_interest_does_not_depend_on_how_often_it_is_looked_at(open_fen, spans, rate):
    parts = sum(penalty_added(open_fen, days, rate) for days in spans)
    assert penalty_fen(parts) == penalty_fen(penalty_added(open_fen, sum(spans), rate))


@given(st.integers(1, 5_000), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_payment_pays_default_interest_then_interest_then_principal_and_loses_nothing(amount, penalty, interest, principal):
    row = Installment(number=1, since=DAY, due_on=DAY, principal_fen=principal, interest_fen=interest, penalty_fen=penalty)
    rest = Installment(number=2, since=DAY, due_on=dt.date(2026, 4, 1), principal_fen=10_000, interest_fen=0)
    found = allocate(amount, [row, rest], Fraction(0), DAY)
    assert found.total_fen == amount
    part = found.parts[0] if found.parts else None
    paid = (part.penalty_fen, part.interest_fen, part.principal_fen) if part else (0, 0, 0)
    assert paid[0] == min(amount, penalty) and paid[1] == min(amount - paid[0], interest)
    assert payoff([row, rest], Fraction(0), DAY).total_fen == penalty + interest + principal + 10_000


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ({}, "normal"), ({"days_past_due": 1}, "attention"), ({"days_past_due": 90}, "attention"), ({"days_past_due": 91}, "substandard"),
        ({"days_past_due": 271}, "doubtful"), ({"days_past_due": 361}, "loss"), ({"watched": True}, "attention"),
        ({"collateral_alive": False}, "attention"), ({"defaulted": True}, "substandard"), ({"written_off": True}, "loss"),
        ({"defaulted": True, "days_past_due": 300}, "doubtful"),
    ],
)  # fmt: skip
def test_the_five_classes_by_sign(signs, expected):
    found = classify(Signs(**({"days_past_due": 0} | signs)), parameters())
    assert found.quality == expected and bool(found.reasons) == (expected != "normal")


@given(st.integers(0, 500), st.integers(0, 500))
def test_more_days_past_due_never_make_a_better_class(first, more):
    before, after = (classify(Signs(days_past_due=days), parameters()).quality for days in (first, first + more))
    assert not worse(before, after) and CLASSES.index(after) >= CLASSES.index(before)


@given(POSITIONS, st.fractions(1, 5, max_denominator=10), st.fractions(0, 1, max_denominator=10), st.fractions(0, 1, max_denominator=10))
def test_a_harder_stress_never_loses_less_and_sums_are_sums_of_the_rows(positions, multiple, floor, haircut):
    base = stress(positions, Scenario(correlation=Fraction(1, 5)))
    hard = stress(positions, Scenario(multiple=multiple, lgd_floor=floor, haircut=haircut, correlation=Fraction(1, 5)))
    assert hard.expected_fen >= base.expected_fen and hard.exposure_fen == base.exposure_fen == sum(one.exposure_fen for one in positions)
    assert hard.expected_fen == sum(one.expected_fen for one in hard.clusters) == sum(one.expected_fen for one in hard.rows)
    assert hard.independent_fen <= hard.unexpected_fen + 1
    assert all(
        before.ltv is None or after.ltv is None or after.ltv >= before.ltv for before, after in zip(base.rows, hard.rows, strict=True)
    )


def test_the_one_factor_model_gives_the_published_value_and_its_ends():
    assert conditional_default(0.01, 0.2, 0.999) == pytest.approx(
        0.1455, abs=5e-4
    )  # worst-case default rate, Hull, example of 1 %, 0.2, 99.9 %
    assert (conditional_default(0, 0.2, 0.999), conditional_default(1, 0.2, 0.999)) == (0.0, 1.0)
    assert conditional_default(0.03, 0.0, 0.999) == pytest.approx(0.03)
    for wrong in ({"haircut": Fraction(2)}, {"correlation": Fraction(1)}, {"multiple": Fraction(-1)}):
        with pytest.raises(ValueError, match=r"range|correlation"):
            Scenario(**wrong)


def test_a_vintage_grows_with_age_and_counts_no_loan_that_was_too_young():
    loans = [
        Drawn(on=dt.date(2026, 1, 10), principal_fen=100, defaulted_on=dt.date(2026, 6, 1), defaulted_fen=80),
        Drawn(on=dt.date(2026, 3, 20), principal_fen=300),
    ]
    points = vintages(loans, dt.date(2026, 12, 31))
    assert [(one.months, one.count, one.defaulted_fen, one.share) for one in points] == [
        (0, 2, 0, 0), (3, 2, 0, 0), (6, 2, 80, Fraction(1, 5)), (9, 2, 80, Fraction(1, 5)),
    ]  # fmt: skip
    assert {one.vintage for one in points} == {"2026Q1"} and not vintages([], DAY)


def test_a_subsidy_is_share_of_the_interest_within_the_cap_and_never_for_a_day_twice():
    program = Program(share=Fraction(1, 2), cap_fen=1_000, begins=DAY, ends=dt.date(2026, 12, 31))
    assert (
        subsidy_fen(1_001, 0, program),
        subsidy_fen(5_000, 0, program),
        subsidy_fen(5_000, 900, program),
        subsidy_fen(1, 1_000, program),
    ) == (501, 1_000, 100, 0)
    march = Period(since=DAY, until=dt.date(2026, 3, 31))
    rest = {"program": program, "days_past_due": 0, "today": dt.date(2026, 6, 1)}
    assert reasons_against(march, taken=[], **rest) == ()
    assert reasons_against(march, taken=[Period(since=dt.date(2026, 3, 31), until=dt.date(2026, 4, 30))], **rest) == (
        "subsidy_given_before",
    )
    wrong = Period(since=dt.date(2026, 2, 1), until=dt.date(2026, 7, 1))
    assert reasons_against(wrong, taken=[wrong], **(rest | {"days_past_due": 3})) == (
        "subsidy_outside_program", "subsidy_period_not_over", "subsidy_loan_overdue", "subsidy_given_before",
    )  # fmt: skip


def test_the_newest_rate_known_on_the_reset_day_counts_and_an_unknown_one_is_refused():
    facts = [
        Published(base="lpr_1y", since=day, rate=rate, source="s")
        for day, rate in ((DAY, Fraction("0.03")), (dt.date(2026, 5, 20), Fraction("0.029")))
    ]
    assert published_on(facts, "lpr_1y", dt.date(2026, 5, 19)).rate == Fraction("0.03")
    assert published_on(facts, "lpr_1y", dt.date(2026, 5, 20)).rate == Fraction("0.029")
    with pytest.raises(Refusal) as refused:
        published_on(facts, "lpr_5y", DAY)
    assert refused.value.code == "base_rate_unknown"
    assert floating_rate(Fraction("0.03"), Fraction("-0.05")) == 0
    assert reset_next(dt.date(2026, 1, 31), 3, dt.date(2026, 4, 30)) == dt.date(2026, 7, 31)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6), st.integers(1, 10**9))
def test_a_claim_paid_in_parts_sums_to_the_loss_and_never_passes_the_cap(losses, cap):
    terms = PoolTerms(
        shares={"bank": Fraction(26), "a": Fraction(54), "b": Fraction(20)}, loan_cap_fen=cap, leverage=Fraction(10), stop_loss=Fraction(1), claim_days=0
    )  # fmt: skip
    paid = 0
    for loss in losses:
        parts = claim_parts(loss, terms, paid_fen=paid)
        assert sum(parts.values()) == loss and min(parts.values()) >= 0
        paid += parts["a"] + parts["b"]
    assert paid <= cap


def test_a_bank_is_suspended_above_the_limit_only():
    assert suspended(6, 100, Fraction(1, 20)) and not suspended(5, 100, Fraction(1, 20)) and not suspended(0, 0, Fraction(1, 20))
