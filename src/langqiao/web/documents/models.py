"""The tables of documents: what was made for whom from which terms, and who signed it; a row is written once, the database refuses changes."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.web.people.models import Organization

PDF, ZIP = "application/pdf", "application/zip"


class Document(models.Model):
    """One version of a document about a subject (`deal/UUID`) in one language.

    `made_from` is the canonical JSON of the terms, the clauses with their versions and the text; `sha256` is the hash of the file as it was
    made, before any signature. The file lies under the media folder at `path`, which is named by its hash.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, db_index=True)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=2, choices=[("zh", "zh"), ("en", "en")])
    title = models.CharField(max_length=300)
    media_type = models.CharField(max_length=80, default=PDF)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    path = models.CharField(max_length=200)
    made_from = models.TextField()
    made_from_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["subject", "kind", "language", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="document_version_once", fields=["subject", "kind", "language", "version"]),
            models.CheckConstraint(name="document_version_from_one", condition=models.Q(version__gte=1)),
            models.CheckConstraint(name="document_language_known", condition=models.Q(language__in=["zh", "en"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.language} v{self.version}"


class DocumentParty(models.Model):
    """An organization named on a document: it may read it, and sign it where its side signs."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="parties")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField(default=0)
    signs = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["place", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(name="document_side_once", fields=["document", "side"])]

    def __str__(self) -> str:
        return f"{self.side}: {self.organization}"


class DocumentSignature(models.Model):
    """One signature put into the file: who for whom, the certificate, and the file as it was afterward."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="signatures")
    number = models.PositiveSmallIntegerField()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=60)
    certificate_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    path = models.CharField(max_length=200)
    signed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="document_signature_number_once", fields=["document", "number"]),
            models.UniqueConstraint(name="document_signed_once_by_side", fields=["document", "side"]),
            models.CheckConstraint(name="document_signature_from_one", condition=models.Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} #{self.number} {self.organization}"
