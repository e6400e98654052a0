"""Reads answers of the USPTO's Open Data Portal: each application of the bag with its history and its recorded conveyances."""

from collections.abc import Iterator
from typing import Any

from langqiao.data.formats.assignment_rows import day, portal_row, text
from langqiao.data.formats.model import Publication
from langqiao.data.formats.registry_files import history_event, listed
from langqiao.data.formats.registry_json import JsonRecord, Path, document
from langqiao.data.formats.source import Input, Record, Rejected, rejected
from langqiao.data.formats.uspto_draft import Draft, Named
from langqiao.data.formats.uspto_values import patent_number
from langqiao.engine.kernel.problem import Problem

FORMAT = "uspto_odp"
_BAGS = ("patentBag", "patentFileWrapperDataBag")
_TYPES = {"UTL": "invention", "DES": "design", "PLT": "plant", "REI": "reissue", "RE": "reissue"}
_RELATIONS = {
    "CON": "continuation", "CIP": "cip", "DIV": "division", "PRO": "provisional", "NST": "pct", "REI": "reissue", "SUB": "substitution",
    "CRE": "continuing_reissue", "REX": "reexamination",
}  # fmt: skip
_GRANTS_WITH_EARLIER_PUBLICATION = {"invention": "B2", "plant": "P3"}
_GRANTS_WITHOUT = {"invention": "B1", "plant": "P2", "design": "S1", "reissue": "E1"}


def read(source: Input) -> Iterator[Record]:
    """Every application of the answer: a Publication, then its history as events and its conveyances; a record without number is refused."""
    found = document(source, _is_application)
    if isinstance(found, Rejected):
        yield found
        return
    for record in found.records(source.name):
        if isinstance(record, JsonRecord):
            yield from _application(record)
        else:
            yield record


def _is_application(path: Path) -> bool:
    return len(path) == 2 and path[0] in _BAGS


def _application(record: JsonRecord) -> Iterator[Record]:
    value = record.value
    meta = value.get("applicationMetaData")
    told: dict[str, Any] = {**(meta if isinstance(meta, dict) else {}), **value}
    written = text(told.get("applicationNumberText"))
    if not written:
        message = "the record has no application number"
        place = record.place
        yield rejected(
            place, record.raw, Problem(where=place.source_file, offset=place.offset, code="record_without_number", message=message)
        )
        return
    draft = Draft(record.place, FORMAT)
    found = _publication(draft, told, written)
    yield found
    yield from draft.problems
    for entry in listed(told.get("transactionContentBag")) or listed(told.get("eventDataBag")):
        code = text(entry.get("caseActionCode") or entry.get("eventCode"))
        said = text(entry.get("caseActionDescriptionText") or entry.get("eventDescriptionText"))
        yield history_event(found, (code, said, day(entry.get("recordedDate") or entry.get("eventDate"))))
    yield from _conveyances(record, told, found)


def _publication(draft: Draft, told: dict[str, Any], written: str) -> Publication:
    granted, early = text(told.get("patentNumber")), text(told.get("earliestPublicationNumber"))
    kind_of_patent = _TYPES.get(text(told.get("applicationTypeCode")), "invention")
    _details(draft, told)
    for entry in listed(_bag(told, "parentContinuityBag")):
        code = text(entry.get("claimParentageTypeCode"))
        filed = text(entry.get("filingDate") or entry.get("parentApplicationFilingDate"))
        draft.relate(_RELATIONS.get(code, "related"), "US", text(entry.get("parentApplicationNumberText")), _compact(filed))
    for entry in listed(told.get("foreignPriorityBag")):
        draft.relate("priority", _office(entry), text(entry.get("applicationNumberText")), _compact(text(entry.get("filingDate"))))
    number, kind = (granted, _grant_kind(kind_of_patent, early)) if granted else _early(early)
    if granted:
        draft.extra["kind_inferred"] = "1"
    published = text(told.get("grantDate")) if granted else text(told.get("earliestPublicationDate"))
    found = draft.publication(
        number=number,
        kind=kind,
        stage="grant" if granted else "application",
        published=_compact(published),
        applied=(written.replace("/", "").replace(",", ""), _compact(text(told.get("filingDate")))),
        kind_of_patent=kind_of_patent,
    )
    found.number_raw, found.application_number_raw = granted or early, written
    found.status_claimed, found.status_claimed_on = (
        text(told.get("applicationStatusDescriptionText")),
        day(told.get("applicationStatusDate")),
    )
    return found


def _details(draft: Draft, told: dict[str, Any]) -> None:
    """Title, parties, classes and what else the answer says."""
    draft.known["title"] = draft.known["title_en"] = text(told.get("inventionTitle"))
    for entry in listed(told.get("applicantBag")):
        if name := text(entry.get("applicantNameText") or entry.get("applicant")):
            draft.take_party("applicant", Named(name, "firstName" not in entry))
    for entry in listed(told.get("inventorBag")):
        if name := text(entry.get("inventorNameText") or entry.get("inventor")):
            draft.take_party("inventor", Named(name, is_organization=False))
    for symbol in told.get("cpcClassificationBag") or []:
        written = text(symbol)
        compact = written.replace(" ", "")
        subclass, group = compact[:4], compact[4:]
        draft.classify("cpc", (f"{subclass} {group}".strip(), subclass), written, main=not draft.classifications)
    adjustment = told.get("patentTermAdjustmentData")
    said = {
        "art_unit": told.get("groupArtUnitNumber"),
        "entity_status": told.get("businessEntityStatusCategory"),
        "early_publication": told.get("earliestPublicationNumber"),
        "term_extension_days": adjustment.get("adjustmentTotalQuantity") if isinstance(adjustment, dict) else None,
    }
    draft.extra.update({name: text(value) for name, value in said.items() if text(value)})


def _bag(told: dict[str, Any], name: str) -> Any:
    inside = told.get("continuityBag")
    return told.get(name) or (inside.get(name) if isinstance(inside, dict) else None)


def _office(entry: dict[str, Any]) -> str:
    return text(entry.get("ipOfficeCode") or entry.get("countryCode") or entry.get("ipOfficeName"))[:2].upper()


def _compact(iso: str) -> str:
    """YYYYMMDD of an ISO date."""
    return iso[:10].replace("-", "")


def _early(number: str) -> tuple[str, str]:
    """Number and kind of a publication written "US 2017-0071586 A1"."""
    words = number.removeprefix("US").split()
    return (patent_number(words[0]), words[1] if len(words) > 1 else "") if words else ("", "")


def _grant_kind(kind_of_patent: str, early: str) -> str:
    """The kind code of a grant since 2001: B2 where the application had been published before, B1 where not (likewise P3 and P2)."""
    found = _GRANTS_WITH_EARLIER_PUBLICATION.get(kind_of_patent) if early else None
    return found or _GRANTS_WITHOUT.get(kind_of_patent, "")


def _conveyances(record: JsonRecord, told: dict[str, Any], found: Publication) -> Iterator[Record]:
    granted = found.number if found.stage == "grant" else ""
    for entry in listed(told.get("assignmentBag")):
        try:
            yield portal_row(entry, record.place, application_number=found.application_number, patent_number=granted, title=found.title)
        except (KeyError, TypeError, ValueError):
            place = record.place
            message = f"a conveyance of application {found.application_number} names no reel and frame"
            yield Problem(where=place.source_file, offset=place.offset, code="conveyance_unreadable", message=message, severity="warning")
