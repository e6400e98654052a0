"""Investors and what they subscribed for; payment dates with what was collected and what was paid to whom."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.engine.securitization.workflow import PERIOD
from langqiao.web.people.models import Organization
from langqiao.web.securitization.models.core import Asset, Tranche, Transaction, known


class Investor(models.Model):
    """An organization invited to an issue: what it declared of itself, and who of the arranger confirmed that it is qualified."""

    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="investors")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="securities_offered")
    net_assets_fen = models.BigIntegerField(null=True)
    evidence = models.CharField(max_length=120, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_investor_once", fields=["transaction", "organization"]),
            models.CheckConstraint(
                name="securitization_investor_confirmed_by_another",
                condition=models.Q(confirmed_by=None)
                | (models.Q(declared_by__isnull=False) & ~models.Q(confirmed_by=models.F("declared_by"))),
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization)


class Subscription(models.Model):
    """What an investor asked for of a tranche and what it got; from the issue on, what it holds in proportion."""

    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="subscriptions")
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="subscriptions")
    asked_fen = models.BigIntegerField()
    allotted_fen = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_subscription_once", fields=["investor", "tranche"]),
            models.CheckConstraint(
                name="securitization_allotment_in_range",
                condition=models.Q(asked_fen__gt=0) & (models.Q(allotted_fen=None) | models.Q(allotted_fen__gte=0, allotted_fen__lte=models.F("asked_fen"))),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.investor} {self.asked_fen}"


class Period(models.Model):
    """A collection period and its payment date. `payment` holds due amounts and lines as computed when it was paid."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="periods")
    number = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField()
    pay_on = models.DateField()
    state = models.CharField(max_length=12, default=PERIOD.start)
    opening_fen = models.BigIntegerField()
    closing_fen = models.BigIntegerField(null=True)
    interest_fen = models.BigIntegerField(default=0)
    principal_fen = models.BigIntegerField(default=0)
    prepayment_fen = models.BigIntegerField(default=0)
    recovery_fen = models.BigIntegerField(default=0)
    call_fen = models.BigIntegerField(default=0)
    call_due_on = models.DateField(null=True)
    support_fen = models.BigIntegerField(null=True)
    accelerated = models.BooleanField(default=False)
    tests = models.JSONField(default=list)
    payment = models.JSONField(default=dict)
    reported_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_period_once", fields=["transaction", "number"]),
            models.UniqueConstraint(name="securitization_one_open_period", fields=["transaction"], condition=~models.Q(state="paid")),
            known("securitization_period_state_known", "state", PERIOD.states),
            models.CheckConstraint(
                name="securitization_period_sums",
                condition=models.Q(opening_fen__gte=0, interest_fen__gte=0, principal_fen__gte=0, prepayment_fen__gte=0, recovery_fen__gte=0, call_fen__gte=0),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.transaction_id} {self.number}"

    @property
    def collected_fen(self) -> int:
        """All cash of the period."""
        return self.interest_fen + self.principal_fen + self.prepayment_fen + self.recovery_fen


class Collection(models.Model):
    """A receipt of the servicer. Without `asset` it is not matched and not in the pool's books; `returned_why` where it was no receipt of the pool."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="collections")
    ref = models.CharField(max_length=60)
    on = models.DateField()
    amount_fen = models.BigIntegerField()
    named = models.CharField(max_length=160)
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="collections")
    interest_fen = models.BigIntegerField(default=0)
    principal_fen = models.BigIntegerField(default=0)
    prepayment_fen = models.BigIntegerField(default=0)
    recovery_fen = models.BigIntegerField(default=0)
    returned_why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_receipt_once", fields=["period", "ref"]),
            models.CheckConstraint(
                name="securitization_receipt_adds_up",
                condition=models.Q(asset=None, interest_fen=0, principal_fen=0, prepayment_fen=0, recovery_fen=0)
                | models.Q(
                    asset__isnull=False,
                    amount_fen=models.F("interest_fen") + models.F("principal_fen") + models.F("prepayment_fen") + models.F("recovery_fen"),
                ),
            ),
            models.CheckConstraint(name="securitization_receipt_positive", condition=models.Q(amount_fen__gt=0)),
        ]

    def __str__(self) -> str:
        return self.ref


class PaidLine(models.Model):
    """One line of a payment date: the item, and the tranche or organization paid; neither for tax and reserve."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField()
    item = models.CharField(max_length=24)
    tranche = models.ForeignKey(Tranche, null=True, on_delete=models.PROTECT, related_name="lines")
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="securitization_line_once", fields=["period", "place"]),
            models.CheckConstraint(name="securitization_line_positive", condition=models.Q(amount_fen__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.amount_fen}"


class PaidPart(models.Model):
    """A holder's part of a line; the parts of a line sum to it."""

    line = models.ForeignKey(PaidLine, on_delete=models.PROTECT, related_name="parts")
    investor = models.ForeignKey(Investor, on_delete=models.PROTECT, related_name="parts")
    amount_fen = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(name="securitization_part_once", fields=["line", "investor"])]

    def __str__(self) -> str:
        return f"{self.line_id} {self.amount_fen}"
