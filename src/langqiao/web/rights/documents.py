"""Documents attached to a holding: kept under their hash, of a few kinds of file, read by those who attached them, by owners and by reviewers."""

import hashlib
import re
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.common.numbers import size
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit
from langqiao.web.rights.models import DocumentKind, Holding, HoldingDocument

DOCUMENT_MAX_BYTES = 20 * 1024 * 1024
"""Certificates, receipts and contracts are scans of a few megabytes; larger ones are archives and belong elsewhere."""
DOCUMENTS_MAX = 500
BEGINS = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".tif": (b"II*\x00", b"MM\x00*"),
    ".tiff": (b"II*\x00", b"MM\x00*"),
    ".ofd": (b"PK\x03\x04",),
    ".docx": (b"PK\x03\x04",),
}
"""Ending of a name → how such a file begins: a file whose bytes say otherwise is refused."""


def document_attach(
    *, membership: Membership, holding: Holding, kind: str, file: "UploadedFile[bytes] | None", by: User
) -> HoldingDocument:
    """Keeps a file with its hash. Refused (not_allowed, file_missing, file_kind, file_too_large, file_empty, too_many_documents)."""
    must_edit(membership)
    if file is None:
        raise Refusal("file_missing", _("Choose a file first."))
    name = plain_name(file.name or "")
    content = _content(file, name)
    if kind not in DocumentKind.values:
        kind = DocumentKind.OTHER_DOCUMENT
    if HoldingDocument.objects.filter(holding=holding, organization=membership.organization).count() >= DOCUMENTS_MAX:
        raise Refusal("too_many_documents", _("An organization may attach %(n)d documents to a right.") % {"n": DOCUMENTS_MAX})
    digest = hashlib.sha256(content).hexdigest()
    _keep(content, digest)
    with transaction.atomic():
        made = HoldingDocument.objects.create(
            holding=holding, organization=membership.organization, kind=kind, file_name=name, sha256=digest, size_bytes=len(content), by=by
        )
        payload = {"document": str(made.pk), "kind": kind, "sha256": digest, "size_bytes": len(content)}
        record_append(
            actor=by, action="right.document", subject=f"right/{holding.key}", payload=payload, seen_by=[membership.organization_id]
        )
    return made


def plain_name(name: str) -> str:
    """The name without folders and control characters."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", last).strip(". ")[-120:] or "document"


def _content(file: "UploadedFile[bytes]", name: str) -> bytes:
    suffix = Path(name).suffix.lower()
    if suffix not in BEGINS:
        raise Refusal("file_kind", _("%(name)s is none of %(kinds)s.") % {"name": name, "kinds": ", ".join(BEGINS)})
    if (file.size or 0) > DOCUMENT_MAX_BYTES:
        facts = {"n": size(file.size or 0), "limit": size(DOCUMENT_MAX_BYTES)}
        raise Refusal("file_too_large", _("The file has %(n)s; %(limit)s are allowed.") % facts)
    if not file.size:
        raise Refusal("file_empty", _("The file is empty."))
    content = file.read()
    if not content.startswith(BEGINS[suffix]):
        raise Refusal("file_kind", _("%(name)s does not begin as a file of its ending does.") % {"name": name})
    return content


def place_of(sha256: str) -> Path:
    """Where the bytes with that hash lie."""
    return Path(settings.MEDIA_ROOT) / "rights" / sha256[:2] / sha256


def _keep(content: bytes, digest: str) -> None:
    target = place_of(digest)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_suffix(".part")
    staged.write_bytes(content)
    staged.replace(target)


def document_bytes(document: HoldingDocument) -> bytes:
    """The bytes as they came. Refused (document_damaged) where they are gone or no longer have the recorded hash."""
    place = place_of(document.sha256)
    content = place.read_bytes() if place.exists() else b""
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Refusal("document_damaged", _("The stored bytes no longer have the recorded SHA-256. Restore them from the backup."))
    return content
