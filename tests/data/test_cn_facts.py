"""The facts on 448 Chinese patents and 882 events: counts and checks as their README states them."""

import collections
import datetime as dt

import pytest

from langqiao.data.formats import detect, facts_cn
from langqiao.data.formats.model import LegalEvent, Publication
from langqiao.engine.patents.number import cn_check_digit


@pytest.fixture(scope="module")
def records():
    return [record for given in facts_cn.inputs() for record in facts_cn.read(given)]


@pytest.fixture(scope="module")
def patents(records):
    return [record for record in records if isinstance(record, Publication)]


@pytest.fixture(scope="module")
def events(records):
    return [record for record in records if isinstance(record, LegalEvent)]


def test_448_patents_and_882_events_are_read_and_nothing_else(records, patents, events):
    assert (len(patents), len(events), len(records)) == (448, 882, 1330)


def test_the_tables_are_detected_by_their_header():
    assert [detect.entry(given.head, given.name).name for given in facts_cn.inputs()] == ["facts_cn", "facts_cn"]


def test_kinds_and_types_are_counted_as_the_readme_says(patents):
    kinds = collections.Counter(patent.kind for patent in patents)
    assert kinds == {"B": 191, "A": 97, "U": 47, "S": 26, "C": 23, "Y": 1, "": 63}
    types = collections.Counter(patent.patent_type for patent in patents)
    assert (types["utility_model"], types["design"], types["invention"]) == (51, 26, 371)


def test_fields_are_filled_as_the_readme_says(patents):
    assert sum(bool(patent.title_zh) for patent in patents) == 346
    assert sum(bool(patent.title_en) for patent in patents) == 48
    assert sum(bool(patent.application_number) for patent in patents) == 232
    assert sum(patent.filing_date is not None for patent in patents) == 337
    assert sum(bool(patent.classifications) for patent in patents) == 275
    sections = collections.Counter(patent.classifications[0].symbol[0] for patent in patents if patent.classifications)
    assert {section: sections[section] for section in "HGBCFAED"} == {"H": 72, "G": 64, "B": 34, "C": 33, "F": 18, "A": 15, "E": 9, "D": 4}
    assert sum(c.scheme == "locarno" for patent in patents for c in patent.classifications[:1]) == 26


def test_all_232_application_numbers_pass_the_check_digit(patents):
    numbers = [patent.application_number for patent in patents if patent.application_number]
    assert [number for number in numbers if cn_check_digit(number[:-2]) != number[-1]] == []


def test_dates_stand_in_their_legal_order(patents, events):
    for patent in patents:
        for later in (patent.publication_date, patent.grant_date):
            assert patent.filing_date is None or later is None or patent.filing_date < later
        assert None in {patent.publication_date, patent.grant_date} or patent.publication_date <= patent.grant_date
    assert all(event.date is None or event.effective_date is None or event.effective_date <= event.date for event in events)


def test_no_patent_and_no_event_is_there_twice_and_every_event_has_its_patent(patents, events):
    keys = [patent.key for patent in patents]
    assert len(set(keys)) == len(keys)
    known = {patent.number for patent in patents} | {patent.application_number for patent in patents}
    assert [event for event in events if (event.number or event.application_number) not in known] == []
    rows = [(e.number, e.application_number, e.date, e.effective_date, e.code, e.from_party, e.to_party, e.text) for e in events]
    assert len(set(rows)) == len(rows)


def test_codes_are_counted_and_every_one_has_a_word_of_the_house(events):
    codes = collections.Counter(event.code for event in events)
    assert codes["TR01"] == 66 and codes["TA01"] == 15 and codes["EE01"] == 42 and codes["EC01"] == 7
    assert codes["PE01"] == 31 and codes["PC01"] == 23 and codes["CX01"] == 20 and codes["CF01"] == 14
    assert codes["GR01"] == 337 and codes["PB01"] == 178 and codes["SE01"] == 106
    assert [event.code for event in events if not event.kind] == []
    pledges = {(event.kind, event.extra["effect"]) for event in events if event.code in {"PE01", "PC01"}}
    assert pledges == {("PLEDGE", "open"), ("PLEDGE", "close")}


def test_111_patents_have_229_operations_177_with_both_parties(events):
    codes = {"TR01", "TA01", "EE01", "EC01", "PE01", "PC01", "PP01", "PD01", "CX01", "CF01", "IW01", "IP01"}
    operations = [event for event in events if event.code in codes]
    assert len(operations) == 229
    assert len({event.number or event.application_number for event in operations}) == 111
    assert sum(bool(event.from_party and event.to_party) for event in operations) == 177


def test_a_chain_can_be_followed(events):
    chain = [(e.kind, e.extra.get("effect", "")) for e in sorted((e for e in events if e.number == "102329749"), key=lambda e: e.date)]
    assert chain.count(("PLEDGE", "open")) == 4


def test_events_with_a_year_only_keep_it_as_written(events):
    undated = [event for event in events if event.date is None]
    assert [event.extra["date_raw"] for event in undated] == ["2023", "2023"]


def test_the_package_data_names_its_bytes():
    for given in facts_cn.inputs():
        data = given.open().read()
        for record in facts_cn.read(given):
            piece = data[record.place.offset : record.place.offset + record.place.length]
            assert piece.startswith(b"CN")
        assert given.retrieved_at > dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
