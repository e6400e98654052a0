"""The tables of the fund's two bodies and of their cases: seats, sessions, members, ballots, conditions, answers of due diligence."""

import uuid
from typing import ClassVar

from django.db import models

from langqiao.engine.funds.diligence import QUESTION, STATUSES
from langqiao.engine.funds.session import BODIES, CONSTITUENCIES, FORMS, MATTERS, SESSION, VETO_GROUNDS
from langqiao.web.funds.models.core import USER, Fund, Partner, Project, known


class Seat(models.Model):
    """A seat of the committee or of the partners' advisory committee; `alternate` may sit in the member's place in a session.

    `until_on`: the last day of its term, or of the seat where it was given up; None: as long as the fund lives. `partner`: whom an advisory seat speaks for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="seats")
    alternate = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    body = models.CharField(max_length=20, default="committee")
    is_chair = models.BooleanField(default=False)
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="seats")
    constituency = models.CharField(max_length=20)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["from_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="seat_once", fields=["fund", "body", "user"], condition=models.Q(until_on=None)),
            known("seat_body_known", "body", BODIES),
            models.CheckConstraint(name="seat_of_a_partner", condition=models.Q(body="committee") | models.Q(partner__isnull=False)),
            known("seat_constituency_known", "constituency", CONSTITUENCIES),
        ]

    def __str__(self) -> str:
        return f"{self.fund} · {self.user}"


class Check(models.Model):
    """An answer to a question of due diligence about a patent. `facts`: what the record said; `reviewer` is empty where it alone answered."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="checks")
    key = models.CharField(max_length=80)
    code = models.CharField(max_length=30)
    status = models.CharField(max_length=10, default="unknown")
    facts = models.JSONField(default=dict)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    reviewer = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="check_once", fields=["project", "key", "code"]),
            known("check_code_known", "code", QUESTION),
            known("check_status_known", "status", STATUSES),
            models.CheckConstraint(
                name="check_waived_with_reason",
                condition=~models.Q(status="waived") | (~models.Q(reason="") & models.Q(reviewer__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.code}"


class Session(models.Model):
    """A session about one project, as a meeting or a written resolution, of one of the two bodies. `charter` is the fund's as it was when called.

    Once closed the database refuses every change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="sessions")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="sessions")
    body = models.CharField(max_length=20, default="committee")
    form = models.CharField(max_length=10, default="meeting")
    matter = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()
    is_secret = models.BooleanField()
    charter = models.JSONField()
    state = models.CharField(max_length=20, default="called", db_index=True)
    deadline_on = models.DateField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField(null=True)
    reason = models.CharField(max_length=30, blank=True)
    result = models.JSONField(null=True)
    expires_on = models.DateField(null=True)
    minutes = models.TextField(blank=True)
    minutes_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            known("session_state_known", "state", SESSION.states),
            known("session_matter_known", "matter", MATTERS),
            known("session_body_known", "body", BODIES),
            known("session_form_known", "form", FORMS),
            models.UniqueConstraint(
                name="session_running_once", fields=["project", "body"], condition=models.Q(state__in=["called", "open"])
            ),
            models.CheckConstraint(
                name="session_closed_whole",
                condition=~models.Q(state="closed")
                | (models.Q(passed__isnull=False, closed_at__isnull=False, result__isnull=False) & ~models.Q(minutes_sha256="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.matter}"


class Member(models.Model):
    """Who sits in a session, what conflicts it declared, what was detected, and whether it is recused.

    `hints`: what may be a conflict; `answer`: what the member says to it. `served_at`: when a written resolution was put before it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="members")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    constituency = models.CharField(max_length=20)
    is_chair = models.BooleanField(default=False)
    served_at = models.DateTimeField(null=True)
    detected = models.JSONField(default=list)
    hints = models.JSONField(default=list)
    answer = models.CharField(max_length=500, blank=True)
    declared_at = models.DateTimeField(null=True)
    declaration = models.CharField(max_length=500, blank=True)
    is_recused = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["seat__from_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="member_seat_once", fields=["session", "seat"]),
            models.UniqueConstraint(name="member_user_once", fields=["session", "user"]),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Vote(models.Model):
    """A ballot: one a member, never changed, cast only while the session is open; the database refuses anything else."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="votes")
    member = models.OneToOneField(Member, on_delete=models.PROTECT, related_name="vote")
    vote = models.CharField(max_length=10)
    veto = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=1000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            known("vote_known", "vote", ("for", "against", "abstain")),
            known("vote_veto_known", "veto", ("", *VETO_GROUNDS)),
            models.CheckConstraint(name="vote_veto_is_against", condition=models.Q(veto="") | models.Q(vote="against")),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Condition(models.Model):
    """A condition precedent of a session, met once with a paper that another person confirms."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=500)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="condition_met_with_paper", condition=models.Q(met_at=None) | ~models.Q(evidence_sha256="")),
        ]

    def __str__(self) -> str:
        return self.text
