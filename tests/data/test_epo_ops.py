"""Answers of the EPO's Open Patent Services: what each yields, that JSON reads as XML does, and that an error is never data."""

import collections
import datetime as dt
import gzip
import json

import pytest
from lxml import etree

from epo_shared import SHARED, needs_shared
from langqiao.data.formats import epo_ops
from langqiao.data.formats.detect import entry
from langqiao.data.formats.epo_ids import day, written
from langqiao.data.formats.limits import Limits
from langqiao.data.formats.model import LegalEvent, Publication
from langqiao.data.formats.source import Input, Rejected, Skipped
from langqiao.engine.kernel.problem import Problem

OPS = SHARED / "epo/ops"
FRAME = b'<ops:world-patent-data xmlns:ops="http://ops.epo.org" xmlns="http://www.epo.org/exchange">%s</ops:world-patent-data>'
DOCUMENT = b"""<exchange-documents><exchange-document country="EP" doc-number="0012345" kind="B1" family-id="7">
<bibliographic-data><publication-reference><document-id document-id-type="docdb"><country>EP</country><doc-number>12345</doc-number><kind>B1</kind>
<date>20200102</date></document-id></publication-reference>
<classifications-ipcr><classification-ipcr><text>F02M  41/12        20060101ALI20051008RMEP</text></classification-ipcr>
<classification-ipcr><text>F02M  59/34        20060101AFN20051008RMEP</text></classification-ipcr></classifications-ipcr>
<parties><applicants><applicant sequence="1" data-format="epodoc"><applicant-name><name>BRIDGE WORKS AB [SE]</name></applicant-name></applicant>
<applicant sequence="1" data-format="original"><applicant-name><name>Bridge Works AB, </name></applicant-name></applicant></applicants></parties>
<invention-title lang="fr">Pont</invention-title><invention-title lang="en">Bridge</invention-title></bibliographic-data>
</exchange-document></exchange-documents>"""


def read(data, name="answer.xml", **limits):
    return list(epo_ops.read(Input.of_bytes(data, name, limits=Limits(**limits))))


def shared(name):
    data = (OPS / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def as_json(element):
    """OPS's JSON of an element: one object for one child, a list only for several."""
    name = etree.QName(element).localname
    value = {f"@{key.rpartition('}')[2]}": text for key, text in element.attrib.items()}
    if element.text and element.text.strip():
        value["$"] = element.text
    for child in element.iterchildren(tag=etree.Element):
        key, inner = as_json(child)
        value[key] = inner if key not in value else [*(value[key] if isinstance(value[key], list) else [value[key]]), inner]
    return ("ops:" if "ops.epo.org" in element.tag else "") + name, value


def test_a_document_gives_numbers_without_zeros_main_class_one_party_and_an_english_title():
    (found,) = read(FRAME % DOCUMENT)
    assert (found.key, found.stage, found.family_id, found.title, found.title_lang) == ("EP-12345-B1", "grant", "7", "Bridge", "en")
    assert found.publication_date == found.grant_date == dt.date(2020, 1, 2)
    assert [(row.symbol, row.is_main, row.is_inventive, row.edition) for row in found.classifications] == [
        ("F02M 59/34", True, False, "2006.01"),
        ("F02M 41/12", False, True, "2006.01"),
    ]
    assert [(party.role, party.name, party.std_name, party.country) for party in found.parties] == [
        ("applicant", "Bridge Works AB", "BRIDGE WORKS AB", "SE"),
        ("owner", "Bridge Works AB", "BRIDGE WORKS AB", "SE"),
    ]


def test_the_place_of_a_record_points_at_its_own_bytes():
    data = FRAME % DOCUMENT
    (found,) = read(data)
    start, end = found.place.offset, found.place.offset + found.place.length
    assert data[start:end].startswith(b"<exchange-document country") and data[start:end].endswith(b"</exchange-document>")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<fault xmlns='http://ops.epo.org'><code>404</code><message>not found</message></fault>", "ops_error"),
        (FRAME % b"", "ops_empty"),
        (
            FRAME
            % b'<exchange-documents><exchange-document country="EP" doc-number="1" kind="A1" status="not found"/></exchange-documents>',
            "ops_not_found",
        ),
        (FRAME % b"<exchange-documents><exchange-document/></exchange-documents>", "record_without_number"),
        (FRAME % b"<exchange-documents>", "xml_malformed"),
        (FRAME % b"<p>&nosuchname;</p>", "xml_entity_unknown"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + FRAME % b"<p>&x;</p>", "xml_entities_declared"),
        (FRAME % (b"<a>" * 300 + b"</a>" * 300), "xml_malformed"),
        (b'{"ops:world-patent-data": {"a": ', "json_malformed"),
        (b'{"fault": {"code": {"$": "429"}}}', "ops_error"),
    ],
)
def test_an_error_or_a_broken_answer_is_refused_whole_with_its_reason(data, code):
    (found,) = read(data)
    assert isinstance(found, Rejected)
    assert [problem.code for problem in found.problems] == [code]
    assert found.raw


def test_an_answer_above_the_limit_is_refused_without_being_held():
    (found,) = read(FRAME % DOCUMENT, document_bytes=500)
    assert isinstance(found, Rejected) and found.raw is None
    assert found.problems[0].code == "document_too_large"


def test_one_object_instead_of_a_list_reads_the_same():
    answer = json.dumps(dict([as_json(etree.fromstring(FRAME % DOCUMENT))])).encode()
    (from_json,), (from_xml,) = read(answer), read(FRAME % DOCUMENT)
    for name in ("key", "title", "parties", "classifications", "publication_date", "family_id"):
        assert getattr(from_json, name) == getattr(from_xml, name)


def test_dates_that_are_no_days_are_unknown():
    assert [day(text) for text in ("20200229", "2020-02-29", "20190229", "00010101", "20200100", "99991231", "")] == [
        dt.date(2020, 2, 29), dt.date(2020, 2, 29), None, None, None, None, None,
    ]  # fmt: skip


def test_an_epodoc_number_of_the_us_becomes_the_printed_one():
    assert written("US2012057518").number == "20120057518"


@needs_shared
def test_the_64_answers_hold_what_their_readme_counts():
    kinds, counts = collections.Counter(), collections.Counter()
    for path in sorted(OPS.glob("*.xml*")):
        data = shared(path.name)
        assert entry(data[:65536], path.name).name == "epo_ops"
        for record in read(data, path.name):
            kinds[type(record).__name__] += 1
            if isinstance(record, Publication):
                counts["citations"] += len(record.citations)
                counts["members"] += sum(member.model == "inpadoc" for member in record.family)
                counts["register"] += record.format == "epo_register"
                counts["claims"] += len(record.claims)
            if isinstance(record, LegalEvent):
                counts[record.format] += 1
    assert len(list(OPS.glob("*.xml*"))) == 64
    assert counts == {"citations": 240, "members": 29, "register": 12, "inpadoc": 328, "epo_register": 280, "claims": 72}
    assert kinds == {"Publication": 68, "LegalEvent": 608, "Skipped": 14, "Rejected": 2}


@needs_shared
def test_34_exchange_documents_and_16_register_documents_are_read():
    documents = registers = 0
    for path in sorted(OPS.glob("*.xml*")):
        root = etree.fromstring(shared(path.name))
        documents += len(root.findall(".//{*}exchange-document"))
        registers += len(root.findall(".//{*}register-document"))
    assert (documents, registers) == (34, 16)


@needs_shared
def test_every_answer_says_the_same_in_json():
    for path in sorted(OPS.glob("*.xml*")):
        data = shared(path.name)
        name, value = as_json(etree.fromstring(data))
        answer = json.dumps({name: value}).encode()
        assert entry(answer[:65536], path.name).name == "epo_ops"
        from_xml, from_json = read(data), read(answer)
        assert [type(record) for record in from_json] == [type(record) for record in from_xml], path.name
        assert [_said(record) for record in from_json] == [_said(record) for record in from_xml], path.name


def _said(record):
    match record:
        case Publication():
            return (
                record.key,
                record.title,
                record.parties,
                record.citations,
                record.claims,
                record.family,
                sorted(record.description.split("\n")),  # JSON does not keep the order of unlike elements
                record.extra,
            )
        case LegalEvent():
            return record.number, record.code, record.kind, record.date, record.effective_date, record.to_party, record.extra
        case Skipped():
            return record.reason[:40]  # mixed text keeps its order in XML only
        case Rejected():
            return [problem.message for problem in record.problems]
        case _:
            return record.message


@needs_shared
def test_the_biblio_of_ep_2400812_is_complete():
    (found,) = read(shared("get_biblio.xml"))
    assert (found.application_number, found.filing_date, found.priority_date) == ("10167109", dt.date(2010, 6, 24), dt.date(2010, 6, 24))
    assert [(party.name, party.country) for party in found.parties if party.role == "applicant"] == [("9SOLUTIONS OY", "FI")]
    assert [(row.scheme, row.symbol) for row in found.classifications] == [
        ("ipc", "H04W 84/20"),
        ("cpc", "H04W 84/20"),
        ("cpc", "H04W 88/04"),
    ]
    assert collections.Counter(citation.phase for citation in found.citations) == {"national-search-report": 6}


@needs_shared
def test_claims_are_split_on_their_numbers_and_know_their_parents():
    (found,) = read(shared("get_claims.xml"))
    assert len(found.claims) == found.claim_count == 15
    assert [claim.depends_on for claim in found.claims[:4]] == [(), (1,), (2,), (2, 3)]
    (block,) = read(shared("pc_published_claims_example_2.xml"))
    assert [claim.number for claim in block.claims if not claim.depends_on] == [1, 8, 14]


@needs_shared
def test_a_register_document_gives_the_newest_state_and_the_lapse_of_every_state():
    found = read(shared("get_register_biblio.xml"))
    right = found[0]
    assert (right.key, right.status_claimed, right.status_claimed_on) == (
        "EP-2400812-B1", "No opposition filed within time limit", dt.date(2020, 10, 2),
    )  # fmt: skip
    assert [(party.role, party.name) for party in right.parties if party.role == "owner"] == [("owner", "9Solutions Oy")]
    lapses = {event.extra["territory"]: event.effective_date for event in found[1:]}
    assert len(lapses) == 33
    assert lapses["IE"] == dt.date(2020, 6, 24)


@needs_shared
def test_register_events_without_bibliography_take_the_number_that_was_asked_for():
    found = read(shared("get_register_events.xml"))
    assert {(event.office, event.number) for event in found} == {("EP", "2400812")}
    assert collections.Counter(event.kind for event in found)["LAPSE_STATE"] == 22


@needs_shared
def test_files_called_xml_that_are_none_are_refused_with_a_clear_message():
    said = {}
    for path in sorted((SHARED / "epo/negative").iterdir()):
        data = path.read_bytes()
        reader = entry(data[:65536], str(path))
        assert reader is not None, path
        (found,) = reader.reader(Input.of_bytes(data, str(path)))
        assert isinstance(found, Rejected)
        said[path.name] = found.problems[0].code
    assert said == {
        "get_classification_schema_multiple.xml": "xml_without_element",
        "pc_published_ep1000000_description_result.xml": "not_xml",
        "pc_published_search_result.xml": "not_xml",
    }


@needs_shared
def test_a_repeated_event_comes_once_and_the_repetition_is_said():
    root = etree.fromstring(shared("get_legal.xml.gz"))
    member = root.find(".//{*}family-member")
    first = member.find("{*}legal")
    member.append(etree.fromstring(etree.tostring(first)))
    found = read(etree.tostring(root))
    assert sum(isinstance(record, LegalEvent) for record in found) == 69
    (note,) = [record for record in found if isinstance(record, Problem)]
    assert (note.code, note.severity) == ("events_repeated", "note")
