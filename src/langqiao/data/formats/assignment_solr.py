"""Reads answers of the USPTO's older assignment search (Solr XML): one `doc` a reel/frame, its properties in parallel arrays joined by position."""

import datetime as dt
import re
from collections.abc import Iterator

from langqiao.data.formats.assignment_rows import day, text
from langqiao.data.formats.assignment_text import cited_reel_frames, conveyance_kind, reel_frame
from langqiao.data.formats.epo_tree import Element, TreeError, parse_xml, record_spans, words
from langqiao.data.formats.model import Conveyance, ConveyedProperty, Place
from langqiao.data.formats.source import Input, Record, Rejected, place_of, rejected
from langqiao.engine.kernel.problem import Problem

FORMAT = "uspto_assignment_solr"
_PROPERTY_ARRAYS = ("applNum", "patNum", "publNum", "pctNum", "inventionTitle", "filingDate", "issueDate")
_RESULT = re.compile(rb"<result\s[^>]*numFound=")


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """A Solr response whose documents carry reel and frame."""
    return b"<response" in head and bool(_RESULT.search(head)) and (b'name="displayId"' in head or b'name="reelNo"' in head)


def read(source: Input) -> Iterator[Record]:
    """Every document as a conveyance; one whose property arrays differ in length is taken with a warning, joined as far as they reach."""
    data = source.whole()
    if isinstance(data, Rejected):
        yield data
        return
    try:
        root = parse_xml(data)
    except TreeError as error:
        yield rejected(place_of(source.name, 0, data), data, Problem(where=source.name, offset=0, code=error.code, message=str(error)))
        return
    spans = record_spans(data, "doc")
    for entry, (start, end) in zip(root.iter("doc"), spans, strict=True):
        raw = data[start:end]
        yield from _document(entry, place_of(source.name, start, raw), raw)


def _document(entry: Element, place: Place, raw: bytes) -> Iterator[Record]:
    fields = {child.get("name", ""): child for child in entry}
    single = {name: text(words(child)) for name, child in fields.items() if not len(child)}
    lists = {name: [text(words(value)) for value in child] for name, child in fields.items() if len(child)}
    reel, _, frame = single.get("displayId", "").partition("-")
    try:
        key = reel_frame(single.get("reelNo") or reel, single.get("frameNo") or frame)
    except ValueError:
        message = f"the document names no reel and frame ({single.get('displayId', '')!r})"
        problem = Problem(where=place.source_file, offset=place.offset, code="conveyance_unreadable", message=message)
        yield rejected(place, raw, problem)
        return
    said = single.get("conveyanceText", "")
    kind = conveyance_kind(said)
    properties = _properties(lists)
    yield Conveyance(
        place=place,
        format=FORMAT,
        office="US",
        key=key,
        kind=kind,
        text=said,
        recorded_date=day(single.get("recordedDate")),
        execution_date=day(single.get("patAssignorEarliestExDate")) or _latest(lists.get("patAssignorExDate", [])),
        assignors=[name for name in lists.get("patAssignorName", []) if name],
        assignees=[name for name in lists.get("patAssigneeName", []) if name],
        releases=cited_reel_frames(said) if kind == "LIEN_RELEASE" else [],
        property_count=len(properties) or None,
        properties=properties,
    )
    lengths = {name: len(lists[name]) for name in _PROPERTY_ARRAYS if name in lists}
    if len(set(lengths.values())) > 1:
        message = f"the lists of properties of {key} differ in length ({lengths}): positions beyond the shortest may not belong together"
        yield Problem(where=place.source_file, offset=place.offset, code="properties_uneven", message=message, severity="warning")


def _properties(lists: dict[str, list[str]]) -> list[ConveyedProperty]:
    count = max((len(lists.get(name, [])) for name in _PROPERTY_ARRAYS), default=0)
    columns = {name: lists.get(name, []) + [""] * (count - len(lists.get(name, []))) for name in _PROPERTY_ARRAYS}
    return [
        ConveyedProperty(application, patent, published, pct, title, day(filed), day(issued))
        for application, patent, published, pct, title, filed, issued in zip(*(columns[name] for name in _PROPERTY_ARRAYS), strict=True)
    ]


def _latest(dates: list[str]) -> dt.date | None:
    return max((found for entry in dates if (found := day(entry))), default=None)
