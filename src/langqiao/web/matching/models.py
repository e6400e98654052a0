"""The tables of matching: mandates of funds, banks and buyers; matches themselves are computed, answers to them stand in the market."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.engine.matching.wish import GRADES
from langqiao.web.people.models import Organization

PURPOSES = ("invest", "lend", "buy", "license")
VISIBILITIES = ("private", "public")
TITLE_CHARS, TEXT_CHARS = 200, 4_000


class Mandate(models.Model):
    """What an organization looks for. Lists are JSON; money in fen; an empty part asks nothing.

    `brief` is what everybody reads of a public mandate; a private one is seen by its own organization alone. `required`: criteria that exclude.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="mandates_sought")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=TITLE_CHARS)
    brief = models.CharField(max_length=TEXT_CHARS, blank=True)
    purpose = models.CharField(max_length=10)
    visibility = models.CharField(max_length=10, default="private", db_index=True)
    words = models.CharField(max_length=500, blank=True)
    fields = models.JSONField(default=list)
    industries = models.JSONField(default=list)
    ipc = models.JSONField(default=list)
    statuses = models.JSONField(default=list)
    grade_least = models.CharField(max_length=2, blank=True)
    high_value = models.BooleanField(default=False)
    regions = models.JSONField(default=list)
    ticket_low_fen = models.BigIntegerField(null=True)
    ticket_high_fen = models.BigIntegerField(null=True)
    required = models.JSONField(default=list)
    until_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    is_scenario = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(name="sought_purpose_known", condition=models.Q(purpose__in=PURPOSES)),
            models.CheckConstraint(name="sought_visibility_known", condition=models.Q(visibility__in=VISIBILITIES)),
            models.CheckConstraint(name="sought_grade_known", condition=models.Q(grade_least__in=("", *GRADES))),
            models.CheckConstraint(
                name="sought_ticket_in_order",
                condition=models.Q(ticket_low_fen=None)
                | models.Q(ticket_high_fen=None)
                | models.Q(ticket_low_fen__lte=models.F("ticket_high_fen")),
            ),
            models.CheckConstraint(name="sought_public_with_brief", condition=models.Q(visibility="private") | ~models.Q(brief="")),
        ]

    def __str__(self) -> str:
        return self.title
