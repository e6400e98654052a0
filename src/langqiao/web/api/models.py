"""The tables of the API: tokens by their hash, answers kept so that a repeated request has one effect, and counts of requests by the minute."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from langqiao.web.people.models import Membership

SCOPES = ("read", "desk", "market", "deals", "rights", "money", "admin", "approve")
"""What a token may do. Each room's scope lets it write there; `approve` is for steps of money and title and needs a fresh second factor."""


class ApiToken(models.Model):
    """A secret by which a program works for one member in one organization, with the member's present role and no more than its scopes.

    `factor_at`: when a code of the second factor was last given for this token.
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    begins = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    factor_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class ApiAnswer(models.Model):
    """The answer to a request that changed something, under the client's key; sealed, because some answers hold a secret shown once."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    sealed_body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="api_answer_once", fields=["membership", "key"])]

    def __str__(self) -> str:
        return self.key


class ApiCount(models.Model):
    """How many requests a token or an address made within one minute of the epoch."""

    bucket = models.CharField(max_length=80)
    minute = models.BigIntegerField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="api_count_once", fields=["bucket", "minute"])]

    def __str__(self) -> str:
        return f"{self.bucket} {self.minute}"
