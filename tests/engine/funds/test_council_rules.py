"""Limits, milestones, advice and after-care as pure rules: what is not known passes nothing, order changes nothing, what is bad is told."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.funds.advice import CRITERIA, Sheet, opinion, sheet_wrong
from langqiao.engine.funds.aftercare import BAD, RISKS, Duty, Reported, Watched, alarms
from langqiao.engine.funds.limits import STAGES, Allowed, Shape, outside, reached_fen

DAY = dt.date(2026, 11, 24)
FULL = dict.fromkeys(CRITERIA, 4)


@pytest.mark.parametrize(
    ("shape", "broken"),
    [
        (Shape(fields=[frozenset({4})], stage="growth", region="北京市海淀区"), ()),
        (Shape(fields=[frozenset({4}), frozenset({9})], stage="growth", region="北京市"), ("field",)),
        (Shape(fields=[frozenset()], stage="growth", region="北京市"), ("field",)),
        (Shape(fields=[], stage="growth", region="北京市"), ("field",)),
        (Shape(fields=[frozenset({4})], stage="", region=""), ("stage", "region")),
        (Shape(fields=[frozenset({4})], stage="mature", region="上海市"), ("stage", "region")),
    ],
)
def test_a_limit_is_broken_by_what_lies_outside_and_by_what_is_not_known(shape, broken):
    allowed = Allowed(fields=frozenset({4, 6}), stages=frozenset({"seed", "growth"}), regions=("北京",))
    assert outside(allowed, shape) == broken
    assert outside(Allowed(), shape) == ()


@given(st.sets(st.integers(1, 35)), st.sets(st.integers(1, 35)), st.sampled_from(("", *STAGES)), st.sets(st.sampled_from(STAGES)))
def test_wider_limits_never_shut_out_what_narrower_ones_let_in(fields, more, stage, stages):
    shape = Shape(fields=[frozenset(more)], stage=stage, region="")
    if fields and "field" not in outside(Allowed(fields=frozenset(fields)), shape):
        assert "field" not in outside(Allowed(fields=frozenset(fields | more)), shape)
    if stages and "stage" not in outside(Allowed(stages=frozenset(stages)), shape):
        assert "stage" not in outside(Allowed(stages=frozenset(STAGES)), shape)


def test_milestones_release_their_parts_in_order_and_a_later_one_nothing_before_an_earlier():
    assert reached_fen([]) is None
    assert reached_fen([(10, True), (20, False), (30, True)]) == 10
    assert reached_fen([(10, False), (20, True)]) == 0
    assert reached_fen([(10, True), (20, True)]) == 30


def test_an_opinion_needs_enough_sheets_that_count_and_leaves_conflicted_ones_out():
    sheets = [Sheet(scores=FULL), Sheet(scores=FULL | {"price": 1}), Sheet(scores=dict.fromkeys(CRITERIA, 1), counts=False)]
    assert opinion(sheets, least=3).mean is None and opinion(sheets, least=3).n == 2
    found = opinion(sheets, least=2)
    assert found.by_criterion["price"] == Fraction(5, 2) and found.mean == Fraction(37, 10)
    assert (found.lowest, found.highest) == (1, 4)
    assert opinion([], least=0).mean is None


@given(
    st.lists(st.fixed_dictionaries({code: st.integers(1, 5) for code in CRITERIA}), min_size=1, max_size=9),
    st.randoms(use_true_random=False),
)
def test_an_opinion_does_not_hang_on_the_order_of_its_sheets_and_a_better_score_never_lowers_it(given_sheets, shuffle):
    sheets = [Sheet(scores=scores) for scores in given_sheets]
    first = opinion(sheets, least=1)
    shuffle.shuffle(sheets)
    assert opinion(sheets, least=1) == first
    better = [Sheet(scores=dict(sheets[0].scores) | {"market": 5}), *sheets[1:]]
    assert opinion(better, least=1).mean >= first.mean


@pytest.mark.parametrize("scores", [{}, {**FULL, "luck": 3}, FULL | {"team": 0}, FULL | {"team": 6}])
def test_a_sheet_has_every_criterion_from_one_to_five_and_no_other(scores):
    assert sheet_wrong(scores) and not sheet_wrong(FULL)


def test_after_the_investment_what_is_late_low_broken_or_dead_is_told_and_nothing_else():
    figures = [
        Reported(name="revenue", ends_on=dt.date(2026, 9, 30), plan=100, actual=79),
        Reported(name="staff", ends_on=dt.date(2026, 9, 30), plan=100, actual=80),
        Reported(name="sales", ends_on=dt.date(2026, 9, 30), plan=100, actual=None),
        Reported(name="next", ends_on=DAY, plan=100, actual=None),
    ]
    duties = [
        Duty(text="report", due_on=dt.date(2026, 11, 23), kept=None),
        Duty(text="keep", due_on=None, kept=False),
        Duty(text="later", due_on=DAY, kept=None),
        Duty(text="kept", due_on=dt.date(2026, 1, 1), kept=True),
    ]
    patents = [
        Watched(number="1", status="in_force", burdens=frozenset({"under_invalidation"})),
        Watched(number="2", status="grace", burdens=frozenset()),
        Watched(number="3", status="lapsed", burdens=frozenset({"pledged"})),
        Watched(number="4", status="", burdens=frozenset()),
        Watched(number="5", status="in_force", burdens=frozenset()),
    ]
    told = alarms(figures, duties, patents, day=DAY, tolerance=Fraction(1, 5))
    assert [(one.code, one.about) for one in told] == [
        ("figure_below_plan", "revenue"),
        ("figure_missing", "sales"),
        ("covenant_overdue", "report"),
        ("covenant_broken", "keep"),
        ("burden_under_invalidation", "1"),
        ("annuity_unpaid", "2"),
        ("right_ended", "3"),
        ("status_unknown", "4"),
    ]


@given(st.sampled_from(sorted(BAD)), st.sets(st.sampled_from(RISKS)))
def test_a_dead_right_is_one_warning_whatever_lies_on_it(status, burdens):
    told = alarms([], [], [Watched(number="1", status=status, burdens=frozenset(burdens))], day=DAY, tolerance=Fraction(1, 5))
    assert [one.code for one in told] == ["right_ended"]
