"""Copies of what was read, named by their hash: every input file as it came, and every document that was refused."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from langqiao.data.formats.archive import DAMAGE
from langqiao.data.formats.model import Place
from langqiao.data.formats.source import Input, Rejected
from langqiao.data.lake.durable import rename_into, staged

_STEP = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How much of what was read is kept beside the tables."""

    source_bytes: int = 8 * 1024 * 1024 * 1024
    """The largest input file of which a copy is kept, in bytes; of a larger one only name, hash and offsets are known."""

    refused_bytes: int = 8 * 1024 * 1024 * 1024
    """The largest refused document kept in quarantine, in bytes; a larger one is cut there, shorter than its `length` says."""

    raw_bytes: int = 64 * 1024 * 1024
    """The most bytes shown of one record."""


KEEPING = Keeping()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An input file as hashed and, where `file` is given, kept."""

    sha256: str
    size_bytes: int
    file: Path | None


def source_path(root: Path, sha256: str) -> Path:
    """Where the copy of an input file with that hash lies."""
    return root / "sources" / sha256[:2] / sha256


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces: a mapped file would count as memory of this process."""
    with path.open("rb", buffering=0) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(source: BinaryIO, copy: BinaryIO) -> None:
    """Copies a file inside the kernel where it can, through this process where it cannot."""
    try:
        while os.copy_file_range(source.fileno(), copy.fileno(), _STEP):
            pass
    except (OSError, AttributeError):
        source.seek(0)
        copy.seek(0)
        copy.truncate()
        for piece in _pieces(source):
            _write(copy, piece)


def keep_source(root: Path, path: Path, keeping: Keeping = KEEPING) -> Copy:
    """Copies an input file into the lake, hashing it on the way; above the limit it is only hashed."""
    if path.stat().st_size > keeping.source_bytes:
        return Copy(sha256=hash_of(path), size_bytes=path.stat().st_size, file=None)
    with path.open("rb", buffering=0) as source, staged(root / "sources") as (copy, name):
        _copy(source, copy)
        sha256 = hash_of(name)
        target = source_path(root, sha256)
        rename_into(name, target)  # also over one of that name: what a power loss left of it was never committed
    return Copy(sha256=sha256, size_bytes=target.stat().st_size, file=target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outermost:
    """The input file on disk that a leaf came out of: it stands for refusals that have no bytes of their own."""

    file: Path
    sha256: str
    size_bytes: int


def keep_refused(root: Path, refused: Rejected, leaf: Input | None, outer: Outermost, *, keeping: Keeping = KEEPING) -> tuple[Place, str]:
    """Keeps the bytes of a refused document in quarantine. Returns its place, completed, and the file relative to the lake."""
    place = refused.place
    if refused.raw is not None:
        return place, _keep_bytes(root, refused.raw)
    if leaf is not None and place.length > 0:
        try:
            return _keep_stretch(root, leaf, place, keeping)
        except DAMAGE:  # the rest of the leaf cannot be unpacked either: the file it came in stands for it
            pass
    return Place(place.source_file, place.offset, outer.size_bytes, outer.sha256), _keep_outer(root, outer, keeping)


def keep_whole(root: Path, leaf: Input, keeping: Keeping = KEEPING) -> tuple[Place, str]:
    """Keeps everything of a leaf in quarantine, from its first byte to its last. Raises DAMAGE where it cannot be unpacked to its end."""
    return _keep_stretch(root, leaf, Place(leaf.name, leaf.base, -1, ""), keeping)


def _keep_bytes(root: Path, raw: bytes) -> str:
    name = f"quarantine/{hashlib.sha256(raw).hexdigest()}"
    with staged(root / "quarantine") as (stream, path):
        _write(stream, raw)
        rename_into(path, root / name)
    return name


def _keep_stretch(root: Path, leaf: Input, place: Place, keeping: Keeping) -> tuple[Place, str]:
    digest, kept, kept_size, size = hashlib.sha256(), hashlib.sha256(), 0, 0
    with leaf.open() as source, staged(root / "quarantine") as (stream, path):
        skip(source, place.offset - leaf.base)
        for piece in _pieces(source, place.length):
            digest.update(piece)
            size += len(piece)
            part = piece[: max(0, keeping.refused_bytes - kept_size)]
            kept.update(part)
            kept_size += _write(stream, part)
        name = f"quarantine/{kept.hexdigest()}"
        rename_into(path, root / name)
    return Place(place.source_file, place.offset, size, digest.hexdigest()), name


def _keep_outer(root: Path, outer: Outermost, keeping: Keeping) -> str:
    name = f"quarantine/{outer.sha256}"
    if not outer.sha256 or outer.size_bytes > keeping.refused_bytes:
        return ""
    with outer.file.open("rb", buffering=0) as source, staged(root / "quarantine") as (stream, path):
        for piece in _pieces(source):
            _write(stream, piece)
        rename_into(path, root / name)
    return name


def skip(stream: BinaryIO, offset: int) -> None:
    """Moves a stream forward from its beginning."""
    if stream.seekable():
        stream.seek(offset)
        return
    while offset > 0 and (piece := stream.read(min(offset, _STEP))):
        offset -= len(piece)


def _pieces(stream: BinaryIO, length: int = -1) -> Iterator[bytes]:
    while length != 0 and (piece := stream.read(_STEP if length < 0 else min(length, _STEP))):
        length -= len(piece) if length > 0 else 0
        yield piece


def _write(stream: BinaryIO, data: bytes) -> int:
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]
    return len(data)


class Stretch:
    """Opens a stretch of a file as a binary stream of its own."""

    def __init__(self, path: Path, start: int, end: int | None) -> None:
        self.path, self.start, self.end = path, start, end

    def __call__(self) -> BinaryIO:
        """A fresh stream at the beginning of the stretch."""
        stream = self.path.open("rb", buffering=0)
        if self.end is None and self.start == 0:
            return stream
        return _StretchStream(stream, self.start, self.end if self.end is not None else os.fstat(stream.fileno()).st_size)  # type: ignore[return-value]


class _StretchStream:
    """Reads from `start` to `end` of an open file, counting positions from the start."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream, self._start, self._end = stream, start, end
        stream.seek(start)

    def read(self, size: int = -1) -> bytes:
        left = self._end - self._stream.tell()
        return self._stream.read(left if size < 0 else min(size, left)) if left > 0 else b""

    def readinto(self, room: memoryview) -> int:
        left = self._end - self._stream.tell()
        return int(self._stream.readinto(room[:left]) or 0) if left > 0 else 0  # type: ignore[attr-defined]

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: self._start, os.SEEK_CUR: self._stream.tell(), os.SEEK_END: self._end}[whence]
        return self._stream.seek(base + offset) - self._start

    def tell(self) -> int:
        return self._stream.tell() - self._start

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
