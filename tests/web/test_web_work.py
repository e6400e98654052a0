"""Jobs and timed duties: each is claimed once, survives a dead process, can be canceled, and tells what went wrong."""

import datetime as dt

import pytest
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership, Role
from langqiao.web.work import loops, register
from langqiao.web.work.duties import STUCK, duties_prepare, duty_claim, duty_run
from langqiao.web.work.models import Duty, Job, JobState
from langqiao.web.work.selectors import job_pace
from langqiao.web.work.services import ATTEMPTS_MAX, STALE, JobCanceledError, job_cancel, job_claim, job_queue, job_report

pytestmark = pytest.mark.django_db
DONE: list[str] = []


def count_to_three(job):
    for number in range(1, 4):
        job_report(job=job, stage="counting", done=number, total=3)
    DONE.append(str(job.pk))


def fail(_job):
    raise ValueError("the third row is missing")


@pytest.fixture(autouse=True)
def _jobs(monkeypatch):
    DONE.clear()
    monkeypatch.setitem(register.JOBS, "count", f"{__name__}:count_to_three")
    monkeypatch.setitem(register.JOBS, "fail", f"{__name__}:fail")


def queued(people, kind="count"):
    return job_queue(kind=kind, payload={}, organization=people["first"], by=people[Role.EDITOR])


def test_a_job_is_claimed_once_and_the_oldest_first(people):
    first, second = queued(people), queued(people)
    assert [job_claim(), job_claim(), job_claim()] == [first, second, None]


def test_a_job_runs_to_its_end_and_shows_how_far_it_came(people):
    queued(people)
    job = job_claim()
    loops.job_run(job)
    job.refresh_from_db()
    assert (job.state, job.done_count, job.total_count, DONE) == (JobState.DONE, 3, 3, [str(job.pk)])


def test_a_failing_job_tells_why_and_ends(people):
    queued(people, "fail")
    job = job_claim()
    loops.job_run(job)
    assert job.state == JobState.FAILED and "the third row is missing" in job.message


def test_the_job_of_a_dead_worker_is_taken_over_and_after_three_deaths_given_up(people):
    job = queued(people)
    for death in range(1, ATTEMPTS_MAX + 1):
        assert job_claim() == job
        assert job_claim() is None
        Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - STALE - dt.timedelta(seconds=1))
        assert Job.objects.get(pk=job.pk).attempts == death
    assert job_claim() is None
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "worker_died")


def test_a_waiting_job_is_canceled_at_once_and_a_running_one_at_its_next_report(people):
    editor = Membership.objects.get(user=people[Role.EDITOR])
    waiting = queued(people)
    assert job_cancel(job_id=waiting.pk, membership=editor).state == JobState.CANCELED
    running = queued(people)
    job_claim()
    job_cancel(job_id=running.pk, membership=editor)
    running.refresh_from_db()
    with pytest.raises(JobCanceledError):
        job_report(job=running, done=1)
    loops.job_run(running)
    assert running.state == JobState.CANCELED and DONE == []
    with pytest.raises(Refusal):
        job_cancel(job_id=running.pk, membership=editor)


def test_the_page_of_a_job_asks_again_until_it_ends(client, people):
    job = queued(people)
    client.force_login(people[Role.READER])
    assert b'hx-trigger="every 1s"' in client.get(f"/jobs/{job.pk}").content
    loops.job_run(job_claim())
    assert b"hx-trigger" not in client.get(f"/jobs/{job.pk}").content.split(b'id="job"')[1]


def test_the_pace_of_a_stage_is_told_only_where_it_is_known(people):
    job = queued(people)
    assert job_pace(job).share is None and job_pace(job).left_s is None
    job.total_count, job.done_count, job.stage_started_at = 100, 25, timezone.now() - dt.timedelta(seconds=5)
    pace = job_pace(job)
    assert pace.share == 0.25 and 4 < pace.rate_s < 6 and 12 < pace.left_s < 18


def test_a_duty_is_due_once_whatever_the_number_of_schedulers_and_a_restart_keeps_its_time(monkeypatch):
    runs = []
    monkeypatch.setattr(register, "load", lambda place: lambda: runs.append(place))
    monkeypatch.setattr("langqiao.web.work.duties.load", lambda place: lambda: runs.append(place))
    duties_prepare()
    claimed = []
    while (duty := duty_claim()) is not None:
        claimed.append(duty)
    assert sorted(duty.name for duty in claimed) == sorted(register.DUTIES)
    for duty in claimed:
        duty_run(duty)
    duties_prepare()
    assert duty_claim() is None and len(runs) == len(register.DUTIES)
    assert all(duty.next_at > timezone.now() for duty in Duty.objects.all())


def test_a_failing_duty_is_counted_and_comes_again_and_one_that_hangs_is_freed(monkeypatch):
    def broken():
        raise OSError("the disk is full")

    monkeypatch.setattr("langqiao.web.work.duties.load", lambda _place: broken)
    duties_prepare()
    duty = duty_claim()
    duty_run(duty)
    duty.refresh_from_db()
    assert duty.failure_count == 1 and "the disk is full" in duty.last_result and duty.running_since is None
    Duty.objects.filter(pk=duty.pk).update(next_at=timezone.now(), running_since=timezone.now() - STUCK - dt.timedelta(seconds=1))
    assert duty.name in {found.name for found in iter(duty_claim, None)}
