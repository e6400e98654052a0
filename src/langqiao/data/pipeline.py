"""From files to what pages show: ingest, then each stage computed from the lake, skipped while its input has not changed."""

import dataclasses
import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any, Literal

from langqiao.data.lake.ingest import IngestReport, ingest
from langqiao.data.lake.ingest import Progress as IngestProgress
from langqiao.data.lake.lock import writing
from langqiao.data.lake.manifest import StageRun
from langqiao.data.lake.store import Lake

Run = Callable[[Lake, dt.date], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step after ingest. `run` is a function (lake, as_of) -> report, given itself or as "module:function", imported only when it runs.

    `after` names stages whose result it reads; `revision` rises when the same input would give another result.
    """

    name: str
    run: Run | str
    after: tuple[str, ...] = ()
    revision: str = "1"

    def call(self, lake: Lake, as_of: dt.date) -> dict[str, object]:
        """Runs the stage; its report as a dictionary."""
        report = _function(self.run)(lake, as_of)
        if dataclasses.is_dataclass(report) and not isinstance(report, type):
            return dataclasses.asdict(report)
        return dict(report) if isinstance(report, Mapping) else {"result": report}


STAGES: tuple[Stage, ...] = (
    Stage(name="indicators", run="langqiao.data.indicators.compute:compute"),
    Stage(name="grades", run="langqiao.data.appraisal_stage:grade_all", after=("indicators",)),
    Stage(name="index", run="langqiao.data.search.stage:build", after=("indicators", "grades")),
    Stage(name="vectors", run="langqiao.data.search.stage:build_vectors"),
)
"""The stages in order. A stage that keeps its result in the lake uses Lake.put_derived, or a folder of its own below the lake's root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """What became of a stage: `done` now, or `unchanged` since `finished_at`."""

    name: str
    status: Literal["done", "unchanged"]
    version: str
    finished_at: dt.datetime
    seconds: float = 0.0
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineReport:
    """What a run of the pipeline did."""

    ingest: IngestReport | None
    stages: tuple[StageReport, ...]


def run(
    lake: Lake,
    as_of: dt.date,
    *,
    paths: Sequence[Path | str] = (),
    workers: int = 1,
    stages: Sequence[Stage] = STAGES,
    on_ingest: Callable[[IngestProgress], None] | None = None,
    on_stage: Callable[[str], None] = lambda _: None,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> PipelineReport:
    """Reads `paths`, then runs every stage whose input has changed. What was finished before an interruption is not done again."""
    report = ingest(paths, lake, workers=workers, progress=on_ingest, clock=clock) if paths else None
    return PipelineReport(ingest=report, stages=tuple(run_stages(lake, as_of, stages=stages, on_stage=on_stage, clock=clock)))


def run_stages(
    lake: Lake,
    as_of: dt.date,
    *,
    stages: Sequence[Stage] = STAGES,
    on_stage: Callable[[str], None] = lambda _: None,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> Iterator[StageReport]:
    """Runs the stages in order. The version of its input is taken before a stage begins: what arrives meanwhile is taken up next time."""
    lake.manifest.create()
    with writing(lake.root, name=".stages.lock"):
        versions: dict[str, str] = {}
        for stage in stages:
            wanted = versions[stage.name] = input_version(lake, as_of, stage, versions)
            before = lake.manifest.stage(stage.name)
            if before is not None and before.version == wanted:
                yield StageReport(name=stage.name, status="unchanged", version=wanted, finished_at=before.finished_at, detail=before.detail)
                continue
            on_stage(stage.name)
            started = time.monotonic()
            detail = stage.call(lake, as_of)
            finished = StageRun(name=stage.name, version=wanted, finished_at=clock(), detail=detail)
            lake.manifest.finish_stage(finished)
            seconds = round(time.monotonic() - started, 3)
            yield StageReport(
                name=stage.name, status="done", version=wanted, finished_at=finished.finished_at, seconds=seconds, detail=detail
            )


def input_version(lake: Lake, as_of: dt.date, stage: Stage, versions: Mapping[str, str]) -> str:
    """A hash over all that decides a stage's result: records, day, program, and the stages before it."""
    given = [lake.version, as_of.isoformat(), package_version("langqiao"), stage.revision, *(versions[name] for name in stage.after)]
    return hashlib.sha256("\n".join(given).encode()).hexdigest()[:16]


def _function(run: Run | str) -> Run:
    if not isinstance(run, str):
        return run
    module, _, name = run.partition(":")
    found: Run = getattr(import_module(module), name)
    return found
