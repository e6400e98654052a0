"""The reading of one portion's files, or of one slice, in one process: files to records, records to columns, columns to parts."""

import gc
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from langqiao.data.formats import detect
from langqiao.data.formats.archive import DAMAGE, leaves, refusal
from langqiao.data.formats.limits import Limits
from langqiao.data.formats.model import Conveyance, LegalEvent, Place, Publication
from langqiao.data.formats.source import Input, Record, Rejected, Skipped
from langqiao.data.lake.columns import Columns
from langqiao.data.lake.manifest import moment
from langqiao.data.lake.parts import PartWriter
from langqiao.data.lake.plan import Found, Slice
from langqiao.data.lake.sources import Copy, Keeping, Outermost, Stretch, hash_of, keep_refused, keep_source, keep_whole
from langqiao.engine.kernel.problem import Problem

FLUSH_BYTES = 20 * 1024 * 1024
"""How many bytes of raw records are gathered before they are written."""
FLUSH_RECORDS = 20_000
IN_MEMORY_BYTES = 4 * 1024 * 1024
"""Files up to this size are held in memory while they are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one process does in one go. `known` are the hashes under which each path was read before; `hash_first` false for slices."""

    root: Path
    staging: Path
    slices: tuple[Slice, ...]
    known: dict[str, frozenset[str]]
    limits: Limits
    keeping: Keeping
    is_part: bool = False


@dataclass(slots=True, kw_only=True)
class FileResult:
    """What came of one file, or of one slice of it."""

    found: Found
    sha256: str = ""
    kept: bool = False
    unchanged: bool = False
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("documents", "skipped", "quarantined"), 0))

    def count(self, name: str, number: int = 1) -> None:
        """Adds to a count."""
        self.counts[name] = self.counts.get(name, 0) + number


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """The staged parts by table with their rows, and what came of each file."""

    files: list[FileResult]
    parts: dict[str, Path]
    rows: dict[str, int]


def take_copy(root: Path, found: Found, known: frozenset[str], keeping: Keeping) -> tuple[Copy, bool]:
    """Hashes an input file and keeps a copy of it, unless it was read before: then nothing is written."""
    path = Path(found.path)
    if known and (sha256 := hash_of(path)) in known:
        return Copy(sha256=sha256, size_bytes=found.size_bytes, file=None), True
    return keep_source(root, path, keeping), False


def run(task: Task) -> TaskResult:
    """Reads every file of the task that was not read before."""
    reading = _Reading(task)
    with _collector_held():
        files = [reading.part(piece) if task.is_part else reading.file(piece.found) for piece in task.slices]
        parts, rows = reading.close()
    return TaskResult(files=files, parts=parts, rows=rows)


@contextmanager
def _collector_held() -> Iterator[None]:
    """Garbage is collected after each flush only: in between, millions of rows would be looked through again and again for nothing."""
    was_enabled = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


class _Reading:
    """The state of a running task: what is gathered and what is written."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.columns = Columns()
        self.writer = PartWriter(task.staging)

    def file(self, found: Found) -> FileResult:
        """One whole file."""
        result = FileResult(found=found)
        if found.refusal is not None:
            return self._not_opened(found, found.refusal, result)
        try:
            copy, result.unchanged = take_copy(self.task.root, found, self.task.known.get(found.path, frozenset()), self.task.keeping)
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            return self._not_opened(found, Problem(where=found.source_file, code="unreadable", message=message), result)
        result.sha256, result.kept = copy.sha256, copy.file is not None
        if not result.unchanged:
            outer = Outermost(file=copy.file or Path(found.path), sha256=copy.sha256, size_bytes=copy.size_bytes)
            _FileReading(self, result, outer).read(self._opened(found, outer), copy.size_bytes)
        return result

    def part(self, piece: Slice) -> FileResult:
        """One slice of a large file; the file itself is hashed and copied by another task."""
        result = FileResult(found=piece.found)
        outer = Outermost(file=Path(piece.found.path), sha256="", size_bytes=piece.found.size_bytes)
        opened = self._input(piece.found, Stretch(outer.file, piece.start, piece.end), base=piece.start)
        reading = _FileReading(self, result, outer)
        reading.known_format = piece.format_name
        reading.read(opened, piece.found.size_bytes)
        return result

    def close(self) -> tuple[dict[str, Path], dict[str, int]]:
        self.flush()
        return self.writer.close(), self.writer.rows

    def flush(self) -> None:
        if self.columns.rows:
            for name, table in self.columns.take():
                self.writer.write(name, table)
            gc.collect(1)  # what outlives a flush (caches, compiled code) is looked through once, not after each flush again

    def _opened(self, found: Found, outer: Outermost) -> Input:
        if outer.size_bytes <= IN_MEMORY_BYTES:
            data = outer.file.read_bytes()
            return Input(
                name=found.source_file, open=lambda: io.BytesIO(data), retrieved_at=moment(found.retrieved_at), limits=self.task.limits
            )
        return self._input(found, Stretch(outer.file, 0, None))

    def _input(self, found: Found, stretch: Stretch, *, base: int = 0) -> Input:
        moment_of = moment(found.retrieved_at)
        return Input(name=found.source_file, open=stretch, retrieved_at=moment_of, limits=self.task.limits, base=base)

    def _not_opened(self, found: Found, problem: Problem, result: FileResult) -> FileResult:
        result.sha256 = Found(path=found.path, source_file=found.source_file, refusal=problem).refusal_mark
        if result.sha256 in self.task.known.get(found.path, frozenset()):
            result.unchanged = True
            return result
        result.count("documents")
        result.count("quarantined")
        result.count("problems")
        self.columns.add_problem(problem, Place(found.source_file, 0, 0, ""), format_name="", retrieved_at=found.retrieved_at)
        return result


class _FileReading:
    """One file, or slice, being read: its leaves, their records, and what is counted."""

    def __init__(self, reading: _Reading, result: FileResult, outer: Outermost) -> None:
        self.reading, self.result, self.outer = reading, result, outer
        self.task, self.columns = reading.task, reading.columns
        self.retrieved_at = result.found.retrieved_at
        self.known_format = ""
        self.format_name = ""
        self.seen: set[int] = set()

    def read(self, source: Input, packed_bytes: int) -> None:
        """Every leaf of the file."""
        for leaf in leaves(source, packed_bytes=packed_bytes):
            self.format_name, self.seen = "", set()
            if isinstance(leaf, Rejected):
                self._reject(leaf, None)
            else:
                self._read_leaf(leaf)

    def _read_leaf(self, leaf: Input) -> None:
        try:
            entry = detect.named(self.known_format) if self.known_format else detect.entry(leaf.head, leaf.name)
            if entry is None:
                self._refuse_whole(leaf, *_unknown(leaf))
                return
            self.format_name = entry.name
            for record in entry.reader(leaf):
                self._take(record, leaf)
        except DAMAGE as error:
            self._reject(refusal(leaf.name, error), None)
        except Exception as error:  # noqa: BLE001 - the one place where a reader's own failure becomes a Problem: the batch goes on
            self._refuse_whole(leaf, "reader_failed", f"the reader {self.format_name} failed: {type(error).__name__}: {error}")
        finally:
            leaf.close()

    def _take(self, record: Record, leaf: Input) -> None:
        match record:
            case Publication():
                self._see(record.place.offset)
                self.columns.add_publication(record, self.retrieved_at)
                self._count_parts(record)
            case LegalEvent():
                self._see(record.place.offset)
                self.columns.add_event(record, self.retrieved_at)
                self.result.count("events")
            case Conveyance():
                self._see(record.place.offset)
                self.columns.add_conveyance(record, self.retrieved_at)
                self.result.count("conveyances")
            case Skipped():
                self._see(record.place.offset)
                self.result.count("skipped")
            case Problem():
                self._problem(record, Place(leaf.name, record.offset or 0, 0, ""), "")
            case Rejected():
                self._reject(record, leaf)
            case _:
                assert_never(record)
        if self.columns.source_bytes >= FLUSH_BYTES or self.columns.rows >= FLUSH_RECORDS:
            self.reading.flush()

    def _see(self, offset: int) -> None:
        if offset not in self.seen:
            self.seen.add(offset)
            self.result.count("documents")

    def _count_parts(self, record: Publication) -> None:
        counts = self.result.counts
        for name, number in (
            ("publications", 1),
            ("claims", len(record.claims)),
            ("citations", len(record.citations)),
            ("parties", len(record.parties)),
            ("classifications", len(record.classifications)),
        ):
            counts[name] = counts.get(name, 0) + number

    def _problem(self, problem: Problem, place: Place, quarantine_file: str) -> None:
        self.result.count("problems")
        self.columns.add_problem(
            problem, place, format_name=self.format_name, retrieved_at=self.retrieved_at, quarantine_file=quarantine_file
        )

    def _reject(self, refused: Rejected, leaf: Input | None) -> None:
        self._see(refused.place.offset)
        place, file = keep_refused(self.task.root, refused, leaf, self.outer, keeping=self.task.keeping)
        self._quarantined(place, file, refused.problems)

    def _refuse_whole(self, leaf: Input, code: str, message: str) -> None:
        try:
            place, file = keep_whole(self.task.root, leaf, self.task.keeping)
        except DAMAGE as error:
            self._reject(refusal(leaf.name, error), None)
            return
        self._see(place.offset)
        self._quarantined(place, file, (Problem(where=leaf.name, offset=place.offset, code=code, message=message),))

    def _quarantined(self, place: Place, file: str, problems: tuple[Problem, ...]) -> None:
        self.result.count("quarantined")
        for problem in problems:
            self._problem(problem, place, file)


def _unknown(leaf: Input) -> tuple[str, str]:
    if not leaf.head:
        return "empty_file", "the file is empty"
    return "unknown_format", f"no format fits; tried: {detect.tried()}"
