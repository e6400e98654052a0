"""Papers of a claim: kept under their hash, read by the insured and the insurer."""

import uuid

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.insurance.cover import PAPERS
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.common.papers import Shelf, given
from langqiao.web.insurance.models import ClaimPaper
from langqiao.web.insurance.selectors import claim_get, claim_roles
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit

PAPERS_MAX = 200
SHELF = Shelf("insurance")


@transaction.atomic
def paper_add(claim_id: uuid.UUID, *, membership: Membership, kind: str, file: "UploadedFile[bytes] | None") -> ClaimPaper:
    """Keeps a file with its hash. Refused: not_found, not_allowed, file_missing, file_kind, file_too_large, file_empty, too_many_documents."""
    must_edit(membership)
    claim = claim_get(claim_id, membership)
    if claim_roles(claim, membership.organization) == ("holder",):
        raise Refusal("not_allowed", _("Papers come from the insured and the insurer."))
    sent = given(file)
    if claim.papers.count() >= PAPERS_MAX:
        raise Refusal("too_many_documents", _("A claim may have %(n)d papers.") % {"n": PAPERS_MAX})
    kept = SHELF.keep(sent)
    paper = ClaimPaper.objects.create(
        claim=claim, organization=membership.organization, by=membership.user, kind=kind if kind in PAPERS else "other", name=kept.name,
        sha256=kept.sha256, size_bytes=kept.size_bytes,
    )  # fmt: skip
    payload = {"paper": paper.pk, "kind": paper.kind, "sha256": kept.sha256}
    record_append(actor=membership.user, action="claim.paper", subject=f"claim/{claim.pk}", payload=payload)
    return paper


def paper_bytes(paper: ClaimPaper) -> bytes:
    """The bytes as they came. Refused (document_damaged)."""
    return SHELF.read(paper.sha256)
