"""What an ingest will read and in which portions: the same for any number of workers and any order of the arguments."""

import hashlib
import math
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from langqiao.data.formats import detect
from langqiao.data.formats.limits import HEAD_BYTES
from langqiao.engine.kernel.problem import Problem

BOUNDARIES = {"uspto_xml": re.compile(rb"(?<=\n)<\?xml\s")}
"""Where a document begins in a file of concatenated documents, for the readers that split there."""
"""The declaration stands at the beginning of a line: the readers cut at every one, so a slice never begins inside a document."""
_WINDOW_FIRST = 256 * 1024
_WINDOW = 4 * 1024 * 1024
"""How much is looked at for a boundary: little first, as most documents are short, then four times as much each time up to this."""
_OVERLAP = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Portioning:
    """How much is read and committed at a time. The same portions give the same Parquet files, whoever reads them."""

    group_bytes: int = 8 * 1024 * 1024
    """Small files are read together until they hold this many bytes …"""

    group_files: int = 256
    """… or are this many."""

    slice_bytes: int = 16 * 1024 * 1024
    """A file of concatenated documents above twice this size is read in slices of about this size, each beginning with a document …"""

    slices: int = 16
    """… but in no more than this many, so that a long file does not become many small Parquet files."""


PORTIONING = Portioning()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One input file. `source_file` is the name as given; `refusal` says why it is not even opened."""

    path: str
    source_file: str
    size_bytes: int = 0
    retrieved_at: int = 0
    refusal: Problem | None = None

    @property
    def refusal_mark(self) -> str:
        """What stands for the hash of a file that is not opened."""
        assert self.refusal is not None
        return hashlib.sha256(f"{self.refusal.code} {self.refusal.message}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A stretch of a file from `start` to `end` (None: to its end), read as a file of its own.

    `format_name` is that of the whole file, so that a slice need not begin with a document that betrays it.
    """

    found: Found
    start: int = 0
    end: int | None = None
    format_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What is committed together: several small files, one file, or all slices of one large file."""

    slices: tuple[Slice, ...]

    @property
    def is_sliced(self) -> bool:
        """Whether the portion is one file in several slices."""
        return len(self.slices) > 1 and self.slices[0].found == self.slices[-1].found

    @property
    def files(self) -> tuple[Found, ...]:
        """The files of the portion, each once."""
        return tuple(dict.fromkeys(piece.found for piece in self.slices))


def find(paths: Sequence[Path | str]) -> list[Found]:
    """Every file below the paths, sorted by its absolute path, each once. Links inside folders are refused, not followed."""
    found: dict[str, Found] = {}
    for given in paths:
        for path in _walk(str(given)):
            entry = _found(path, inside=path != str(given))
            found.setdefault(entry.path, entry)
    return [found[path] for path in sorted(found)]


def portions(files: Sequence[Found], by: Portioning = PORTIONING) -> Iterator[Portion]:
    """The files in portions, in order."""
    group: list[Slice] = []
    size = 0
    for found in files:
        is_large = found.size_bytes > 2 * by.slice_bytes
        if group and (is_large or size + found.size_bytes > by.group_bytes or len(group) == by.group_files):
            yield Portion(slices=tuple(group))
            group, size = [], 0
        if is_large:
            yield Portion(slices=slices(found, by))
        else:
            group.append(Slice(found=found))
            size += found.size_bytes
    if group:
        yield Portion(slices=tuple(group))


def slices(found: Found, by: Portioning = PORTIONING) -> tuple[Slice, ...]:
    """A large file in slices of about equal size, each beginning with a document; one slice where its format cannot be split."""
    try:
        with Path(found.path).open("rb", buffering=0) as stream:
            entry = detect.entry(stream.read(HEAD_BYTES), found.source_file)
            boundary = BOUNDARIES.get(entry.name) if entry else None
            if entry is None or boundary is None:
                return (Slice(found=found),)
            starts = _starts(stream.fileno(), found.size_bytes, min(by.slices, math.ceil(found.size_bytes / by.slice_bytes)), boundary)
    except OSError:  # the reading of it will say so
        return (Slice(found=found),)
    ends: list[int | None] = [*starts[1:], None]
    return tuple(Slice(found=found, start=start, end=end, format_name=entry.name) for start, end in zip(starts, ends, strict=True))


def _starts(handle: int, size: int, count: int, boundary: re.Pattern[bytes]) -> list[int]:
    """Where `count` slices begin; fewer where documents are larger than slices. Every byte is looked at once at most."""
    starts = [0]
    for number in range(1, count):
        wanted = size * number // count
        if wanted > starts[-1]:
            place = _next(handle, wanted, boundary)
            if place is None:
                break
            starts.append(place)
    return starts


def _next(handle: int, start: int, boundary: re.Pattern[bytes]) -> int | None:
    size = _WINDOW_FIRST
    while window := os.pread(handle, size + _OVERLAP, start):
        if match := boundary.search(window, 1):
            return start + match.start()
        if len(window) <= _OVERLAP:
            return None
        start += len(window) - _OVERLAP
        size = min(4 * size, _WINDOW)
    return None


def _walk(given: str) -> Iterator[str]:
    if not os.path.isdir(given):  # noqa: PTH112 - names stay as given, without a Path's tidying
        yield given
        return
    try:
        with os.scandir(given) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield given
        return
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        else:
            yield entry.path


def _found(path: str, *, inside: bool) -> Found:
    source_file = path.encode("utf-8", "backslashreplace").decode("utf-8")
    absolute = os.path.abspath(path)  # noqa: PTH100 - a Path would follow links
    try:
        status = os.lstat(path) if inside else os.stat(path)  # noqa: PTH116
        readable = os.access(path, os.R_OK)
    except OSError as error:
        return _refused(absolute, source_file, "unreadable", f"the file cannot be read: {error.strerror}")
    if stat.S_ISLNK(status.st_mode):
        return _refused(absolute, source_file, "link_refused", "links inside a folder are not followed; name the target itself to read it")
    if not stat.S_ISREG(status.st_mode):
        kind = "folder" if stat.S_ISDIR(status.st_mode) else "device, pipe or socket"
        return _refused(absolute, source_file, "unreadable" if kind == "folder" else "not_a_file", f"this {kind} cannot be read as a file")
    if not readable:
        return _refused(absolute, source_file, "unreadable", "the file cannot be read: permission denied")
    return Found(path=absolute, source_file=source_file, size_bytes=status.st_size, retrieved_at=status.st_mtime_ns // 1000)


def _refused(path: str, source_file: str, code: str, message: str) -> Found:
    return Found(path=path, source_file=source_file, refusal=Problem(where=source_file, code=code, message=message))
