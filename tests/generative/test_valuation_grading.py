"""Properties of every grade: deterministic, between floor and ceiling, coverage monotone in what is known, weights exact."""

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.grading.answer import ExpertAnswer
from langqiao.engine.grading.facts import Fact, Facts
from langqiao.engine.grading.grade import grade
from langqiao.engine.kernel.evidence import Evidence
from langqiao.rules.scheme_reader import schemes

DAY = dt.date(2026, 6, 30)
GBT = schemes()["gbt-42748-2023"]
PERCENTILES = ["indicator.scope_words", "indicator.fwd_cits5", "indicator.patent_scope", "indicator.fwd_cits5_xy"]
known = st.dictionaries(st.sampled_from(PERCENTILES), st.floats(0, 100), max_size=4)
experts = st.dictionaries(
    st.sampled_from([leaf.code for leaf in GBT.leaves if leaf.scale and leaf.scale.kind == "five"]), st.integers(1, 5), max_size=8
)


def facts(percentiles):
    found = {name: Fact(name=name, value=1.0, percentile=p, evidence=Evidence(what=name, value=1.0)) for name, p in percentiles.items()}
    return Facts(key="k", office="CN", as_of=DAY, facts=found)


def answers(given_answers):
    return [ExpertAnswer(leaf=leaf, answer=figure, expert="e", reason="r", given_on=DAY) for leaf, figure in given_answers.items()]


@given(known, experts)
def test_a_grade_repeats_and_lies_between_its_floor_and_its_ceiling(percentiles, given_answers):
    first, again = (grade(facts(percentiles), GBT, answers=answers(given_answers)) for _ in range(2))
    assert first == again
    assert 0 <= first.coverage <= 1
    if first.score is not None:
        assert first.floor - 1e-9 <= first.score <= first.ceiling + 1e-9
        assert 0 <= first.score <= 100 + 1e-9


@given(known, experts)
def test_knowing_less_never_raises_coverage_and_never_widens_beyond_the_old_bounds(percentiles, given_answers):
    whole = grade(facts(percentiles), GBT, answers=answers(given_answers))
    less = grade(facts(dict(list(percentiles.items())[1:])), GBT, answers=answers(given_answers))
    assert less.coverage <= whole.coverage
    assert less.floor <= whole.floor + 1e-9
    assert less.ceiling >= whole.ceiling - 1e-9


@given(known, st.sampled_from(PERCENTILES), st.floats(0, 100))
def test_a_better_leaf_never_lowers_the_score(percentiles, name, more):
    before = grade(facts({**percentiles, name: 0.0}), GBT)
    after = grade(facts({**percentiles, name: more}), GBT)
    assert after.score >= before.score - 1e-9


@given(st.lists(st.integers(1, 1000), min_size=27, max_size=27), known)
def test_any_weights_that_sum_to_one_keep_the_score_within_its_leaves(parts, percentiles):
    weights = {leaf.code: Fraction(part, sum(parts)) for leaf, part in zip(GBT.leaves, parts, strict=True)}
    found = grade(facts(percentiles), GBT.with_weights("finance", weights), "finance")
    scores = [leaf.score for leaf in found.leaves if leaf.score is not None]
    if scores:
        assert min(scores) - 1e-9 <= found.score <= max(scores) + 1e-9
