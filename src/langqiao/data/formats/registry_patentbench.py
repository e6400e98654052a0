"""Reads the office records of patentbench: applications with prosecution events, and specifications with claims, as JSON lines."""

import re
from collections.abc import Iterator

from langqiao.data.formats.assignment_rows import day, text
from langqiao.data.formats.epo_claims import dependencies
from langqiao.data.formats.model import Claim
from langqiao.data.formats.registry_files import application, history_event, listed
from langqiao.data.formats.registry_json import JsonRecord, lines
from langqiao.data.formats.source import Input, Record, rejected
from langqiao.engine.kernel.problem import Problem

FORMAT = "patentbench"
_START = b"\xef\xbb\xbf \t\r\n"
_NUMBER = re.compile(r"^(?:.{0,40}claim(?:s|ed)(?: is| are)?\s*:?\s*)?(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*\.\s*", re.IGNORECASE)


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """JSON lines whose records have an application number and either prosecution events or description paragraphs."""
    first = head.lstrip(_START).split(b"\n", 1)[0]
    return (
        first.startswith(b"{")
        and b'"application_number"' in first
        and (b'"prosecution_events"' in first or b'"description_paragraphs"' in first)
    )


def read(source: Input) -> Iterator[Record]:
    """Every application as a publication, followed by its events."""
    for record in lines(source):
        if isinstance(record, JsonRecord):
            yield from _application(record)
        else:
            yield record


def _application(record: JsonRecord) -> Iterator[Record]:
    value = record.value
    written = text(value.get("application_number"))
    if not written:
        problem = Problem(
            where=record.place.source_file,
            offset=record.place.offset,
            code="record_without_number",
            message="the record has no application number",
        )
        yield rejected(record.place, record.raw, problem)
        return
    title = text(value.get("patent_title") or value.get("title"))
    found = application(record.place, fmt=FORMAT, written=written, patent=text(value.get("patent_number")), title=title)
    found.filing_date = day(value.get("filing_date"))
    found.status_claimed = text(value.get("status"))
    found.status_claimed_on = day(value.get("pulled_at"))
    found.abstract = text(value.get("abstract"))
    found.description = "\n".join(line for part in value.get("description_paragraphs") or [] if (line := text(part)))
    found.claims = _claims(value.get("claims"))
    found.claim_count = len(found.claims) or None
    told = {
        "art_unit": text(value.get("art_unit")),
        "technology_center": text(value.get("technology_center")),
        "app_type": text(value.get("app_type")),
    }
    found.extra = {name: entry for name, entry in told.items() if entry}
    yield found
    for entry in listed(value.get("prosecution_events")):
        yield history_event(found, (text(entry.get("code")), text(entry.get("description")), day(entry.get("date"))))


def _claims(value: object) -> list[Claim]:
    """The claims of a list of paragraphs: a new claim begins with the next number ("2 . The method …"), the other paragraphs continue it.

    A canceled range ("1 - 31 . (canceled)") moves the count and is no claim.
    """
    found: dict[int, list[str]] = {}
    current, expected = 0, 1
    for entry in value if isinstance(value, list) else []:
        part = text(entry.get("text") if isinstance(entry, dict) else entry)
        match = _NUMBER.match(part)
        if match and int(match[1]) == expected:
            current, expected = expected, int(match[2] or match[1]) + 1
            found[current] = [part[match.end() :]]
        elif current and part:
            found[current].append(part)
    bodies = {number: " ".join(parts) for number, parts in found.items()}
    return [Claim(number, body, dependencies(body, number)) for number, body in bodies.items() if not body.lower().startswith("(cancel")]
