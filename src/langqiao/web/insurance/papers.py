"""Papers of a claim: kept under their hash, read by the insured and the insurer."""

import hashlib
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.insurance.cover import PAPERS
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.common.numbers import size
from langqiao.web.insurance.models import ClaimPaper
from langqiao.web.insurance.selectors import claim_get, claim_roles
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit
from langqiao.web.rights.documents import BEGINS, DOCUMENT_MAX_BYTES, plain_name

PAPERS_MAX = 200


@transaction.atomic
def paper_add(claim_id: uuid.UUID, *, membership: Membership, kind: str, file: "UploadedFile[bytes] | None") -> ClaimPaper:
    """Keeps a file with its hash. Refused: not_found, not_allowed, file_missing, file_kind, file_too_large, file_empty, too_many_documents."""
    must_edit(membership)
    claim = claim_get(claim_id, membership)
    if claim_roles(claim, membership.organization) == ("holder",):
        raise Refusal("not_allowed", _("Papers come from the insured and the insurer."))
    if file is None:
        raise Refusal("file_missing", _("Choose a file first."))
    if claim.papers.count() >= PAPERS_MAX:
        raise Refusal("too_many_documents", _("A claim may have %(n)d papers.") % {"n": PAPERS_MAX})
    name = plain_name(file.name or "")
    content = _content(file, name)
    digest = hashlib.sha256(content).hexdigest()
    target = place_of(digest)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = target.with_suffix(f".{uuid.uuid4().hex}")
        staged.write_bytes(content)
        staged.replace(target)
    paper = ClaimPaper.objects.create(
        claim=claim, organization=membership.organization, by=membership.user, kind=kind if kind in PAPERS else "other", name=name,
        sha256=digest, size_bytes=len(content),
    )  # fmt: skip
    payload = {"paper": paper.pk, "kind": paper.kind, "sha256": digest}
    record_append(actor=membership.user, action="claim.paper", subject=f"claim/{claim.pk}", payload=payload)
    return paper


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
    return Path(settings.MEDIA_ROOT) / "insurance" / sha256[:2] / sha256


def paper_bytes(paper: ClaimPaper) -> bytes:
    """The bytes as they came. Refused (document_damaged) where they no longer have the recorded hash."""
    place = place_of(paper.sha256)
    content = place.read_bytes() if place.exists() else b""
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise Refusal("document_damaged", _("The stored bytes no longer have the recorded SHA-256. Restore them from the backup."))
    return content
