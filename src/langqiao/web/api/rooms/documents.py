"""Documents the organization is named on: list, one, and the four answers about the signatures of the file as it lies here."""

import datetime as dt
import uuid

from pydantic import Field

from langqiao.web.api.endpoint import Call, Endpoint, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.documents.models import Document, DocumentParty
from langqiao.web.documents.selectors import PARTIES, SIGNATURES, document_get, fully_signed
from langqiao.web.documents.services import document_verify


class DocumentTold(Told):
    """A version of a document: what it is about, its hash, which sides sign it and which have."""

    id: uuid.UUID
    kind: str
    subject: str
    version: int
    language: str
    title: str
    media_type: str
    sha256: str
    size_bytes: int
    made_at: dt.datetime
    signs: list[str]
    signed: list[str]
    complete: bool


class DocumentsTold(Told):
    """A page of documents, newest first."""

    items: list[DocumentTold]
    next_cursor: str | None


class DocumentsAsked(Paging):
    """Of one subject, as deal/UUID."""

    subject: str | None = Field(default=None, max_length=120)


class SignerTold(Told):
    """One signature and its four answers."""

    organization: str
    person: str
    issuer: str
    at: dt.datetime | None
    intact: bool
    valid: bool
    trusted: bool
    whole_file: bool


class VerificationTold(Told):
    """The four answers over all signatures; `good` only if there is one and every answer is yes."""

    good: bool
    intact: bool
    valid: bool
    trusted: bool
    whole_file: bool
    wrong: str
    signers: list[SignerTold]


def document_told(one: Document) -> DocumentTold:
    names = ("id", "kind", "subject", "version", "language", "title", "media_type", "sha256", "size_bytes", "made_at")
    return DocumentTold(
        **{name: getattr(one, name) for name in names},
        signs=[party.side for party in one.parties.all() if party.signs],
        signed=[signature.side for signature in one.signatures.all()],
        complete=fully_signed(one),
    )


def documents(call: Call) -> DocumentsTold:
    """The documents the organization is named on."""
    named = DocumentParty.objects.filter(organization=call.membership.organization).values("document")
    found = Document.objects.filter(pk__in=named).defer("made_from").prefetch_related(SIGNATURES, PARTIES)
    if call.query.subject is not None:
        found = found.filter(subject=call.query.subject)
    rows, after = page(found, by=("made_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return DocumentsTold(**listed(rows, document_told, after))


def document(call: Call) -> DocumentTold:
    """One document."""
    return document_told(document_get(call.uuid("document_id"), call.membership.organization))


def verify(call: Call) -> VerificationTold:
    """Verifies the file as it lies here; refused (document_damaged) where its bytes have changed."""
    found = document_verify(document_get(call.uuid("document_id"), call.membership.organization))
    names = ("good", "intact", "valid", "trusted", "whole_file", "wrong")
    signers = [SignerTold(**{name: getattr(one, name) for name in SignerTold.model_fields}) for one in found.signers]
    return VerificationTold(**{name: getattr(found, name) for name in names}, signers=signers)


ENDPOINTS = (
    Endpoint(
        method="GET", path="/documents", name="documents", scope="read", act=documents, answer=DocumentsTold, query=DocumentsAsked,
        summary="Documents the organization is named on",
    ),
    Endpoint(
        method="GET", path="/documents/{document_id:uuid}", name="document", scope="read", act=document, answer=DocumentTold,
        summary="One document",
    ),
    Endpoint(
        method="GET", path="/documents/{document_id:uuid}/verification", name="document_verification", scope="read", act=verify,
        answer=VerificationTold, summary="Whether the signatures are intact, valid, trusted and cover the whole file",
    ),
)  # fmt: skip
