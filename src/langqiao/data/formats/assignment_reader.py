"""Reads recorded conveyances of the USPTO: Assignment Center answers (JSON) and their rows as JSON lines."""

import re
from collections.abc import Iterator

from langqiao.data.formats.assignment_rows import center_row, merge
from langqiao.data.formats.model import Conveyance
from langqiao.data.formats.registry_json import JsonRecord, Path, document, lines
from langqiao.data.formats.source import Input, Record, Rejected, rejected
from langqiao.engine.kernel.problem import Problem

_ROW = re.compile(rb'"(?:reelNumber|frameNumber)"\s*:')
_ANSWER = re.compile(rb'"successResponse"\s*:')
_START = b"\xef\xbb\xbf \t\r\n"


def detects_answer(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """An answer of the Assignment Center: an object whose `successResponse.data` holds rows with reel and frame."""
    return head.lstrip(_START).startswith(b"{") and bool(_ANSWER.search(head)) and b"reelNumber" in head


def detects_lines(head: bytes, name: str) -> bool:  # noqa: ARG001
    """Rows of the Assignment Center as JSON lines: the first line is an object with reel, frame and conveyance."""
    first = head.lstrip(_START).split(b"\n", 1)[0]
    return first.startswith(b"{") and bool(_ROW.search(first)) and b'"conveyance"' in first and not _ANSWER.search(first)


def read_answer(source: Input) -> Iterator[Record]:
    """Every reel/frame of an answer once, both forms of a row merged; a row without reel and frame is refused."""
    found = document(source, _is_row)
    if isinstance(found, Rejected):
        yield found
        return
    rows: list[Conveyance] = []
    for record in found.records(source.name):
        row = _conveyance(record)
        if isinstance(row, Conveyance):
            rows.append(row)
        else:
            yield row
    yield from merge(rows)


def read_lines(source: Input) -> Iterator[Record]:
    """Every row of a JSON-lines file as a conveyance, streamed: rows of one reel/frame in both forms come as they stand."""
    for record in lines(source):
        yield _conveyance(record)


def _is_row(path: Path) -> bool:
    return path == ("successResponse", "data", "[]")


def _conveyance(record: JsonRecord | Rejected) -> Conveyance | Rejected:
    if isinstance(record, Rejected):
        return record
    try:
        return center_row(record.value, record.place)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        message = f"not a recorded conveyance: no readable reel and frame ({error!r})"
        problem = Problem(where=record.place.source_file, offset=record.place.offset, code="conveyance_unreadable", message=message)
        return rejected(record.place, record.raw, problem)
