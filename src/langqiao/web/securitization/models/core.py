"""A transaction, who takes part, the claims of its pool, its tranches, and the steps asked for and taken."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.engine.securitization.eligibility import STRUCTURES
from langqiao.engine.securitization.terms import RANKS
from langqiao.engine.securitization.workflow import ROLES, TRANSACTION
from langqiao.web.credit.models import Loan
from langqiao.web.people.models import Organization

ASSET_STATES = ("listed", "pooled", "defaulted", "repaid", "replaced", "released")


def known(name: str, field: str, values: object) -> models.CheckConstraint:
    """A constraint that a field holds one of the values."""
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": sorted(values)}))  # type: ignore[call-overload]


class Transaction(models.Model):
    """A securitization. Money in fen; `terms` and `criteria` as the engine writes and reads them; the last fields stand between payment dates."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    vehicle = models.CharField(max_length=160)
    structure = models.CharField(max_length=20)
    arranger = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="securitizations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shape = models.CharField(max_length=40, blank=True)
    cut_off_on = models.DateField()
    state = models.CharField(max_length=20, default=TRANSACTION.start, db_index=True)
    version = models.PositiveIntegerField(default=1)
    is_scenario = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    criteria = models.JSONField(default=dict)
    terms = models.JSONField(default=dict)
    issue_fen = models.BigIntegerField(default=0)
    pool_fen = models.BigIntegerField(default=0)
    first_end_on = models.DateField(null=True)
    pay_days = models.PositiveIntegerField(default=0)
    issued_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    reserve_fen = models.BigIntegerField(default=0)
    retained_fen = models.BigIntegerField(default=0)
    support_fen = models.BigIntegerField(default=0)
    defaulted_fen = models.BigIntegerField(default=0)
    support_called = models.BooleanField(default=False)
    declared = models.JSONField(default=list)
    waived = models.JSONField(default=list)
    accelerated_on = models.DateField(null=True)
    accelerated_by = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            known("securitization_state_known", "state", TRANSACTION.states),
            known("securitization_structure_known", "structure", STRUCTURES),
            models.CheckConstraint(
                name="securitization_sums_not_negative",
                condition=models.Q(issue_fen__gte=0, pool_fen__gte=0, reserve_fen__gte=0, retained_fen__gte=0, support_fen__gte=0),
            ),
            models.CheckConstraint(
                name="securitization_accelerated_has_its_day",
                condition=~models.Q(state="accelerated") | models.Q(accelerated_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """Who takes which role; one organization may take several, a role has one."""

    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(max_length=20)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_party_once", fields=["transaction", "role"]),
            known("securitization_party_role_known", "role", set(ROLES) - {"investor"}),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.organization}"


class Asset(models.Model):
    """A claim of the pool. `claim` names it for good (`loan/UUID`, or the number of its contract); while `active`, no other pool has it (I65)."""

    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="assets")
    claim = models.CharField(max_length=80, db_index=True)
    loan = models.ForeignKey(Loan, null=True, on_delete=models.PROTECT, related_name="pooled")
    obligor = models.CharField(max_length=160)
    industry = models.CharField(max_length=60)
    region = models.CharField(max_length=60)
    balance_fen = models.BigIntegerField()
    rate_annual = models.CharField(max_length=12)
    risk = models.CharField(max_length=8, default="1")
    ends_on = models.DateField()
    days_past_due = models.PositiveIntegerField(default=0)
    assignable = models.BooleanField(default=True)
    state = models.CharField(max_length=12, default="listed")
    active = models.BooleanField(default=False)
    performing_fen = models.BigIntegerField(default=0)
    defaulted_fen = models.BigIntegerField(default=0)
    defaulted_on = models.DateField(null=True)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    reasons = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_claim_in_one_pool", fields=["claim"], condition=models.Q(active=True)),
            models.UniqueConstraint(name="securitization_claim_once_in_its_pool", fields=["transaction", "claim"]),
            models.UniqueConstraint(name="securitization_loan_in_one_pool", fields=["loan"], condition=models.Q(active=True)),
            known("securitization_asset_state_known", "state", ASSET_STATES),
            models.CheckConstraint(name="securitization_asset_positive", condition=models.Q(balance_fen__gt=0)),
            models.CheckConstraint(name="securitization_asset_sums", condition=models.Q(performing_fen__gte=0, defaulted_fen__gte=0)),
            models.CheckConstraint(
                name="securitization_asset_default_dated", condition=models.Q(defaulted_on__isnull=True, defaulted_fen=0) | models.Q(defaulted_on__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.claim


class AssetPatent(models.Model):
    """A patent behind a claim; while `active` it stands behind no other pool. `pledge`: the deal of the loan's own pledge, only for loans."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="patents")
    key = models.CharField(max_length=80, db_index=True)
    number = models.CharField(max_length=80)
    title_zh = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    is_loan = models.BooleanField(default=False)
    pledge = models.CharField(max_length=40, blank=True)
    active = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_patent_in_one_pool", fields=["key"], condition=models.Q(active=True)),
            models.UniqueConstraint(name="securitization_patent_once", fields=["asset", "key"]),
            models.CheckConstraint(
                name="securitization_pledged_patent_only_with_its_loan",
                condition=models.Q(is_loan=False, pledge="") | (models.Q(is_loan=True) & ~models.Q(pledge="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AssetFlow(models.Model):
    """One due payment of a claim with what was paid on it."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="flows")
    number = models.PositiveIntegerField()
    due_on = models.DateField(db_index=True)
    principal_fen = models.BigIntegerField()
    interest_fen = models.BigIntegerField()
    paid_principal_fen = models.BigIntegerField(default=0)
    paid_interest_fen = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_flow_once", fields=["asset", "number"]),
            models.CheckConstraint(
                name="securitization_flow_not_overpaid",
                condition=models.Q(
                    paid_principal_fen__gte=0, paid_interest_fen__gte=0, paid_principal_fen__lte=models.F("principal_fen"),
                    paid_interest_fen__lte=models.F("interest_fen"),
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.asset_id} {self.number}"


class Tranche(models.Model):
    """A class of securities of the issue, the most senior first, with what is still owed on it."""

    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="tranches")
    place = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    rank = models.CharField(max_length=10)
    size_fen = models.BigIntegerField()
    rate_annual = models.CharField(max_length=12)
    balance_fen = models.BigIntegerField()
    arrears_fen = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_tranche_place", fields=["transaction", "place"]),
            known("securitization_tranche_rank_known", "rank", RANKS),
            models.CheckConstraint(
                name="securitization_tranche_in_range",
                condition=models.Q(size_fen__gt=0, balance_fen__gte=0, arrears_fen__gte=0, balance_fen__lte=models.F("size_fen")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Request(models.Model):
    """A step asked for by one person, which another of the same organization then takes."""

    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="requests")
    event = models.CharField(max_length=20)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="open")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="securitization_request_once", fields=["transaction", "event", "organization"], condition=models.Q(state="open")
            ),
            models.CheckConstraint(
                name="securitization_request_two_people",
                condition=~models.Q(state="taken") | ~models.Q(decided_by=models.F("requested_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id} {self.event}"


class StepTaken(models.Model):
    """A step of the transaction or of a payment date (`period_number`): append-only; `key` is the client's and makes it happen once."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    period_number = models.PositiveIntegerField(null=True)
    event = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    facts = models.JSONField(default=dict)
    audit_seq = models.BigIntegerField()
    key = models.CharField(max_length=100, unique=True)
    payload_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(name="securitization_step_number_once", fields=["transaction", "number"])]

    def __str__(self) -> str:
        return f"{self.transaction_id} {self.event}"
