"""Takes natural persons out of JSON records before they are stored: fields about persons go, parties that are persons become keyed hashes.

The public search, PEDS and PTAB records are reduced to the fields our readers read (everything else in them is empty, a display form, or about
persons); the others keep their shape and lose the fields about persons.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from langqiao.data.sources.persons import Pseudonyms

PUBLIC_SEARCH_FIELDS = frozenset(
    """abstractHtml applicantCity applicantCountry applicantName applicantState applicationFilingDate applicationNumber applicationRefFilingType
    assigneeCity assigneeCountry assigneeName assigneeState assigneeTypeCode backgroundTextHtml briefHtml claimsHtml continuityData
    cpcAdditional cpcAdditionalFlattened cpcInventive cpcInventiveFlattened curIntlPatentClassificationPrimary
    curIntlPatentClassificationSecondary datePublished descriptionHtml familyIdentifierCur foreignRefCountryCode foreignRefGroup
    foreignRefPatentNumber foreignRefPubDate governmentInterest guid inventionTitle inventorsName ipcCodeFlattened kindCode languageIndicator
    numberOfClaims otherRefPub pageCount pctFilingDate pctFilingNumber priorityClaimsCountry priorityClaimsDate priorityClaimsDocNumber
    publicationReferenceDocumentNumber relatedApplCountryCode relatedApplFilingDate relatedApplNumber type urpn
    uspcFullClassificationFlattened usRefClassification usRefIssueDate""".split()  # noqa: SIM905 - a table
)
PEDS_FIELDS = frozenset(
    """APP_IND aDelay appCls appEarlyPubDate appEarlyPubNumber appEntityStatus appFilingDate appGrpArtNumber appStatus appStatusDate appSubCls
    appType applDelay applId assignments bDelay cDelay childContinuity foreignPriority overlapDelay parentContinuity patentIssueDate
    patentNumber patentTitle ptaPteInd ptaPteTranHistory ptoAdjustments ptoDelay totalPtoDays transactions""".split()  # noqa: SIM905
)
PERSON_FIELDS = frozenset(
    """addressLineOneText addressLineTwoText addressNameText assigneeAddress attorneyBag attrnyAddr correspondenceAddress
    correspondenceAddressBag counselName customerNumber documentOCRText examinerNameText examiner_name fileDownloadURI firstInventorName
    docketNumber interferenceStyleName inventorBag inventorName recordAttorney""".split()  # noqa: SIM905
)
"""Fields about persons, or addresses and texts that carry their names: dropped wherever they stand."""

PARTY_FIELDS = frozenset(
    """additionalPartyName applicant applicantNameText assigneeName assigneeNameText assignorName firstApplicantName patentOwnerName
    realPartyInInterestName""".split()  # noqa: SIM905
)
"""Fields that name a party: kept for organizations, hashed for persons."""

FRONT_PAGE_CHARACTERS, FRONT_PAGE_FALLBACK = 6_000, 1_000
"""How far the front page of a scanned document may reach, and what is left out where its end cannot be seen, in characters."""

_BEGINNING = re.compile(r"ABSTRACT OF|BACKGROUND|SUMMARY|FIELD OF THE INVENTION|(?:The|This|My|Our)(?: present)? invention", re.IGNORECASE)
_CITED_BY = re.compile(r"cited by (examiner|applicant|other)")
_INVENTORS = frozenset({"inventorsName"})
_PARTIES = frozenset({"applicantName", "assigneeName"})


def public_search(data: bytes, names: Pseudonyms) -> bytes:
    """Records of the USPTO's public search, a list or an answer with `patents`."""
    value = orjson.loads(data)
    records = value if isinstance(value, list) else value["patents"]
    reduced = [_public_search_record(record, names) for record in records]
    if isinstance(value, list):
        return dump(reduced)
    return dump({name: value[name] for name in ("numFound", "totalResults", "numberOfFamilies") if name in value} | {"patents": reduced})


def peds(data: bytes, names: Pseudonyms) -> bytes:
    """A PEDS answer, reduced to its documents."""
    docs = orjson.loads(data)["queryResults"]["searchResponse"]["response"]["docs"]
    reduced = [without_persons({name: doc[name] for name in sorted(PEDS_FIELDS & doc.keys())}, names) for doc in docs]
    return dump({"queryResults": {"searchResponse": {"response": {"numFound": len(reduced), "docs": reduced}}}})


def portal(data: bytes, names: Pseudonyms) -> bytes:
    """An answer of the Open Data Portal, in its shape."""
    return dump(without_persons(orjson.loads(data), names))


def json_lines(data: bytes, names: Pseudonyms) -> bytes:
    """JSON lines, in their order."""
    return b"".join(orjson.dumps(without_persons(orjson.loads(line), names)) + b"\n" for line in data.splitlines() if line.strip())


def ops(data: bytes, names: Pseudonyms) -> bytes:
    """An OPS answer in JSON: inventors become hashes."""

    def visit(value: Any, *, person: bool = False) -> Any:
        if isinstance(value, list):
            return [visit(entry, person=person) for entry in value]
        if isinstance(value, dict):
            return {
                name: names.of(entry)
                if person and name == "$" and isinstance(entry, str)
                else visit(entry, person=person or name == "inventor-name")
                for name, entry in value.items()
            }
        return value

    return dump(visit(orjson.loads(data)))


def without_persons(value: Any, names: Pseudonyms) -> Any:
    """A value without the fields about persons, its party names shown as `Pseudonyms.shown` does."""
    if isinstance(value, list):
        return [without_persons(entry, names) for entry in value]
    if isinstance(value, Mapping):
        return {
            name: names.shown(entry) if name in PARTY_FIELDS and isinstance(entry, str) else without_persons(entry, names)
            for name, entry in value.items()
            if name not in PERSON_FIELDS
        }
    return value


def dump(value: Any) -> bytes:
    """JSON with one record a line at the top, so that people can read it and tools can compare it."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"


def _public_search_record(record: Mapping[str, Any], names: Pseudonyms) -> dict[str, Any]:
    kept = {
        name: record[name] for name in sorted(PUBLIC_SEARCH_FIELDS & record.keys()) if record[name] not in (None, "", [], ["N/A"], "[]")
    }
    if isinstance(record.get("usRefGroup"), list):
        kept["usRefCategory"] = [match[1] if (match := _CITED_BY.search(entry)) else "" for entry in record["usRefGroup"]]
    if record.get("type") == "USOCR" and isinstance(kept.get("descriptionHtml"), str):
        kept["descriptionHtml"] = _without_front_page(kept["descriptionHtml"])
    for group, show in ((_INVENTORS, names.of), (_PARTIES, names.shown)):
        for name in group & kept.keys():
            kept[name] = _each(kept[name], show)
    return kept


def _each(value: Any, show: Callable[[str], str]) -> Any:
    return [show(entry) if isinstance(entry, str) else entry for entry in value] if isinstance(value, list) else value


def _without_front_page(text: str) -> str:
    """The read text of a scanned document from its abstract or first sentence on: the front page before it names inventors and attorneys."""
    begins = _BEGINNING.search(text[:FRONT_PAGE_CHARACTERS])
    return text[begins.start() if begins else min(len(text) // 2, FRONT_PAGE_FALLBACK) :]
