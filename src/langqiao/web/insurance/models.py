"""The tables of insurance: products with dated tariffs, policies from quote to end, insured patents, premiums, claims, and every step taken."""

import datetime as dt
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.engine.insurance.cover import KINDS, PAPERS
from langqiao.engine.insurance.workflow import CLAIM, POLICY
from langqiao.web.credit.models import Loan
from langqiao.web.people.models import Organization

SUBSIDY_STATES = ("open", "granted", "denied", "void")
CHANGE_STATES = ("open", "taken", "refused")


def _known(name: str, field: str, values: object) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": sorted(values)}))  # type: ignore[call-overload]


class Product(models.Model):
    """What an insurer offers under one name; its prices stand in its tariffs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="insurance_products")
    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    is_scenario = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["insurer", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="insurance_product_once", fields=["insurer", "name"]),
            _known("insurance_product_kind_known", "kind", KINDS),
        ]

    def __str__(self) -> str:
        return self.name


class Tariff(models.Model):
    """One version of a product's prices, in force from `since` once another person approved it. `values` as `engine.insurance.tariff` reads them."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="tariffs")
    number = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    template = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["product", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="insurance_tariff_once", fields=["product", "number"]),
            models.CheckConstraint(
                name="insurance_tariff_two_people", condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("asked_by"))
            ),
            models.CheckConstraint(
                name="insurance_tariff_approved_whole",
                condition=models.Q(approved_by__isnull=True, approved_at__isnull=True)
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.number}"


class Policy(models.Model):
    """A policy from its quote on. Money in fen; `until` exclusive; `evidence` is how the premium came about, step by step."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=40, blank=True, db_index=True)
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="policies")
    insurer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="policies_sold")
    holder = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="policies_held")
    beneficiary = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="policies_for")
    loan = models.ForeignKey(Loan, null=True, on_delete=models.PROTECT, related_name="policies")
    renews = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="renewed")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, default="quoted", db_index=True)
    version = models.PositiveIntegerField(default=1)
    declared = models.JSONField(default=dict)
    units = models.PositiveIntegerField(default=0)
    months = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField(db_index=True)
    ended_on = models.DateField(null=True)
    valid_until = models.DateField(db_index=True)
    premium_fen = models.BigIntegerField()
    low_fen = models.BigIntegerField()
    high_fen = models.BigIntegerField()
    pure_fen = models.BigIntegerField(null=True)
    limit_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField(default=0)
    earned_fen = models.BigIntegerField(default=0)
    earned_on = models.DateField(null=True)
    used_fen = models.BigIntegerField(default=0)
    evidence = models.JSONField(default=list)
    is_scenario = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            _known("policy_state_known", "state", POLICY.states),
            models.CheckConstraint(
                name="policy_premium_in_order",
                condition=models.Q(premium_fen__gt=0, low_fen__lte=models.F("premium_fen"), high_fen__gte=models.F("premium_fen")),
            ),
            models.CheckConstraint(
                name="policy_earned_in_range", condition=models.Q(earned_fen__gte=0, earned_fen__lte=models.F("paid_fen"))
            ),
            models.CheckConstraint(
                name="policy_used_within_limit", condition=models.Q(used_fen__gte=0, used_fen__lte=models.F("limit_fen"))
            ),
            models.CheckConstraint(name="policy_term_in_order", condition=models.Q(until__gt=models.F("since"))),
        ]

    def __str__(self) -> str:
        return self.number or str(self.pk)

    @property
    def cover_until(self) -> dt.date:
        """The day from which nothing is covered any more."""
        return self.ended_on or self.until


class InsuredPatent(models.Model):
    """A patent of a policy: insured without a gap from `since` (also through earlier policies), from `added_on` in this one, until `removed_on`."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="patents")
    key = models.CharField(max_length=80, db_index=True)
    number = models.CharField(max_length=80)
    title_zh = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    since = models.DateField()
    added_on = models.DateField()
    removed_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="insured_patent_once", fields=["policy", "key"], condition=models.Q(removed_on__isnull=True))
        ]

    def __str__(self) -> str:
        return self.number


class Subsidy(models.Model):
    """A payer's part of the premium: asked for by the holder, granted by two people of the payer; at most one of a policy is alive."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="subsidies")
    payer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="premium_subsidies")
    rate = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="open")
    reason = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="subsidy_once", fields=["policy"], condition=models.Q(state__in=["open", "granted"])),
            _known("subsidy_state_known", "state", SUBSIDY_STATES),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.rate}"


class PremiumShare(models.Model):
    """Who paid how much of a policy's premium, and what came back."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="shares")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    paid_fen = models.BigIntegerField(default=0)
    returned_fen = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="premium_share_once", fields=["policy", "organization"]),
            models.CheckConstraint(
                name="premium_share_in_range", condition=models.Q(returned_fen__gte=0, returned_fen__lte=models.F("paid_fen"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.paid_fen}"


class PremiumPiece(models.Model):
    """Premium for a stretch of days (`until` exclusive): the first one, and one for each endorsement, below zero where premium went back."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="pieces")
    amount_fen = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.CheckConstraint(name="premium_piece_in_order", condition=models.Q(until__gt=models.F("since")))]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.amount_fen}"


class Change(models.Model):
    """An endorsement of the list of patents, asked for by the holder with its price and decided by the insurer."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="changes")
    number = models.PositiveIntegerField()
    add = models.JSONField(default=list)
    remove = models.JSONField(default=list)
    full_fen = models.BigIntegerField()
    evidence = models.JSONField(default=list)
    amount_fen = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default="open")
    reason = models.TextField(blank=True)
    asked_on = models.DateField()
    decided_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="policy_change_number_once", fields=["policy", "number"]),
            models.UniqueConstraint(name="policy_change_open_once", fields=["policy"], condition=models.Q(state="open")),
            _known("policy_change_state_known", "state", CHANGE_STATES),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.number}"


class Claim(models.Model):
    """A claim from its notification on; `reserve_fen` is what it may still cost, `paid_fen` what was paid, `recovered_fen` what came back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=40)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="claims")
    claimant = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    patent = models.CharField(max_length=80, blank=True)
    incident_on = models.DateField()
    notified_on = models.DateField()
    description = models.TextField()
    claimed = models.JSONField(default=dict)
    state = models.CharField(max_length=20, default="notified", db_index=True)
    version = models.PositiveIntegerField(default=1)
    reserve_fen = models.BigIntegerField(default=0)
    assessed = models.JSONField(default=dict)
    way = models.JSONField(default=dict)
    payment_fen = models.BigIntegerField(null=True)
    paid_fen = models.BigIntegerField(default=0)
    recovered_fen = models.BigIntegerField(default=0)
    ground = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    objection = models.TextField(blank=True)
    decided_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    is_scenario = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            _known("claim_state_known", "state", CLAIM.states),
            models.UniqueConstraint(name="claim_number_once", fields=["policy", "number"]),
            models.CheckConstraint(
                name="claim_money_in_range",
                condition=models.Q(reserve_fen__gte=0, paid_fen__gte=0, recovered_fen__gte=0, recovered_fen__lte=models.F("paid_fen")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ClaimPaper(models.Model):
    """A paper of a claim, kept under its hash."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="papers")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=130)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [_known("claim_paper_kind_known", "kind", PAPERS)]

    def __str__(self) -> str:
        return self.name


class Movement(models.Model):
    """A change of what a claim has cost: reserve up or down with its reason, payment, recovery."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="movements")
    on = models.DateField(db_index=True)
    reserve_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    recovered_fen = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.on}"


class Request(models.Model):
    """A step of a policy or of a claim asked for by one person, which another of the same organization then takes."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="requests")
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="requests")
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
                name="policy_request_once", fields=["policy", "event"], condition=models.Q(state="open", claim__isnull=True)
            ),
            models.UniqueConstraint(
                name="claim_request_once", fields=["claim", "event"], condition=models.Q(state="open", claim__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.event}"


class Step(models.Model):
    """A step taken: append-only. `facts` are what it moved and decided; `key` is the client's and makes it happen once."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="steps")
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="steps")
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
    fingerprint = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.event}"
