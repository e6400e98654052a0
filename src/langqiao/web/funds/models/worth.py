"""The tables of a fund's money over its life: versions of terms, newcomers, defaults, facts, marks, valuations, index series."""

import uuid
from typing import ClassVar

from django.db import models

from langqiao.engine.funds.pipeline import EXITS
from langqiao.web.appraisals.models import RecordedOpinion
from langqiao.web.funds.models.core import BASES, NAME_CHARS, USER, Fund, Order, Partner, Project, known, positive
from langqiao.web.people.models import Organization

DECISIONS = ("asked", "approved", "refused")
DEFAULT_STATES = ("noticed", "defaulted", "withdrawn", "cured", "forfeited")
FACT_KINDS = ("portfolio_fee", "fee_waiver", "fee_rebate", "jobs", "reinvestment", "outside_capital")
METHODS = ("recent_price", "multiples", "discounted_cash_flow", "net_assets", "patent_opinion", "cost_of_the_quarter", "realizable")
EXIT_PATHS = tuple(path.code for path in EXITS)


def by_another(name: str) -> models.CheckConstraint:
    """Who asked does not decide."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(state="asked", decided_by=None) | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("by"))),
    )


class Decided(models.Model):
    """What one person asks and another decides; once decided the database refuses every change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, default="asked", db_index=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class TermsVersion(Decided):
    """Terms that hold from a day on, as they are asked for; version 1 are the terms the fund was founded with."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="terms_versions")
    number = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            known("terms_state_known", "state", DECISIONS),
            models.UniqueConstraint(name="terms_number_once", fields=["fund", "number"]),
            by_another("terms_decided_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.number}"


class Newcomer(models.Model):
    """Who wants to enter after the first close, with what was checked of it; `partner` once it has paid its equalization."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="newcomers")
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=NAME_CHARS)
    commitment_fen = models.BigIntegerField()
    identity_sha256 = models.CharField(max_length=64)
    disclosure_sha256 = models.CharField(max_length=64)
    disclosed_at = models.DateTimeField()
    basis = models.CharField(max_length=20)
    funds_source = models.CharField(max_length=300)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    checked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    partner = models.OneToOneField(Partner, null=True, on_delete=models.PROTECT, related_name="newcomer")
    joined_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="newcomer_once", fields=["fund", "name"]),
            positive("newcomer_commitment_positive", "commitment_fen"),
            known("newcomer_basis_known", "basis", BASES),
            models.CheckConstraint(
                name="newcomer_checked_by_another", condition=models.Q(checked_by=None) | ~models.Q(checked_by=models.F("by"))
            ),
            models.CheckConstraint(
                name="newcomer_joined_whole",
                condition=models.Q(partner=None, joined_on=None) | models.Q(partner__isnull=False, joined_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Default(models.Model):
    """A call that a partner did not pay: noticed by one person, declared a default by another, then cured or forfeited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="defaults")
    call = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="defaults")
    open_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, default="noticed", db_index=True)
    noticed_on = models.DateField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["noticed_on", "id"]
        constraints: ClassVar = [
            known("default_state_known", "state", DEFAULT_STATES),
            positive("default_open_positive", "open_fen"),
            models.UniqueConstraint(
                name="default_running_once", fields=["partner"], condition=models.Q(state__in=["noticed", "defaulted"])
            ),
            models.CheckConstraint(
                name="default_declared_by_another",
                condition=models.Q(state="noticed", decided_by=None)
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.state}"


class FundFact(Decided):
    """A fact that no ledger knows, with its source: fees of portfolio companies, waivers, jobs, reinvestment, capital of others beside the fund."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="facts")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    on = models.DateField()
    amount = models.BigIntegerField()
    source = models.CharField(max_length=500)
    evidence_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["on", "at"]
        constraints: ClassVar = [
            known("fact_kind_known", "kind", FACT_KINDS),
            known("fact_state_known", "state", DECISIONS),
            positive("fact_amount_positive", "amount"),
            by_another("fact_decided_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Mark(Decided):
    """The fair value of one holding on a day: method, inputs, calibration, why it changed, and the opinion of value of its patents it rests on."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="marks")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="marks")
    on = models.DateField()
    fair_fen = models.BigIntegerField()
    cost_fen = models.BigIntegerField()
    method = models.CharField(max_length=30)
    inputs = models.CharField(max_length=1000)
    calibration_fen = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    opinion = models.ForeignKey(RecordedOpinion, null=True, on_delete=models.PROTECT, related_name="+")
    opinion_sha256 = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=80)
    payload_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["on", "at"]
        constraints: ClassVar = [
            known("mark_method_known", "method", METHODS),
            known("mark_state_known", "state", DECISIONS),
            models.CheckConstraint(name="mark_not_negative", condition=models.Q(fair_fen__gte=0, cost_fen__gte=0)),
            models.UniqueConstraint(name="mark_once", fields=["project", "on"], condition=models.Q(state__in=["asked", "approved"])),
            models.UniqueConstraint(name="mark_key_once", fields=["fund", "key"]),
            models.CheckConstraint(name="mark_opinion_whole", condition=~models.Q(method="patent_opinion") | ~models.Q(opinion_sha256="")),
            by_another("mark_decided_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.on}"


class Valuation(Decided):
    """The net asset value of a fund on a day as it was computed; `body` holds every line and `sha256` the hash of its canonical form."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="valuations")
    on = models.DateField()
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    net_fen = models.BigIntegerField()
    partners_fen = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["on", "at"]
        constraints: ClassVar = [
            known("valuation_state_known", "state", DECISIONS),
            models.UniqueConstraint(name="valuation_once", fields=["fund", "on"], condition=models.Q(state__in=["asked", "approved"])),
            by_another("valuation_decided_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.fund} {self.on}"


class IndexSeries(models.Model):
    """Levels of an index as somebody gave them, with their source; the platform invents none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="series")
    name = models.CharField(max_length=NAME_CHARS)
    source = models.CharField(max_length=500)
    levels = models.JSONField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-at"]
        constraints: ClassVar = [models.UniqueConstraint(name="series_once", fields=["fund", "sha256"])]

    def __str__(self) -> str:
        return self.name
