"""The tables of the funds: a fund with its charter, partners; projects with their patents and papers; orders of money; steps."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from langqiao.engine.funds.pipeline import EXIT_PREFIX, EXITS, PIPELINE, REQUIRED
from langqiao.web.people.models import Organization

USER = settings.AUTH_USER_MODEL
NAME_CHARS = 200
ORDER_KINDS = (
    "call",
    "receipt",
    "disbursement",
    "proceeds",
    "distribution",
    "expense",
    "fee_accrual",
    "fee",
    "equalization",
    "late_interest",
    "forfeiture",
    "release",
    "escrow_release",
    "clawback",
    "write_off",
)
PAPERS = (*(asked.code for asked in REQUIRED), *(EXIT_PREFIX + path.code for path in EXITS))
BASES = ("institution", "financial_assets", "income", "manager_staff", "public_fund")


def known(name: str, field: str, values: object) -> models.CheckConstraint:
    """The database knows the codes of a field too."""
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": sorted(values)}))  # type: ignore[call-overload]


def positive(name: str, field: str) -> models.CheckConstraint:
    """An amount above zero."""
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__gt": 0}))


class Fund(models.Model):
    """An operation fund and its manager. `charter` and `terms` as JSON with shares as text; `version` counts their changes until the first close."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="funds")
    name = models.CharField(_("name"), max_length=NAME_CHARS)
    target_fen = models.BigIntegerField()
    investment_years = models.PositiveSmallIntegerField()
    exit_years = models.PositiveSmallIntegerField()
    charter = models.JSONField()
    terms = models.JSONField()
    closed_on = models.DateField(null=True)
    filed_on = models.DateField(null=True)
    filing_number = models.CharField(max_length=80, blank=True)
    is_scenario = models.BooleanField(default=False)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="fund_name_once", fields=["organization", "name"]),
            positive("fund_target_positive", "target_fen"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> str:
        """The fund as the books and the record name it."""
        return f"fund/{self.pk}"


class Partner(models.Model):
    """A partner with its commitment, and what was checked of it by whom; the one who entered it does not check it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="partners")
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=NAME_CHARS)
    is_general = models.BooleanField(default=False)
    commitment_fen = models.BigIntegerField()
    identity_sha256 = models.CharField(max_length=64, blank=True)
    basis = models.CharField(max_length=20, blank=True)
    funds_source = models.CharField(max_length=300, blank=True)
    disclosure_sha256 = models.CharField(max_length=64, blank=True)
    disclosed_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="partner_once", fields=["fund", "name"]),
            positive("partner_commitment_positive", "commitment_fen"),
            known("partner_basis_known", "basis", ("", *BASES)),
            models.CheckConstraint(
                name="partner_checked_by_another", condition=models.Q(checked_by=None) | ~models.Q(checked_by=models.F("by"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    """A project in the pipeline. `target`: who gets the money, as an organization of this site where it is one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="projects")
    title = models.CharField(max_length=NAME_CHARS)
    target = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    target_name = models.CharField(max_length=NAME_CHARS)
    asset_kind = models.CharField(max_length=30, default="equity")
    amount_fen = models.BigIntegerField()
    summary = models.TextField(blank=True)
    state = models.CharField(max_length=20, default="entry", db_index=True)
    version = models.PositiveIntegerField(default=1)
    is_scenario = models.BooleanField(default=False)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["created_at"]
        constraints: ClassVar = [known("project_state_known", "state", PIPELINE.states), positive("project_amount_positive", "amount_fen")]

    def __str__(self) -> str:
        return self.title


class ProjectPatent(models.Model):
    """A patent of a project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="patents")
    key = models.CharField(max_length=80)
    number = models.CharField(max_length=80)
    title_zh = models.TextField(blank=True)
    title_en = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(name="project_patent_once", fields=["project", "key"])]

    def __str__(self) -> str:
        return self.number


class Paper(models.Model):
    """A paper on file for a project, by its hash: append-only."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="papers")
    code = models.CharField(max_length=30)
    title = models.CharField(max_length=NAME_CHARS)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    audit_seq = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [known("paper_code_known", "code", PAPERS)]

    def __str__(self) -> str:
        return self.title


class Order(models.Model):
    """A movement of the fund's money: asked by one, approved by another, posted as one group of the books."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=20)
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="orders")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="orders")
    session = models.ForeignKey("funds.Session", null=True, on_delete=models.PROTECT, related_name="orders")
    amount_fen = models.BigIntegerField()
    cost_fen = models.BigIntegerField(default=0)
    on = models.DateField()
    due_on = models.DateField(null=True)
    reference = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, default="asked", db_index=True)
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=80)
    payload_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            known("order_kind_known", "kind", ORDER_KINDS),
            known("order_state_known", "state", ("asked", "approved", "refused")),
            positive("order_amount_positive", "amount_fen"),
            models.UniqueConstraint(name="order_key_once", fields=["fund", "key"]),
            models.CheckConstraint(
                name="order_decided_by_another",
                condition=models.Q(state="asked", decided_by=None)
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("asked_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_fen}"


class Share(models.Model):
    """What one partner pays into a call or gets of a distribution, in fen by use or kind."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shares")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="shares")
    amount_fen = models.BigIntegerField()
    parts = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(name="share_once", fields=["order", "partner"])]

    def __str__(self) -> str:
        return f"{self.partner} {self.amount_fen}"


class FundStep(models.Model):
    """A step of a project or session: append-only, with the client's idempotency key."""

    subject = models.CharField(max_length=60, db_index=True)
    event = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField(default=list)
    text = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    audit_seq = models.BigIntegerField()
    key = models.CharField(max_length=80, blank=True)
    payload_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(name="fund_step_once", fields=["key"], condition=~models.Q(key=""))]

    def __str__(self) -> str:
        return f"{self.subject} {self.event}"
