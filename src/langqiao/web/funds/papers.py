"""Papers as bytes: a PDF put on file under its hash, and read again only by who may see the fund it belongs to."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.documents.files import keep, kept
from langqiao.web.funds.models import Check, Condition, Covenant, Expert, Figure, Fund, FundFact, Member, Newcomer, Paper, Partner, Tranche
from langqiao.web.people.models import User

MAX_BYTES = 20 * 1024 * 1024
PDF = "application/pdf"


def paper_keep(given: "UploadedFile[bytes] | None") -> str:
    """The hash of an uploaded PDF, whose bytes are kept. Refused: evidence_missing, file_too_large, file_kind."""
    if given is None:
        raise Refusal("evidence_missing", _("Attach the paper: it is kept and named by its hash."))
    if (given.size or 0) > MAX_BYTES:
        raise Refusal("file_too_large", _("A paper has at most %(n)d MB.") % {"n": MAX_BYTES // 1024 // 1024})
    content = given.read()
    if not content.startswith(b"%PDF-"):
        raise Refusal("file_kind", _("A paper is a PDF."))
    return keep(content, PDF)[0]


def paper_bytes(fund: Fund, sha256: str, *, sitting: User | None = None) -> bytes:
    """The bytes of a paper of this fund; for a member or expert (`sitting`) only papers of the cases put before it.

    Refused (not_found) where no row that the reader may see names the hash.
    """
    papers, checks = (
        Paper.objects.filter(project__fund=fund, sha256=sha256),
        Check.objects.filter(project__fund=fund, evidence_sha256=sha256),
    )
    if sitting is not None:
        cases = Q(project__in=Member.objects.filter(user=sitting, session__fund=fund).values("session__project_id"))
        cases |= Q(project__in=Expert.objects.filter(user=sitting, advice__project__fund=fund).values("advice__project_id"))
        named = papers.filter(cases).exists() or checks.filter(cases).exists()
    else:
        partners = Partner.objects.filter(fund=fund).filter(Q(identity_sha256=sha256) | Q(disclosure_sha256=sha256))
        conditions = Condition.objects.filter(session__fund=fund, evidence_sha256=sha256)
        named = any(rows.exists() for rows in (papers, checks, partners, conditions, *_of_council(fund, sha256)))
    if not named:
        raise Refusal("not_found", _("There is no such paper."))
    return kept(f"documents/{sha256[:2]}/{sha256}.pdf", sha256)


def _of_council(fund: Fund, sha256: str) -> "tuple[QuerySet[Any], ...]":
    """The rows beside the ballot that may name a paper."""
    return (
        FundFact.objects.filter(fund=fund, evidence_sha256=sha256),
        Newcomer.objects.filter(fund=fund).filter(Q(identity_sha256=sha256) | Q(disclosure_sha256=sha256)),
        Tranche.objects.filter(session__fund=fund, evidence_sha256=sha256),
        Covenant.objects.filter(project__fund=fund, evidence_sha256=sha256),
        Figure.objects.filter(project__fund=fund, evidence_sha256=sha256),
    )
