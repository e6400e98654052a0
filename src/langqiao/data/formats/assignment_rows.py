"""Turns the rows of the USPTO's assignment answers into conveyances: Assignment Center (2025 on) in both its forms, and the Open Data Portal."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from langqiao.data.formats.assignment_text import cited_reel_frames, conveyance_kind, reel_frame
from langqiao.data.formats.model import Conveyance, ConveyedProperty, Place

CENTER, PORTAL = "uspto_assignment_center", "uspto_odp_assignment"
_EMPTY = frozenset({"", "-", "--", "NA", "N/A", "NULL", "NONE", "\\N"})
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})$")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_EARLIEST_YEAR = 1790
"""The year of the first United States patent; an earlier year is the office's mark for "not given" (01/01/0001)."""


def day(value: object) -> dt.date | None:
    """A date of the assignment services ("MM/DD/YYYY" or ISO, with or without a time), or None for "not given" and for `01/01/1`."""
    text = str(value or "").strip()
    if match := _AMERICAN.match(text):
        year, month, date = int(match[3]), int(match[1]), int(match[2])
    elif match := _ISO.match(text):
        year, month, date = int(match[1]), int(match[2]), int(match[3])
    else:
        return None
    try:
        return dt.date(year, month, date) if year >= _EARLIEST_YEAR else None
    except ValueError:
        return None


def text(value: object) -> str:
    """A value as text with single blanks; "" for every way of writing "not given"."""
    words = " ".join(str(value if value is not None else "").split())
    return "" if words.upper() in _EMPTY else words


def center_row(row: Mapping[str, Any], place: Place) -> Conveyance:
    """One row of an Assignment Center answer. `noOfProperties` 0 means "not told". Raises KeyError or ValueError without a reel and frame."""
    words = text(row.get("conveyance"))
    kind = conveyance_kind(words)
    assignors = [entry for entry in row.get("assignors") or [] if isinstance(entry, Mapping)]
    return Conveyance(
        place=place,
        format=CENTER,
        office="US",
        key=reel_frame(row["reelNumber"], row["frameNumber"]),
        kind=kind,
        text=words,
        code=text(row.get("conveyanceCode")),
        recorded_date=day(row.get("recorded")),
        execution_date=day(row.get("assignorExecutionDate")) or _latest(day(entry.get("executionDate")) for entry in assignors),
        assignors=[name for entry in assignors if (name := text(entry.get("assignorName") or entry.get("name")))],
        assignees=[name for entry in row.get("assignees") or [] if (name := _assignee(entry))],
        releases=cited_reel_frames(words) if kind == "LIEN_RELEASE" else [],
        property_count=int(row.get("noOfProperties") or 0) or None,
        properties=[_property(entry) for entry in row.get("properties") or []],
    )


def portal_row(
    row: Mapping[str, Any], place: Place, *, application_number: str = "", patent_number: str = "", title: str = ""
) -> Conveyance:
    """One entry of an `assignmentBag` of the Open Data Portal; the application whose bag it is becomes the property it conveys."""
    words = text(row.get("conveyanceText"))
    kind = conveyance_kind(words)
    reel, _, frame = text(row.get("reelNumber/frameNumber") or row.get("reelAndFrameNumber")).partition("/")
    assignors = [entry for entry in row.get("assignorBag") or [] if isinstance(entry, Mapping)]
    conveyed = ConveyedProperty(application_number, patent_number, "", "", title, None, None)
    return Conveyance(
        place=place,
        format=PORTAL,
        office="US",
        key=reel_frame(row.get("reelNumber") or reel, row.get("frameNumber") or frame),
        kind=kind,
        text=words,
        recorded_date=day(row.get("assignmentRecordedDate")),
        execution_date=_latest(day(entry.get("executionDate")) for entry in assignors),
        assignors=[name for entry in assignors if (name := text(entry.get("assignorName")))],
        assignees=[name for entry in row.get("assigneeBag") or [] if (name := text(entry.get("assigneeNameText")))],
        releases=cited_reel_frames(words) if kind == "LIEN_RELEASE" else [],
        properties=[conveyed] if application_number or patent_number else [],
    )


def merge(rows: Iterable[Conveyance]) -> list[Conveyance]:
    """One conveyance per reel/frame, in order of first appearance: what one form tells stands, what only another tells is added."""
    found: dict[str, Conveyance] = {}
    for row in rows:
        kept = found.setdefault(row.key, row)
        if kept is not row:
            _add(kept, row)
    return list(found.values())


def _add(kept: Conveyance, other: Conveyance) -> None:
    kept.recorded_date = kept.recorded_date or other.recorded_date
    kept.execution_date = kept.execution_date or other.execution_date
    kept.code = kept.code or other.code
    kept.property_count = kept.property_count or other.property_count
    kept.assignors = kept.assignors or other.assignors
    kept.assignees = kept.assignees or other.assignees
    kept.properties += [entry for entry in other.properties if entry not in kept.properties]


def _assignee(entry: object) -> str:
    return text(entry.get("assigneeName") or entry.get("name")) if isinstance(entry, Mapping) else text(entry)


def _property(entry: Mapping[str, Any]) -> ConveyedProperty:
    return ConveyedProperty(
        application_number=text(entry.get("applicationNumber")),
        patent_number=text(entry.get("patentNumber")),
        publication_number=text(entry.get("publicationNumber")),
        pct_number=text(entry.get("pctNumber")) or text(entry.get("pctNumber17")),
        title=text(entry.get("inventionTitle")),
        filing_date=day(entry.get("fillingDate")),  # the office's spelling
        issue_date=day(entry.get("issueDate")),
    )


def _latest(days: Iterable[dt.date | None]) -> dt.date | None:
    return max((entry for entry in days if entry is not None), default=None)
