"""Reads Green Book text (APS), the USPTO's grants of 1976 to 2001: a tag in columns 1 to 4, its value from column 6, blanks continue it."""

import re
from collections.abc import Iterator

from langqiao.data.formats.model import Publication
from langqiao.data.formats.source import Input, Record, Rejected, place_of, rejected
from langqiao.data.formats.textsplit import TextRecord, records
from langqiao.data.formats.uspto_aps_sections import Section, publication
from langqiao.engine.kernel.problem import Problem

_RECORD = re.compile(rb"(?m)^PATN[ \t]*\r?$")
_GROUP = re.compile(r"[A-Z][A-Z0-9]{3}\s*$")
_FIELD = re.compile(r"([A-Z][A-Z0-9]{1,3})\s+(.*)$")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def read(source: Input) -> Iterator[Record]:
    """Every patent of the input: a Publication with its warnings, or a Rejected record with its reason."""
    for record in records(source, _RECORD):
        if isinstance(record, Rejected):
            yield record
        else:
            yield from _patent(record, source.name)


def _patent(record: TextRecord, name: str) -> Iterator[Record]:
    raw = record.raw.rstrip(b" \t\r\n\0\x1a")
    place = place_of(name, record.offset, raw)
    text, repaired = decoded(raw)
    found: Publication | None = None
    problems: list[Problem] = []
    if forbidden := _FORBIDDEN.search(text):
        code, message = "character", f"the record holds the control character {ord(forbidden[0]):#04x}"
    else:
        found, problems = publication(sections(text), place)
        code, message = "number_missing", "the record names no patent number (WKU)"
    if found is None:
        yield rejected(place, raw, Problem(where=name, offset=record.offset, code=code, message=message))
        return
    yield found
    yield from problems
    if repaired:
        message = "the record is not UTF-8; it was read as Latin-1"
        yield Problem(where=name, offset=record.offset, code="encoding_repaired", message=message, severity="warning")


def decoded(raw: bytes) -> tuple[str, bool]:
    """The text of a record and whether it had to be read as Latin-1 because it is no UTF-8."""
    try:
        return raw.decode(), False
    except UnicodeDecodeError:
        return raw.decode("latin-1"), True


def sections(text: str) -> list[Section]:
    """The record as its groups in order (PATN, INVT, ASSG, CLMS …), each with its fields in order.

    A line with a tag and nothing else opens a group; a line that begins with blanks continues the field before. Tables keep their lines.
    """
    found = [Section("PATN", [])]
    for line in text.splitlines()[1:]:
        if line.startswith(" ") or not line.strip():
            if found[-1].fields and line.strip():
                tag, value = found[-1].fields[-1]
                found[-1].fields[-1] = (tag, f"{value}\n{line.rstrip() if tag.startswith('TBL') else line.strip()}")
        elif (field := _FIELD.match(line)) and len(field[1]) < 4:
            found[-1].fields.append((field[1], line[5:].rstrip()))
        elif field and len(field[1]) == 4 and field[2]:
            found[-1].fields.append((field[1], field[2].rstrip()))
        elif _GROUP.match(line):
            found.append(Section(line.strip(), []))
        else:
            found[-1].fields.append(("", line.strip()))
    return found
