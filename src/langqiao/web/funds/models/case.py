"""The tables around a case beside the ballot: the fund's limits, what a project is, advice, milestones, covenants and figures after the investment."""

import uuid
from typing import ClassVar

from django.db import models

from langqiao.engine.funds.aftercare import COVENANTS
from langqiao.engine.funds.limits import STAGES
from langqiao.engine.funds.pipeline import EXIT
from langqiao.web.funds.models.core import NAME_CHARS, USER, Fund, Project, known, positive
from langqiao.web.funds.models.council import Session


class Limits(models.Model):
    """What a fund may invest in: WIPO fields, stages and regions (empty: any). A new row replaces the last; it counts once another person approved it."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="limits")
    fields = models.JSONField(default=list)
    stages = models.JSONField(default=list)
    regions = models.JSONField(default=list)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="limits_approved_by_another",
                condition=models.Q(approved_by=None, approved_at=None)
                | (models.Q(approved_at__isnull=False) & ~models.Q(approved_by=models.F("by"))),
            )
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.pk}"


class Profile(models.Model):
    """What a project is beside its name and price: its stage, its region, and whether somebody of the manager declared it a related-party deal."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="profile")
    stage = models.CharField(max_length=20, blank=True)
    region = models.CharField(max_length=120, blank=True)
    related = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [known("profile_stage_known", "stage", ("", *STAGES))]

    def __str__(self) -> str:
        return f"{self.project_id} {self.stage}"


class PriceChange(models.Model):
    """A change of the price after the committee passed it; a material one sends the project back to the committee. Append-only."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="price_changes")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    before_fen = models.BigIntegerField()
    after_fen = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    is_material = models.BooleanField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [positive("price_change_positive", "after_fen")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.after_fen}"


class Advice(models.Model):
    """An advisory opinion asked of an alliance about a project: named experts score until the deadline. It opens and closes no gate."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="advices")
    alliance = models.CharField(max_length=NAME_CHARS)
    question = models.CharField(max_length=1000)
    deadline_on = models.DateField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return self.alliance


class Expert(models.Model):
    """A named expert of an advisory opinion; `conflicts` is what was detected: a conflicted expert's sheet is not counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    advice = models.ForeignKey(Advice, on_delete=models.PROTECT, related_name="experts")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    conflicts = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(name="expert_once", fields=["advice", "user"])]

    def __str__(self) -> str:
        return str(self.user)


class ScoreSheet(models.Model):
    """An expert's score sheet, 1 to 5 by criterion with words: written once, the database refuses changes."""

    expert = models.OneToOneField(Expert, on_delete=models.PROTECT, related_name="sheet")
    scores = models.JSONField()
    words = models.CharField(max_length=2000)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.expert)


class Tranche(models.Model):
    """A part of what a session grants, paid once its milestone is reached with a paper that another person confirms."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="tranches")
    place = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    milestone = models.CharField(max_length=500)
    due_on = models.DateField(null=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    reached_at = models.DateTimeField(null=True)
    reached_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="tranche_place_once", fields=["session", "place"]),
            positive("tranche_amount_positive", "amount_fen"),
            models.CheckConstraint(
                name="tranche_reached_with_paper",
                condition=models.Q(reached_at=None) | (~models.Q(evidence_sha256="") & ~models.Q(reached_by=models.F("by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.milestone


class Covenant(models.Model):
    """What the target owes the fund after the investment; `kept` is the last answer with its paper (None: not answered yet)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="covenants")
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    observer = models.CharField(max_length=NAME_CHARS, blank=True)
    due_on = models.DateField(null=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    kept = models.BooleanField(null=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            known("covenant_kind_known", "kind", COVENANTS),
            models.CheckConstraint(name="covenant_observer_named", condition=~models.Q(kind="observer") | ~models.Q(observer="")),
        ]

    def __str__(self) -> str:
        return self.text


class Figure(models.Model):
    """A figure of the target in a quarter, its plan and its actual value in whole units, with the paper it stands in: written once."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="figures")
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=40)
    quarter_ends_on = models.DateField()
    plan = models.BigIntegerField()
    actual = models.BigIntegerField(null=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name", "quarter_ends_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="figure_once", fields=["project", "name", "quarter_ends_on"]),
            positive("figure_plan_positive", "plan"),
            models.CheckConstraint(name="figure_with_paper", condition=models.Q(actual=None) | ~models.Q(evidence_sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.quarter_ends_on}"


class ExitPath(models.Model):
    """The way out chosen for a held project, with its reason; the newest counts. Append-only."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="exit_paths")
    path = models.CharField(max_length=20)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [known("exit_path_known", "path", EXIT)]

    def __str__(self) -> str:
        return self.path
