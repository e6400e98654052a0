"""The tables of work: a Job a person waits for, a Duty the clock starts."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from langqiao.web.people.models import Organization


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("finished")
    FAILED = "failed", _("failed")
    CANCELED = "canceled", _("canceled")


ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELED)


class Job(models.Model):
    """One piece of long work: `kind` names the function, `payload` its arguments, `counts` what it has found so far."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    organization = models.ForeignKey(Organization, null=True, on_delete=models.CASCADE, related_name="jobs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED, db_index=True)
    stage = models.CharField(max_length=40, blank=True)
    done_count = models.PositiveBigIntegerField(default=0)
    total_count = models.PositiveBigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    stage_started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [models.CheckConstraint(name="job_state_known", condition=models.Q(state__in=JobState.values))]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED


class Duty(models.Model):
    """One timed duty: it is due at `next_at`, then every `every_s` seconds; the row survives a restart and is claimed by one process."""

    name = models.CharField(max_length=60, unique=True)
    every_s = models.PositiveIntegerField()
    next_at = models.DateTimeField(db_index=True)
    running_since = models.DateTimeField(null=True)
    last_started_at = models.DateTimeField(null=True)
    last_ended_at = models.DateTimeField(null=True)
    last_result = models.TextField(blank=True)
    run_count = models.PositiveBigIntegerField(default=0)
    failure_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return self.name
