"""The pages of documents: those of an organization or a subject, one with preview and signatures, two versions compared, files to download."""

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.contracts.compare import changes
from langqiao.engine.contracts.draft import Draft
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules.package_reader import packages
from langqiao.web.documents.models import PDF, Document
from langqiao.web.documents.selectors import document_get, documents_for, documents_of, fully_signed, versions_of
from langqiao.web.documents.services import document_bytes, document_sign, document_verify
from langqiao.web.documents.signature import provider
from langqiao.web.documents.text import draft_from_json
from langqiao.web.documents.words import CHANGE_TONES, CHANGES, WRONG, kind_word
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page, must_approve

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PACKAGES_FOR = {
    "assignment_contract": ("assignment_registration", "technology_contract_registration"),
    "license_contract": ("license_recordal", "technology_contract_registration"),
    "sublicense_contract": ("license_recordal", "technology_contract_registration"),
    "open_license_statement": ("open_license_filing",),
    "open_license_notice": ("open_license_recordal",),
    "pledge_contract": ("pledge_registration",),
}
"""Kind of document → the packages it goes into."""


def packages_titled(names: Iterable[str]) -> list[tuple[str, str]]:
    """(name, title in the language of the page) of each package."""
    return [(name, packages()[name].title[language_of_page()]) for name in names]


def language_of_page() -> str:
    """Zh or en."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


@require_safe
@member_page
def documents(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Every document the organization is named on, newest first."""
    rows = _rows(documents_of(membership.organization), membership)
    return render(request, "documents/list.html", {"rows": rows, "membership": membership, "room": "documents"})


@require_safe
@member_page
def about(request: HttpRequest, membership: Membership, kind: str, key: str) -> HttpResponse:
    """The documents of one subject, and the packages they go into."""
    subject = f"{kind}/{key}"
    found = documents_for(subject, membership.organization)
    if not found:
        raise Refusal("not_found", _("There is no such document for your organization."))
    named = dict.fromkeys(package for one in found for package in PACKAGES_FOR.get(one.kind, ()))
    context = {
        "rows": _rows(found, membership),
        "subject": subject,
        "packages": packages_titled(named),
        "subject_kind": kind,
        "subject_key": key,
        "membership": membership,
        "room": "documents",
    }
    return render(request, "documents/list.html", context)


def _rows(found: Sequence[Document], membership: Membership) -> list[dict[str, Any]]:
    newest: dict[tuple[str, str, str], int] = {}
    for one in found:
        place = (one.subject, one.kind, one.language)
        newest[place] = max(newest.get(place, 0), one.version)
    return [_row(one, membership, newest=one.version == newest[one.subject, one.kind, one.language]) for one in found]


def _row(document: Document, membership: Membership, *, newest: bool) -> dict[str, Any]:
    asked = [party for party in document.parties.all() if party.signs]
    signed = {signature.side for signature in document.signatures.all()}
    kind, _slash, key = document.subject.partition("/")
    return {
        "document": document,
        "kind": kind_word(document.kind, language_of_page()),
        "signed": len(signed),
        "asked": len(asked),
        "newest": newest,
        "waits": newest and any(party.organization_id == membership.organization_id and party.side not in signed for party in asked),
        "subject_kind": kind,
        "subject_key": key,
    }


@require_safe
@member_page
def document(request: HttpRequest, membership: Membership, document_id: uuid.UUID) -> HttpResponse:
    """One document: preview, versions, who signed, the four answers for the file on disk, downloads."""
    found = document_get(document_id, membership.organization)
    versions = versions_of(found, membership.organization)
    signed = {signature.side: signature for signature in found.signatures.all()}
    parties = [{"party": party, "signature": signed.get(party.side)} for party in found.parties.all()]
    asked = [party for party in found.parties.all() if party.signs and party.side not in signed]
    mine = any(party.organization_id == membership.organization_id for party in asked)
    kind, _slash, key = found.subject.partition("/")
    context = {
        "document": found,
        "kind": kind_word(found.kind, language_of_page()),
        "draft": draft_of(found),
        "versions": versions,
        "newest": versions[0].pk == found.pk,
        "parties": parties,
        "may_sign": mine and versions[0].pk == found.pk,
        "answers": _answers(found) if signed else None,
        "complete": fully_signed(found),
        "label": provider().label(),
        "subject_kind": kind,
        "subject_key": key,
        "membership": membership,
        "form": "PDF" if found.media_type == PDF else "ZIP",
        "room": "documents",
    }
    return render(request, "documents/document.html", context)


def _answers(found: Document) -> dict[str, Any]:
    """The four answers, or that the file on disk is damaged."""
    try:
        verification = document_verify(found)
    except Refusal:
        return {"damaged": True}
    return {"verification": verification, "wrong": WRONG.get(verification.wrong, "")}


def draft_of(found: Document) -> Draft | None:
    """The text a document was made from; None for packages and papers, which were not made from the clause library."""
    body = json.loads(found.made_from).get("draft")
    return draft_from_json(body) if body else None


@require_safe
@member_page
def document_file(request: HttpRequest, membership: Membership, document_id: uuid.UUID) -> HttpResponse:  # noqa: ARG001
    """The file as it stands: after its last signature, or as it was made."""
    found = document_get(document_id, membership.organization)
    ending = "pdf" if found.media_type == PDF else "zip"
    return _download(document_bytes(found), found.media_type, f"{_file_name(found)}.{ending}")


@require_safe
@member_page
def document_word(request: HttpRequest, membership: Membership, document_id: uuid.UUID) -> HttpResponse:  # noqa: ARG001
    """The same text as a Word file for the lawyers of both sides; signatures are in the PDF only."""
    found = document_get(document_id, membership.organization)
    draft = draft_of(found)
    if draft is None:
        raise Refusal("not_found", _("This document has no Word file."))
    from langqiao.web.documents.word import draft_docx  # noqa: PLC0415 - the start of the site does not wait for it

    content = draft_docx(draft, signing=json.loads(found.made_from)["signing"], mark=found.made_from_sha256)
    return _download(content, DOCX, f"{_file_name(found)}.docx")


def _file_name(found: Document) -> str:
    return f"{found.kind}-{found.language}-v{found.version}-{str(found.pk)[:8]}"


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@member_page
def sign(request: HttpRequest, membership: Membership, document_id: uuid.UUID) -> HttpResponse:
    """Signs for the organization; needs an approver and a second factor given a short time ago."""
    found = document_get(document_id, membership.organization)
    must_approve(request, membership)
    assert isinstance(request.user, User)
    document_sign(document=found, membership=membership, user=request.user)
    messages.success(request, _("Signed. Any change to the file from now on shows on verification."))
    return redirect("document", document_id=found.pk)


@require_safe
@member_page
def compare(request: HttpRequest, membership: Membership, document_id: uuid.UUID) -> HttpResponse:
    """What changed from another version to this one, clause by clause."""
    found = document_get(document_id, membership.organization)
    versions = versions_of(found, membership.organization)
    wanted = request.GET.get("from", "")
    before = next((one for one in versions if str(one.version) == wanted), None) or next(
        (one for one in versions if one.version < found.version), None
    )
    old, new = (draft_of(before) if before else None), draft_of(found)
    found_changes = changes(old, new) if old and new else ()
    wanted_changes = [one for one in found_changes if one.change != "same" or request.GET.get("all")]
    rows = [{"change": one, "word": CHANGES[one.change], "tone": CHANGE_TONES[one.change]} for one in wanted_changes]
    context = {
        "document": found, "before": before, "versions": versions, "rows": rows, "same": len(found_changes) - len(rows),
        "membership": membership, "room": "documents",
    }  # fmt: skip
    return render(request, "documents/compare.html", context)
