"""Documents one after another in a stream: XML files of an office hold hundreds of roots, each with its own declaration."""

import hashlib
import mmap
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from langqiao.data.formats.limits import HEAD_BYTES
from langqiao.data.formats.model import Place
from langqiao.data.formats.source import CHUNK_BYTES, Input, Rejected, too_large
from langqiao.data.formats.xmlwords import boundary

_BLANKS = frozenset(b" \t\r\n\0\x1a")
_MARK = b"\xef\xbb\xbf"
LARGE_BYTES = 8 * 1024 * 1024
"""A document from this size on is not copied, and its memory is given back as soon as it has been read."""

_READ_BYTES = CHUNK_BYTES // 2
"""How much is read at a time: little enough that a document is still near the processor when it is hashed, cut and scanned."""

_OVERLAP = 10
"""A declaration may be cut by the end of what was read: the last bytes are looked at again."""


class Piece(NamedTuple):
    """One document, array[start:end], at `offset` of the unpacked file. Valid until the next one is asked for; `memory` holds the array."""

    array: Any
    start: int
    end: int
    offset: int
    memory: mmap.mmap

    @property
    def is_large(self) -> bool:
        """Whether it is too long to be copied."""
        return self.end - self.start >= LARGE_BYTES

    def raw(self) -> bytes | None:
        """A copy of its bytes, None if it is large: then they are taken from the input again."""
        return None if self.is_large else bytes(self.view())

    def view(self) -> memoryview:
        """Its bytes."""
        return memoryview(self.array)[self.start : self.end]

    def place(self, name: str) -> Place:
        """Where it lies, with its SHA-256."""
        return Place(name, self.offset, self.end - self.start, hashlib.sha256(self.view()).hexdigest())

    def give_back(self) -> None:
        """Return the memory of a large document whose bytes are needed no more."""
        if self.is_large:
            self.release(self.start, self.end)

    def release(self, start: int, end: int) -> None:
        """Return the memory of a stretch that is needed no more; it reads as zeros afterwards."""
        first, last = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE, end // mmap.PAGESIZE * mmap.PAGESIZE
        if first < last and hasattr(mmap, "MADV_DONTNEED"):
            self.memory.madvise(mmap.MADV_DONTNEED, first, last - first)


class Splitter:
    """Cuts an input into documents at XML declarations, and at document types where the document before has no declaration.

    Memory: one buffer of the largest document and a chunk, of which only the pages in use count. Blanks between documents belong to none.
    """

    def __init__(self, source: Input) -> None:
        self.source = source
        self.memory = _private_memory(source.limits.document_bytes + 2 * CHUNK_BYTES + HEAD_BYTES)
        self.array: Any = np.frombuffer(self.memory, dtype=np.uint8)
        self.start = self.searched = self.filled = 0
        self.offset = source.base
        self.broken: Exception | None = None

    def pieces(self) -> Iterator[Piece | Rejected]:
        """Every document in order; one above the limit of bytes comes as Rejected and is streamed past."""
        try:
            yield from self._pieces()
        finally:
            self.source.close()

    def _pieces(self) -> Iterator[Piece | Rejected]:
        more = True
        while more:
            more = self._fill()
            self._skip_blanks()
            while (cut := self._cut()) >= 0:
                yield from self._piece(cut)
                self._skip_blanks()
            if more and self.filled - self.start > self.source.limits.document_bytes:
                yield self._pass_over()
                more = self.broken is None
        yield from self._piece(self.filled)
        if self.broken:
            raise self.broken

    def _fill(self) -> bool:
        """Move what is left to the front and read on; False at the end, also where the input breaks off."""
        if self.start:
            left = self.filled - self.start
            self.array[:left] = self.array[self.start : self.filled]
            self.offset += self.start
            self.searched = max(0, self.searched - self.start)
            self.start, self.filled = 0, left
        view = memoryview(self.array)
        try:
            got = self.source.read_into(view[self.filled : self.filled + _READ_BYTES])
        except Exception as error:  # noqa: BLE001 - whatever breaks the input: what was read is handed over first, then it is raised again
            self.broken = error
            return False
        first = self.offset == self.filled == 0
        self.filled += got
        if first and bytes(view[:3]) == _MARK:
            self.start = self.searched = 3
        return got > 0

    def _cut(self) -> int:
        """Where the next document begins, -1 if that is not yet known."""
        found = int(boundary(self.array, max(self.searched, self.start + 1), self.filled, not self._declared()))
        self.searched = found if found >= 0 else max(self.start + 1, self.filled - _OVERLAP)
        return found

    def _declared(self) -> bool:
        """Whether the document that begins here has an XML declaration: then only another one ends it."""
        return bytes(memoryview(self.array)[self.start : min(self.start + 5, self.filled)]) == b"<?xml"

    def _skip_blanks(self) -> None:
        while self.start < self.filled and self.array[self.start] in _BLANKS:
            self.start += 1

    def _piece(self, cut: int) -> Iterator[Piece | Rejected]:
        """The document up to `cut`, without the blanks at its end; nothing if there are only blanks."""
        end = cut
        while end > self.start and self.array[end - 1] in _BLANKS:
            end -= 1
        start, self.start = self.start, cut
        if end - start > self.source.limits.document_bytes:
            piece = Piece(self.array, start, end, self.offset + start, self.memory)
            yield too_large(piece.place(self.source.name), self.source.limits)
        elif end > start:
            yield Piece(self.array, start, end, self.offset + start, self.memory)

    def _pass_over(self) -> Rejected:
        """Stream past a document above the limit, hashing it, up to where the next one begins."""
        begins, length, digest = self.offset + self.start, 0, hashlib.sha256()
        doctypes, more, cut = not self._declared(), True, -1
        while more and cut < 0:
            cut = int(boundary(self.array, self.start + 1, self.filled, doctypes))
            stop = cut if cut >= 0 else max(self.start, self.filled - _OVERLAP)
            digest.update(memoryview(self.array)[self.start : stop])
            length += stop - self.start
            self.start = stop
            more = cut >= 0 or self._fill()
        if cut < 0:
            digest.update(memoryview(self.array)[self.start : self.filled])
            length += self.filled - self.start
            self.start = self.filled
        self.searched = self.start + 1
        return too_large(Place(self.source.name, begins, length, digest.hexdigest()), self.source.limits)


def _private_memory(size: int) -> mmap.mmap:
    """Memory of this process alone: what is given back of memory that could be shared would stay in use, only counted elsewhere."""
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) if hasattr(mmap, "MAP_ANONYMOUS") else mmap.mmap(-1, size)
