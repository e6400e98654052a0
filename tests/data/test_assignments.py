"""Recorded conveyances: their kind by the head phrase, the reel/frames they cite, both forms of a row merged, the older XML, the portal's bags."""

import collections
import datetime as dt
import gzip
import json
import re

import pytest

from epo_shared import SHARED, needs_shared
from langqiao.data.formats import assignment_reader, assignment_solr
from langqiao.data.formats.assignment_rows import center_row, day, merge, portal_row
from langqiao.data.formats.assignment_text import cited_reel_frames, conveyance_kind, corrected_kind
from langqiao.data.formats.detect import entry
from langqiao.data.formats.model import Conveyance, Place
from langqiao.data.formats.source import Input, Rejected
from langqiao.engine.kernel.problem import Problem

FOLDER = SHARED / "us_assignments"
NOWHERE = Place("x", 0, 0, "")
ROW = {
    "reelNumber": 45829, "frameNumber": 888, "assignorExecutionDate": "03/14/2018", "conveyance": "SECURITY AGREEMENT ", "conveyanceCode": 40,
    "assignors": [{"assignorName": "BRIDGE WORKS, INC.", "executionDate": "03/14/2018"}], "assignees": ["RIVER BANK, N.A."], "noOfProperties": 2,
    "properties": [{"applicationNumber": "15919370", "fillingDate": "03/13/2018", "patentNumber": None, "issueDate": "01/01/1", "pctNumber": ""}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ASSIGNMENT OF ASSIGNORS INTEREST (SEE DOCUMENT FOR DETAILS).", "TRANSFER"),
        ("NUNC PRO TUNC ASSIGNMENT", "TRANSFER"),
        ("ASSIGNMENT OF ASSIGNORS INTEREST TO ALLIED SECURITY TRUST", "TRANSFER"),
        ("ASSIGNMENT TO FIRST LIEN CAPITAL LLC", "TRANSFER"),
        ("MERGER WITH MORTGAGE CORP", "MERGER"),
        ("Change of Name (see document for details).", "NAME_CHANGE"),
        ("ENTITY  CONVERSION", "ENTITY_CONVERSION"),
        ("FIRST LIEN PATENT SECURITY AGREEMENT", "LIEN"),
        ("NOTICE AND CONFIRMATION OF GRANT OF SECURITY INTEREST IN PATENTS - SECOND LIEN", "LIEN"),
        ("SUPPLEMENT TO THE SECURITY + PLEDGE AGREEMENT", "LIEN"),
        ("MORTGAGE", "LIEN"),
        ("DEBENTURE", "LIEN"),
        ("AMENDMENT TO SECURITY AGREEMENT TO APPOINT ASSIGNEES AS COLLATERAL AGENTS", "LIEN"),
        ("TERMINATION AND RELEASE OF PATENT SECURITY AGREEMENT RECORDED AT REEL 048818/FRAME 0520", "LIEN_RELEASE"),
        ("RELEASE BY SECURED PARTY", "LIEN_RELEASE"),
        ("REASSIGNMENT AND RELEASE OF SECURITY INTEREST", "LIEN_RELEASE"),
        ("NOTICE OF SUCCESSION OF AGENCY", "LIEN_AGENT_CHANGE"),
        ("APPOINTMENT OF SUCCESSOR COLLATERAL AGENT", "LIEN_AGENT_CHANGE"),
        ("ASSIGNMENT AND ASSUMPTION OF SECURITY INTERESTS AT REEL/FRAME NOS. 30831/0549 AND 30833/0727", "LIEN_ASSIGNED"),
        ("AMENDMENT AND ASSIGNMENT OF PATENT SECURITY AGREEMENT RECORDED AT R/F 039290/0353", "LIEN_ASSIGNED"),
        (
            "CORRECTIVE ASSIGNMENT TO CORRECT THE ASSIGNEE PREVIOUSLY RECORDED ON REEL 1 FRAME 2. ASSIGNOR(S) HEREBY CONFIRMS THE MERGER.",
            "CORRECTION",
        ),
        ("RECORD TO REMOVE PATENT NUMBER 5785863 FROM A SECURITY AGREEMENT", "CORRECTION"),
        ("APPOINTMENT OF RECEIVER", "RECEIVERSHIP"),
        ("LICENSE (SEE DOCUMENT FOR DETAILS).", "LICENSE"),
        ("ASSIGNMENT OF EXCLUSIVE LICENSE", "LICENSE"),
        ("TERMINATION OF LICENSE", "LICENSE_TERMINATION"),
        ("RELEASE OF SECURITY INTEREST IN LICENSED PATENTS", "LIEN_RELEASE"),
        ("", "OTHER"),
        ("ENTITY CONVEYANCE", "OTHER"),
    ],
)
def test_the_kind_follows_the_phrase_at_the_head_never_a_name(text, kind):
    assert conveyance_kind(text) == kind


def test_a_correction_says_what_it_corrects():
    text = "CORRECTIVE ASSIGNMENT TO CORRECT THE DATE PREVIOUSLY RECORDED ON REEL 029569 FRAME 0234. ASSIGNOR(S) HEREBY CONFIRMS THE SECURITY AGREEMENT."
    assert (corrected_kind(text), cited_reel_frames(text)) == ("LIEN", ["029569/0234"])
    assert corrected_kind("CORRECTIVE ASSIGNMENT") == ""


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("RECORDED AT REEL 048818/FRAME 0520", ["048818/0520"]),
        ("PREVIOUSLY RECORDED AT REEL: 66282 FRAME: 120.", ["066282/0120"]),
        ("AT REEL/FRAME NOS. 30831/0549, 30833/0660, AND 30833/0727", ["030831/0549", "030833/0660", "030833/0727"]),
        ("RECORDED AT R/F 046920-0784", ["046920/0784"]),
        ("REEL/FRAME:045210/0369", ["045210/0369"]),
        ("PATENT 6,192,414 AND APPLICATION 14/503,027", []),
    ],
)
def test_reel_frames_are_read_in_every_way_they_are_cited(text, keys):
    assert cited_reel_frames(text) == keys


def test_a_row_keeps_not_told_apart_from_nothing():
    found = center_row(ROW, NOWHERE)
    assert (found.key, found.kind, found.code, found.property_count) == ("045829/0888", "LIEN", "40", 2)
    assert (found.execution_date, found.recorded_date) == (dt.date(2018, 3, 14), None)
    (conveyed,) = found.properties
    assert (conveyed.application_number, conveyed.patent_number, conveyed.issue_date, conveyed.filing_date) == (
        "15919370", "", None, dt.date(2018, 3, 13),
    )  # fmt: skip
    assert center_row({**ROW, "noOfProperties": 0}, NOWHERE).property_count is None
    assert [day(text) for text in ("01/01/1", "01/01/0001", "13/45/2020", None)] == [None] * 4


def test_the_two_forms_of_a_row_become_one_and_the_later_erases_nothing():
    later = {name: value for name, value in ROW.items() if name != "properties"} | {"recorded": "03/20/2018", "noOfProperties": 0}
    for order in ([ROW, later], [later, ROW]):
        (found,) = merge(center_row(dict(row), NOWHERE) for row in order)
        assert (found.recorded_date, len(found.properties), found.property_count) == (dt.date(2018, 3, 20), 1, 2)


def test_an_answer_gives_each_reel_frame_once_and_refuses_a_row_without_one():
    broken = {**ROW, "reelNumber": "not a number"}
    answer = json.dumps({"status": "ok", "successResponse": {"data": [ROW, {**ROW, "recorded": "03/20/2018"}, broken]}}).encode()
    assert entry(answer, "answer.json").name == "uspto_assignment_center"
    refused, found = assignment_reader.read_answer(Input.of_bytes(answer, "answer.json"))
    assert isinstance(refused, Rejected) and refused.problems[0].code == "conveyance_unreadable"
    assert isinstance(found, Conveyance) and found.recorded_date == dt.date(2018, 3, 20)
    assert json.loads(answer[found.place.offset : found.place.offset + found.place.length]) == ROW


def test_a_malformed_answer_is_refused_whole():
    (refused,) = assignment_reader.read_answer(Input.of_bytes(b'{"successResponse": {"data": [{"reelNumber": 1', "x"))
    assert isinstance(refused, Rejected) and refused.problems[0].code == "json_malformed"


def test_lines_come_one_by_one_with_their_offsets_and_a_bad_line_does_not_stop_them():
    data = json.dumps(ROW).encode() + b"\n\n{broken\n" + json.dumps({**ROW, "frameNumber": 889}).encode()
    first, refused, last = assignment_reader.read_lines(Input.of_bytes(data, "x"))
    assert (first.key, last.key) == ("045829/0888", "045829/0889")
    assert isinstance(refused, Rejected) and refused.raw == b"{broken"
    assert data[last.place.offset :] == json.dumps({**ROW, "frameNumber": 889}).encode()


def test_a_bag_of_the_portal_conveys_the_application_it_belongs_to():
    row = {
        "reelNumber/frameNumber": "047305/0442", "conveyanceText": "ASSIGNMENT OF ASSIGNORS INTEREST", "assignmentRecordedDate": "2018-10-25",
        "assignorBag": [{"assignorName": "BRIDGE WORKS, INC. ", "executionDate": "2018-09-23"}],
        "assigneeBag": [{"assigneeNameText": "RIVER HOSPITAL"}],
    }  # fmt: skip
    found = portal_row(row, NOWHERE, application_number="15123456")
    assert (found.key, found.kind, found.recorded_date, found.execution_date) == (
        "047305/0442", "TRANSFER", dt.date(2018, 10, 25), dt.date(2018, 9, 23),
    )  # fmt: skip
    assert [conveyed.application_number for conveyed in found.properties] == ["15123456"]


def test_solr_lists_of_unequal_length_are_taken_with_a_warning():
    data = b"""<response><result name="response" numFound="1"><doc><str name="displayId">000001-0002</str><str name="conveyanceText">MERGER</str>
<arr name="applNum"><str>10628795</str><str>NULL</str></arr><arr name="patNum"><str>7130913</str></arr></doc></result></response>"""
    assert assignment_solr.detects(data, "x")
    found, warning = assignment_solr.read(Input.of_bytes(data, "x"))
    assert [(entry.application_number, entry.patent_number) for entry in found.properties] == [("10628795", "7130913"), ("", "")]
    assert isinstance(warning, Problem) and (warning.code, warning.severity) == ("properties_uneven", "warning")


def rows(name):
    data = gzip.decompress((FOLDER / name).read_bytes())
    assert entry(data[:65536], name).name == "uspto_assignment_lines"
    return list(assignment_reader.read_lines(Input.of_bytes(data, name)))


@needs_shared
def test_3295_conveyances_name_1546_patents_and_2953_applications():
    found = rows("assignments.jsonl.gz")
    assert len(found) == len({row.key for row in found}) == 3295
    assert collections.Counter(row.code for row in found) == {"23": 3149, "40": 79, "33": 59, "28": 3, "34": 3, "25": 1, "36": 1}
    properties = [conveyed for row in found for conveyed in row.properties]
    assert len(properties) == 3295
    assert len({conveyed.patent_number for conveyed in properties if conveyed.patent_number}) == 1546
    assert len({conveyed.application_number for conveyed in properties if conveyed.application_number}) == 2953
    assert (
        sum(not conveyed.application_number and not conveyed.patent_number and bool(conveyed.pct_number) for conveyed in properties) == 318
    )


@needs_shared
def test_5314_conveyances_without_patents_are_recorded_and_hold_the_liens():
    found = rows("conveyances_without_properties.jsonl.gz")
    assert len(found) == 5314
    assert all(row.recorded_date and row.property_count is None for row in found)
    kinds = collections.Counter(row.kind for row in found)
    corrected = [row for row in found if row.kind == "CORRECTION" and corrected_kind(row.text) == "LIEN"]
    assert (kinds["LIEN"], kinds["LIEN_ASSIGNED"], kinds["LIEN_AGENT_CHANGE"], kinds["LIEN_RELEASE"], len(corrected)) == (740, 17, 8, 1, 15)
    spoken = re.compile("SECURITY|LIEN|PLEDGE|MORTGAGE|COLLATERAL|DEBENTURE")
    assert sum(bool(spoken.search(row.text.upper())) for row in found) == 775  # "about 775 security agreements and liens"
    assert not [row.text for row in found if row.kind == "TRANSFER" and spoken.search(row.text.upper())]


@needs_shared
def test_code_40_hides_most_liens_so_the_text_decides():
    found = rows("assignments.jsonl.gz") + rows("conveyances_without_properties.jsonl.gz")
    liens = collections.Counter(row.code for row in found if row.kind == "LIEN")
    assert liens == {"40": 459, "27": 268, "8": 16, "5": 2, "25": 1}
    assert not [row for row in found if row.kind == "LIEN" and row.code == "23"]


@needs_shared
def test_the_pledge_chain_of_one_fleet_releases_what_it_pledged():
    data = (FOLDER / "assignment_search_3.xml").read_bytes()
    assert entry(data[:65536], "x.xml").name == "uspto_assignment_solr"
    found = {row.key: row for row in assignment_solr.read(Input.of_bytes(data, "x")) if isinstance(row, Conveyance)}
    assert collections.Counter(row.kind for row in found.values()) == {"LIEN": 6, "LIEN_RELEASE": 2, "TRANSFER": 1}
    releases = {row.key: row.releases for row in found.values() if row.releases}
    assert releases == {"049109/0610": ["048818/0520"], "049110/0319": ["048041/0605"]}
    for released in releases.values():
        assert found[released[0]].kind == "LIEN"
    assert sorted(row.property_count for row in found.values()) == [1, 39, 39, 39, 44, 44, 44, 44, 85]


@needs_shared
def test_the_three_answers_of_the_older_search_hold_11_reel_frames():
    keys = set()
    for path in sorted(FOLDER.glob("*.xml")):
        keys |= {row.key for row in assignment_solr.read(Input.of_bytes(path.read_bytes(), path.name)) if isinstance(row, Conveyance)}
    assert len(keys) == 11
