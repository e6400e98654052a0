"""Grades and opinions of real Chinese rights: evidence to the bytes, no look-ahead, unknown never zero, the same opinion again."""

import datetime as dt
import json

import pyarrow as pa
import pytest
from click.testing import CliRunner

from langqiao.cli import main
from langqiao.data import facts as facts_package
from langqiao.data.appraisal import grade_for, high_value_for, lenses_for, value_for
from langqiao.data.appraisal_facts import normalized
from langqiao.data.appraisal_rows import Bounds
from langqiao.data.appraisal_stage import TABLE, grade_all
from langqiao.data.indicators.compute import KEYS, LONG
from langqiao.data.indicators.compute import TABLE as INDICATORS_TABLE
from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.store import Lake
from langqiao.data.reference.market import royalty_priors
from langqiao.engine.grading.answer import ExpertAnswer
from langqiao.engine.grading.facts import StatedFact
from langqiao.engine.grading.grade import is_genuine
from langqiao.engine.kernel.calculation import BadInput
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.patents.facts import FeeRecord, Payment
from langqiao.engine.register import find, read_json
from langqiao.engine.valuation.opinion import content_hash, opinion
from langqiao.rules import parameters

DAY = dt.date(2026, 6, 30)
PLEDGED, DATED = "CN-102329749-B", "CN-102905253-B"
RELIEF = {
    "revenues": {"base": [5000000, 5500000, 6000000], "low": 0.7, "high": 1.2, "source": "business plan"},
    "royalty_rate": {"base": 0.04, "low": 0.02, "high": 0.06, "source": "license of a similar patent, 2024"},
    "discount_rate": {"base": 0.15, "low": 0.12, "high": 0.2, "basis": "after_tax", "includes_stage_risk": False, "source": "bank"},
    "tax_rate": {"base": 0.15, "source": "certificate"},
}


def stated(**parts):
    return read_json(json.dumps(parts))


def row(indicator, value, *, percentile=None, cohort="field 4 × 2011", n=40, reason="", key=DATED, as_of=DAY):
    return {
        "key": key, "indicator": indicator, "version": "1", "value": value, "n": 3, "cohort": cohort, "cohort_n": n, "percentile": percentile,
        "completeness": 1.0, "as_of": as_of, "standard_error": None, "low": None, "high": None, "reason": reason, "formula": "f",
        "inputs": "{}",
    }  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    root = tmp_path_factory.mktemp("appraisal") / "lake"
    opened = Lake(root)
    source = next(iter(facts_package.__path__))
    ingest([f"{source}/cn_patents.csv", f"{source}/cn_events.csv"], opened)
    yield opened
    opened.close()


@pytest.fixture
def computed(lake):
    """The lake with indicators of one patent: one placed, one without a cohort, one whose cohort is known."""
    rows = [
        row("originality", 0.62, percentile=70.0),
        row("scope_words", 57.0, reason="small_cohort", n=12),
        row("patent_scope", 2.0, percentile=85.0),
        *(row("claims", float(figure), percentile=50.0, key=f"peer {figure}") for figure in range(1, 41)),
        row("claims", 20.0, percentile=50.0),
    ]
    keys = pa.Table.from_pylist([{"key": DATED, "stands": DATED}], schema=pa.schema([("key", pa.string()), ("stands", pa.string())]))
    lake.put_derived(KEYS, keys, as_of=DAY)
    lake.put_derived(INDICATORS_TABLE, pa.Table.from_pylist(rows, schema=LONG), as_of=DAY)
    return lake


def leaf(found, code):
    return next(one for one in found.leaves if one.code == code)


def test_a_leaf_leads_down_to_the_bytes_it_came_from(lake):
    found = leaf(grade_for(lake, PLEDGED, DAY), "finance_record")
    assert found.score == 100
    assert found.evidence.sources
    for place in found.evidence.sources:
        events = lake.rows("events", 'source_file = ? AND "offset" = ?', [place.file, place.offset])
        raw = lake.raw(place.file, place.offset, events[0]["length"], sha256=place.sha256)
        assert b"CN102329749B" in raw


def test_what_the_register_does_not_tell_is_unknown_with_its_reason(lake):
    found = grade_for(lake, PLEDGED, DAY)
    assert (leaf(found, "validity").score, leaf(found, "validity").reason) == (None, "fee_payments")
    assert leaf(found, "citations").reason == "not_computed"
    assert found.coverage < 0.25
    assert found.letter_reason == "coverage_too_low"
    assert is_genuine(found)


def test_indicators_enter_with_cohort_n_and_percentile(computed):
    found = grade_for(computed, DATED, DAY)
    original = leaf(found, "originality")
    assert original.score == pytest.approx(62)
    assert (original.evidence.cohort, original.evidence.n) == ("field 4 × 2011", 40)
    assert leaf(found, "field_count").score == 85
    assert leaf(found, "claim_breadth").reason == "small_cohort"


def test_the_oecd_component_is_winsorized_within_its_cohort(computed):
    found = grade_for(computed, DATED, DAY, scheme="oecd-quality", scene="index_4")
    assert leaf(found, "claims").score == pytest.approx(100 * 20 / 39.6, rel=1e-6)
    assert found.score is None
    assert normalized(5.0, Bounds(p01=2.0, p99=2.0)) is None
    assert normalized(1.0, Bounds(p01=2.0, p99=4.0)) == 0.5


def test_indicators_of_a_later_day_are_not_looked_at(computed):
    earlier = grade_for(computed, DATED, dt.date(2025, 1, 1))
    assert leaf(earlier, "originality").reason == "computed_for_later_day"


def test_events_announced_later_do_not_enter_an_earlier_grade(lake):
    events = lake.rows("events", "number = '102329749' ORDER BY date")
    pledge = next(event for event in events if event["kind"] == "PLEDGE")
    before = leaf(grade_for(lake, PLEDGED, pledge["date"] - dt.timedelta(days=1)), "finance_record")
    after = leaf(grade_for(lake, PLEDGED, pledge["date"]), "finance_record")
    assert (before.score or 0) < after.score


def test_a_day_before_publication_is_refused(lake):
    with pytest.raises(Refusal) as refused:
        grade_for(lake, PLEDGED, dt.date(2001, 1, 1))
    assert refused.value.code == "evidence_after_valuation_date"


def test_experts_and_own_weights_enter_the_grade(lake):
    answer = ExpertAnswer(leaf="problem", answer=5, expert="王某", reason="核心工序", given_on=DAY)
    found = grade_for(lake, PLEDGED, DAY, answers=[answer])
    assert found.coverage > grade_for(lake, PLEDGED, DAY).coverage
    assert leaf(found, "problem").score == 100


def test_every_lens_stands_beside_the_others(lake):
    assert len(lenses_for(lake, PLEDGED, DAY).grades) == 4


def test_the_high_value_check_leaves_open_what_is_not_told(lake):
    found = high_value_for(lake, PLEDGED, DAY)
    verdicts = {one.criterion: one.verdict for one in found.criteria}
    assert (found.applies, found.high_value) == (None, None)
    assert verdicts["pledge_financing"] == "unknown"  # pledges are recorded, their amounts are not
    assert verdicts["maintained_over_10_years"] == "unknown"  # granted long ago, but the fees are not told


def test_an_unknown_key_is_a_key_error(lake):
    for call in (grade_for, high_value_for, value_for):
        with pytest.raises(KeyError):
            call(lake, "CN-0-X", DAY)


class TestValue:
    def test_without_inputs_only_the_prior_of_patents_like_it_speaks(self, lake):
        found = value_for(lake, DATED, DAY)
        assert found.opinion.basis == "renewal"
        assert "assumes_in_force" in found.opinion.conditions
        assert found.given.right.owner_is_domestic is True

    def test_what_the_holder_states_of_the_fees_makes_the_status_certain_and_is_kept(self, lake):
        found = value_for(lake, DATED, DAY, stated(right={"fees_paid": True}))
        assert found.opinion.conditions == ()
        assert (found.given.right.status, found.given.right.fees_paid) == ("in_force", True)

    def test_a_recorded_valuation_is_computed_again_from_its_own_json_to_the_last_bit(self, lake):
        recorded = json.loads(json.dumps(value_for(lake, DATED, DAY, stated(relief_from_royalty=RELIEF, seed=11)).as_dict()))
        given = find("valuation.opinion").read(read_json(json.dumps(recorded["given"])))
        again = opinion(given, parameters())
        assert find("valuation.opinion").writer.dump_python(again, mode="json") == recorded["opinion"]
        assert content_hash(given, again) == recorded["opinion"]["sha256"]

    def test_a_right_without_dates_and_inputs_gets_no_number(self, lake):
        with pytest.raises(Refusal) as refused:
            value_for(lake, PLEDGED, DAY)
        assert refused.value.code == "value_input_missing"
        assert "right.years_run" in refused.value.message

    def test_inputs_that_are_none_are_named(self, lake):
        for wrong in ({"revenue": 1}, {"right": {"status": "in_force"}}, {"relief_from_royalty": {"royalty_rate": {"base": 0.1}}}):
            with pytest.raises(BadInput):
                value_for(lake, DATED, DAY, stated(**wrong))

    def test_income_beyond_the_term_of_the_record_is_refused(self, lake):
        long = {**RELIEF, "revenues": {**RELIEF["revenues"], "base": [1000000] * 15}}
        with pytest.raises(Refusal) as refused:
            value_for(lake, DATED, DAY, stated(relief_from_royalty=long))
        assert refused.value.code == "life_beyond_legal_life"


class TestStage:
    def test_every_patent_public_by_the_day_is_graded_once(self, lake):
        report = grade_all(lake, DAY)
        rows = lake.table(TABLE).to_pyarrow().to_pylist()
        assert report.graded == len(rows) == len({row["key"] for row in rows}) > 300
        assert {row["high_value"] for row in rows} <= {"yes", "no", ""}
        single = grade_for(lake, PLEDGED, DAY)
        stored = next(row for row in rows if row["key"] == PLEDGED)
        assert (stored["score"], stored["coverage"]) == (single.score, single.coverage)

    def test_a_dead_right_has_no_letter(self, lake):
        grade_all(lake, DAY)
        stopped = [row for row in lake.table(TABLE).to_pyarrow().to_pylist() if row["stopped"]]
        assert stopped
        assert {(row["score"], row["grade"]) for row in stopped} == {(0.0, "")}


class TestDoors:
    def run(self, lake, *arguments):
        return CliRunner().invoke(main, [*arguments, "--lake", str(lake.root), "--as-of", "2026-06-30"])

    def test_grade_prints_one_object_or_a_page_in_either_language(self, lake):
        told = json.loads(self.run(lake, "grade", "CN102329749B", "--json").output)
        assert told["key"] == PLEDGED
        assert told["leaves"]
        assert told["high_value"]["criteria"]
        assert "覆盖率" in self.run(lake, "grade", "CN102329749B", "--lang", "zh").output
        assert "coverage" in self.run(lake, "grade", "CN102329749B", "--lang", "en", "--scheme", "all").output

    def test_value_prints_the_opinion_with_its_input(self, lake, tmp_path):
        path = tmp_path / "inputs.json"
        path.write_text(json.dumps({"relief_from_royalty": RELIEF}), encoding="utf-8")
        told = json.loads(self.run(lake, "value", "CN102905253B", "--inputs", str(path), "--json").output)
        assert told["opinion"]["basis"] == "relief_from_royalty"
        assert told["given"]["relief_from_royalty"]["royalty_rate"]["source"]
        assert "p50" in self.run(lake, "value", "CN102905253B", "--inputs", str(path), "--lang", "zh").output

    def test_an_unknown_number_ends_with_1_a_refusal_and_a_wrong_input_with_2(self, lake, tmp_path):
        assert self.run(lake, "grade", "CN999999999B").exit_code == 1
        assert self.run(lake, "value", "CN102329749B").exit_code == 2
        path = tmp_path / "inputs.json"
        path.write_text('{"relief_from_royalty": {"royalty_rate": {"base": 0.1}}}', encoding="utf-8")
        wrong = self.run(lake, "value", "CN102905253B", "--inputs", str(path))
        assert wrong.exit_code == 2
        assert "relief_from_royalty.royalty_rate.source" in wrong.output


class TestStated:
    def test_the_holders_record_of_fees_makes_validity_known(self, lake):
        record = FeeRecord(payments=tuple(Payment(year=year, paid_on=dt.date(2010 + year, 6, 1)) for year in range(1, 17)), complete_to=DAY)
        found = leaf(grade_for(lake, DATED, DAY, fees=record), "validity")
        assert (found.score, found.reason) == (100, "")

    def test_an_award_or_an_amount_is_stated_with_its_source_and_settles_the_criterion(self, lake):
        award = StatedFact(
            name="awards", value=["中国专利优秀奖 第21届"], source="国知发运字 2020", by="holder's office", dated=dt.date(2020, 7, 1)
        )
        pledge = StatedFact(
            name="right.pledge_fen", value=2_000_000_000, source="Y2019980000001", by="holder's office", dated=dt.date(2019, 5, 1)
        )
        verdicts = {one.criterion: one.verdict for one in high_value_for(lake, PLEDGED, DAY, stated=[award, pledge]).criteria}
        assert (verdicts["national_award"], verdicts["pledge_financing"]) == ("met", "met")

    def test_a_statement_without_source_or_of_a_register_fact_is_refused(self):
        for name, source in (("awards", " "), ("right.validity", "me")):
            with pytest.raises(Refusal) as refused:
                StatedFact(name=name, value=(), source=source, by="x", dated=DAY)
            assert refused.value.code == "high_value_evidence_missing"


def test_the_priors_behind_the_door_are_those_of_the_reference_table():
    parr = next(prior for prior in royalty_priors() if prior.key.startswith("parr"))
    table = parameters().value("valuation.royalty_prior.parr_all_technologies")
    assert [(rate / 100, share) for rate, share in parr.points] == [(pytest.approx(rate), share) for rate, share in table]
    survey = parameters().value("valuation.royalty_prior.survey_ranges")
    ranges = {prior.key: [prior.low_percent / 100, prior.high_percent / 100] for prior in royalty_priors() if prior.key in survey}
    assert ranges == {key: pytest.approx(span) for key, span in survey.items()}
