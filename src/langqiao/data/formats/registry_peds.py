"""Reads file-wrapper answers of the USPTO that carry no bag of patents: PEDS documents, and lists of documents of the Open Data Portal."""

import datetime as dt
import re
from collections.abc import Iterator

from langqiao.data.formats.assignment_rows import day as iso_day
from langqiao.data.formats.assignment_rows import portal_row, text
from langqiao.data.formats.model import Priority, Publication
from langqiao.data.formats.registry_files import application, history_event, listed
from langqiao.data.formats.registry_json import JsonRecord, Path, document
from langqiao.data.formats.source import Input, Record, Rejected, rejected
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents import number

FORMAT, DOCUMENTS = "uspto_peds", "uspto_odp_documents"
_MARK = re.compile(rb'"(?:queryResults|searchResponse)"\s*:')
_DOCUMENTS = re.compile(rb'\A\s*\{\s*"documentBag"\s*:')
_MONTH_FIRST = re.compile(r"(\d{2})-(\d{2})-(\d{4})$")
_RELATIONS = (
    ("provisional", "provisional"),
    ("continuation in part", "cip"),
    ("continuation-in-part", "cip"),
    ("continuation", "continuation"),
    ("division", "division"),
    ("national stage", "pct"),
)


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """A PEDS answer."""
    return bool(_MARK.search(head)) and (b'"applId"' in head or b'"appStatus"' in head or b'"docs"' in head)


def detects_documents(head: bytes, name: str) -> bool:  # noqa: ARG001
    """A list of file-wrapper documents of the Open Data Portal."""
    return bool(_DOCUMENTS.match(head.lstrip(b"\xef\xbb\xbf")))


def read(source: Input) -> Iterator[Record]:
    """Every application of a PEDS answer, then its history and its recorded conveyances."""
    found = document(source, lambda path: path[-2:] == ("docs", "[]"))
    if isinstance(found, Rejected):
        yield found
        return
    for record in found.records(source.name):
        if isinstance(record, JsonRecord):
            yield from _application(record)
        else:
            yield record


def read_documents(source: Input) -> Iterator[Record]:
    """Every document of a file wrapper as an event of its application."""
    found = document(source, _is_document)
    if isinstance(found, Rejected):
        yield found
        return
    for record in found.records(source.name):
        if isinstance(record, JsonRecord) and text(record.value.get("applicationNumberText")):
            value = record.value
            owner = application(record.place, fmt=DOCUMENTS, written=text(value.get("applicationNumberText")))
            entry = (text(value.get("documentCode")), text(value.get("documentCodeDescriptionText")), iso_day(value.get("officialDate")))
            told = {"direction": text(value.get("directionCategory")), "document": text(value.get("documentIdentifier"))}
            yield history_event(owner, entry, extra={name: said for name, said in told.items() if said})
        else:
            yield _without_number(record) if isinstance(record, JsonRecord) else record


def _is_document(path: Path) -> bool:
    return path == ("documentBag", "[]")


def _day(value: object) -> dt.date | None:
    """A date of PEDS: ISO with a time, or MM-DD-YYYY."""
    written = text(value)
    match = _MONTH_FIRST.match(written)
    return iso_day(f"{match[3]}-{match[1]}-{match[2]}") if match else iso_day(written)


def _application(record: JsonRecord) -> Iterator[Record]:
    value = record.value
    written = text(value.get("applId"))
    if not written:
        yield _without_number(record)
        return
    found = application(
        record.place, fmt=FORMAT, written=written, patent=text(value.get("patentNumber")), title=text(value.get("patentTitle"))
    )
    found.filing_date = _day(value.get("appFilingDate"))
    found.grant_date = _day(value.get("patentIssueDate"))
    found.publication_date = found.grant_date or _day(value.get("appEarlyPubDate"))
    found.status_claimed, found.status_claimed_on = text(value.get("appStatus")), _day(value.get("appStatusDate"))
    found.priorities = [_priority(entry, index) for index, entry in enumerate(listed(value.get("parentContinuity")), 1)]
    found.priority_date = min((entry.date for entry in found.priorities if entry.date), default=None)
    told = {
        "early_publication": text(value.get("appEarlyPubNumber")),
        "term_adjustment_days": text(value.get("totalPtoDays")),
        "entity_status": text(value.get("appEntityStatus")),
        "uspc": f"{text(value.get('appCls'))}/{text(value.get('appSubCls'))}".strip("/"),
        "art_unit": text(value.get("appGrpArtNumber")),
    }
    found.extra = {name: said for name, said in told.items() if said}
    yield found
    for entry in listed(value.get("transactions")):
        yield history_event(found, (text(entry.get("code")), text(entry.get("description")), _day(entry.get("recordDate"))))
    yield from _conveyances(record, found)


def _conveyances(record: JsonRecord, found: Publication) -> Iterator[Record]:
    """PEDS names the fields of a conveyance in its own way ("converyanceName"): brought to those of the portal."""
    for entry in listed(record.value.get("assignments")):
        row = {
            "reelNumber": entry.get("reelNumber"),
            "frameNumber": entry.get("frameNumber"),
            "conveyanceText": entry.get("converyanceName") or entry.get("conveyanceName"),
            "assignmentRecordedDate": str(_day(entry.get("recordedDate")) or ""),
            "assignorBag": [{**party, "executionDate": str(_day(party.get("execDate")) or "")} for party in listed(entry.get("assignors"))],
            "assigneeBag": [{"assigneeNameText": party.get("assigneeName")} for party in listed(entry.get("assignee"))],
        }
        try:
            yield portal_row(row, record.place, application_number=found.application_number, patent_number=found.number, title=found.title)
        except (TypeError, ValueError):
            message = f"a conveyance of {found.application_number} names no reel and frame"
            yield Problem(
                where=record.place.source_file,
                offset=record.place.offset,
                code="conveyance_unreadable",
                message=message,
                severity="warning",
            )


def _priority(entry: dict[str, object], sequence: int) -> Priority:
    written = text(entry.get("claimApplicationNumberText"))
    office = "WO" if written.upper().startswith("PCT") else "US"
    read_number = number.parse(written, office=office, kind_of="application")
    said = text(entry.get("applicationStatusDescription")).lower()
    relation = next((kind for words, kind in _RELATIONS if words in said), "related")
    return Priority(sequence, relation, office, read_number.number if read_number else written, _day(entry.get("filingDate")))


def _without_number(record: JsonRecord) -> Rejected:
    message = "the record has no application number"
    problem = Problem(where=record.place.source_file, offset=record.place.offset, code="record_without_number", message=message)
    return rejected(record.place, record.raw, problem)
