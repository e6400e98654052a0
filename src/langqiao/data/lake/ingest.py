"""From files to the lake: portions are read by one or more processes and committed in order, each whole or not at all."""

import dataclasses
import datetime as dt
import hashlib
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from langqiao.data.formats.limits import LIMITS, Limits
from langqiao.data.lake.durable import rename_into, settle, sweep
from langqiao.data.lake.lock import writing
from langqiao.data.lake.manifest import Manifest, Part, Unit, moment
from langqiao.data.lake.plan import PORTIONING, Found, Portion, Portioning, find, portions
from langqiao.data.lake.schema import SCHEMA_VERSION
from langqiao.data.lake.sources import KEEPING, Keeping
from langqiao.data.lake.store import Lake
from langqiao.data.lake.tally import distinct_publications
from langqiao.data.lake.task import FileResult, Task, TaskResult, take_copy
from langqiao.data.lake.workers import Job, Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an ingest has come; told after each portion."""

    done_bytes: int
    total_bytes: int
    files: int
    documents: int
    problems: int
    source_file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What the given files hold, those included that had been read before (`files_unchanged`): calling again gives the same counts.

    `documents` counts every root read: taken, skipped or refused; `publications` distinct publication keys; `quarantined` every refused
    document, archive entry and archive once; the other counts are rows. `batches` is what this call added to the lake.
    """

    files: int = 0
    files_unchanged: int = 0
    documents: int = 0
    skipped: int = 0
    publications: int = 0
    claims: int = 0
    citations: int = 0
    parties: int = 0
    classifications: int = 0
    conveyances: int = 0
    events: int = 0
    problems: int = 0
    quarantined: int = 0
    source_bytes: int = 0
    batches: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, int | float]:
        """Every figure by its name."""
        return dataclasses.asdict(self)


COUNTED = ("documents", "skipped", "claims", "citations", "parties", "classifications", "conveyances", "events", "problems", "quarantined")


@dataclass(slots=True)
class _Totals:
    units: list[Unit] = field(default_factory=list)
    unchanged: int = 0
    batches: int = 0
    source_bytes: int = 0

    def sum(self, name: str) -> int:
        return sum(unit.counts.get(name, 0) for unit in self.units)


def ingest(
    paths: Sequence[Path | str],
    lake: Lake,
    *,
    limits: Limits = LIMITS,
    keeping: Keeping = KEEPING,
    portioning: Portioning = PORTIONING,
    workers: int = 1,
    again: bool = False,
    progress: Callable[[Progress], None] | None = None,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> IngestReport:
    """Reads every file below `paths` into the lake; returns when all were read, whatever they held.

    A file is read once for its path and content; with `again` it is read once more, for other limits or a reader that has learned. What was committed when a process was killed stays, the rest is read by the next call;
    the result does not depend on the number of workers. Raises LakeBusyError when another process has been writing for too long, OSError
    when the lake cannot be written.
    """
    started = time.monotonic()
    files = find(paths)
    totals = _Totals()
    with writing(lake.root):
        lake.manifest.create()
        _remove_unfinished(lake)
        with Runner(workers) as runner:
            for portion, results in _read(
                files, lake, runner, _Settings(limits=limits, keeping=keeping, portioning=portioning, again=again)
            ):
                _commit(portion, results, lake, _Committing(totals=totals, clock=clock))
                if progress is not None:
                    progress(_progress(portion, files, totals))
        shutil.rmtree(lake.root / "staging", ignore_errors=True)
    counts = {name: totals.sum(name) for name in COUNTED}
    return IngestReport(
        files=len(files),
        files_unchanged=totals.unchanged,
        publications=distinct_publications(lake, totals.units),
        source_bytes=totals.source_bytes,
        batches=totals.batches,
        seconds=round(time.monotonic() - started, 3),
        **counts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    limits: Limits
    keeping: Keeping
    portioning: Portioning
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Committing:
    totals: _Totals
    clock: Callable[[], dt.datetime]


def _read(files: Sequence[Found], lake: Lake, runner: Runner, settings: _Settings) -> Iterator[tuple[Portion, list[TaskResult]]]:
    """The portions in order, each with its results; a few portions ahead are already being read by the other processes."""
    waiting: deque[tuple[Portion, list[Job]]] = deque()
    for number, portion in enumerate(portions(files, settings.portioning)):
        waiting.append((portion, _jobs(portion, number, lake, runner, settings=settings)))
        while sum(len(jobs) for _, jobs in waiting) > runner.ahead:
            yield _collected(*waiting.popleft())
    while waiting:
        yield _collected(*waiting.popleft())


def _collected(portion: Portion, jobs: list[Job]) -> tuple[Portion, list[TaskResult]]:
    return portion, [result for job in jobs for result in job.results()]


def _jobs(portion: Portion, number: int, lake: Lake, runner: Runner, *, settings: _Settings) -> list[Job]:
    known = {found.path: frozenset[str]() if settings.again else _known(lake, found) for found in portion.files}
    staging = lake.root.absolute() / "staging"

    def task(position: int, slices: tuple, *, is_part: bool) -> Task:  # type: ignore[type-arg]
        return Task(
            root=lake.root.absolute(),
            staging=staging / f"{number:06d}-{position:04d}",
            slices=slices,
            known=known,
            limits=settings.limits,
            keeping=settings.keeping,
            is_part=is_part,
        )

    if not portion.is_sliced:
        return [runner.read(task(0, portion.slices, is_part=False))]
    found = portion.files[0]
    copying = runner.copy(lake.root.absolute(), found, known[found.path], settings.keeping)
    if known[found.path] and copying.results()[0].files[0].unchanged:
        return [copying]
    return [copying, *(runner.read(task(position, (piece,), is_part=True)) for position, piece in enumerate(portion.slices))]


def _known(lake: Lake, found: Found) -> frozenset[str]:
    """The hashes under which a file was read before."""
    return frozenset(unit.sha256 for unit in lake.manifest.units(path=shown(found.path)))


def shown(path: str) -> str:
    """A path as the manifest keeps it: bytes that are no UTF-8 are written as escapes."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def _commit(portion: Portion, results: list[TaskResult], lake: Lake, committing: _Committing) -> None:
    totals = committing.totals
    units, unchanged = _units(results)
    totals.source_bytes += sum(found.size_bytes for found in portion.files)
    totals.unchanged += len(unchanged)
    for result in unchanged:
        totals.units += [unit for unit in lake.manifest.units(path=shown(result.found.path)) if unit.sha256 == result.sha256]
    totals.units += units
    if not units:
        return
    listed = "\n".join(f"{unit.source_file}\t{unit.sha256}" for unit in units)
    batch_id = hashlib.sha256(f"{SCHEMA_VERSION}\n{listed}".encode()).hexdigest()[:20]
    if lake.manifest.has_batch(batch_id):  # read again: the same files, another reading
        batch_id = hashlib.sha256(f"{batch_id}\n{lake.version}".encode()).hexdigest()[:20]
    parts = []
    for position, task in enumerate(task for task in results if task.parts):
        for table, staged in sorted(task.parts.items()):
            name = f"tables/{table}/{batch_id}-{position:04d}.parquet"
            rename_into(staged, lake.root / name)
            parts.append(Part(table=table, file=name, rows=task.rows[table]))
    settle()
    lake.manifest.commit(batch_id, parts=parts, units=units, now=committing.clock())
    totals.batches += 1


def _units(results: list[TaskResult]) -> tuple[list[Unit], list[FileResult]]:
    """The files read, slices of one file added up, and those that had been read before."""
    merged: dict[str, FileResult] = {}
    for result in (file for task in results for file in task.files):
        first = merged.setdefault(result.found.path, result)
        if first is not result:
            for name, number in result.counts.items():
                first.count(name, number)
    changed = [_unit(result) for result in merged.values() if not result.unchanged]
    return changed, [result for result in merged.values() if result.unchanged]


def _unit(result: FileResult) -> Unit:
    found = result.found
    return Unit(
        path=shown(found.path),
        sha256=result.sha256,
        source_file=found.source_file,
        size_bytes=found.size_bytes,
        retrieved_at=moment(found.retrieved_at),
        kept=result.kept,
        counts=result.counts,
    )


def _remove_unfinished(lake: Lake) -> None:
    """Removes what a killed ingest left: files that no committed batch names."""
    shutil.rmtree(lake.root / "staging", ignore_errors=True)
    for folder in ("sources", "quarantine", "derived"):
        sweep(lake.root / folder)
    named = lake.manifest.part_files()
    for file in (lake.root / "tables").rglob("*"):
        if file.is_file() and file.relative_to(lake.root).as_posix() not in named:
            file.unlink()


def _progress(portion: Portion, files: Sequence[Found], totals: _Totals) -> Progress:
    return Progress(
        done_bytes=totals.source_bytes,
        total_bytes=sum(found.size_bytes for found in files),
        files=len(totals.units),
        documents=totals.sum("documents"),
        problems=totals.sum("problems"),
        source_file=portion.files[-1].source_file,
    )


__all__ = ["IngestReport", "Manifest", "Progress", "ingest", "shown", "take_copy"]
