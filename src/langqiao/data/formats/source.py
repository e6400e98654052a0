"""What a reader is given and what it hands back beside the records: an input stream, roots skipped and documents refused."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

from langqiao.data.formats.limits import HEAD_BYTES, LIMITS, Limits
from langqiao.data.formats.model import Conveyance, LegalEvent, Place, Publication
from langqiao.engine.kernel.problem import Problem

CHUNK_BYTES = 1024 * 1024
"""How much a streaming reader takes at a time."""


@dataclass(slots=True, kw_only=True)
class Input:
    """One unpacked file or archive member as a stream of bytes, read once from front to back.

    `open` gives a fresh binary stream at offset 0 (a file, a gzip or zip member being inflated): the lake calls it again to copy the bytes of a
    document that was too large to hold. `name` is the file as given, archive members as "outer.zip!inner.xml".
    """

    name: str
    open: Callable[[], BinaryIO]
    retrieved_at: dt.datetime
    limits: Limits = LIMITS
    base: int = 0
    """Where the first byte lies in the whole file: above 0 for a slice, given only to readers of concatenated documents."""
    _stream: BinaryIO | None = field(default=None, repr=False)
    _ahead: bytes = field(default=b"", repr=False)
    _served: bool = field(default=False, repr=False)

    @classmethod
    def of_bytes(cls, data: bytes, name: str, *, retrieved_at: dt.datetime | None = None, limits: Limits = LIMITS) -> "Input":
        """An input over bytes in memory, for tests and small members."""
        import io  # noqa: PLC0415 - only here

        return cls(name=name, open=lambda: io.BytesIO(data), retrieved_at=retrieved_at or dt.datetime.now(dt.UTC), limits=limits)

    @property
    def head(self) -> bytes:
        """The first 64 kB, without consuming them."""
        if self._stream is None:
            self._stream = self.open()
            self._ahead = _read_fully(self._stream, HEAD_BYTES)
        return self._ahead

    def chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Every byte of the input, in pieces of at most `size`; the input is closed afterwards. May be called once."""
        ahead, stream = self.head, self._stream
        assert stream is not None, "the input was already read"
        try:
            if ahead:
                yield ahead
            while piece := stream.read(size):
                yield piece
        finally:
            self.close()

    def read_into(self, room: memoryview) -> int:
        """Fill `room` from the front with the next bytes; how many, 0 at the end. Not to be mixed with `chunks`."""
        ahead, stream = self.head, self._stream
        assert stream is not None, "the input was already read"
        if ahead and not self._served:
            self._served = True
            room[: len(ahead)] = ahead
            return len(ahead)
        if hasattr(stream, "readinto"):
            return int(stream.readinto(room) or 0)
        piece = stream.read(len(room))
        room[: len(piece)] = piece
        return len(piece)

    def whole(self) -> "bytes | Rejected":
        """All bytes of the input as one document, or the refusal if it is longer than the limit of a document."""
        pieces: list[bytes] = []
        length = 0
        digest = hashlib.sha256()
        for piece in self.chunks():
            length += len(piece)
            digest.update(piece)
            if length <= self.limits.document_bytes:
                pieces.append(piece)
            else:
                pieces.clear()
        if length > self.limits.document_bytes:
            return too_large(Place(self.name, 0, length, digest.hexdigest()), self.limits)
        return b"".join(pieces)

    def close(self) -> None:
        """Closes the stream; reading again starts at the front."""
        if self._stream is not None:
            self._stream.close()
        self._stream, self._ahead, self._served = None, b"", False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A root that was read and is not a patent record (a sequence listing between grants): counted, not stored."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A document that was not taken: at least one Problem says why, and it counts once as quarantined.

    `raw` holds its bytes for the quarantine; None when it was too large to hold: then the lake opens the input again and copies
    `place.length` bytes from `place.offset`.
    """

    place: Place
    problems: tuple[Problem, ...]
    raw: bytes | None


Record: TypeAlias = Publication | Conveyance | LegalEvent | Problem | Skipped | Rejected
"""What a reader yields. A lone Problem is a warning or note on a record that was taken; a record not taken comes as Rejected."""

Reader: TypeAlias = Callable[[Input], Iterator[Record]]


def place_of(name: str, offset: int, raw: bytes | memoryview) -> Place:
    """The place of a raw record: its file, offset, length and SHA-256."""
    return Place(name, offset, len(raw), hashlib.sha256(raw).hexdigest())


def rejected(place: Place, raw: bytes | None, *problems: Problem) -> Rejected:
    """The refusal of a document, with the reasons."""
    assert problems, "a refusal has a reason"
    return Rejected(place=place, problems=problems, raw=raw)


def too_large(place: Place, limits: Limits) -> Rejected:
    """The refusal of a document above the limit of bytes."""
    message = f"the document is {place.length:,} bytes long; the limit is {limits.document_bytes:,}"
    return Rejected(
        place=place,
        problems=(Problem(where=place.source_file, offset=place.offset, code="document_too_large", message=message),),
        raw=None,
    )


def _read_fully(stream: BinaryIO, size: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < size and (piece := stream.read(size - len(pieces))):
        pieces += piece
    return bytes(pieces)
