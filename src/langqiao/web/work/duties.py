"""Timed duties: each a row; one process claims a due row, runs it once, and writes down when it is due again."""

import datetime as dt
import logging

from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

from langqiao.web.work.models import Duty
from langqiao.web.work.register import DUTIES, load

log = logging.getLogger(__name__)
STUCK = dt.timedelta(hours=1)
"""A duty that has been running for so long lost its process and may be claimed again."""


def duties_prepare() -> None:
    """Makes the missing rows; a row that exists keeps its time, so that a restart neither repeats nor skips a duty."""
    for name, (every_s, _place) in DUTIES.items():
        Duty.objects.get_or_create(name=name, defaults={"every_s": every_s, "next_at": timezone.now()})
        Duty.objects.filter(name=name).exclude(every_s=every_s).update(every_s=every_s)
    Duty.objects.exclude(name__in=DUTIES).delete()


def duty_claim() -> Duty | None:
    """A due duty, now marked as running; None if nothing is due. Two schedulers never get the same one."""
    now = timezone.now()
    Duty.objects.filter(running_since__lt=now - STUCK).update(running_since=None)
    for duty in Duty.objects.filter(next_at__lte=now, running_since=None):
        taken = Duty.objects.filter(pk=duty.pk, next_at=duty.next_at, running_since=None).update(
            running_since=now,
            last_started_at=now,
            next_at=now + dt.timedelta(seconds=duty.every_s),
            run_count=F("run_count") + 1,
        )
        if taken:
            return Duty.objects.get(pk=duty.pk)
    return None


def duty_run(duty: Duty) -> None:
    """Runs a claimed duty and writes its result; a failure is logged, counted and does not stop the scheduler."""
    _every_s, place = DUTIES[duty.name]
    failed = 0
    try:
        result = str(load(place)())
    except Exception as error:  # the scheduler must outlive any duty; the failure is kept in the row and in the log
        log.exception("the duty %s failed", duty.name)
        result, failed = f"{type(error).__name__}: {error}", 1
    Duty.objects.filter(pk=duty.pk).update(
        running_since=None, last_ended_at=timezone.now(), last_result=result[:2000], failure_count=F("failure_count") + failed
    )


def sessions_forget() -> int:
    """Deletes sessions that have ended; returns how many."""
    deleted, _by_table = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return deleted
