"""Grades and opinions of value as recorded: written once, with the hash of their canonical form; the database refuses to change them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.web.people.models import Organization


class Recorded(models.Model):
    """What every record of a judgment holds. `body` is the canonical JSON that `sha256` is the hash of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=80, db_index=True)
    as_of = models.DateField()
    lake_version = models.CharField(max_length=64)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class RecordedGrade(Recorded):
    """A grade as it was computed under one version of one scheme for one scene."""

    scheme = models.CharField(max_length=60)
    scheme_version = models.CharField(max_length=40)
    scene = models.CharField(max_length=40, blank=True)
    letter = models.CharField(max_length=4, blank=True)
    score = models.FloatField(null=True)
    coverage = models.FloatField(null=True)

    class Meta:
        ordering: ClassVar = ["-recorded_at"]

    def __str__(self) -> str:
        return f"{self.key} {self.scheme} {self.letter}"


class RecordedOpinion(Recorded):
    """An opinion of value as it was computed: three percentiles in fen, never one number."""

    engine_version = models.CharField(max_length=80)
    currency = models.CharField(max_length=3, default="CNY")
    p10_fen = models.BigIntegerField(null=True)
    p50_fen = models.BigIntegerField(null=True)
    p90_fen = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["-recorded_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="opinion_ordered",
                condition=models.Q(p10_fen=None, p50_fen=None, p90_fen=None)
                | models.Q(p10_fen__lte=models.F("p50_fen"), p50_fen__lte=models.F("p90_fen")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.p50_fen}"
