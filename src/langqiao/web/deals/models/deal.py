"""The deal and what its steps leave behind: state, history, requests for a second pair of eyes, money, deadlines, reservations."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.web.people.models import Organization

USER = settings.AUTH_USER_MODEL


class Deal(models.Model):
    """One operation on one or more patents. `kind` and `state` are of the engine's table; `terms` are what was agreed so far, typed by `terms.py`.

    `seller` disposes (licensor, pledgor, declarant), `buyer` acquires (licensee, pledgee, taker; none in an auction and a statement),
    `operator` is the platform that performs and settles. `parent`: the statement taken, the head license, or the auction behind it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    state = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=0)
    label = models.CharField(max_length=120, blank=True)
    seller = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="deals_sold")
    buyer = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="deals_bought")
    operator = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="deals_operated")
    broker = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="deals_brokered")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    listing = models.CharField(max_length=60, blank=True, db_index=True)
    terms = models.JSONField(default=dict)
    contract = models.JSONField(default=dict)
    offer_by = models.CharField(max_length=10, blank=True)
    offer_expires_on = models.DateField(null=True)
    hold_expires_on = models.DateField(null=True)
    effective_on = models.DateField(null=True)
    price_fen = models.BigIntegerField(null=True)
    opened_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    state_since = models.DateTimeField(auto_now_add=True)
    is_scenario = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        indexes: ClassVar = [models.Index(fields=["kind", "state"], name="deal_kind_state")]
        constraints: ClassVar = [
            models.CheckConstraint(name="deal_not_with_itself", condition=~models.Q(seller=models.F("buyer"))),
            models.CheckConstraint(name="deal_price_positive", condition=models.Q(price_fen__isnull=True) | models.Q(price_fen__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class DealPatent(models.Model):
    """One patent of a deal, with its titles on the day the deal was opened."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="patents")
    key = models.CharField(max_length=80, db_index=True)
    title_zh = models.TextField(blank=True)
    title_en = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [models.UniqueConstraint(name="deal_patent_once", fields=["deal", "key"])]

    def __str__(self) -> str:
        return self.key


class Reservation(models.Model):
    """A patent for which a deal was accepted that would take it away: the primary key lets only one stand."""

    key = models.CharField(max_length=80, primary_key=True)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="reservations")

    def __str__(self) -> str:
        return self.key


class DealStep(models.Model):
    """One step taken, never changed. `key` is the caller's idempotency key, `fingerprint` the hash of what it asked, `response` what it got."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=100, unique=True)
    fingerprint = models.CharField(max_length=64)
    event = models.CharField(max_length=30)
    role = models.CharField(max_length=10)
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    warnings = models.JSONField(default=list)
    fields = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    response = models.JSONField(default=dict)
    audit_seq = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(name="deal_step_numbered", fields=["deal", "number"])]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.number} {self.event}"


class DealRequest(models.Model):
    """A step of money or title that one person asks for and another of the same side takes; the approver cannot change its fields."""

    OPEN, TAKEN, DECLINED = "open", "taken", "declined"

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="requests")
    event = models.CharField(max_length=30)
    role = models.CharField(max_length=10)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(default=dict)
    requested_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=OPEN, choices=[(OPEN, OPEN), (TAKEN, TAKEN), (DECLINED, DECLINED)])
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-requested_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="deal_request_open_once", fields=["deal", "event", "role"], condition=models.Q(state="open")),
            models.CheckConstraint(
                name="deal_request_decided_together",
                condition=models.Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
                | (~models.Q(state="open") & models.Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.event} {self.state}"


class DealTransfer(models.Model):
    """One transfer of a step: the engine's key and phase, and the ledger's ids of transfer and accounts."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="transfers")
    step = models.ForeignKey(DealStep, on_delete=models.PROTECT, related_name="transfers")
    key = models.CharField(max_length=260)
    phase = models.CharField(max_length=10)
    source_role = models.CharField(max_length=20)
    source_party = models.CharField(max_length=200, blank=True)
    target_role = models.CharField(max_length=20)
    target_party = models.CharField(max_length=200, blank=True)
    amount_fen = models.BigIntegerField()
    expires_on = models.DateField(null=True)
    debit = models.CharField(max_length=200)
    credit = models.CharField(max_length=200)
    ledger_id = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="deal_transfer_once", fields=["deal", "key", "phase"]),
            models.CheckConstraint(name="deal_transfer_positive", condition=models.Q(amount_fen__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.phase}"


class Deadline(models.Model):
    """A day by which something of a deal is due, and what being late means; `done_at` when it was met or fell away."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="deadlines")
    code = models.CharField(max_length=30)
    on = models.DateField(db_index=True)
    consequence = models.CharField(max_length=40)
    made_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["on", "pk"]
        indexes: ClassVar = [models.Index(fields=["done_at", "on"], name="deal_deadline_open")]

    def __str__(self) -> str:
        return f"{self.code} {self.on}"
