"""Rights out of the lake: the Chinese facts shipped with the product, and recorded European and US documents where they are at hand."""

import collections
import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import langqiao
from epo_shared import SHARED, needs_shared
from langqiao import rules
from langqiao.cli.right import right
from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.store import Lake
from langqiao.data.rights import facts_of, rights_for
from langqiao.data.rights_events import right_events
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import Plan
from langqiao.engine.patents.facts import FeeRecord, Payment
from langqiao.engine.patents.right import RightView, standing

D = dt.date.fromisoformat
TODAY = D("2026-06-30")
FACTS = Path(langqiao.__file__).parent / "data" / "facts"


@pytest.fixture(scope="module")
def chinese(tmp_path_factory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("cn"))
    ingest([FACTS / "cn_patents.csv", FACTS / "cn_events.csv"], lake)
    return lake


def view(lake: Lake, number: str, as_of: dt.date = TODAY, **more) -> RightView:
    key = lake.keys_of(number)[0]
    return rights_for(lake, [key], as_of, parameters=rules.parameters(), **more)[key]


def test_every_chinese_right_has_a_status_and_says_what_it_does_not_know(chinese):
    keys = [row["key"] for row in chinese.rows("publications")]
    rights = rights_for(chinese, keys, TODAY, parameters=rules.parameters())
    assert len(rights) == 448
    states = collections.Counter(found.phase.state for found in rights.values())
    assert (states["lapsed"], states["invalidated"]) == (14, 1)  # 14 CF01 events, one IW01
    assert all(found.certain or found.unknown for found in rights.values())
    for key, found in rights.items():
        assert found.phase.evidence or found.phase.state in {"filed", "expired"}, key
        for event in found.phase.evidence:
            assert event.source is not None, f"{key}: every event leads to the bytes of a record"
    contradictions = [problem for found in rights.values() for problem in found.problems if problem.code == "event_contradicts_status"]
    assert contradictions == []


def test_four_pledges_in_turn_each_closed_by_its_own_number(chinese):
    pledges = [overlay for overlay in view(chinese, "CN102329749B").all_overlays if overlay.kind == "pledged"]
    assert len(pledges) == 4
    assert all(overlay.certain and overlay.reference for overlay in pledges)
    assert all(overlay.closed for overlay in pledges)


def test_a_pledged_day_refuses_an_assignment_and_a_free_day_does_not(chinese):
    first = view(chinese, "CN102329749B").all_overlays[0]
    for day, codes in ((first.since, ("pledgee_consent_missing",)), (first.since - dt.timedelta(days=1), ())):
        seen = view(chinese, "CN102329749B", on=day)
        assert check(standing(seen), Plan(operation="assign", on=day)).codes == codes


def test_licenses_carry_their_kind_and_record_number(chinese):
    exclusive = view(chinese, "CN111757889B").overlays[0]
    assert (exclusive.license_kind, exclusive.reference) == ("exclusive", "X2021980014079")
    seen = view(chinese, "CN102037896B")
    assert [(o.reference, o.closed) for o in seen.all_overlays if o.kind == "license"] != []
    assert {o.reference for o in seen.overlays} == {"2018320000369", "2018320000370"}


def test_two_preservations_are_each_discharged(chinese):
    held = [overlay for overlay in view(chinese, "CN1944658B").all_overlays if overlay.kind == "preserved"]
    assert [overlay.closed for overlay in held] == [True, True]


def test_a_lapse_is_not_known_before_its_announcement_and_reaches_back_to_the_due_date(chinese):
    assert view(chinese, "CN102357243B", D("2014-12-23")).status == "in_force"
    known = view(chinese, "CN102357243B")
    assert (known.status, known.phase.start) == ("lapsed", D("2013-11-02"))
    assert view(chinese, "CN102357243B", on=D("2013-11-01")).status == "in_force"


def test_an_earlier_moment_of_the_lake_holds_nothing(chinese):
    key = chinese.keys_of("CN102357243B")[0]
    with pytest.raises(KeyError, match="does not hold"):
        rights_for(chinese, [key], TODAY, parameters=rules.parameters(), known_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))


def test_a_holders_record_of_payments_makes_the_fees_known(chinese):
    key = chinese.keys_of("CN102905253B")[0]  # filed 2011-07-27, granted 2019-07-09: year 8
    paid = tuple(Payment(year=year, paid_on=D(f"{2010 + year}-07-01")) for year in range(9, 16))
    record = {key: FeeRecord(payments=paid, complete_to=TODAY)}
    seen = rights_for(chinese, [key], TODAY, parameters=rules.parameters(), fees=record)[key]
    assert "fee_payments" not in seen.unknown
    short = {key: FeeRecord(payments=paid[:3], complete_to=TODAY)}
    seen = rights_for(chinese, [key], TODAY, parameters=rules.parameters(), fees=short)[key]
    assert (seen.status, seen.phase.start) == ("lapsed", D("2022-07-27"))


def run(lake: Lake, *arguments: str):
    return CliRunner().invoke(right, [*arguments, "--lake", str(lake.root)])


def test_the_command_shows_a_right_in_both_languages(chinese):
    for language, words in (("en", ("lapsed", "the status rests on", "CF01")), ("zh", ("因未缴费终止", "状态的依据", "CF01"))):
        result = run(chinese, "CN102357243B", "--as-of", "2026-06-30", "--lang", language)
        assert result.exit_code == 0, result.output
        assert all(word in result.stdout for word in words)


def test_the_command_prints_json_with_evidence_down_to_the_bytes(chinese):
    told = json.loads(run(chinese, "CN102357243B", "--as-of", "2026-06-30", "--on", "2013-11-02", "--json").stdout)
    assert (told["status"], told["since"], told["on"]) == ("lapsed", "2013-11-02", "2013-11-02")
    source = told["evidence"][0]["source"]
    row = chinese.rows("events", "sha256 = ?", [source["sha256"]])[0]
    assert row["offset"] == source["offset"]
    raw = chinese.raw(row["source_file"], row["offset"], row["length"], sha256=row["sha256"])
    assert b"CF01" in raw


def test_every_right_can_be_told_in_words(chinese):
    for key in ("CN-200610072849.5-", "CN-1197876-C", "CN-1944658-B", "CN-102037896-B", "CN-102329749-B"):
        for language in ("zh", "en"):
            assert run(chinese, key, "--lang", language, "--as-of", "2026-06-30").exit_code == 0


def test_an_unknown_number_is_said_to_be_unknown(chinese):
    result = run(chinese, "CN999999999B")
    assert result.exit_code == 1
    assert "CN999999999B" in result.stderr
    assert result.stdout == ""


@pytest.fixture(scope="module")
def western(tmp_path_factory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("western"))
    ingest([SHARED / "epo" / "ops", SHARED / "us_fulltext" / "grants_concatenated"], lake)
    return lake


@needs_shared
def test_a_european_patent_is_told_state_by_state(western):
    seen = view(western, "EP2400812")
    fates = {state.territory: state.fate for state in seen.territories}
    assert (fates["BE"], fates["DE"], fates["CH"]) == ("lapsed", "in_force", "designated")
    assert (seen.status, "national_rights" in seen.unknown) == ("in_force", True)
    old = view(western, "EP1000000")
    assert (old.status, old.phase.start) == ("expired", D("2019-11-08"))


@needs_shared
def test_us_maintenance_fees_told_as_paid_keep_the_right(western):
    seen = view(western, "US9648662B2")
    assert (seen.status, seen.upkeep.paid_through) == ("in_force", 8)
    assert "fee_payments" not in seen.unknown
    assert seen.upkeep.next_fee.due_date == D("2028-11-09")


@needs_shared
def test_the_421_grants_have_a_term_by_the_law_of_their_kind(western):
    keys = [row["key"] for row in western.rows("publications", "office = 'US' AND format LIKE 'uspto%' AND stage = 'grant'")]
    rights = rights_for(western, keys, TODAY, parameters=rules.parameters())
    assert len(rights) == 421
    types = collections.Counter(found.facts.patent_type for found in rights.values())
    assert (types["design"], types["plant"], types["sir"]) == (220, 1, 1)
    for found in rights.values():
        if found.facts.patent_type == "design":
            assert found.term.end.year - found.facts.grant_date.year == 14
        elif found.facts.patent_type != "sir":
            assert found.term.end >= found.facts.grant_date


def row(**more) -> dict:
    place = {"source_file": "f", "sha256": "0" * 64, "offset": 0, "length": 1, "format": "t", "retrieved_at": None, "known_at": None}
    plain = dict.fromkeys(("effective_date", "from_party", "to_party", "text", "influence", "code_class", "alignment", "extra", "kind"))
    return {**place, **plain, "office": "CN", "code": "", "date": D("2020-01-01"), **more}


def test_one_event_told_by_two_sources_is_one_event():
    told = [
        row(code="PE01", kind="PLEDGE", text="登记号：Y2020980000001"),
        row(code="PE01", kind="PLEDGE", text="registration no. Y2020980000001"),
    ]
    found = right_events([told[0], {**told[1], "to_party": "某银行", "offset": 9}])
    assert [(event.reference, event.to_parties, event.effect) for event in found] == [("Y2020980000001", ("某银行",), "open")]


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"office": "DE", "code_class": "H", "influence": "-"}, "LAPSE"),
        ({"office": "DE", "code_class": "F", "influence": "+"}, "GRANT"),
        ({"office": "DE", "code_class": "H", "influence": "+"}, "NOTICE"),  # only by the sign the table gives
        ({"office": "DE", "code_class": "R", "influence": "-"}, "NOTICE"),  # a change of party changes no status
        ({"office": "US", "code": "STCH", "kind": "STATUS", "text": "PATENT EXPIRED DUE TO NONPAYMENT OF MAINTENANCE FEES"}, "LAPSE"),
        ({"office": "US", "code": "STCF", "kind": "STATUS", "text": "PATENTED CASE"}, "NOTICE"),
        ({"office": "US", "code": "STCH", "kind": "STATUS", "text": "OTHER"}, "NOTICE"),
    ],
)
def test_an_unread_code_changes_a_status_only_by_class_and_sign(more, kind):
    assert [event.kind for event in right_events([row(**more)])] == [kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("独占许可", "exclusive"), ("exclusive license; record no. X2021980014079", "exclusive"), ("排他许可", "sole"),
        ("Common License", "ordinary"), ("普通许可", "ordinary"), ("non-exclusive license", "ordinary"), ("license", ""),
    ],
)  # fmt: skip
def test_the_kind_of_a_license_is_read_from_its_text(text, kind):
    assert right_events([row(code="EE01", kind="LICENSE", text=text)])[0].license_kind == kind


def test_a_release_closes_every_reel_and_frame_it_cites():
    base = {"conveyance_key": "50000/1", "office": "US", "recorded_date": D("2020-01-01"), "execution_date": None, "assignors": ["BANK"],
            "assignees": ["OWNER"], "text": "", "code": "", "source_file": "f", "sha256": "0", "offset": 0, "retrieved_at": None}  # fmt: skip
    found = right_events([], [{**base, "kind": "LIEN_RELEASE", "releases": ["45000/1", "48000/7"]}])
    assert [(event.kind, event.effect, event.reference, event.to_parties) for event in found] == [
        ("LIEN", "close", "45000/1", ()), ("LIEN", "close", "48000/7", ()),
    ]  # fmt: skip


def publication(**more) -> dict:
    plain = {"key": "US-1-B2", "office": "US", "number": "1", "kind": "B2", "stage": "grant", "patent_type": "invention",
             "application_number": "12000001", "filing_date": D("2010-01-01"), "publication_date": D("2012-01-03"), "grant_date": D("2012-01-03"),
             "extra": None, "source_file": "f", "sha256": "0", "offset": 0, "retrieved_at": None}  # fmt: skip
    return plain | more


def test_the_facts_of_a_us_right_count_from_the_earliest_non_provisional_parent():
    priorities = [
        {"relation": "continuation", "date": D("2006-05-05")}, {"relation": "provisional", "date": D("2005-05-05")},
        {"relation": "division", "date": None},
    ]  # fmt: skip
    facts = facts_of([publication(extra='{"term_extension_days": "120", "terminal_disclaimer": "1"}')], [[]], priorities)
    assert (facts.earliest_filing_date, facts.has_undated_parent) == (D("2006-05-05"), True)
    assert (facts.adjustment_days, facts.terminal_disclaimer) == (120, True)


def test_the_owner_of_the_grant_goes_before_the_applicant_in_the_us_and_after_it_in_chinese_lists():
    parties = [{"role": "applicant", "name": "A"}, {"role": "owner", "name": "B"}]
    assert facts_of([publication()], [parties], []).owners == ("B",)
    chinese = facts_of([publication(office="CN")], [parties], [])
    assert (chinese.owners, chinese.owners_told_on) == (("A",), None)


def test_a_claimed_status_that_the_events_do_not_bear_out_is_told_not_followed(tmp_path):
    sheet = tmp_path / "list.csv"
    sheet.write_text(
        "公开(公告)号,申请号,标题,申请人,申请日,公开(公告)日,授权公告日,专利类型,专利有效性,当前法律状态\n"
        "CN101000001B,CN200610000001.2,一种装置,某公司,2006-01-05,2010-01-06,2010-01-06,发明,有效,授权\n",
        encoding="utf-8",
    )
    lake = Lake(tmp_path / "lake")
    ingest([sheet], lake)
    keys = [found["key"] for found in lake.rows("publications")]
    assert keys
    seen = rights_for(lake, keys, dt.date.max.replace(year=2100), parameters=rules.parameters())[keys[0]]
    assert seen.status == "expired"
    assert "status_conflict" in {problem.code for problem in seen.problems}
