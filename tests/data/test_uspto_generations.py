"""One sample of every generation of USPTO file: read field by field, or refused with the right reason."""

import datetime as dt
import io
import zipfile
from fnmatch import fnmatch

import pytest

from langqiao.data.formats import detect
from langqiao.data.formats.model import LegalEvent
from langqiao.data.formats.source import Rejected
from tests.uspto_shared import FULLTEXT, data_of, full, given, needs_real_files, publications, read

pytestmark = needs_real_files

NOT_PATENTS = ("*cpcMaster*", "*cpcScheme*", "*docling__tables*")
"""Classification files and a bare table: no patent documents."""


def members(path):
    """Name and bytes of every file, zips unpacked."""
    if path.suffix.lower() != ".zip":
        return [(path.name, data_of(path))]
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return [(f"{path.name}!{name}", archive.read(name)) for name in archive.namelist() if name.endswith(".xml")]


GENERATIONS = sorted((FULLTEXT / "generations").iterdir()) if FULLTEXT.is_dir() else []


@pytest.mark.parametrize("path", GENERATIONS, ids=lambda path: path.name)
def test_every_sample_is_read_or_refused(path):
    for name, data in members(path):
        source = given(data, name)
        reader = detect.detect(source.head, name)
        if any(fnmatch(path.name, pattern) for pattern in NOT_PATENTS):
            assert reader is None or all(isinstance(record, Rejected) for record in reader(source))
            continue
        assert reader is not None
        records = list(reader(source))
        assert publications(records)
        assert not [record for record in records if isinstance(record, Rejected)]
        for record in publications(records):
            assert record.number or record.application_number
            assert record.place.length <= len(data)


def one(name):
    [found] = publications(read(full(name), name))
    return found


def test_a_grant_of_xml_v45():
    found = one("ppd__xml2014__US08930553.xml")
    assert (found.key, found.number_raw, found.application_number) == ("US-8930553-B2", "08930553", "13648029")
    assert found.title == "Managing mid-dialog session initiation protocol (SIP) messages"
    assert found.filing_date == dt.date(2012, 10, 9)
    assert found.grant_date == found.publication_date == dt.date(2015, 1, 6)
    assert found.extra["term_extension_days"] == "129"
    first = found.citations[0]
    assert (first.office, first.number, first.kind, first.date, first.category) == ("US", "7844851", "B2", None, "applicant")
    assert "20101100" in first.raw, "a date known to the month is no day, its text is kept"
    assert [(party.name, party.kind_code) for party in found.parties if party.role == "owner"] == [
        ("International Business Machines Corporation", "02")
    ]
    assert [claim.depends_on for claim in found.claims] == [(), (1,), (1,), (1,), (4,), (4,), (1,), ()]


def test_a_citation_of_literature_is_one_line_of_text():
    found = one("ppd__xml2014__US08927118.xml.gz")
    literature = [citation for citation in found.citations if citation.kind_of == "npl"]
    assert (len(literature), len(found.citations)) == (28, 104)
    assert literature
    assert all(citation.raw and "\n" not in citation.raw and not citation.number for citation in literature)
    assert {citation.category for citation in found.citations} <= {"examiner", "applicant", "other"}


def test_cpc_and_ipc_symbols_in_parts():
    found = one("gouspto__application__v4-5-A2.xml")
    assert [(c.scheme, c.symbol, c.subclass, c.is_main, c.is_inventive, c.edition) for c in found.classifications] == [
        ("ipc", "A45F 3/04", "A45F", True, True, "2006.01"),
        ("ipc", "A45F 3/02", "A45F", False, True, "2006.01"),
        ("cpc", "A45F 3/047", "A45F", True, True, "2013.01"),
        ("cpc", "A45F 3/02", "A45F", False, True, "2013.01"),
    ]
    assert (found.stage, found.grant_date, found.priority_date) == ("application", None, dt.date(2018, 11, 5))
    assert [p.relation for p in found.priorities] == ["provisional", "related_publication", "pct"]


def test_a_design_has_a_locarno_class_and_no_abstract():
    found = one("docling__ipgD0701016.xml")
    assert (found.number, found.kind, found.patent_type, found.abstract) == ("D701016", "S1", "design", "")
    assert [(c.symbol, c.edition) for c in found.classifications if c.scheme == "locarno"] == [("01-01", "10")]
    assert len(found.claims) == 1


def test_a_plant_and_its_name():
    data = dict(
        members(FULLTEXT / "generations" / "a3k__2022__ipgb20221025_wk43.zip")
        + members(FULLTEXT / "generations" / "a3k__2023__ipgb20230404_wk14.zip")
    )
    found = [record for name, raw in data.items() for record in publications(read(raw, name))]
    assert len(found) == 14
    plants = [record for record in found if record.patent_type == "plant"]
    assert [(plant.number[:2], bool(plant.extra["botanic_name"])) for plant in plants] == [("PP", True)]
    assert all(not record.claims and record.claim_count for record in found), "bibliographic files state a number of claims and hold none"


def test_a_grant_of_st32():
    found = one("docling__pg06442728.xml.gz")
    assert (found.key, found.application_number, found.format) == ("US-6442728-B1", "09263431", "uspto_st32")
    assert [c.symbol for c in found.classifications] == ["H03M 13/00", "714/786", "714/755", "714/790"]
    assert found.citations[0].number == "4394642"
    assert any("mschaff1@email.mot.com" in citation.raw for citation in found.citations), "&commat; is written out"


def test_indented_st32_is_read_in_spite_of_lost_columns():
    found = one("gouspto__grant__v2-5-B1.xml.gz")
    assert [(c.scheme, c.symbol) for c in found.classifications][:3] == [("ipc", "E03C 1/04"), ("uspc", "4/675"), ("uspc", "4/676")]
    assert found.claims[3].depends_on == (1, 2, 3), "claims 1 to 3 are marked at their ends only"


def test_the_kind_of_a_design_of_2001_is_brought_to_its_later_form():
    found = one("ppd__sgml__USD435854S1.xml")
    assert (found.key, found.extra["kind_inferred"]) == ("US-D435854-S1", "S")
    assert found.citations[0].number == "D271298"


def test_an_application_of_pap():
    found = one("docling__pa20010031492.xml")
    assert (found.key, found.application_number, found.title) == ("US-20010031492-A1", "09728320", "Assay reagent")
    assert [c.symbol for c in found.classifications] == ["C12N 1/20", "C12N 5/06", "435/252.1", "435/325", "435/252.33"]
    assert found.priority_date == dt.date(1998, 6, 2)
    assert found.claims[1].depends_on == (1,)


def test_green_book():
    found = one("docling__pftaps057006474.txt.gz")
    assert (found.key, found.number_raw, found.application_number) == ("US-5700647-A", "057006474", "08568680")
    assert found.extra["kind_inferred"] == "1"
    assert [c.symbol for c in found.classifications if c.scheme == "ipc"] == ["C12Q 1/68"]
    assert [(p.relation, p.office, p.number) for p in found.priorities][-1] == ("division", "US", "07900302")
    assert [citation.kind_of for citation in found.citations] == ["patent"] * 5 + ["npl"] * 5
    assert found.claims[5].depends_on == (4, 5)
    assert found.claims[0].text.startswith("A labeled complex")


def test_brs_text():
    found = publications(read(full("ppd__css_brs__css_brs_sample.txt.gz")))
    assert [record.number for record in found] == [str(number) for number in range(9_204_581, 9_204_587)]
    assert all(record.claim_count == len(record.claims) and record.abstract for record in found)
    assert found[0].citations[0].category == "examiner"
    assert found[1].extra["parent_patents"] == "division:8947892;cip:8325495"


def test_documents_of_the_file_wrapper():
    found = [
        record
        for name, data in members(FULLTEXT / "generations" / "ppd__xml4ip__sample_XML4IP.ZIP")
        for record in publications(read(data, name))
    ]
    assert len(found) == 13
    assert {record.application_number for record in found} == {"12993548", "13694401", "13821389", "13962724", "14522151"}
    [claims] = [record for record in found if record.application_number == "12993548"]
    assert (len(claims.claims), claims.claim_count, claims.extra["document_code"]) == (17, 17, "CLM")
    assert claims.claims[0].text.startswith("An adhesive tape")
    assert claims.claims[1].depends_on == (1,)
    assert any(record.abstract for record in found)


def test_an_answer_of_the_open_data_portal_gives_application_history_and_conveyance():
    answer = (
        b'{"count": 1, "patentBag": [{"applicationNumberText": "15123456", "applicationTypeCode": "UTL", "filingDate": "2016-09-02",'
        b' "inventionTitle": "Tongue retractors", "earliestPublicationNumber": "US 2017-0071586 A1", "earliestPublicationDate": "2017-03-16",'
        b' "applicationStatusDescriptionText": "Abandoned  --  Failure to Respond to an Office Action", "applicationStatusDate": "2018-10-02",'
        b' "cpcClassificationBag": ["A61B13/00"], "transactionContentBag": [{"recordedDate": "2016-09-02", "caseActionCode": "IEXX",'
        b' "caseActionDescriptionText": "Initial Exam Team nn"}], "continuityBag": {"parentContinuityBag": [{"claimParentageTypeCode": "NST",'
        b' "filingDate": "2015-04-23", "parentApplicationNumberText": "PCT/US15/27322"}]}, "assignmentBag": [{"reelNumber": "047305",'
        b' "frameNumber": "0442", "conveyanceText": "ASSIGNMENT OF ASSIGNORS INTEREST", "assigneeBag": [{"assigneeNameText": "A HOSPITAL"}]}]}],'
        b' "requestIdentifier": "x"}'
    )
    found, event, conveyance = read(answer)
    assert (found.key, found.application_number, found.status_claimed_on) == ("US-20170071586-A1", "15123456", dt.date(2018, 10, 2))
    assert (found.priorities[0].relation, found.priorities[0].office) == ("pct", "WO")
    assert isinstance(event, LegalEvent)
    assert (event.code, event.date) == ("IEXX", dt.date(2016, 9, 2))
    assert conveyance.assignees == ["A HOSPITAL"]


def test_the_place_of_a_record_leads_back_to_its_bytes():
    import hashlib

    name = "ipg070102.small.xml.gz"
    data = full(name)
    for record in publications(read(data, name)):
        raw = data[record.place.offset : record.place.offset + record.place.length]
        assert hashlib.sha256(raw).hexdigest() == record.place.sha256
        assert raw.startswith(b"<?xml")
        assert raw.endswith(b"</us-patent-grant>")
