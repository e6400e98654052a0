"""Documents attached to a holding: kept under their hash, of a few kinds of file, read by those who attached them, by owners and by reviewers."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.common.papers import Shelf, given
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit
from langqiao.web.rights.models import DocumentKind, Holding, HoldingDocument

DOCUMENTS_MAX = 500
SHELF = Shelf("rights")


def document_attach(
    *, membership: Membership, holding: Holding, kind: str, file: "UploadedFile[bytes] | None", by: User
) -> HoldingDocument:
    """Keeps a file with its hash. Refused (not_allowed, file_missing, file_kind, file_too_large, file_empty, too_many_documents)."""
    must_edit(membership)
    sent = given(file)
    if kind not in DocumentKind.values:
        kind = DocumentKind.OTHER_DOCUMENT
    if HoldingDocument.objects.filter(holding=holding, organization=membership.organization).count() >= DOCUMENTS_MAX:
        raise Refusal("too_many_documents", _("An organization may attach %(n)d documents to a right.") % {"n": DOCUMENTS_MAX})
    kept = SHELF.keep(sent)
    with transaction.atomic():
        made = HoldingDocument.objects.create(
            holding=holding,
            organization=membership.organization,
            kind=kind,
            file_name=kept.name,
            sha256=kept.sha256,
            size_bytes=kept.size_bytes,
            by=by,
        )
        payload = {"document": str(made.pk), "kind": kind, "sha256": kept.sha256, "size_bytes": kept.size_bytes}
        record_append(
            actor=by, action="right.document", subject=f"right/{holding.key}", payload=payload, seen_by=[membership.organization_id]
        )
    return made


def document_bytes(document: HoldingDocument) -> bytes:
    """The bytes as they came. Refused (document_damaged) where they are gone or no longer have the recorded hash."""
    return SHELF.read(document.sha256)
