"""Reads JSON documents and JSON lines record by record, each record with its byte offset, and checks the whole document on the way."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from langqiao.data.formats.limits import Limits
from langqiao.data.formats.model import Place
from langqiao.data.formats.source import Input, Rejected, place_of, rejected, too_large
from langqiao.engine.kernel.problem import Problem

Path = tuple[str, ...]
"""Where a value stands: the keys from the root down; the elements of a list stand at "[]"."""

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"(\s*:)?|[{}\[\]]', re.DOTALL)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonRecord:
    """One object of a document: its value, its place, and its raw bytes for the quarantine."""

    value: dict[str, Any]
    place: Place
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonDocument:
    """A whole document: `frame` is its value with every record replaced by null, `records` the byte spans of the records."""

    data: bytes
    frame: Any
    spans: tuple[tuple[int, int], ...]
    offset: int = 0

    def records(self, name: str) -> Iterator[JsonRecord | Rejected]:
        """Every record in order; one that is no valid JSON object is refused."""
        for start, end in self.spans:
            raw = self.data[start:end]
            yield parse_record(name, self.offset + start, raw)


def document(source: Input, wanted: Callable[[Path], bool]) -> JsonDocument | Rejected:
    """The JSON document of an input, split at the objects whose path is `wanted`; a document that is malformed, too deep or too large is refused."""
    data = source.whole()
    if isinstance(data, Rejected):
        return data
    return split(source.name, data, wanted=wanted, limits=source.limits)


def split(name: str, data: bytes, *, wanted: Callable[[Path], bool], limits: Limits) -> JsonDocument | Rejected:
    """As `document`, over bytes in memory."""
    offset = len(_BOM) if data.startswith(_BOM) else 0
    body = data[offset:]
    try:
        spans = tuple(_spans(body, wanted, limits.depth))
        frame = orjson.loads(_frame(body, spans))
    except (ValueError, IndexError) as error:
        reason = str(error) or "the brackets do not match"
        problem = Problem(where=name, offset=0, code="json_malformed", message=f"not a well-formed JSON document: {reason}")
        return rejected(place_of(name, 0, data), data, problem)
    return JsonDocument(data=body, frame=frame, spans=spans, offset=offset)


def parse_record(name: str, offset: int, raw: bytes) -> JsonRecord | Rejected:
    """One JSON object with its place, or its refusal."""
    place = place_of(name, offset, raw)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return rejected(place, raw, Problem(where=name, offset=offset, code="json_malformed", message=f"not a JSON object: {error}"))
    if not isinstance(value, dict):
        message = f"a JSON object was expected, here stands a {type(value).__name__}"
        return rejected(place, raw, Problem(where=name, offset=offset, code="json_not_object", message=message))
    return JsonRecord(value=value, place=place, raw=raw)


def lines(source: Input) -> Iterator[JsonRecord | Rejected]:
    """Every line of a JSON-lines input as a record; blank lines are skipped, a line above the limit of a document is refused without being held."""
    for offset, line in _split_lines(source):
        if isinstance(line, int):
            yield too_large(Place(source.name, offset, line, ""), source.limits)
            continue
        raw = line.removeprefix(_BOM).strip()
        if raw:
            yield _line(source, offset + line.find(raw), raw)


def _line(source: Input, offset: int, raw: bytes) -> JsonRecord | Rejected:
    if raw.count(b"{") + raw.count(b"[") > source.limits.depth:  # only then can it be nested too deep
        try:
            deque(_spans(raw, lambda _path: False, source.limits.depth), maxlen=0)
        except (ValueError, IndexError) as error:
            problem = Problem(where=source.name, offset=offset, code="json_malformed", message=f"not a JSON object: {error}")
            return rejected(place_of(source.name, offset, raw), raw, problem)
    return parse_record(source.name, offset, raw)


def _split_lines(source: Input) -> Iterator[tuple[int, bytes | int]]:
    limit = source.limits.document_bytes
    start, held, length = 0, bytearray(), 0
    for chunk in source.chunks():
        position = 0
        while (end := chunk.find(b"\n", position)) >= 0:
            length += end + 1 - position
            yield start, bytes(held) + chunk[position:end] if length <= limit else length
            start, position, length = start + length, end + 1, 0
            held.clear()
        length += len(chunk) - position
        if length <= limit:
            held += chunk[position:]
        else:
            held.clear()
    if length:
        yield start, bytes(held) if length <= limit else length


def _spans(data: bytes, wanted: Callable[[Path], bool], depth_limit: int) -> Iterator[tuple[int, int]]:
    path: list[str] = []
    keys: list[str] = [""]
    open_at = -1
    for token in _TOKEN.finditer(data):
        first = data[token.start()]
        if first == 0x22:  # a string: only keys matter
            if token[1] is not None and open_at < 0:
                keys[-1] = token[0][1 : token[0].rindex(b'"')].decode("utf-8", "replace")
        elif first in b"{[":
            path.append(keys[-1])
            if len(path) > depth_limit:
                raise ValueError(f"nested deeper than {depth_limit}")
            keys.append("[]" if first == 0x5B else "")
            if first == 0x7B and open_at < 0 and wanted(tuple(path[1:])):
                open_at, open_depth = token.start(), len(path)
        else:
            if open_at >= 0 and len(path) == open_depth:
                yield open_at, token.end()
                open_at = -1
            path.pop()
            keys.pop()
    if path:
        raise ValueError(f"{len(path)} brackets stay open")


def _frame(data: bytes, spans: tuple[tuple[int, int], ...]) -> bytes:
    pieces, position = bytearray(), 0
    for start, end in spans:
        pieces += data[position:start]
        pieces += b"null"
        position = end
    pieces += data[position:]
    return bytes(pieces)
