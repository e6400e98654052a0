"""The tables beside the loan: additions to and releases from a pledge, proceeds of deals on pledged rights, base rates, interest subsidies."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.engine.credit.rates import BASES
from langqiao.web.deals.models import Deal
from langqiao.web.people.models import Organization

ADDITION = ("offered", "appraised", "contracted", "registered", "dropped")
SUBSIDY = ("asked", "proposed", "paid", "refused", "withdrawn")


class LoanAddition(models.Model):
    """A patent offered as further security; it counts only once its own pledge is registered, and then becomes a LoanPatent."""

    loan = models.ForeignKey("credit.Loan", on_delete=models.PROTECT, related_name="additions")
    key = models.CharField(max_length=80, db_index=True)
    number = models.CharField(max_length=80)
    title_zh = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    value_fen = models.BigIntegerField(null=True)
    grade = models.CharField(max_length=4, blank=True)
    cluster = models.CharField(max_length=8, default="?")
    expires_on = models.DateField(null=True)
    deal = models.ForeignKey(Deal, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="offered")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="loan_addition_once", fields=["loan", "key"], condition=~models.Q(state__in=("registered", "dropped"))
            ),
            models.CheckConstraint(name="loan_addition_known", condition=models.Q(state__in=ADDITION)),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.number}"


class LoanRelease(models.Model):
    """A patent released from the pledge before the debt was repaid, with the register's notice and the loan to value that was left."""

    loan = models.ForeignKey("credit.Loan", on_delete=models.PROTECT, related_name="releases")
    key = models.CharField(max_length=80)
    number = models.CharField(max_length=80)
    value_fen = models.BigIntegerField()
    on = models.DateField()
    notice = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.number}"


class LoanProceeds(models.Model):
    """What the loan took of a deal's proceeds (Civil Code 444): `route` as the deal had it; the sum of a deal never exceeds what it brought."""

    loan = models.ForeignKey("credit.Loan", on_delete=models.PROTECT, related_name="proceeds")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=10)
    amount_fen = models.BigIntegerField()
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.CheckConstraint(name="loan_proceeds_positive", condition=models.Q(amount_fen__gt=0))]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.amount_fen}"


class BaseRate(models.Model):
    """A published base rate entered after those that ship with the rules: by one person of the platform, in force once another confirmed it."""

    base = models.CharField(max_length=10)
    since = models.DateField()
    rate = models.CharField(max_length=12)
    source = models.CharField(max_length=300)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["base", "since"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="base_rate_once", fields=["base", "since"]),
            models.CheckConstraint(name="base_rate_known", condition=models.Q(base__in=BASES)),
            models.CheckConstraint(
                name="base_rate_two_people", condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("entered_by"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base} {self.since}"


class SubsidyProgram(models.Model):
    """A program that gives back a share of interest paid on pledge loans; opened by one of the payer and confirmed by another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    payer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="subsidy_programs")
    share = models.CharField(max_length=12)
    cap_fen = models.BigIntegerField()
    begins = models.DateField()
    ends = models.DateField()
    document = models.CharField(max_length=300)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    is_scenario = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["opened_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="subsidy_program_two_people", condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("opened_by"))
            ),
            models.CheckConstraint(name="subsidy_program_positive", condition=models.Q(cap_fen__gt=0, ends__gte=models.F("begins"))),
        ]

    def __str__(self) -> str:
        return self.name


class Subsidy(models.Model):
    """An application for the subsidy of the interest that a loan paid in a period: asked by the borrower, proposed and paid by two of the payer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(SubsidyProgram, on_delete=models.PROTECT, related_name="applications")
    loan = models.ForeignKey("credit.Loan", on_delete=models.PROTECT, related_name="subsidies")
    since = models.DateField()
    until = models.DateField()
    interest_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, default="asked")
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True)
    audit_seq = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["asked_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="subsidy_known", condition=models.Q(state__in=SUBSIDY)),
            models.CheckConstraint(name="subsidy_positive", condition=models.Q(amount_fen__gt=0, interest_fen__gte=models.F("amount_fen"))),
            models.CheckConstraint(
                name="subsidy_two_people", condition=models.Q(paid_by=None) | ~models.Q(paid_by=models.F("proposed_by"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.since} {self.amount_fen}"


class OutsideLoan(models.Model):
    """A pledge loan that the bank made elsewhere, as its own list says on a day: read for stress, classes and vintages, never moved or watched."""

    bank = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="outside_loans")
    reference = models.CharField(max_length=80)
    borrower = models.CharField(max_length=160)
    drawn_on = models.DateField()
    defaulted_on = models.DateField(null=True)
    principal_fen = models.BigIntegerField()
    balance_fen = models.BigIntegerField()
    value_fen = models.BigIntegerField()
    days_past_due = models.PositiveIntegerField(default=0)
    cluster = models.CharField(max_length=8, default="?")
    as_of = models.DateField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="outside_loan_once", fields=["bank", "reference"]),
            models.CheckConstraint(
                name="outside_loan_sums",
                condition=models.Q(principal_fen__gt=0, balance_fen__gte=0, balance_fen__lte=models.F("principal_fen"), value_fen__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_id} {self.reference}"
