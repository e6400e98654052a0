"""The loops of the worker and of the scheduler processes."""

import logging
import os
import signal
import threading
import time
from types import FrameType

from django.db import close_old_connections

from langqiao.web.work.duties import duties_prepare, duty_claim, duty_run
from langqiao.web.work.models import Job, JobState
from langqiao.web.work.register import JOBS, load
from langqiao.web.work.services import JobCanceledError, job_claim, job_end

log = logging.getLogger(__name__)
stopping = threading.Event()
PARENT_LOOK_S = 1.0
"""How often a loop looks whether the process that started it still lives."""


def job_run(job: Job) -> None:
    """Runs a claimed job to its end; what goes wrong is written where its person sees it."""
    log.info("job %s %s starts", job.kind, job.pk)
    try:
        load(JOBS[job.kind])(job)
    except JobCanceledError:
        job_end(job=job, state=JobState.CANCELED)
    except Exception as error:  # a job must not take the worker down; the log has the trace, the page the sentence
        log.exception("job %s %s failed", job.kind, job.pk)
        job_end(job=job, state=JobState.FAILED, message=f"{type(error).__name__}: {error}"[:2000])
    else:
        job_end(job=job, state=JobState.DONE)
    log.info("job %s %s ended: %s", job.kind, job.pk, job.state)


def worker_loop(*, idle_s: float = 1.0) -> None:
    """Takes jobs one after another until told to stop."""
    _stop_on_signals()
    _end_with_parent()
    while not stopping.is_set():
        close_old_connections()
        job = job_claim()
        if job is None:
            stopping.wait(idle_s)
        else:
            job_run(job)


def scheduler_loop(*, idle_s: float = 5.0) -> None:
    """Runs due duties one after another until told to stop."""
    _stop_on_signals()
    _end_with_parent()
    duties_prepare()
    while not stopping.is_set():
        close_old_connections()
        duty = duty_claim()
        if duty is None:
            stopping.wait(idle_s)
        else:
            started = time.monotonic()
            duty_run(duty)
            log.info("duty %s ran in %.1f s", duty.name, time.monotonic() - started)


def _stop_on_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _end_with_parent() -> None:
    """Ends the whole process group once `langqiao serve` is gone: a job in the middle is taken over by the next worker, as after any death."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_LOOK_S)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=look, name="parent", daemon=True).start()
