"""DOCDB exchange files: fragments, named characters, families, and a stream that never holds more than one document."""

import collections
import datetime as dt

import pytest

from epo_shared import SHARED, needs_shared
from langqiao.data.formats import docdb
from langqiao.data.formats.detect import entry
from langqiao.data.formats.limits import Limits
from langqiao.data.formats.model import Publication
from langqiao.data.formats.source import Input, Rejected, Skipped
from langqiao.engine.kernel.problem import Problem

DOCUMENT = """<exch:exchange-document country="DE" doc-number="%s" kind="B" date-publ="19680104" family-id="6" status="%s"><exch:bibliographic-data>
<exch:publication-reference data-format="docdb"><document-id><country>DE</country><doc-number>%s</doc-number><kind>B</kind></document-id>
</exch:publication-reference><exch:invention-title lang="de">Br&uuml;cke &SACUTE;</exch:invention-title></exch:bibliographic-data>
</exch:exchange-document>"""
HEAD = '<?xml version="1.0" encoding="UTF-8"?><exch:exchange-documents xmlns:exch="http://www.epo.org/exchange" no-of-documents="%d">'
TAIL = "</exch:exchange-documents>"


def one(number, status="C"):
    return DOCUMENT % (number, status, number)


def read(text, **limits):
    return list(docdb.read(Input.of_bytes(text.encode(), "docdb.xml", limits=Limits(**limits))))


class Dripping:
    """An input that comes in pieces of a few bytes, so that every tag is cut somewhere."""

    name = "docdb.xml"

    def __init__(self, text, size, **limits):
        self.data, self.size, self.limits = text.encode(), size, Limits(**limits)

    def chunks(self):
        for start in range(0, len(self.data), self.size):
            yield self.data[start : start + self.size]


def test_a_fragment_without_name_space_declaration_is_read_with_its_named_characters():
    (found,) = read(one(1))
    assert (found.key, found.title, found.stage, found.family_id) == ("DE-1-B", "Brücke Ś", "grant", "6")
    assert found.publication_date == dt.date(1968, 1, 4)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_the_records_do_not_depend_on_how_the_bytes_come(size):
    text = HEAD % 3 + one(1) + "\n" + one(2) + one(3) + TAIL
    whole, dripped = read(text), list(docdb.read(Dripping(text, size)))
    assert [record.place for record in dripped] == [record.place for record in whole]
    assert [record.key for record in whole] == ["DE-1-B", "DE-2-B", "DE-3-B"]


def test_a_truncated_file_keeps_its_whole_documents_and_refuses_the_last():
    found = read(HEAD % 2 + one(1) + one(2)[:200])
    assert [type(record) for record in found] == [Publication, Rejected, Problem]
    assert found[1].problems[0].code == "xml_truncated"
    assert found[2].code == "docdb_count"


def test_a_broken_document_is_refused_alone():
    broken = one(2).replace("</exch:bibliographic-data>", "")
    found = read(HEAD % 3 + one(1) + broken + one(3) + TAIL)
    assert [record.key for record in found if isinstance(record, Publication)] == ["DE-1-B", "DE-3-B"]
    assert [record.problems[0].code for record in found if isinstance(record, Rejected)] == ["xml_malformed"]


def test_a_document_above_the_limit_is_passed_by_without_being_held():
    large = one(2).replace("Br&uuml;cke", "x" * 5000)
    text = HEAD % 3 + one(1) + large + one(3) + TAIL
    found = list(docdb.read(Dripping(text, 100, document_bytes=2000)))
    assert [type(record) for record in found] == [Publication, Rejected, Publication]
    refused = found[1]
    assert refused.raw is None and refused.problems[0].code == "document_too_large"
    assert text.encode()[refused.place.offset : refused.place.offset + refused.place.length].decode() == large


def test_a_deletion_is_not_stored_as_a_publication():
    skipped, note = read(one(1, status="D"))
    assert isinstance(skipped, Skipped) and "DE-1-B" in skipped.reason
    assert (note.code, note.severity) == ("docdb_deletion", "warning")


def test_text_between_documents_and_a_missing_end_are_reported():
    found = read(HEAD % 2 + one(1) + "stray" + one(2))
    assert [record.code for record in found if isinstance(record, Problem)] == ["docdb_stray", "xml_truncated"]


def test_entities_declared_in_the_file_are_refused():
    found = read('<!DOCTYPE exch:exchange-documents [<!ENTITY bomb "boom">]>' + HEAD % 1 + one(1) + TAIL)
    assert [record.problems[0].code for record in found if isinstance(record, Rejected)] == ["xml_entities_declared"]


@needs_shared
def test_the_five_files_hold_14_documents_46_members_and_92_citations():
    found = []
    for path in sorted((SHARED / "epo/docdb").glob("*.xml")):
        data = path.read_bytes()
        assert entry(data[:65536], path.name).name == "epo_docdb"
        found += [record for record in docdb.read(Input.of_bytes(data, path.name)) if isinstance(record, Publication)]
    assert len(found) == 14
    assert sum(len(publication.citations) for publication in found) == 92
    assert [publication.extra.get("family_members") for publication in found if publication.family] == ["46"]
    assert collections.Counter(publication.office for publication in found) == {"DE": 10, "WO": 2, "AP": 1, "YU": 1}


@needs_shared
def test_the_aripo_patent_keeps_its_whole_simple_family():
    data = (SHARED / "epo/docdb/AP-1206-A_302101161.xml").read_bytes()
    (found,) = docdb.read(Input.of_bytes(data, "AP"))
    assert (found.key, found.stage, found.grant_date) == ("AP-1206-A", "grant", dt.date(2003, 9, 18))
    assert {member.model for member in found.family} == {"docdb"}
    assert {member.family_id for member in found.family} == {"22179393"}
    assert len(found.family) == 68
    assert ("US", "20010005716", "A1") in {(member.office, member.number, member.kind) for member in found.family}


@needs_shared
def test_other_literature_keeps_the_characters_that_only_the_table_knows():
    data = (SHARED / "epo/docdb/WO-2022259205-A1_544370561.xml").read_bytes()
    (found,) = docdb.read(Input.of_bytes(data, "WO"))
    assert any("CZAJKOWSKA-KOŚNIK" in citation.raw for citation in found.citations)
    assert found.citations[0].relevance == "XY"
