"""Reads about jobs: one of an organization, the latest ones, and how fast a job goes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Organization
from langqiao.web.work.models import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a running stage goes: share done (0…1, None if the total is unknown), rate a second, seconds left."""

    share: float | None
    rate_s: float | None
    left_s: float | None


def job_get(*, job_id: uuid.UUID, organization: Organization) -> Job:
    """A job of the organization. Refused (not_found) otherwise."""
    job = Job.objects.filter(pk=job_id, organization=organization).first()
    if job is None:
        raise Refusal("not_found", _("There is no such job in your organization."))
    return job


def jobs_latest(*, organization: Organization, limit: int = 5) -> Sequence[Job]:
    """The newest jobs of the organization."""
    return list(Job.objects.filter(organization=organization)[:limit])


def job_pace(job: Job) -> Pace:
    """Share, rate and time left of the stage the job is in."""
    share = min(1.0, job.done_count / job.total_count) if job.total_count else None
    if job.ended or job.stage_started_at is None:
        return Pace(share=share, rate_s=None, left_s=None)
    elapsed_s = max(0.001, (timezone.now() - job.stage_started_at).total_seconds())
    rate_s = job.done_count / elapsed_s if job.done_count else None
    left_s = (job.total_count - job.done_count) / rate_s if rate_s and job.total_count else None
    return Pace(share=share, rate_s=rate_s, left_s=left_s)
