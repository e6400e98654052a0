"""Reads answers of the Patent Trial and Appeal Board (Open Data Portal): trials, their decisions and papers, appeals, interferences, as events."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from langqiao.data.formats.assignment_rows import day, text
from langqiao.data.formats.model import LegalEvent, Place
from langqiao.data.formats.registry_json import JsonRecord, Path, document
from langqiao.data.formats.source import Input, Record, Rejected, Skipped, rejected
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents import number

FORMAT = "uspto_ptab"
BAGS = frozenset(
    {
        "patentTrialProceedingDataBag",
        "patentTrialDocumentDataBag",
        "patentAppealDataBag",
        "patentInterferenceDataBag",
        "patentTrialData",
        "interferenceData",
    }
)
"""Names of the lists in answers to a search and (the last two) in downloads."""

_MARK = re.compile(
    rb'"(?:patentTrial(?:Proceeding|Document)Data(?:Bag)|patentTrialData|patentAppealDataBag|(?:patentI|i)nterferenceData(?:Bag)?)"\s*:'
)


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """An answer that holds one of the Board's bags."""
    return bool(_MARK.search(head))


def read(source: Input) -> Iterator[Record]:
    """Every proceeding, decision or paper as events on the patent or application it concerns."""
    found = document(source, _is_record)
    if isinstance(found, Rejected):
        yield found
        return
    for record in found.records(source.name):
        yield from _events(record) if isinstance(record, JsonRecord) else [record]


def _is_record(path: Path) -> bool:
    return len(path) == 2 and path[0] in BAGS and path[1] == "[]"


def _events(record: JsonRecord) -> Iterator[Record]:
    value, place = record.value, record.place
    if "interferenceNumber" in value:
        yield from _interference(record)
        return
    if "appealNumber" in value:
        found = list(_appeal(value, place))
    elif "documentData" in value:
        found = list(_paper(value, place))
    else:
        found = list(_trial(value, place))
    if found:
        yield from found
    else:
        message = "the record names no patent and no application"
        yield rejected(
            place, record.raw, Problem(where=place.source_file, offset=place.offset, code="record_without_number", message=message)
        )


def _trial(value: Mapping[str, Any], place: Place) -> Iterator[LegalEvent]:
    """The petition, the decision on institution and the end of a trial."""
    meta, owner = value.get("trialMetaData") or {}, value.get("patentOwnerData") or {}
    kind = text(meta.get("trialTypeCode"))
    status = text(meta.get("trialStatusCategory"))
    petitioner = text((value.get("regularPetitionerData") or {}).get("realPartyInInterestName"))
    steps = (
        ("petitionFilingDate", f"{kind} petition", "open"),
        ("institutionDecisionDate", f"{kind} decision on institution: {status}", "amend"),
        ("terminationDate", f"{kind} ended: {status}", "close"),
    )
    for name, said, effect in steps:
        if date := day(meta.get(name)):
            yield from _on(
                owner, place, code=kind, date=date, text_=said, extra=_extra(value, effect=effect, petitioner=petitioner, status=status)
            )


def _paper(value: Mapping[str, Any], place: Place) -> Iterator[LegalEvent]:
    """One decision or paper of a trial."""
    owner, paper, decision = (value.get(name) or {} for name in ("patentOwnerData", "documentData", "decisionData"))
    code = text((value.get("trialMetaData") or {}).get("trialTypeCode"))
    said = text(paper.get("documentTitleText")) or text(paper.get("documentTypeDescriptionText")) or text(paper.get("documentName"))
    date = day(decision.get("decisionIssueDate")) or day(paper.get("documentFilingDate"))
    outcome = text(decision.get("trialOutcomeCategory"))
    extra = _extra(value, outcome=outcome, document=text(paper.get("documentIdentifier")), by=text(paper.get("filingPartyCategory")))
    yield from _on(owner, place, code=code, date=date, text_=said, extra=extra)


def _appeal(value: Mapping[str, Any], place: Place) -> Iterator[LegalEvent]:
    """The filing and the decision of an appeal from an examiner."""
    meta, party, decision = (value.get(name) or {} for name in ("appealMetaData", "appellantData", "decisionData"))
    outcome = text(decision.get("appealOutcomeCategory"))
    if date := day(meta.get("appealFilingDate")):
        yield from _on(party, place, code="APPEAL", date=date, text_="appeal filed", extra=_extra(value, effect="open"))
    extra = _extra(value, effect="close", outcome=outcome)
    yield from _on(
        party, place, code="APPEAL", date=day(decision.get("decisionIssueDate")), text_=f"appeal decided: {outcome}", extra=extra
    )


def _interference(record: JsonRecord) -> Iterator[Record]:
    """The declaration and decision of an interference, on the patents and applications of both sides."""
    value, place = record.value, record.place
    meta, paper = value.get("interferenceMetaData") or {}, value.get("documentData") or {}
    sides = [value.get("seniorPartyData") or {}, value.get("juniorPartyData") or {}, *(value.get("additionalPartyDataBag") or [])]
    outcome = text(paper.get("interferenceOutcomeCategory"))
    said = False
    for side in sides:
        for date, words, effect in (
            (day(meta.get("declarationDate")), "interference declared", "open"),
            (day(paper.get("decisionIssueDate")), f"interference decided: {outcome}", "close"),
        ):
            if date:
                found = list(
                    _on(side, place, code="INTERFERENCE", date=date, text_=words, extra=_extra(value, effect=effect, outcome=outcome))
                )
                said = said or bool(found)
                yield from found
    if not said:
        yield Skipped(place=place, reason=f"interference {text(value.get('interferenceNumber'))} without the numbers of its parties")


def _on(
    party: Mapping[str, Any], place: Place, *, code: str, date: dt.date | None, text_: str, extra: dict[str, str]
) -> Iterator[LegalEvent]:
    """The event on the patent of a party, or on its application where none is granted; nothing where neither is told."""
    patent = number.parse(text(party.get("patentNumber")), office="US", kind_of="publication")
    applied = text(party.get("applicationNumberText"))
    if patent or applied:
        yield LegalEvent(
            place=place,
            format=FORMAT,
            office="US",
            number=patent.number if patent else applied,
            number_kind="publication" if patent else "application",
            code=code,
            kind="REVIEW" if extra.get("effect") and code != "APPEAL" else "",
            date=date,
            to_party=extra.pop("petitioner", ""),
            text=text_,
            application_number=applied,
            extra=extra,
        )


def _extra(value: Mapping[str, Any], **told: str) -> dict[str, str]:
    reference = text(value.get("trialNumber") or value.get("appealNumber") or value.get("interferenceNumber"))
    return {name: entry for name, entry in {"reference": reference, **told}.items() if entry}
