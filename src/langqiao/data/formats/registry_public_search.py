"""Reads records of the USPTO's public search as recorded in the registry sample: a list of full documents, or an answer with `patents`."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from langqiao.data.formats.assignment_rows import day, text
from langqiao.data.formats.epo_claims import dependencies
from langqiao.data.formats.model import Citation, Claim, Classification, Party, Priority, Publication
from langqiao.data.formats.registry_json import JsonRecord, Path, document
from langqiao.data.formats.source import Input, Record, Rejected, rejected
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents import classification, number

FORMAT = "uspto_public_search"
SCANNED = "OCR SCANNED DOCUMENT"
"""The title of a document that was only scanned: it has none."""

SCANNED_TYPE = "USOCR"
PLACEHOLDER_FAMILY = 10**12
"""Family ids from here on are placeholders of the search system, not DOCDB families."""

_MARK = re.compile(rb'"guid"\s*:\s*"US-')
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_CLAIM = re.compile(r"^\s*(\d{1,4})(?:\s*-\s*\d{1,4})?\s*\.\s*", re.MULTILINE)
_RANGE = re.compile(r"^\s*(\d{1,4})\s*-\s*(\d{1,4})\s*\.")
_FOREIGN = re.compile(r"^([A-Z]{2})?\s*(.*?)\s+(\d{8})(?:\s+([A-Z]{2}))?(?:\s+cited by (\w+))?")
_CITED_BY = re.compile(r"\s*cited by (examiner|applicant|other)\.?\s*$")
_CONTINUITY = re.compile(r"^(?:(division|continuation|continuation-in-part|provisional)\s+)?(.*)$")


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """Records whose identifier reads "US-number-kind" and that carry the search's own fields."""
    return bool(_MARK.search(head)) and (b'"publicationReferenceDocumentNumber"' in head or b'"urpn"' in head or b'"datePublished"' in head)


def read(source: Input) -> Iterator[Record]:
    """Every record as a publication."""
    found = document(source, _is_record)
    if isinstance(found, Rejected):
        yield found
        return
    for record in found.records(source.name):
        yield _publication(record) if isinstance(record, JsonRecord) else record


def _is_record(path: Path) -> bool:
    return path in {("[]",), ("patents", "[]")}


def _publication(record: JsonRecord) -> Record:
    value = record.value
    parts = text(value.get("guid")).split("-")
    if len(parts) != 3:
        message = f"the record's identifier {value.get('guid')!r} is not of the form US-number-kind"
        problem = Problem(where=record.place.source_file, offset=record.place.offset, code="record_without_number", message=message)
        return rejected(record.place, record.raw, problem)
    read_number = number.docdb("US", parts[1], parts[2], kind_of="publication")
    published = day(value.get("datePublished"))
    stage: Any = "application" if value.get("type") == "US-PGPUB" else "grant"
    claims = split_claims(value.get("claimsHtml") or "")
    found = Publication(
        place=record.place,
        format=FORMAT,
        office="US",
        number=read_number.number if read_number else parts[1],
        kind=parts[2],
        number_raw=text(value.get("guid")),
        application_number=text(value.get("applicationNumber")).replace("/", ""),
        application_number_raw=text(value.get("applicationNumber")),
        patent_type=_patent_type(parts[1], text(value.get("applicationRefFilingType"))),
        stage=stage,
        title="" if value.get("inventionTitle") == SCANNED else html.unescape(text(_TAG.sub("", str(value.get("inventionTitle") or "")))),
        title_lang="en",
        abstract=paragraphs(value.get("abstractHtml")),
        abstract_lang="en" if value.get("abstractHtml") else "",
        description="\n".join(
            part for name in ("backgroundTextHtml", "briefHtml", "descriptionHtml") if (part := paragraphs(value.get(name)))
        ),
        filing_date=day(_first(value.get("applicationFilingDate"))),
        publication_date=published,
        grant_date=published if stage == "grant" else None,
        claim_count=len(claims) or (int(value["numberOfClaims"]) if str(value.get("numberOfClaims") or "").isdigit() else None),
        page_count=value.get("pageCount") if isinstance(value.get("pageCount"), int) else None,
        family_id=_family(value.get("familyIdentifierCur")),
        claims=claims,
        citations=_citations(value),
        parties=_parties(value),
        classifications=_classifications(value),
        priorities=_priorities(value),
        extra=_extra(value),
    )
    found.title_en = found.title
    found.priority_date = min((entry.date for entry in found.priorities if entry.date), default=None)
    return found


def paragraphs(value: object) -> str:
    """The text of an HTML field, one line a paragraph."""
    lines = _BREAK.sub("\n", str(value or "")).split("\n")
    return "\n".join(line for part in lines if (line := " ".join(html.unescape(_TAG.sub("", part)).split())))


def split_claims(value: str) -> list[Claim]:
    """The claims of an HTML field, told by the number at the start of a line; a canceled range ("1-19. (canceled)") is left out."""
    plain = paragraphs(value)
    found: list[Claim] = []
    starts = list(_CLAIM.finditer(plain))
    expected = 1
    kept = []
    for match in starts:
        span = _RANGE.match(plain[match.start() : match.end()].strip())
        if int(match[1]) == expected:
            kept.append(match)
            expected = int(span[2]) + 1 if span else expected + 1
    for index, match in enumerate(kept):
        end = kept[index + 1].start() if index + 1 < len(kept) else len(plain)
        body = " ".join(plain[match.end() : end].split())
        if not body.lower().startswith(("(canceled", "(cancelled")):
            found.append(Claim(int(match[1]), body, dependencies(body, int(match[1]))))
    return found


def _patent_type(written: str, filing_type: str) -> str:
    letters = written.rstrip("0123456789")
    found = {"D": "design", "PP": "plant", "RE": "reissue", "H": "sir", "T": "defensive"}.get(letters)
    return found or ("plant" if filing_type == "plant" else "invention")


def _family(value: object) -> str:
    return str(value) if isinstance(value, int) and 0 < value < PLACEHOLDER_FAMILY else ""


def _citations(value: Mapping[str, Any]) -> list[Citation]:
    """US documents by number alone (they may be older than 1976), foreign ones as written, then other literature."""
    found: list[Citation] = []
    categories, dates = value.get("usRefCategory") or [], value.get("usRefIssueDate") or []
    for index, written in enumerate(value.get("urpn") or []):
        read_number = number.parse(str(written), office="US", kind_of="publication")
        category = categories[index] if index < len(categories) else ""
        date = _month(dates[index]) if index < len(dates) else None
        cited = read_number.number if read_number else str(written)
        found.append(Citation(len(found) + 1, "patent", "US", cited, "", date, category, "", "", str(written)))
    for written in value.get("foreignRefGroup") or []:
        found.append(_foreign(str(written), len(found) + 1))
    for block in value.get("otherRefPub") or []:
        for line in paragraphs(block).split("\n"):
            if line:
                by = _CITED_BY.search(line)
                found.append(Citation(len(found) + 1, "npl", "", "", "", None, by[1] if by else "", "", "", _CITED_BY.sub("", line)))
    return found


def _foreign(written: str, sequence: int) -> Citation:
    match = _FOREIGN.match(written)
    if not match:
        return Citation(sequence, "patent", "", "", "", None, "", "", "", written)
    office, body = match[1] or match[4] or "", match[2]
    read_number = number.parse(body, office=office, kind_of="publication") if office else None
    cited, kind = (read_number.number, read_number.kind) if read_number else (body.replace(" ", ""), "")
    return Citation(sequence, "patent", office, cited, kind, _month(match[3]), match[5] or "", "", "", written)


def _month(written: str) -> Any:
    """The date of a citation, YYYYMMDD; None where only year and month are told (day 00)."""
    return day(f"{written[:4]}-{written[4:6]}-{written[6:]}") if len(written) == 8 else None


def _parties(value: Mapping[str, Any]) -> list[Party]:
    found: list[Party] = []
    for role, name in (("applicant", "applicant"), ("owner", "assignee")):
        entries = value.get(f"{name}Name") or []
        places = [value.get(f"{name}{part}") or [] for part in ("Country", "State", "City")]
        codes = value.get("assigneeTypeCode") or [] if role == "owner" else []
        for index, written in enumerate(entries):
            country, region, city = (text(entry[index]) if index < len(entry) else "" for entry in places)
            code = text(codes[index]) if index < len(codes) else ""
            found.append(
                Party(role, index + 1, html.unescape(text(written)), "", _is_organization(str(written), code), country, region, city, code)
            )
    for index, written in enumerate(value.get("inventorsName") or [], 1):
        found.append(Party("inventor", index, text(written), "", False, "", "", "", ""))
    return found


def _is_organization(name: str, code: str) -> bool | None:
    if name.startswith("PERSON-") or code in {"04", "05"}:
        return False
    return True if code in {"02", "03", "06", "07"} else None


def _classifications(value: Mapping[str, Any]) -> list[Classification]:
    editions = {"ipc": _editions(value, "curIntlPatentClassification"), "cpc": _editions(value, "cpc")}
    found: list[Classification] = []
    for scheme, name, inventive in (
        ("ipc", "ipcCodeFlattened", None),
        ("cpc", "cpcInventiveFlattened", True),
        ("cpc", "cpcAdditionalFlattened", False),
    ):
        for written in text(value.get(name)).split(";"):
            read_symbol = classification.ipc(written) if scheme == "ipc" else classification.cpc(written)
            if read_symbol:
                sequence = sum(row.scheme == scheme for row in found) + 1
                found.append(
                    Classification(
                        scheme,
                        sequence,
                        read_symbol.symbol,
                        read_symbol.subclass,
                        sequence == 1,
                        inventive,
                        editions[scheme].get(written, ""),
                        written,
                    )
                )
    return found


def _editions(value: Mapping[str, Any], scheme: str) -> dict[str, str]:
    kinds = ("Primary", "Secondary") if scheme != "cpc" else ("Inventive", "Additional")
    entries = [str(entry).split() for kind in kinds for entry in value.get(scheme + kind) or []]
    return {parts[0]: f"{parts[1][:4]}.{parts[1][4:6]}" for parts in entries if len(parts) > 1}


def _priorities(value: Mapping[str, Any]) -> list[Priority]:
    countries, dates = value.get("priorityClaimsCountry") or [], value.get("priorityClaimsDate") or []
    found: list[Priority] = []
    for index, written in enumerate(value.get("priorityClaimsDocNumber") or []):
        office = countries[index] if index < len(countries) else ""
        read_number = number.parse(str(written), office=office, kind_of="application")
        found.append(
            Priority(
                len(found) + 1,
                "priority",
                office,
                read_number.number if read_number else str(written),
                day(dates[index] if index < len(dates) else ""),
            )
        )
    filed = value.get("relatedApplFilingDate") or []
    for index, written in enumerate(value.get("relatedApplNumber") or []):
        match = _CONTINUITY.match(str(written))
        relation = (match[1] or "") if match else ""
        body = (match[2] if match else str(written)).strip()
        office = "WO" if body.startswith("PCT") else "US"
        relation = relation or ("pct" if office == "WO" else "provisional" if body[:2] in {"60", "61", "62", "63"} else "related")
        date = day(filed[index]) if index < len(filed) else None
        read_number = number.parse(body, office=office, kind_of="application")
        filed_as = read_number.number if read_number else body.replace("/", "")
        found.append(Priority(len(found) + 1, relation.replace("continuation-in-part", "cip"), office, filed_as, date))
    return found


def _extra(value: Mapping[str, Any]) -> dict[str, str]:
    told = {
        "record_type": text(value.get("type")),
        "government_interest": paragraphs(_first(value.get("governmentInterest"))),
        "uspc": text(value.get("uspcFullClassificationFlattened")),
        "pct_filing_number": text(_first(value.get("pctFilingNumber"))),
        "text_quality": "scanned" if value.get("type") == SCANNED_TYPE else "",
    }
    return {name: entry for name, entry in told.items() if entry}


def _first(value: object) -> object:
    return (value[0] if value else "") if isinstance(value, list) else value
