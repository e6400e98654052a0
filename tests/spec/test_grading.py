"""What a grade promises: missing is not zero, weights sum to one, evidence never looks ahead, experts have names, gates stop."""

import dataclasses
import datetime as dt
from fractions import Fraction

import pytest

from langqiao.engine.grading.answer import ExpertAnswer
from langqiao.engine.grading.facts import Fact, Facts
from langqiao.engine.grading.grade import grade, is_genuine, lenses
from langqiao.engine.grading.high_value import check
from langqiao.engine.kernel.evidence import Evidence
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.rules.scheme_reader import schemes

DAY = dt.date(2026, 6, 30)
GBT, OECD, PAI, VDP = (schemes()[code] for code in ("gbt-42748-2023", "oecd-quality", "patent-asset-index", "value-analysis-2012"))


def fact(name, value, *, percentile=None, reason="", dated=None):
    return Fact(
        name=name, value=value, percentile=percentile, reason=reason, dated=dated, evidence=Evidence(what=name, value=value, as_of=DAY)
    )


def facts(*given, office="CN"):
    return Facts(key="CN-1-B", office=office, as_of=DAY, facts={one.name: one for one in given})


def answer(leaf="problem", figure=4, *, on=DAY, expert="王某, 某大学", reason="核心工序，行业普遍采用"):
    return ExpertAnswer(leaf=leaf, answer=figure, expert=expert, reason=reason, given_on=on)


ALIVE = fact("right.validity", "in_force")


class TestScheme:
    def test_gbt_has_3_levels_14_headings_and_27_leaves_in_three_scenes(self):
        assert len([level for level in GBT.levels if not level.parent]) == 3
        assert len([level for level in GBT.levels if level.parent]) == 14
        assert len(GBT.leaves) == 27
        assert [scene.code for scene in GBT.scenes] == ["license", "finance", "management"]
        assert set(GBT.scene("finance").weights.values()) == {Fraction(1, 27)}

    def test_it_is_never_called_the_official_score(self):
        assert "不是官方评分" in GBT.reading["zh"]
        assert "not the official score" in GBT.reading["en"]
        assert not GBT.confirmed

    def test_the_eighteen_indicators_of_2012_weigh_a_third_a_set(self):
        weights = VDP.scene("").weights
        assert len(VDP.leaves) == 18
        for level in ("legal", "technical", "economic"):
            assert sum(weights.get(leaf.code, 0) for leaf in VDP.leaves if leaf.level1 == level) == Fraction(1, 3)

    @pytest.mark.parametrize("scheme", schemes().values(), ids=lambda scheme: scheme.code)
    def test_every_text_stands_in_both_languages(self, scheme):
        texts = [scheme.title, scheme.reading, *(level.title for level in scheme.levels), *(scene.title for scene in scheme.scenes)]
        texts += [text for leaf in scheme.leaves for text in (leaf.title, leaf.means, leaf.needs)]
        assert all(text["zh"].strip() and text["en"].strip() for text in texts)

    def test_weights_that_do_not_sum_to_one_are_refused(self):
        with pytest.raises(Refusal) as refused:
            GBT.with_weights("finance", {"validity": Fraction(1, 2), "family": Fraction(1, 3)})
        assert refused.value.code == "weights_do_not_sum"
        with pytest.raises(Refusal) as negative:
            GBT.with_weights("finance", {"validity": Fraction(3, 2), "family": Fraction(-1, 2)})
        assert negative.value.code == "weights_do_not_sum"

    def test_a_users_weights_change_one_scene_and_are_marked(self):
        own = GBT.with_weights("finance", {"validity": Fraction(1)})
        assert grade(facts(ALIVE), own, "finance").weights_edited
        assert grade(facts(ALIVE), own, "finance").coverage == 1
        assert not grade(facts(ALIVE), own, "license").weights_edited

    def test_an_unknown_leaf_or_scene_is_refused(self):
        for code, call in (
            ("leaf_unknown", lambda: GBT.with_weights("finance", {"beauty": Fraction(1)})),
            ("leaf_unknown", lambda: grade(facts(), GBT, answers=[answer("beauty")])),
            ("scene_unknown", lambda: grade(facts(), GBT, "tax")),
        ):
            with pytest.raises(Refusal) as refused:
                call()
            assert refused.value.code == code


class TestMissing:
    def test_a_missing_leaf_lowers_coverage_and_never_the_score(self):
        one = grade(facts(ALIVE), GBT)
        assert (one.score, one.coverage) == (100, pytest.approx(1 / 27))
        two = grade(facts(ALIVE, fact("indicator.fwd_cits5", None, reason="citing_coverage")), GBT)
        assert (two.score, two.coverage) == (one.score, one.coverage)
        leaf = next(leaf for leaf in two.leaves if leaf.code == "citations")
        assert (leaf.score, leaf.origin, leaf.reason) == (None, "missing", "citing_coverage")
        assert leaf.needs["en"]

    def test_the_score_says_how_far_missing_leaves_could_move_it(self):
        found = grade(facts(ALIVE), GBT)
        assert found.floor == pytest.approx(100 / 27)
        assert found.ceiling == pytest.approx(100)

    def test_nothing_known_gives_no_score(self):
        found = grade(facts(), GBT)
        assert (found.score, found.coverage, found.letter, found.letter_reason) == (None, 0, "", "no_score")

    def test_no_letter_below_the_coverage_it_needs(self):
        assert grade(facts(ALIVE), GBT).letter_reason == "coverage_too_low"

    def test_a_count_without_a_cohort_has_no_percentile_leaf(self):
        found = grade(facts(fact("indicator.scope_words", 57, reason="small_cohort")), GBT)
        assert next(leaf for leaf in found.leaves if leaf.code == "claim_breadth").reason == "small_cohort"


class TestGate:
    @pytest.mark.parametrize("state", ["lapsed", "expired", "abandoned", "invalidated", "withdrawn", "rejected"])
    def test_a_right_that_is_not_in_force_stops_the_score_at_zero_with_the_reason(self, state):
        found = grade(facts(fact("right.validity", state), fact("indicator.originality", 0.9)), GBT)
        assert found.score == 0
        assert found.stopped["zh"]
        assert next(leaf for leaf in found.leaves if leaf.code == "originality").score == pytest.approx(90)

    def test_an_unknown_status_closes_no_gate(self):
        assert grade(facts(fact("right.validity", None, reason="fee_payments")), GBT).stopped is None

    def test_an_application_is_not_scored_as_a_dead_right(self):
        found = grade(facts(fact("right.validity", "pending")), GBT)
        assert found.stopped is None
        assert found.score is None


class TestExpert:
    def test_an_answer_is_kept_with_its_name_reason_and_day(self):
        found = grade(facts(ALIVE), GBT, answers=[answer()])
        leaf = next(leaf for leaf in found.leaves if leaf.code == "problem")
        assert (leaf.score, leaf.origin, leaf.answer.expert) == (75, "expert", "王某, 某大学")

    def test_an_answer_stands_beside_the_computed_figure_it_replaces(self):
        found = grade(facts(fact("indicator.originality", 0.4)), GBT, answers=[answer("originality", 5)])
        leaf = next(leaf for leaf in found.leaves if leaf.code == "originality")
        assert (leaf.score, leaf.computed) == (100, pytest.approx(40))

    @pytest.mark.parametrize(
        ("leaf", "figure", "score"),
        [("problem", 1, 0), ("problem", 5, 100), ("readiness", 9, 100), ("readiness", 5, 50), ("dependency", "licensed", 60)],
    )
    def test_each_scale_runs_from_0_to_100(self, leaf, figure, score):
        found = grade(facts(), GBT, answers=[answer(leaf, figure)])
        assert next(entry for entry in found.leaves if entry.code == leaf).score == score

    @pytest.mark.parametrize(
        ("leaf", "figure"), [("problem", 6), ("problem", 2.5), ("problem", "good"), ("dependency", "maybe"), ("readiness", 0)]
    )
    def test_an_answer_off_the_scale_is_refused(self, leaf, figure):
        with pytest.raises(Refusal) as refused:
            grade(facts(), GBT, answers=[answer(leaf, figure)])
        assert refused.value.code == "leaf_out_of_range"

    def test_nobody_answers_without_a_name_or_a_reason_or_for_a_register(self):
        for given in ({"expert": " "}, {"reason": ""}):
            with pytest.raises(Refusal) as refused:
                answer(**given)
            assert refused.value.code == "expert_answer_incomplete"
        with pytest.raises(Refusal) as refused:
            grade(facts(), GBT, answers=[answer("validity", 5)])
        assert refused.value.code == "leaf_not_for_experts"

    def test_an_answer_given_after_the_day_is_refused(self):
        with pytest.raises(Refusal) as refused:
            grade(facts(), GBT, answers=[answer(on=DAY + dt.timedelta(days=1))])
        assert refused.value.code == "evidence_after_valuation_date"


def test_a_fact_dated_after_the_day_is_refused():
    with pytest.raises(Refusal) as refused:
        facts(fact("right.deals", 1, dated=dt.date(2026, 7, 1)))
    assert refused.value.code == "evidence_after_valuation_date"


def test_a_computed_leaf_outside_0_to_100_is_refused():
    with pytest.raises(Refusal) as refused:
        grade(facts(fact("indicator.originality", 1.2)), GBT)
    assert refused.value.code == "leaf_out_of_range"


def test_the_same_facts_give_the_same_grade_and_a_changed_grade_is_noticed():
    first, again = (grade(facts(ALIVE, fact("indicator.originality", 0.7)), GBT) for _ in range(2))
    assert first == again
    assert is_genuine(first)
    assert not is_genuine(dataclasses.replace(first, score=99.0))


def oecd_facts(*names):
    return facts(*(fact(f"normalized.{name}", 0.5) for name in names))


class TestOtherSchemes:
    four = ("fwd_cits5", "family_size", "claims", "generality_oecd")

    def test_the_oecd_index_needs_every_component_and_nothing_else(self):
        assert grade(oecd_facts(*self.four), OECD, "index_4").score == pytest.approx(50)
        assert grade(oecd_facts(*self.four[:3]), OECD, "index_4").score is None
        assert grade(oecd_facts(*self.four), OECD, "index_6").score is None

    def test_the_asset_index_is_a_product_of_two_ratios(self):
        both = facts(fact("indicator.pai_relevance", 3.0), fact("indicator.pai_coverage", 1.5))
        assert grade(both, PAI).score == pytest.approx(4.5)
        assert grade(both, PAI).unit == "ratio"
        assert grade(facts(fact("indicator.pai_relevance", 3.0)), PAI).score is None

    def test_stability_multiplies_the_legal_value_of_2012(self):
        given = [answer(leaf, "10") for leaf in ("avoidability", "dependency", "detectability")]
        known = facts(ALIVE, fact("right.remaining_years", 17.0), fact("family.foreign_offices", 4), fact("right.licenses", 1))
        found = grade(known, VDP, answers=[*given, answer("stability", "8")])
        assert next(level.score for level in found.levels if level.code == "legal") == pytest.approx(80)
        unstable = grade(known, VDP, answers=given)
        assert next(level.coverage for level in unstable.levels if level.code == "legal") == 0
        assert {leaf.reason for leaf in unstable.leaves if leaf.code == "avoidability"} == {"coefficient_missing"}

    def test_lenses_stand_side_by_side_with_their_disagreement_and_no_average(self):
        known = facts(ALIVE, fact("right.remaining_years", 20.0), *oecd_facts(*self.four).facts.values())
        found = lenses(known, [GBT, OECD, PAI])
        assert [one.scheme for one in found.grades] == ["gbt-42748-2023", "oecd-quality", "patent-asset-index"]
        assert found.disagreement == pytest.approx(50)
        assert lenses(known, [PAI]).disagreement is None


class TestHighValue:
    def verdicts(self, *given, office="CN"):
        found = check(facts(ALIVE, fact("patent.type", "invention"), *given, office=office), parameters())
        return found, {entry.criterion: entry for entry in found.criteria}

    def test_one_known_criterion_is_enough(self):
        found, by = self.verdicts(fact("right.grant_date", dt.date(2010, 1, 1)))
        assert found.high_value is True
        assert by["maintained_over_10_years"].verdict == "met"

    def test_an_unknown_criterion_is_not_a_miss(self):
        found, by = self.verdicts(fact("right.grant_date", dt.date(2020, 1, 1)), fact("patent.sei", "ipc_only"))
        assert found.high_value is None
        assert by["strategic_emerging_industry"].verdict == "unknown"
        assert "2030-01-02" in by["maintained_over_10_years"].would["zh"]

    def test_all_five_known_and_missed_is_a_no_and_says_what_would_help(self):
        found, by = self.verdicts(
            fact("right.grant_date", dt.date(2020, 1, 1)),
            fact("patent.sei", "none"),
            fact("family.rights", ()),
            fact("right.pledge_fen", 5_000_000_00),
            fact("awards", ()),
        )
        assert found.high_value is False
        assert "10000000.00" in by["pledge_financing"].would["en"]
        assert all(entry.would["zh"] and entry.would["en"] for entry in by.values())

    def test_only_chinese_inventions_in_force_are_covered(self):
        assert self.verdicts(office="US")[0].applies is False
        dead = check(facts(fact("patent.type", "invention"), fact("right.validity", "lapsed")), parameters())
        model = check(facts(ALIVE, fact("patent.type", "utility_model")), parameters())
        assert (dead.high_value, model.high_value) == (False, False)
        unsure = check(
            facts(fact("patent.type", "invention"), fact("right.validity", None), fact("right.grant_date", dt.date(2010, 1, 1))),
            parameters(),
        )
        assert (unsure.applies, unsure.high_value) == (None, None)
