"""Documents of a loan: kept under their hash, read by everybody who takes part in it."""

import uuid

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.common.papers import Shelf, given
from langqiao.web.credit.models import LoanPaper
from langqiao.web.credit.selectors import loan_get
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit

KINDS = ("appraisal", "financials", "consent", "contract", "other")
PAPERS_MAX = 200
SHELF = Shelf("credit")


@transaction.atomic
def paper_add(loan_id: uuid.UUID, *, membership: Membership, kind: str, file: "UploadedFile[bytes] | None") -> LoanPaper:
    """Keeps a file with its hash. Refused (file_missing, file_kind, file_too_large, file_empty, too_many_documents)."""
    must_edit(membership)
    loan = loan_get(loan_id, membership, lock=True)
    sent = given(file)
    if loan.papers.count() >= PAPERS_MAX:
        raise Refusal("too_many_documents", _("A loan may have %(n)d documents.") % {"n": PAPERS_MAX})
    kept = SHELF.keep(sent)
    paper = LoanPaper.objects.create(
        loan=loan, organization=membership.organization, by=membership.user, kind=kind if kind in KINDS else "other",
        name=kept.name, sha256=kept.sha256, size_bytes=kept.size_bytes,
    )  # fmt: skip
    payload = {"paper": paper.pk, "kind": paper.kind, "sha256": kept.sha256}
    record_append(actor=membership.user, action="loan.paper", subject=f"loan/{loan.pk}", payload=payload)
    return paper


def paper_bytes(paper: LoanPaper) -> bytes:
    """The bytes as they came. Refused (document_damaged)."""
    return SHELF.read(paper.sha256)
