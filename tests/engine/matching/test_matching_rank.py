"""A match: unknown lowers the coverage and never counts as zero; a better fit never lowers the score; order and scale change nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.matching.passage import passages
from langqiao.engine.matching.rank import holders, match, rank
from langqiao.engine.matching.wish import CRITERIA, GRADES, Candidate, Wish

WEIGHTS = {"text": 3, "field": 2, "industry": 2, "ipc": 2, "status": 2, "grade": 2, "high_value": 1, "region": 1, "price": 1}
FULL = Wish(
    words=("battery", "separator"), fields=frozenset({4}), industries=frozenset({"3"}), ipc=("H01M",), statuses=frozenset({"in_force"}),
    grade_least="B", high_value=True, regions=("北京",), price_low_fen=100, price_high_fen=1000,
)  # fmt: skip
PERFECT = Candidate(
    key="P", text="A battery with a separator", fields=frozenset({4}), industries=frozenset({"3"}), ipc=("H01M 10/05",), status="in_force",
    grade="A", high_value="met", region="北京市", price_fen=500, holders=("甲",),
)  # fmt: skip

CANDIDATES = st.builds(
    Candidate,
    key=st.text("ABCDEFG", min_size=1, max_size=3),
    text=st.sampled_from(["", "battery", "a separator for a Battery", "nothing"]),
    fields=st.frozensets(st.integers(1, 6), max_size=3),
    industries=st.frozensets(st.sampled_from("123"), max_size=2),
    ipc=st.lists(st.sampled_from(["H01M 10/05", "G06F 3/0481", "C08L 1/00"]), max_size=2).map(tuple),
    status=st.sampled_from(["", "in_force", "lapsed"]),
    grade=st.sampled_from(["", *GRADES]),
    high_value=st.sampled_from(["", "met", "not_met"]),
    region=st.sampled_from(["", "北京市", "上海市"]),
    price_fen=st.none() | st.integers(1, 5000),
)
PARTS = {
    "text": {"text": ""}, "field": {"fields": frozenset()}, "status": {"status": ""}, "grade": {"grade": ""}, "high_value": {"high_value": ""},
    "region": {"region": ""}, "price": {"price_fen": None},
}  # fmt: skip


def changed(candidate, **more):
    return Candidate(**{name: getattr(candidate, name) for name in Candidate.__slots__} | more)


def test_a_patent_with_everything_sought_scores_one_and_every_criterion_says_why():
    found = match(FULL, PERFECT, WEIGHTS)
    assert (found.score, found.coverage, found.excluded) == (1.0, 1.0, ())
    assert [reason.criterion for reason in found.reasons] == list(CRITERIA)
    assert all(reason.fit == 1 and reason.sought and reason.found for reason in found.reasons)


@pytest.mark.parametrize("part", PARTS)
def test_what_is_unknown_lowers_the_coverage_and_leaves_the_score(part):
    found = match(FULL, changed(PERFECT, **PARTS[part]), WEIGHTS)
    assert found.score == 1.0
    assert found.coverage == pytest.approx(1 - WEIGHTS[part] / sum(WEIGHTS.values()))
    assert next(reason for reason in found.reasons if reason.criterion == part).fit is None


def test_without_any_known_criterion_there_is_no_score_and_nothing_is_excluded():
    found = match(Wish(grade_least="A", required=frozenset({"grade"})), Candidate(key="K"), WEIGHTS)
    assert (found.score, found.coverage, found.excluded) == (None, 0.0, ())


@pytest.mark.parametrize(("price", "fit"), [(99, 0.99), (100, 1.0), (1000, 1.0), (2000, 0.5), (50, 0.5)])
def test_a_price_outside_the_ticket_fits_less_the_farther_it_lies(price, fit):
    found = match(FULL, changed(PERFECT, price_fen=price), WEIGHTS)
    assert next(reason.fit for reason in found.reasons if reason.criterion == "price") == pytest.approx(fit)


def test_a_required_criterion_excludes_where_it_is_known_not_to_fit_and_not_where_it_is_unknown():
    wish = Wish(fields=frozenset({4}), grade_least="B", required=frozenset({"field"}))
    assert match(wish, Candidate(key="K", fields=frozenset({5}), grade="A"), WEIGHTS).excluded == ("field",)
    assert match(wish, Candidate(key="K", grade="A"), WEIGHTS).excluded == ()


@given(CANDIDATES)
def test_score_and_coverage_stay_between_zero_and_one_and_are_those_of_the_reasons(candidate):
    found = match(FULL, candidate, WEIGHTS)
    known = [reason for reason in found.reasons if reason.fit is not None]
    assert 0 <= found.coverage <= 1 and all(0 <= reason.fit <= 1 for reason in known)
    if known:
        assert found.score == pytest.approx(sum(one.weight * one.fit for one in known) / sum(one.weight for one in known))
    else:
        assert found.score is None


@given(CANDIDATES, st.sampled_from(["field", "status", "grade", "high_value", "region", "price", "text"]))
def test_a_known_criterion_that_comes_to_fit_never_lowers_the_score(candidate, part):
    better = {
        "field": {"fields": candidate.fields | {4}}, "status": {"status": "in_force"}, "grade": {"grade": "A"}, "high_value": {"high_value": "met"},
        "region": {"region": "北京市"}, "price": {"price_fen": 500}, "text": {"text": PERFECT.text},
    }[part]  # fmt: skip
    before, after = match(FULL, candidate, WEIGHTS), match(FULL, changed(candidate, **better), WEIGHTS)
    assert after.coverage >= before.coverage
    assert before.score is None or after.score >= before.score - 1e-12


@given(st.lists(CANDIDATES, max_size=12, unique_by=lambda one: one.key), st.randoms(use_true_random=False), st.sampled_from([0.5, 2, 1000]))
def test_the_ranking_hangs_neither_on_the_order_of_the_candidates_nor_on_the_scale_of_the_weights(candidates, shuffle, scale):
    first = rank(FULL, candidates, WEIGHTS, coverage_least=0.5)
    shuffle.shuffle(candidates)
    scaled = {name: weight * scale for name, weight in WEIGHTS.items()}
    again = rank(FULL, candidates, scaled, coverage_least=0.5)
    assert [one.key for one in again.best] == [one.key for one in first.best]
    assert [one.key for one in again.thin] == [one.key for one in first.thin]
    assert len(first.best) + len(first.thin) + first.excluded_count == first.looked_at == len(candidates)


@given(st.lists(CANDIDATES, max_size=10, unique_by=lambda one: one.key))
def test_the_best_stand_first_and_one_more_candidate_reorders_no_others(candidates):
    found = rank(FULL, candidates, WEIGHTS, coverage_least=0.5)
    scores = [one.score for one in found.best]
    assert scores == sorted(scores, reverse=True) and all(one.coverage >= 0.5 for one in found.best)
    more = rank(FULL, [*candidates, changed(PERFECT, key="zz")], WEIGHTS, coverage_least=0.5)
    assert [one.key for one in more.best if one.key != "zz"] == [one.key for one in found.best]


def test_holders_stand_by_their_best_patent_then_by_how_many_they_have():
    candidates = [changed(PERFECT, key=key, grade=grade) for key, grade in (("1", "A"), ("2", "A"), ("3", "D"))]
    found = holders(rank(FULL, candidates, WEIGHTS, coverage_least=0), {"1": ["乙"], "2": ["甲"], "3": ["甲"]})
    assert [(one.holder, one.keys) for one in found] == [("甲", ("2", "3")), ("乙", ("1",))]


@pytest.mark.parametrize("wrong", [{"grade_least": "Z"}, {"required": frozenset({"luck"})}, {"price_low_fen": 2, "price_high_fen": 1}])
def test_a_wish_that_contradicts_itself_is_no_wish(wrong):
    with pytest.raises(ValueError):
        Wish(**wrong)


def test_a_weight_of_nothing_is_refused():
    with pytest.raises(ValueError):
        match(FULL, PERFECT, {**WEIGHTS, "text": 0})
    with pytest.raises(ValueError):
        rank(FULL, [], WEIGHTS, coverage_least=0, count=0)


@given(st.text("ab 锂电池xX", max_size=200), st.lists(st.sampled_from(["a", "锂电", "电池", "X", "ba"]), max_size=4))
def test_a_passage_is_a_stretch_of_the_text_with_every_word_of_it_marked(text, words):
    for passage in passages(text, words):
        joined = "".join(part.text for part in passage)
        assert joined in text and any(part.found for part in passage)
        wanted = {word.casefold() for word in words}
        for part in passage:
            if part.found:
                assert any(word in part.text.casefold() for word in wanted)
            else:
                assert not any(word in part.text.casefold() for word in wanted)


def test_no_word_no_passage():
    assert passages("锂电池隔膜", ["钠"]) == () and passages("", ["a"]) == () and passages("a", []) == ()
