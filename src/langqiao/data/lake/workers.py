"""Where tasks run: in this process, or in several that end with it; a task whose process dies is repeated file by file."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from langqiao.data.lake.plan import Found
from langqiao.data.lake.sources import Keeping
from langqiao.data.lake.task import FileResult, Task, TaskResult, run, take_copy
from langqiao.engine.kernel.problem import Problem


def copy_task(root: Path, found: Found, known: frozenset[str], keeping: Keeping) -> TaskResult:
    """Hashes and copies a large file whose slices are read by other tasks."""
    copy, unchanged = take_copy(root, found, known, keeping)
    result = FileResult(found=found, sha256=copy.sha256, kept=copy.file is not None, unchanged=unchanged)
    return TaskResult(files=[result], parts={}, rows={})


class Job:
    """One task, running or waiting to run."""

    def __init__(self, call: Callable[[], list[TaskResult]]) -> None:
        self._call = call
        self._results: list[TaskResult] | None = None

    def results(self) -> list[TaskResult]:
        """What the task gave; waits for it, or runs it now."""
        if self._results is None:
            self._results = self._call()
        return self._results


class Runner:
    """Runs tasks in `workers` processes; with one, in this process at the moment the result is asked for."""

    def __init__(self, workers: int) -> None:
        self.workers = max(1, workers)
        self.ahead = 0 if self.workers == 1 else 3 * self.workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def read(self, task: Task) -> Job:
        """A job that reads the task's files."""
        if self.workers == 1:
            return Job(lambda: [run(task)])
        future = self._submit(run, task)
        return Job(lambda: self._outcome(future, task))

    def copy(self, root: Path, found: Found, known: frozenset[str], keeping: Keeping) -> Job:
        """A job that hashes and copies a large file."""
        if self.workers == 1:
            return Job(lambda: [copy_task(root, found, known, keeping)])
        future = self._submit(copy_task, root, found, known, keeping)
        return Job(lambda: [_result(future) or copy_task(root, found, known, keeping)])

    def _submit(self, call: Callable[..., TaskResult], *arguments: Any) -> "Future[TaskResult]":
        if self._pool is None:
            self._pool = _pool(self.workers)
        try:
            return self._pool.submit(call, *arguments)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = _pool(self.workers)
            return self._pool.submit(call, *arguments)

    def _outcome(self, future: "Future[TaskResult]", task: Task) -> list[TaskResult]:
        result = _result(future)
        return [result] if result is not None else [_alone(task, position) for position in range(len(task.slices))]


def _result(future: "Future[TaskResult]") -> TaskResult | None:
    """What a task gave; None where its process died under it."""
    try:
        return future.result()
    except BrokenProcessPool:
        return None


def _alone(task: Task, position: int) -> TaskResult:
    """One file of a task in a process of its own; if that dies too, the file is what kills it and becomes a Problem."""
    piece = task.slices[position]
    staging = task.staging.with_name(f"{task.staging.name}-alone-{position:04d}")
    single = replace(task, slices=(piece,), staging=staging)
    with _pool(1) as pool:
        result = _result(pool.submit(run, single))
    if result is not None:
        return result
    message = "reading this file ended the process that read it; nothing of it was taken"
    problem = Problem(where=piece.found.source_file, offset=piece.start, code="reader_crashed", message=message)
    refused = replace(
        single, slices=(replace(piece, found=replace(piece.found, refusal=problem)),), is_part=False, staging=staging / "refused"
    )
    return run(refused)


def _pool(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=workers, mp_context=context, initializer=_end_with_parent, initargs=(os.getpid(),))


def _end_with_parent(parent: int) -> None:
    """Ends this process when the one that started it is gone, so that a killed ingest leaves nothing running."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
