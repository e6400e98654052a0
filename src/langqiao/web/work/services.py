"""Writes about jobs: queue, claim, report, cancel, end; one claim wins, a dead worker's job is taken over."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership, Organization, User
from langqiao.web.people.session import must_edit
from langqiao.web.work.models import ENDED, Job, JobState

STALE = dt.timedelta(seconds=60)
"""A running job whose worker has not reported for so long is taken over."""
ATTEMPTS_MAX = 3


class JobCanceledError(Exception):
    """Raised inside a job when its person has asked to stop it."""


def job_queue(*, kind: str, payload: Mapping[str, Any], organization: Organization | None, by: User | None) -> Job:
    """Puts a job in the queue."""
    return Job.objects.create(kind=kind, payload=dict(payload), organization=organization, by=by)


def job_claim() -> Job | None:
    """The oldest waiting job, or a stale one, now running in this process; None if nothing waits."""
    now = timezone.now()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE)
    for candidate in Job.objects.filter(free).order_by("created_at")[:5]:
        if candidate.attempts >= ATTEMPTS_MAX:
            job_end(job=candidate, state=JobState.FAILED, message="worker_died")
            continue
        taken = Job.objects.filter(free, pk=candidate.pk, attempts=candidate.attempts).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            started_at=candidate.started_at or now,
            heartbeat_at=now,
        )
        if taken:
            return Job.objects.get(pk=candidate.pk)
    return None


def job_report(
    *,
    job: Job,
    stage: str | None = None,
    done: int | None = None,
    total: int | None = None,
    counts: Mapping[str, int] | None = None,
) -> None:
    """Writes progress; raises JobCanceledError when the person has asked to stop."""
    now = timezone.now()
    fields: dict[str, Any] = {"heartbeat_at": now}
    if stage is not None and stage != job.stage:
        fields |= {"stage": stage, "stage_started_at": now, "done_count": done or 0, "total_count": total}
    if done is not None:
        fields["done_count"] = done
    if total is not None:
        fields["total_count"] = total
    if counts is not None:
        fields["counts"] = {**job.counts, **counts}
    for name, value in fields.items():
        setattr(job, name, value)
    Job.objects.filter(pk=job.pk).update(**fields)
    if Job.objects.filter(pk=job.pk, cancel_requested=True).exists():
        raise JobCanceledError


def job_end(*, job: Job, state: str, message: str = "") -> None:
    """Ends a job; an ended job stays as it ended."""
    assert state in ENDED
    Job.objects.filter(pk=job.pk).exclude(state__in=ENDED).update(state=state, message=message, ended_at=timezone.now())
    job.refresh_from_db()


@transaction.atomic
def job_cancel(*, job_id: uuid.UUID, membership: Membership) -> Job:
    """Asks a job to stop; one that waits stops at once. Refused (not_found) for another organization's, (job_ended) for an ended one."""
    job = Job.objects.select_for_update().filter(pk=job_id, organization=membership.organization).first()
    if job is None:
        raise Refusal("not_found", _("There is no such job in your organization."))
    must_edit(membership)
    if job.ended:
        raise Refusal("job_ended", _("The job has ended already."), facts={"state": job.state})
    job.cancel_requested = True
    if job.state == JobState.QUEUED:
        job.state, job.ended_at = JobState.CANCELED, timezone.now()
    job.save(update_fields=["cancel_requested", "state", "ended_at"])
    return job
