"""The stored back-test: complete, honest about what it does not show, and computed again from the life histories where they are at hand."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from langqiao.data.backtest import cases_of, computed, main, rounded, stored, verdict
from langqiao.data.backtest_rows import Life, Lives, facts_of, read, renewal_choices
from langqiao.engine.grading.grade import grade
from langqiao.rules import parameters
from langqiao.rules.scheme_reader import scheme

SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[2].parent / "shared"))
FILE = SHARED / "data" / "cn_lifecycle" / "cn_lifecycle.csv"
needs_file = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not here")


def life(number="CN1", *, filed=dt.date(2000, 1, 1), granted=dt.date(2003, 6, 1), ended=None, symbols=("A61K35/78",), claims=5):
    return Life(
        number=number, filed_on=filed, published_on=dt.date(2001, 7, 1), symbols=symbols, claims=claims, is_domestic=True, is_granted=True,
        granted_on=granted, ended_on=ended,
    )  # fmt: skip


class TestStored:
    def test_every_target_and_group_is_tested_against_claims_alone(self):
        rows = stored()["results"]
        assert {(row["target"], row["group"]) for row in rows} == {
            (target, group) for target in ("grant", "renewed_10_years") for group in ("domestic", "foreign")
        }
        assert len(rows) == 12

    def test_each_figure_has_its_n_interval_base_rate_and_reliability(self):
        for row in stored()["results"]:
            assert row["n_tested"] > 100
            assert row["auc"]["low"] <= row["auc"]["value"] <= row["auc"]["high"]
            assert 0 <= row["brier"]["value"] <= 1
            assert sum(one["n"] for one in row["reliability"]) == row["n_tested"]
            assert row["brier_of_base_rate"] > 0

    def test_it_says_on_how_little_it_rests_and_what_it_does_not_show(self):
        found = stored()
        assert found["mean_coverage"] < 0.12
        assert found["leaves"] == ["field_count", "field_range", "policy"]
        assert found["verdict"] == verdict(found["results"])
        assert "claims alone" in found["verdict"]["en"]

    def test_it_holds_figures_and_no_record(self):
        assert "CN0" not in json.dumps(stored())
        assert len(json.dumps(stored())) < 30_000


class TestRows:
    def test_a_grade_of_a_publication_knows_its_classes_and_nothing_of_what_came_later(self):
        facts = next(iter(facts_of([life()])))
        assert facts.as_of == dt.date(2001, 7, 1)
        assert set(facts.facts) == {"indicator.patent_scope", "patent.wipo_fields", "patent.sei"}
        assert facts.get("indicator.patent_scope").reason == "small_cohort"
        assert grade(facts, scheme("gbt-42748-2023")).coverage == pytest.approx(2 / 27)

    def test_in_a_cohort_of_thirty_the_place_is_known(self):
        lives = [life(str(i), symbols=("A61K35/78", "A61P1/00")[: 1 + i % 2]) for i in range(30)]
        percentiles = [facts.get("indicator.patent_scope").percentile for facts in facts_of(lives)]
        assert sorted(set(percentiles)) == [25.0, 75.0]

    def test_choices_begin_after_the_year_of_grant_and_end_with_the_unpaid_fee(self):
        last = dt.date(2017, 8, 18)
        dropped = renewal_choices([life(ended=dt.date(2010, 3, 1))], last)  # 10.2 years: the fee of patent year 10 was not paid
        assert (dropped[0].first, dict(dropped[0].dropped)) == (5, {10: 1})
        kept = renewal_choices([life()], last)  # 17.6 years without a termination: the fee of year 17 is paid
        assert dict(kept[0].kept) == {17: 1}
        full = renewal_choices([life(filed=dt.date(1990, 1, 1), granted=dt.date(1993, 1, 1), ended=dt.date(2010, 3, 1))], last)
        assert dict(full[0].kept) == {20: 1}

    def test_an_application_that_was_not_granted_chooses_nothing(self):
        assert renewal_choices([life(granted=None)], dt.date(2017, 8, 18)) == []

    def test_an_application_without_classes_or_claims_is_not_graded(self):
        lives = Lives(rows=(life(symbols=()), life(claims=None), life()), last_day=dt.date(2017, 8, 18), sha256="")
        assert len(cases_of(lives)) == 1


@needs_file
class TestRecomputed:
    def test_the_file_of_the_package_is_what_the_histories_give(self):
        found = stored()
        again = rounded(computed(FILE, dt.date.fromisoformat(found["computed_on"])))
        assert again["data"] == found["data"]
        for new, old in zip(again["results"], found["results"], strict=True):
            assert (new["n_fitted"], new["n_tested"]) == (old["n_fitted"], old["n_tested"])
            assert new["auc"]["value"] == pytest.approx(old["auc"]["value"], abs=2e-3)
            assert new["brier"]["value"] == pytest.approx(old["brier"]["value"], abs=2e-3)

    def test_the_renewal_parameters_are_the_fit_to_these_histories(self):
        groups = parameters().value("valuation.renewal.fit.CN")["groups"]
        for name, fitted in stored()["renewal_fit"].items():
            assert fitted["n"] == groups[name]["n"]
            for new, old in zip(fitted["rows"], groups[name]["rows"], strict=True):
                assert new == pytest.approx(old, abs=2e-3)

    def test_its_rows_are_those_of_the_folder_readme(self):
        rows = read(FILE).rows
        assert len(rows) == 2020
        assert sum(row.granted_on is not None for row in rows) == 1200
        assert sum(row.ended_on is not None for row in rows) == 874


def test_the_program_says_how_it_is_used(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "cn_lifecycle.csv" in capsys.readouterr().out
