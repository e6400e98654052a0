"""Delimited text as rows with byte offsets: encodings, delimiters, quotes that were never closed."""

import codecs
import csv
import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from langqiao.data.formats.model import Place
from langqiao.data.formats.sheet_rows import MAX_CELL_CHARACTERS, Row, Sheet
from langqiao.data.formats.source import Input, Rejected, rejected
from langqiao.data.formats.values import Cell
from langqiao.engine.kernel.problem import Problem

DELIMITERS = ",\t;|"
MAX_LINE_BYTES = 8 * 1024 * 1024
"""A longer physical line is no row of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How the bytes of a delimited file are read."""

    encoding: str
    delimiter: str
    mark: int = 0

    @property
    def step(self) -> int:
        """Bytes of a line end."""
        return 2 if self.encoding.startswith("utf-16") else 1


def encoding_of(head: bytes) -> tuple[str, int] | None:
    """The encoding of a text by its first bytes and the length of its byte order mark: UTF-16 by mark only, UTF-8 strictly, GB18030 strictly.

    Where single lines break both, the encoding that fits most lines; those lines are refused one by one later.
    """
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8", 3
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16-le" if head[0] == 0xFF else "utf-16-be"), 2
    if b"\0" in head:
        return None
    lines = head.split(b"\n")
    fitting = {encoding: [_decodes(line, encoding) for line in lines] for encoding in ("utf-8", "gb18030")}
    best = max(fitting, key=lambda encoding: sum(fitting[encoding]))
    return (best, 0) if fitting[best][0] and sum(fitting[best]) * 2 > len(lines) else None


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        # The head may end inside a character: an incremental decoder accepts that and nothing else.
        codecs.getincrementaldecoder(encoding)("strict").decode(line)
    except UnicodeDecodeError:
        return False
    return True


def dialect_of(head: bytes, line: str | None = None) -> Dialect | None:
    """The dialect of a file by its first bytes; the delimiter is the one that occurs most in its first lines (or in `line`)."""
    found = encoding_of(head)
    if found is None:
        return None
    encoding, mark = found
    text = line or first_lines(head)
    counts = {delimiter: text.count(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: counts[delimiter])
    return Dialect(encoding=encoding, delimiter=best, mark=mark) if counts[best] else None


def first_lines(head: bytes) -> str:
    """The decoded first 40 lines of a head, as far as they are whole."""
    found = encoding_of(head)
    if found is None:
        return ""
    text = codecs.getincrementaldecoder(found[0])("replace").decode(head[found[1] :])
    return "\n".join(text.splitlines()[:40])


@dataclass(slots=True)
class _Line:
    raw: bytes
    offset: int


class _Lines:
    """Physical lines with their offsets; lines of a record that broke are given back and read again one by one."""

    def __init__(self, given: Input, dialect: Dialect) -> None:
        self.waiting: deque[_Line] = deque()
        self.taken: list[_Line] = []
        self._source = _physical_lines(given, dialect)
        self._dialect = dialect
        self.bad: _Line | None = None

    def __iter__(self) -> Iterator[str]:
        while (line := self._next()) is not None:
            self.taken.append(line)
            try:
                yield line.raw.decode(self._dialect.encoding)
            except UnicodeDecodeError:
                self.bad = line
                yield ""

    def _next(self) -> _Line | None:
        return self.waiting.popleft() if self.waiting else next(self._source, None)

    def give_back_all_but_first(self) -> _Line:
        first, *rest = self.taken
        self.waiting.extendleft(reversed(rest))
        self.taken = []
        return first


def _physical_lines(given: Input, dialect: Dialect) -> Iterator[_Line]:
    newline = "\n".encode(dialect.encoding)
    buffer, offset, skip = b"", 0, dialect.mark
    for chunk in given.chunks():
        buffer += chunk
        if skip:
            buffer, offset, skip = buffer[skip:], skip, 0
        start = 0
        while (end := _line_end(buffer, newline, start)) >= 0 or len(buffer) - start > MAX_LINE_BYTES:
            end = end + len(newline) if end >= 0 else start + MAX_LINE_BYTES
            yield _Line(buffer[start:end], offset + start)
            start = end
        offset, buffer = offset + start, buffer[start:]
    if buffer:
        yield _Line(buffer, offset)


def _line_end(buffer: bytes, newline: bytes, start: int) -> int:
    end = buffer.find(newline, start)
    while len(newline) == 2 and end >= 0 and (end - start) % 2:
        end = buffer.find(newline, end + 1)
    return end


def sheet(given: Input, dialect: Dialect) -> Sheet:
    """The rows of a delimited file."""
    return Sheet(name="", rows=_rows(given, dialect))


def _rows(given: Input, dialect: Dialect) -> Iterator[Row | Rejected]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    lines = _Lines(given, dialect)
    number = 0
    while True:
        reader = csv.reader(iter(lines), delimiter=dialect.delimiter)
        reason = ""
        try:
            for cells in reader:
                number += 1
                reason = _doubt(lines)
                if reason:
                    break
                yield _row(given, lines, number, list(cells))
                lines.taken = []
            else:
                return
        except csv.Error as error:
            number += 1
            reason = f"the line is no row of a table: {error}"
        yield _refuse(given, lines, number, reason)


def _doubt(lines: _Lines) -> str:
    if lines.bad is not None:
        return "the line is not in the encoding of the file"
    if len(lines.taken) > 1 and sum(line.raw.count(b'"') for line in lines.taken) % 2:
        return "a quotation mark opens a cell and is never closed"
    return ""


def _refuse(given: Input, lines: _Lines, number: int, reason: str) -> Rejected:
    line = lines.give_back_all_but_first()
    lines.bad = None
    place = Place(given.name, line.offset, len(line.raw), hashlib.sha256(line.raw).hexdigest())
    problem = Problem(where=given.name, code="row_unreadable", message=f"row {number}: {reason}", offset=line.offset, row=number)
    return rejected(place, line.raw, problem)


def _row(given: Input, lines: _Lines, number: int, cells: list[Cell]) -> Row:
    raw = b"".join(line.raw for line in lines.taken)
    first = lines.taken[0]
    place = Place(given.name, first.offset, len(raw), hashlib.sha256(raw).hexdigest())
    return Row(number=number, cells=cells, place=place, raw=raw)
