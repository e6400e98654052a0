"""The tables of loans on patents: policies of banks, loans with patents, appraisals, plan, payments, alarms and recoveries, and every step taken."""

import uuid
from fractions import Fraction
from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.engine.credit.loan_workflow import LOAN
from langqiao.engine.credit.penalty import penalty_fen
from langqiao.web.credit.models_more import BaseRate, LoanAddition, LoanProceeds, LoanRelease, OutsideLoan, Subsidy, SubsidyProgram
from langqiao.web.deals.models import Deal
from langqiao.web.people.models import Organization

__all__ = [
    "BaseRate", "ClaimPart", "CreditPolicy", "Loan", "LoanAddition", "LoanAlarm", "LoanAppraisal", "LoanInstallment", "LoanPaper", "LoanPatent",
    "LoanProceeds", "LoanRelease", "LoanRequest", "LoanStep", "OutsideLoan", "Pool", "PoolClaim", "PoolMember", "Subsidy", "SubsidyProgram",
]  # fmt: skip
METHODS = ("annuity", "linear", "bullet")
LEVELS = ("fine", "warn", "margin", "accelerate")


def _known(name: str, field: str, values: object) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": sorted(values)}))  # type: ignore[call-overload]


class CreditPolicy(models.Model):
    """A bank's own rules, one row a version: asked for by one, in force once another approved it. `values` as `engine.credit.policy` reads them."""

    bank = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="credit_policies")
    values = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="credit_policy_two_people", condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("asked_by"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.pk}"


class Pool(models.Model):
    """A risk-compensation pool: who bears which part of a loss, how much it covers, when it stops. Shares and rates are decimal text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    operator = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="credit_pools")
    bank_share = models.CharField(max_length=12)
    loan_cap_fen = models.BigIntegerField()
    leverage = models.CharField(max_length=12)
    stop_loss = models.CharField(max_length=12)
    claim_days = models.PositiveIntegerField()
    npl_limit = models.CharField(max_length=12, default="1")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    is_scenario = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["opened_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="credit_pool_two_people", condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("opened_by"))
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def npl_share(self) -> Fraction:
        """Above this share of non-performing balance a bank gets no new loan into the pool."""
        return Fraction(self.npl_limit)


class PoolMember(models.Model):
    """Who bears a part of the losses besides the bank, and with which share in percent."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="members")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    share = models.CharField(max_length=12)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(name="credit_pool_member_once", fields=["pool", "organization"])]

    def __str__(self) -> str:
        return f"{self.organization} {self.share}"


class Loan(models.Model):
    """A loan on patents from its application on. Money in fen; `rate_annual` as decimal text; `policy` the bank's rules when it was approved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    borrower = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="loans")
    bank = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="loans_given")
    appraiser = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="loans_appraised")
    pool = models.ForeignKey(Pool, null=True, on_delete=models.PROTECT, related_name="loans")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.TextField()
    asked_fen = models.BigIntegerField()
    asked_months = models.PositiveIntegerField()
    state = models.CharField(max_length=20, default="draft", db_index=True)
    version = models.PositiveIntegerField(default=1)
    is_scenario = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    principal_fen = models.BigIntegerField(null=True)
    rate_annual = models.CharField(max_length=12, blank=True)
    months = models.PositiveIntegerField(null=True)
    method = models.CharField(max_length=10, blank=True)
    policy = models.JSONField(default=dict)
    deal = models.OneToOneField(Deal, null=True, on_delete=models.PROTECT, related_name="loan")
    debt_end = models.DateField(null=True)
    drawn_on = models.DateField(null=True)
    balance_fen = models.BigIntegerField(default=0)
    recourse_fen = models.BigIntegerField(default=0)
    lost_fen = models.BigIntegerField(default=0)
    level = models.CharField(max_length=12, default="fine", db_index=True)
    level_reasons = models.JSONField(default=list)
    value_fen = models.BigIntegerField(null=True)
    cure_fen = models.BigIntegerField(default=0)
    margin_due_on = models.DateField(null=True, db_index=True)
    accelerated_on = models.DateField(null=True)
    defaulted_on = models.DateField(null=True)
    enforced_by = models.CharField(max_length=20, blank=True)
    closed_on = models.DateField(null=True)
    rate_base = models.CharField(max_length=10, blank=True)
    spread = models.CharField(max_length=12, blank=True)
    reset_months = models.PositiveIntegerField(null=True)
    next_reset_on = models.DateField(null=True, db_index=True)
    penalty_until = models.DateField(null=True)
    class_override = models.CharField(max_length=12, blank=True)
    class_reason = models.TextField(blank=True)
    sale = models.ForeignKey(Deal, null=True, on_delete=models.PROTECT, related_name="enforces")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="loan_floating_whole",
                condition=models.Q(rate_base="", reset_months=None) | (~models.Q(rate_base="") & models.Q(reset_months__gt=0)),
            ),
            _known("loan_state_known", "state", LOAN.states),
            _known("loan_level_known", "level", LEVELS),
            models.CheckConstraint(name="loan_asked_positive", condition=models.Q(asked_fen__gt=0, asked_months__gt=0)),
            models.CheckConstraint(
                name="loan_balance_not_negative", condition=models.Q(balance_fen__gte=0, recourse_fen__gte=0, lost_fen__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class LoanPatent(models.Model):
    """A patent offered as security: appraised value, grade, and how the watch last saw its right."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="patents")
    key = models.CharField(max_length=80, db_index=True)
    number = models.CharField(max_length=80)
    title_zh = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    value_fen = models.BigIntegerField(null=True)
    grade = models.CharField(max_length=4, blank=True)
    cluster = models.CharField(max_length=8, default="?")
    alive = models.BooleanField(default=True)
    status = models.CharField(max_length=20, blank=True)
    troubles = models.JSONField(default=list)
    expires_on = models.DateField(null=True)
    seen_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(name="loan_patent_once", fields=["loan", "key"])]

    def __str__(self) -> str:
        return self.number


class LoanPaper(models.Model):
    """A document of a loan, kept under its hash."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="papers")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=130)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name


class LoanAppraisal(models.Model):
    """An appraisal of a loan's patents (Asset Appraisal Law 24, 26): who, by which methods, on which base date, which report."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="appraisals")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    appraisers = models.JSONField()
    methods = models.JSONField()
    one_method_reason = models.TextField(blank=True)
    base_date = models.DateField()
    signed_and_sealed = models.BooleanField()
    values_fen = models.JSONField()
    paper = models.ForeignKey(LoanPaper, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.base_date}"


class LoanInstallment(models.Model):
    """One row of the plan with what was paid on it. `accrued`: its interest has come into the books."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="installments")
    number = models.PositiveIntegerField()
    since = models.DateField()
    due_on = models.DateField(db_index=True)
    principal_fen = models.BigIntegerField()
    interest_fen = models.BigIntegerField()
    paid_principal_fen = models.BigIntegerField(default=0)
    paid_interest_fen = models.BigIntegerField(default=0)
    accrued = models.BooleanField(default=False)
    penalty_micro = models.CharField(max_length=40, default="0")
    paid_penalty_fen = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(name="loan_penalty_not_negative", condition=models.Q(paid_penalty_fen__gte=0)),
            models.UniqueConstraint(name="loan_installment_once", fields=["loan", "number"]),
            models.CheckConstraint(
                name="loan_installment_not_overpaid",
                condition=models.Q(
                    paid_principal_fen__lte=models.F("principal_fen"),
                    paid_interest_fen__lte=models.F("interest_fen"),
                    paid_principal_fen__gte=0,
                    paid_interest_fen__gte=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.number}"

    @property
    def penalty_fen(self) -> int:
        """Default interest that has come up on this row; `penalty_micro` keeps it without rounding."""
        return penalty_fen(int(self.penalty_micro))

    @property
    def open_fen(self) -> int:
        """What is still to be paid on the row, default interest left out."""
        return self.principal_fen + self.interest_fen - self.paid_principal_fen - self.paid_interest_fen


class LoanRequest(models.Model):
    """A step asked for by one person, which another of the same organization then takes."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="requests")
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
            models.UniqueConstraint(name="loan_request_once", fields=["loan", "event", "organization"], condition=models.Q(state="open"))
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.event}"


class LoanStep(models.Model):
    """A step taken: append-only. `facts` are what it moved and decided; `key` is the client's and makes it happen once."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
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
        constraints: ClassVar = [models.UniqueConstraint(name="loan_step_number_once", fields=["loan", "number"])]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.event}"


class LoanAlarm(models.Model):
    """What the watch saw change in a loan's collateral: the level before and after, why, and the figures of the day."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="alarms")
    on = models.DateField(db_index=True)
    before = models.CharField(max_length=12)
    level = models.CharField(max_length=12)
    reasons = models.JSONField(default=list)
    value_fen = models.BigIntegerField()
    balance_fen = models.BigIntegerField()
    cure_fen = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.level}"


class PoolClaim(models.Model):
    """A bank's claim on the pool for one default; at most one of a loan is not refused (I64)."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="claims")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="claims")
    loss_fen = models.BigIntegerField()
    settled_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, default="open")
    claimed_on = models.DateField()
    decided_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="pool_claim_once", fields=["loan"], condition=~models.Q(state="refused")),
            models.CheckConstraint(
                name="pool_claim_positive", condition=models.Q(loss_fen__gt=0, settled_fen__gte=0, settled_fen__lte=models.F("loss_fen"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.loss_fen}"


class ClaimPart(models.Model):
    """What one of those who share a loss bore, and what came back. No member: the bank."""

    claim = models.ForeignKey(PoolClaim, on_delete=models.PROTECT, related_name="parts")
    member = models.ForeignKey(PoolMember, null=True, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    recovered_fen = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="claim_part_in_range",
                condition=models.Q(amount_fen__gte=0, recovered_fen__gte=0, recovered_fen__lte=models.F("amount_fen")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.amount_fen}"
