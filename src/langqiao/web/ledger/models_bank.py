"""The tables at the border to the banks: what members ask to pay in and out, and the lines of bank statements as they came."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from langqiao.web.people.models import Organization


class Direction(models.TextChoices):
    """Which way the money goes, seen from the platform's client account."""

    IN = "in", _("pay in")
    OUT = "out", _("pay out")


class OrderState(models.TextChoices):
    """How far an order is. `asked` waits for a second person, `sent` for the bank's statement."""

    ASKED = "asked", _("waiting for approval")
    SENT = "sent", _("waiting for the bank")
    SETTLED = "settled", _("settled by the bank's statement")
    REFUSED = "refused", _("refused by the approver")


class PaymentOrder(models.Model):
    """Money an organization pays into its client account or takes out; `reference` is what the bank's statement names it by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=80)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction)
    amount_fen = models.BigIntegerField()
    reference = models.CharField(max_length=12, unique=True)
    state = models.CharField(max_length=10, choices=OrderState)
    rail = models.CharField(max_length=30)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    settled_on = models.DateField(null=True)

    class Meta:
        db_table = "ledger_paymentorder"
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="payment_key_once", fields=["organization", "key"]),
            models.CheckConstraint(name="payment_amount", condition=models.Q(amount_fen__gt=0)),
            models.CheckConstraint(name="payment_direction_known", condition=models.Q(direction__in=Direction.values)),
            models.CheckConstraint(name="payment_state_known", condition=models.Q(state__in=OrderState.values)),
            models.CheckConstraint(
                name="payment_out_by_two",
                condition=models.Q(direction="in")
                | models.Q(state="asked")
                | (models.Q(approved_by__isnull=False) & ~models.Q(approved_by=models.F("asked_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.direction} {self.amount_fen}"


class LineState(models.TextChoices):
    """What became of a statement's line."""

    MATCHED = "matched", _("matched with an order")
    SUSPENSE = "suspense", _("in suspense")
    ASSIGNED = "assigned", _("assigned from suspense")


class BankLine(models.Model):
    """One line of a bank statement; the same line read again is known by its fingerprint. `amount_fen`: + received, − paid."""

    fingerprint = models.CharField(primary_key=True, max_length=64)
    rail = models.CharField(max_length=30)
    simulated = models.BooleanField()
    day = models.DateField()
    amount_fen = models.BigIntegerField()
    text = models.CharField(max_length=400, blank=True)
    counterparty = models.CharField(max_length=200, blank=True)
    serial = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=LineState)
    order = models.ForeignKey(PaymentOrder, null=True, on_delete=models.PROTECT, related_name="lines")
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "ledger_bankline"
        ordering: ClassVar = ["-day", "-taken_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="bankline_amount", condition=~models.Q(amount_fen=0)),
            models.CheckConstraint(name="bankline_state_known", condition=models.Q(state__in=LineState.values)),
            models.CheckConstraint(
                name="bankline_matched_with_order", condition=models.Q(state="matched", order__isnull=False) | ~models.Q(state="matched")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.amount_fen} {self.text}"
