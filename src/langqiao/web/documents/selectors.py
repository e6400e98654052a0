"""Reads of documents: those of a subject, and one, always for an organization that is named on it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.documents.models import Document, DocumentParty, DocumentSignature
from langqiao.web.people.models import Organization

SIGNATURES = Prefetch("signatures", DocumentSignature.objects.select_related("organization", "by"))
PARTIES = Prefetch("parties", DocumentParty.objects.select_related("organization"))
LIST_MAX = 500


def documents_for(subject: str, organization: Organization | None = None) -> Sequence[Document]:
    """Documents of a subject, by kind and language, newest version first; with an organization only those it is named on."""
    found = Document.objects.filter(subject=subject)
    if organization is not None:
        found = found.filter(pk__in=_named(organization))
    return list(found.defer("made_from").select_related("made_by").prefetch_related(SIGNATURES, PARTIES)[:LIST_MAX])


def _named(organization: Organization) -> QuerySet[DocumentParty, Any]:
    """The documents an organization is named on, as a subquery: the texts of the documents are not compared to find doubles."""
    return DocumentParty.objects.filter(organization=organization).values("document")


def documents_of(organization: Organization) -> Sequence[Document]:
    """The newest documents an organization is named on, of every subject."""
    found = Document.objects.filter(pk__in=_named(organization)).order_by("-made_at").defer("made_from")
    return list(found.select_related("made_by").prefetch_related(SIGNATURES, PARTIES)[:LIST_MAX])


def document_get(document_id: uuid.UUID, organization: Organization) -> Document:
    """A document the organization is named on. Refused (not_found) otherwise, as if it did not exist."""
    found = (
        Document.objects.filter(pk=document_id)
        .filter(pk__in=_named(organization))
        .select_related("made_by")
        .prefetch_related(SIGNATURES, PARTIES)
        .first()
    )
    if found is None:
        raise Refusal("not_found", _("There is no such document for your organization."))
    return found


def versions_of(document: Document, organization: Organization) -> Sequence[Document]:
    """Every version of the same document that the organization may read, newest first."""
    same = Document.objects.filter(subject=document.subject, kind=document.kind, language=document.language)
    return list(same.filter(pk__in=_named(organization)).defer("made_from").order_by("-version")[:LIST_MAX])


def fully_signed(document: Document) -> bool:
    """Whether every side that signs has signed."""
    asked = {party.side for party in document.parties.all() if party.signs}
    return bool(asked) and asked <= {signature.side for signature in document.signatures.all()}
