"""Records of text files in a stream: each begins with a mark at the front of a line and ends where the next begins."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from langqiao.data.formats.model import Place
from langqiao.data.formats.source import Input, Rejected, too_large

MARK_BYTES = 256
"""The longest mark: the last bytes of what was read are looked at again when there is more."""


class TextRecord(NamedTuple):
    """One record and its offset in the unpacked file."""

    offset: int
    raw: bytes


def records(source: Input, mark: re.Pattern[bytes]) -> Iterator[TextRecord | Rejected]:
    """Every record of the input; what stands before the first mark belongs to none.

    A record above the limit of a document is streamed past and refused. Where the input breaks off, what was read comes first.
    """
    cutter = _Cutter(source, mark)
    broken: Exception | None = None
    chunks = source.chunks()
    while broken is None:
        try:
            chunk = next(chunks, None)
        except Exception as error:  # noqa: BLE001 - whatever breaks the input: what was read is handed over first, then it is raised again
            broken = error
            break
        if chunk is None:
            break
        yield from cutter.feed(chunk)
    yield from cutter.end()
    if broken:
        raise broken


class _Cutter:
    def __init__(self, source: Input, mark: re.Pattern[bytes]) -> None:
        self.source, self.mark = source, mark
        self.held = b""
        self.offset = 0
        self.begun = False
        self.passed: tuple[int, int, Any] | None = None

    def feed(self, chunk: bytes) -> Iterator[TextRecord | Rejected]:
        self.held += chunk
        yield from self._cut(max(0, len(self.held) - MARK_BYTES))
        if len(self.held) > self.source.limits.document_bytes:
            self._drop(len(self.held) - MARK_BYTES)

    def end(self) -> Iterator[TextRecord | Rejected]:
        yield from self._cut(len(self.held))
        if self.begun and self.held.strip():
            yield self._record(len(self.held))

    def _cut(self, stop: int) -> Iterator[TextRecord | Rejected]:
        """The records whose next mark begins before `stop`."""
        position = 1 if self.begun and not self.passed else 0
        while (found := self.mark.search(self.held, position)) and found.start() < stop:
            start = found.start()
            if self.begun and (start or self.passed):
                yield self._record(start)
            elif not self.begun:
                self._forget(start)
            stop -= start
            self.begun, position = True, 1

    def _record(self, stop: int) -> TextRecord | Rejected:
        """The record up to `stop`, taken off the front."""
        raw, offset = self.held[:stop], self.offset
        self._forget(stop)
        if self.passed is None and len(raw) <= self.source.limits.document_bytes:
            return TextRecord(offset, raw)
        begins, length, digest = self.passed or (offset, 0, hashlib.sha256())
        digest.update(raw)
        self.passed = None
        return too_large(Place(self.source.name, begins, length + len(raw), digest.hexdigest()), self.source.limits)

    def _drop(self, stop: int) -> None:
        """Hash and forget the front of a record that is above the limit; nothing belongs to a record before the first mark."""
        if self.begun:
            begins, length, digest = self.passed or (self.offset, 0, hashlib.sha256())
            digest.update(self.held[:stop])
            self.passed = (begins, length + stop, digest)
        self._forget(stop)

    def _forget(self, stop: int) -> None:
        self.held, self.offset = self.held[stop:], self.offset + stop
