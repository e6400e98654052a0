"""The loops of the worker and of the scheduler processes."""

import logging
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
