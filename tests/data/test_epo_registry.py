"""Records of the registry sample: JSON split with exact offsets, and the readers of search, file wrapper and board answers."""

import datetime as dt
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langqiao.data.formats import registry_patentbench, registry_peds, registry_ptab, registry_public_search
from langqiao.data.formats.detect import entry
from langqiao.data.formats.epo_tree import record_spans
from langqiao.data.formats.limits import Limits
from langqiao.data.formats.model import Conveyance, LegalEvent, Publication
from langqiao.data.formats.registry_json import JsonRecord, lines, split
from langqiao.data.formats.source import Input, Rejected

TEXT = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def of_bytes(value, name="x.json"):
    return Input.of_bytes(value if isinstance(value, bytes) else json.dumps(value).encode(), name)


@settings(max_examples=60, deadline=None)
@given(records=st.lists(st.dictionaries(TEXT, VALUES, max_size=4), max_size=4), other=VALUES, indent=st.sampled_from([None, 1]))
def test_every_record_of_any_document_is_found_where_it_stands(records, other, indent):
    data = json.dumps({"before": other, "rows": records, "after": other}, indent=indent, ensure_ascii=False).encode()
    found = split("x", data, wanted=lambda path: path == ("rows", "[]"), limits=Limits())
    assert [record.value for record in found.records("x")] == records
    assert [json.loads(data[record.place.offset : record.place.offset + record.place.length]) for record in found.records("x")] == records
    assert found.frame == {"before": other, "rows": [None] * len(records), "after": other}


@pytest.mark.parametrize(
    "data",
    [b'{"rows": [{"a": 1}', b'{"rows": [{"a": 1}]]', b"", b"[" * 300 + b"]" * 300, b'{"rows": [{"a": 1}] junk}'],
)
def test_a_document_that_is_broken_anywhere_is_refused_whole(data):
    found = split("x", data, wanted=lambda path: path == ("rows", "[]"), limits=Limits())
    assert isinstance(found, Rejected) and found.problems[0].code == "json_malformed"


def test_a_record_that_is_broken_inside_is_refused_alone():
    found = split("x", b'{"rows": [{"a": 01}, {"a": 2}]}', wanted=lambda path: path == ("rows", "[]"), limits=Limits())
    refused, kept = found.records("x")
    assert isinstance(refused, Rejected) and refused.raw == b'{"a": 01}'
    assert kept.value == {"a": 2}


def test_a_line_above_the_limit_is_passed_by_and_the_next_is_read():
    data = b'{"a": 1}\n{"a": "' + b"x" * 500 + b'"}\n{"a": 2}'
    found = list(lines(Input.of_bytes(data, "x", limits=Limits(document_bytes=100))))
    assert [record.value for record in found if isinstance(record, JsonRecord)] == [{"a": 1}, {"a": 2}]
    (refused,) = [record for record in found if isinstance(record, Rejected)]
    assert (refused.raw, refused.problems[0].code, refused.place.offset) == (None, "document_too_large", 9)


def test_text_made_to_look_like_tags_costs_linear_time():
    started = time.process_time()
    record_spans(b"<!--" + b'<exchange-document "' * 50_000 + b"-->", "exchange-document")
    record_spans(b'<exchange-document a="' * 50_000, "exchange-document")
    assert time.process_time() - started < 5


SEARCH = {
    "guid": "US-11557320-B1", "type": "USPAT", "datePublished": "2023-01-17T00:00:00Z", "applicationFilingDate": ["2022-01-05T00:00:00Z"],
    "applicationNumber": "17/647036", "inventionTitle": "Bridge &amp; <i>arch</i>", "familyIdentifierCur": 1000006126434, "pageCount": 19,
    "claimsHtml": "<b>1</b>-<b>2</b>. (canceled) <br /> <b>3</b>. A bridge. <br /> <b>4</b>. The bridge of claim 3.", "numberOfClaims": "2",
    "briefHtml": "FIELD<br />Bridges.", "ipcCodeFlattened": "G11B5/596;E01D1/00", "cpcInventiveFlattened": "G11B5/59666",
    "curIntlPatentClassificationPrimary": ["G11B5/596 20060101"], "cpcInventive": ["G11B5/59666 20130101"], "urpn": ["6249393", "D512345"],
    "usRefCategory": ["examiner", ""], "usRefIssueDate": ["20010600", "20020709"], "foreignRefGroup": ["JP 2011118759 A 20110600 cited by applicant"],
    "otherRefPub": ["Doe, Bridges, 1999. cited by examiner<br />"], "assigneeName": ["Bridge Works"], "assigneeTypeCode": ["02"],
    "relatedApplNumber": ["63141441"], "relatedApplFilingDate": ["2021-01-25T00:00:00Z"],
}  # fmt: skip


def test_a_search_record_is_read_whole_and_says_what_it_does_not_know():
    data = json.dumps([SEARCH]).encode()
    assert entry(data, "x.json").name == "uspto_public_search"
    (found,) = registry_public_search.read(of_bytes(data))
    assert (found.key, found.stage, found.application_number, found.title) == ("US-11557320-B1", "grant", "17647036", "Bridge & arch")
    assert (found.filing_date, found.grant_date, found.family_id) == (
        dt.date(2022, 1, 5),
        dt.date(2023, 1, 17),
        "",
    )  # a placeholder is no family
    assert [(claim.number, claim.depends_on) for claim in found.claims] == [(3, ()), (4, (3,))]
    assert [(row.scheme, row.symbol, row.edition) for row in found.classifications] == [
        ("ipc", "G11B 5/596", "2006.01"), ("ipc", "E01D 1/00", ""), ("cpc", "G11B 5/59666", "2013.01"),
    ]  # fmt: skip
    assert [(cited.kind_of, cited.office, cited.number, cited.category, cited.date) for cited in found.citations] == [
        ("patent", "US", "6249393", "examiner", None), ("patent", "US", "D512345", "", dt.date(2002, 7, 9)),
        ("patent", "JP", "2011118759", "applicant", None), ("npl", "", "", "examiner", None),
    ]  # fmt: skip
    assert [(entry.relation, entry.number) for entry in found.priorities] == [("provisional", "63141441")]
    assert found.description == "FIELD\nBridges."


def test_a_search_record_without_a_number_is_refused_alone():
    data = json.dumps({"numFound": 2, "patents": [{**SEARCH, "guid": "US-"}, SEARCH]}).encode()
    refused, found = registry_public_search.read(of_bytes(data))
    assert isinstance(refused, Rejected) and isinstance(found, Publication)


def test_an_application_of_the_file_wrapper_comes_with_its_events():
    row = {
        "application_number": "16100000", "patent_title": "BRIDGE", "filing_date": "2018-11-08", "status": "Patented Case", "patent_number": "10992470",
        "prosecution_events": [{"code": "CTFR", "description": "Final Rejection", "date": "2020-12-31"}], "pulled_at": "2026-03-20T22:36:31.381Z",
    }  # fmt: skip
    data = json.dumps(row).encode() + b"\n" + json.dumps({"application_number": "", "prosecution_events": []}).encode()
    assert entry(data, "x.jsonl").name == "patentbench"
    found, event, refused = registry_patentbench.read(of_bytes(data))
    assert (found.number, found.stage, found.status_claimed, found.status_claimed_on) == (
        "10992470", "grant", "Patented Case", dt.date(2026, 3, 20),
    )  # fmt: skip
    assert (event.number, event.code, event.kind, event.date) == ("10992470", "CTFR", "EXAMINATION", dt.date(2020, 12, 31))
    assert isinstance(refused, Rejected)


def test_claims_in_paragraphs_are_joined_and_canceled_ones_left_out():
    row = {
        "application_number": "1", "description_paragraphs": ["A."],
        "claims": ["1 - 3 . (canceled)", "4 . A bridge comprising:", "an arch; and", "2 piers.", "5 . The bridge of claim 4 ."],
    }  # fmt: skip
    (found,) = registry_patentbench.read(of_bytes(row))
    assert [(claim.number, claim.text, claim.depends_on) for claim in found.claims] == [
        (4, "A bridge comprising: an arch; and 2 piers.", ()),
        (5, "The bridge of claim 4 .", (4,)),
    ]


def test_peds_gives_status_history_fee_years_and_conveyances():
    doc = {
        "applId": "12721698", "patentNumber": "8457796", "appStatus": "Patented Case", "appStatusDate": "2018-09-20T00:00:00Z",
        "appFilingDate": "2010-03-11T00:00:00Z", "patentIssueDate": "2013-06-04T00:00:00Z", "patentTitle": "Zones",
        "transactions": [{"recordDate": "2020-10-28 00:00:00", "code": "M2552", "description": "Payment of Maintenance Fee, 8th Yr"}],
        "parentContinuity": [{"claimApplicationNumberText": "61159088", "filingDate": "03-11-2009",
                              "applicationStatusDescription": "This application Claims Priority from Provisional Application"}],
        "assignments": [{"reelNumber": "49597", "frameNumber": "435", "converyanceName": "ASSIGNMENT OF ASSIGNORS INTEREST", "recordedDate": "06-26-2019",
                         "assignors": [{"assignorName": "A, INC.", "execDate": "06-25-2019"}], "assignee": [{"assigneeName": "B, INC."}]}],
    }  # fmt: skip
    data = json.dumps({"queryResults": {"searchResponse": {"response": {"docs": [doc]}}}}).encode()
    assert entry(data, "x.json").name == "uspto_peds"
    found, fee, conveyed = registry_peds.read(of_bytes(data))
    assert (found.key, found.status_claimed_on, found.grant_date) == ("US-8457796-", dt.date(2018, 9, 20), dt.date(2013, 6, 4))
    assert [(entry.relation, entry.number, entry.date) for entry in found.priorities] == [("provisional", "61159088", dt.date(2009, 3, 11))]
    assert (fee.kind, fee.extra) == ("FEE_PAID", {"year_of_fee_payment": "8"})
    assert isinstance(conveyed, Conveyance)
    assert (conveyed.key, conveyed.kind, conveyed.recorded_date, conveyed.execution_date) == (
        "049597/0435", "TRANSFER", dt.date(2019, 6, 26), dt.date(2019, 6, 25),
    )  # fmt: skip


def test_a_trial_opens_and_closes_on_the_patent_it_concerns():
    trial = {
        "trialNumber": "IPR2025-01319", "patentOwnerData": {"patentNumber": "11703443", "applicationNumberText": "17980669"},
        "trialMetaData": {"trialTypeCode": "IPR", "petitionFilingDate": "2025-07-17", "terminationDate": "2025-11-20",
                          "institutionDecisionDate": "2025-11-20", "trialStatusCategory": "Discretionary Denial"},
    }  # fmt: skip
    data = json.dumps(
        {"count": 1, "patentTrialProceedingDataBag": [trial, {"trialNumber": "IPR1", "trialMetaData": trial["trialMetaData"]}]}
    ).encode()
    assert entry(data, "x.json").name == "uspto_ptab"
    found = list(registry_ptab.read(of_bytes(data)))
    events = [record for record in found if isinstance(record, LegalEvent)]
    assert {(event.number, event.kind, event.extra["reference"]) for event in events} == {("11703443", "REVIEW", "IPR2025-01319")}
    assert [(event.extra["effect"], event.date) for event in events] == [
        ("open", dt.date(2025, 7, 17)), ("amend", dt.date(2025, 11, 20)), ("close", dt.date(2025, 11, 20)),
    ]  # fmt: skip
    assert [record.problems[0].code for record in found if isinstance(record, Rejected)] == ["record_without_number"]
