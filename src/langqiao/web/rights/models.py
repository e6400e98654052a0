"""The tables of the operational record: a holding for each right, its append-only entries, its documents, and the petitions that ask for a change."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from langqiao.web.people.models import Organization


class Holding(models.Model):
    """One right of the lake as operations see it; `key` is that of the publication under which the record was opened."""

    key = models.CharField(max_length=80, unique=True)
    office = models.CharField(max_length=4)
    number = models.CharField(max_length=60)
    patent_type = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key


class DocumentKind(models.TextChoices):
    """What a document of a holding is."""

    CERTIFICATE = "certificate", _("patent certificate")
    REGISTER_COPY = "register_copy", _("copy of the register")
    CONTRACT = "contract", _("contract")
    CO_OWNERSHIP = "co_ownership", _("co-ownership agreement")
    NOTICE = "notice", _("notice or receipt of the office")
    PAYMENT = "payment", _("receipt of a payment")
    EVALUATION_REPORT = "evaluation_report", _("evaluation report of the patent right")
    JUDGMENT = "judgment", _("judgment or ruling")
    OTHER_DOCUMENT = "other", _("other document")


class HoldingDocument(models.Model):
    """A file attached to a holding by an organization; the bytes are kept as they came and named by their hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="documents")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    file_name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="holding_document_kind_known", condition=models.Q(kind__in=DocumentKind.values)),
        ]

    def __str__(self) -> str:
        return self.file_name


class EntryKind(models.TextChoices):
    """What an entry says of a right."""

    OWNERS_SET = "owners_set", _("owners and shares")
    OWNER_CHANGED = "owner_changed", _("right assigned")
    BURDEN_ADDED = "burden_added", _("encumbrance added")
    BURDEN_REMOVED = "burden_removed", _("encumbrance removed")
    RECORDED = "recorded", _("license recorded with the office")
    ANNUITY_REDUCED = "annuity_reduced", _("annuities reduced by an open license")
    FEE_REDUCTION = "fee_reduction", _("fee reduction granted")
    EVENT = "event", _("register event")
    FACT_CORRECTED = "fact_corrected", _("fact corrected")
    VOIDED = "voided", _("entry voided")


class Entry(models.Model):
    """One line of the record, never changed: `on` is the day from which it holds, `recorded_at` the moment from which it was known.

    `corrects` names the entry that this one replaces (or, of kind `voided`, takes out); both stay. `deal` and `reference` say where it came from.
    """

    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=EntryKind)
    on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    deal = models.CharField(max_length=64, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    body = models.JSONField(default=dict)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    document = models.ForeignKey(HoldingDocument, null=True, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        ordering: ClassVar = ["holding", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="entry_seq_once", fields=["holding", "seq"]),
            models.CheckConstraint(name="entry_kind_known", condition=models.Q(kind__in=EntryKind.values)),
            models.CheckConstraint(name="entry_voids_something", condition=~models.Q(kind="voided") | models.Q(corrects__isnull=False)),
        ]
        indexes: ClassVar = [models.Index(fields=["holding", "recorded_at"]), models.Index(fields=["deal"])]

    def __str__(self) -> str:
        return f"{self.holding_id} {self.seq} {self.kind}"


class HoldingOwner(models.Model):
    """Who owns a right today as far as the record says, for lists; rebuilt from the entries whenever they change the owners."""

    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="owners_now")
    name = models.CharField(max_length=200)
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="owned")
    share_numerator = models.PositiveBigIntegerField(null=True)
    share_denominator = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["holding", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="holding_owner_once", fields=["holding", "name"]),
            models.CheckConstraint(
                name="holding_owner_share_whole",
                condition=models.Q(share_numerator=None, share_denominator=None)
                | models.Q(share_numerator__gt=0, share_denominator__gte=models.F("share_numerator")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PetitionKind(models.TextChoices):
    """What is asked for: to be known as owner, a register event to be entered, or a record to be corrected."""

    CLAIM = "claim", _("claim of ownership")
    EVENT = "event", _("register event to be entered")
    CORRECTION = "correction", _("correction")


class PetitionState(models.TextChoices):
    """Where a petition stands."""

    FILED = "filed", _("waits for review")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REVOKED = "revoked", _("revoked")


class Petition(models.Model):
    """A wish to change the record, with evidence, decided by somebody else; `entry` is what came of it.

    `before` and `after` hold the status and the answers of the checks around an accepted one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=PetitionKind)
    state = models.CharField(max_length=12, choices=PetitionState, default=PetitionState.FILED)
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="petitions")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="petitions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(auto_now_add=True)
    body = models.JSONField(default=dict)
    grounds = models.TextField(blank=True)
    document = models.ForeignKey(HoldingDocument, null=True, on_delete=models.PROTECT, related_name="petitions")
    request_key = models.CharField(max_length=64)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="petition")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar = ["-filed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="petition_once", fields=["organization", "request_key"]),
            models.CheckConstraint(name="petition_kind_known", condition=models.Q(kind__in=PetitionKind.values)),
            models.CheckConstraint(name="petition_state_known", condition=models.Q(state__in=PetitionState.values)),
            models.CheckConstraint(
                name="petition_decided_by_another",
                condition=models.Q(decided_by=None) | models.Q(state="withdrawn") | ~models.Q(decided_by=models.F("by")),
            ),
            models.CheckConstraint(
                name="petition_decision_complete",
                condition=models.Q(state="filed", decided_by=None, decided_at=None)
                | (~models.Q(state="filed") & models.Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.holding_id} {self.state}"
