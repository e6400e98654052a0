"""Writes of documents: making one from terms and the clause library, signing it, and verifying what is on disk."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.contracts.check import OwnClause
from langqiao.engine.contracts.clause import Contract, Language
from langqiao.engine.contracts.draft import Draft, draft
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.record.canonical import canonical
from langqiao.rules.clause_reader import contracts
from langqiao.web.audit.services import record_append
from langqiao.web.documents.files import keep, kept
from langqiao.web.documents.models import PDF, Document, DocumentParty, DocumentSignature
from langqiao.web.documents.signature import SignatureRequest, Verification, provider
from langqiao.web.documents.text import draft_as_json
from langqiao.web.documents.typeset import BOXES_MAX, draft_pdf
from langqiao.web.people.models import Membership, Organization, User

OPERATION_CONTRACTS: Mapping[str, str] = {
    "assignment": "assignment_contract",
    "auction": "assignment_contract",
    "license_exclusive": "license_contract",
    "license_sole": "license_contract",
    "license_ordinary": "license_contract",
    "sublicense": "sublicense_contract",
    "open_license": "open_license_statement",
    "open_license_taking": "open_license_notice",
    "pledge": "pledge_contract",
}
"""Operation → the kind of document that its step of signature needs."""

TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A finished file and how it came about. `signing`: the sides that sign it, in order."""

    title: str
    media_type: str
    content: bytes
    made_from: Mapping[str, Any]
    signing: tuple[str, ...] = ()


def document_make(
    *, kind: str, subject: str, language: Language, fields: Mapping[str, Any], organizations: Mapping[str, Organization], by: User
) -> Document:
    """A contract of the clause library from its terms, as PDF, in the next version of (subject, kind, language).

    `fields`: terms by name as JSON values (money in fen, days as ISO text); `own_clauses` is a list of {"heading", "text"} of the parties,
    `omit` a list of clause ids left out. `organizations`: side → organization ("seller", "buyer", and any further side of the kind); a name
    or credit code that the terms do not give is taken from there. The same terms again give the document there is already.
    Refused: document_kind_unknown, contract_term_wrong, mandatory_clause_missing, the kind's code for missing terms, and what the law forbids.
    """
    contract = contract_named(kind)
    terms = terms_with_parties(contract, fields, organizations)
    made = drafted(contract, terms, language)
    signing = contract.signing_of(terms)
    if len(signing) > BOXES_MAX:
        message = _("A document has room for %(most)d signatures.") % {"most": BOXES_MAX}
        raise Refusal("too_many_signatures", message, facts={"most": BOXES_MAX})
    made_from = {"terms": _plain(terms), "library": contract.version, "draft": draft_as_json(made), "signing": list(signing)}
    mark = sha256(canonical(made_from).encode()).hexdigest()
    content = draft_pdf(made, signing=signing, mark=mark)
    file = File(title=made.title, media_type=PDF, content=content, made_from=made_from, signing=signing)
    return document_store(kind=kind, subject=subject, language=language, file=file, organizations=organizations, by=by)


def contract_named(kind: str) -> Contract:
    """The contract of the library. Refused (document_kind_unknown)."""
    found = contracts().get(kind)
    if found is None:
        raise Refusal("document_kind_unknown", _("There is no kind of contract %(kind)s.") % {"kind": kind[:60]}, facts={"kind": kind[:60]})
    return found


def terms_with_parties(contract: Contract, fields: Mapping[str, Any], organizations: Mapping[str, Organization]) -> dict[str, Any]:
    """The terms with the names and credit codes of the sides where they are not given."""
    terms = {name: value for name, value in fields.items() if value is not None}
    for side, organization in organizations.items():
        if side in contract.sides or side.rpartition("_")[0] in contract.also:
            terms.setdefault(f"{side}_name", organization.name)
            if organization.credit_code:
                terms.setdefault(f"{side}_credit_code", organization.credit_code)
    return terms


def drafted(contract: Contract, terms: Mapping[str, Any], language: Language) -> Draft:
    """The draft with the parties' own clauses. Refused as `document_make`."""
    own = [
        OwnClause(heading=_by_language(clause.get("heading", "")), text=_by_language(clause.get("text", "")))
        for clause in terms.get("own_clauses", ())
    ]
    return draft(contract, terms, language=language, own=own, omit=tuple(terms.get("omit", ())))


def _by_language(text: Any) -> dict[str, str]:
    return dict(text) if isinstance(text, Mapping) else {"zh": str(text), "en": str(text)}


def _plain(terms: Mapping[str, Any]) -> Any:
    """The terms as JSON holds them: days and fractions as text. Refused (contract_term_wrong) for a float, which has no one text."""
    return json.loads(json.dumps(terms, ensure_ascii=False, default=str), parse_float=_no_float)


def _no_float(text: str) -> Any:
    raise Refusal("contract_term_wrong", f"{text} is written as a float; give rates as text and money in fen", facts={"value": text})


def document_store(*, kind: str, subject: str, language: str, file: File, organizations: Mapping[str, Organization], by: User) -> Document:
    """Keeps a finished file as the next version of (subject, kind, language), readable by the organizations named. Recorded.

    The same origin (`made_from`) as the newest version gives that version again.
    """
    made_from = canonical(_plain(file.made_from))
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _stored(
                    kind=kind, subject=subject, language=language, file=file, made_from=made_from, organizations=organizations, by=by
                )
        except IntegrityError:
            # On PostgreSQL another transaction has made this version meanwhile; the next look sees it.
            if attempt == TRIES - 1:
                raise
    raise AssertionError("the loop returns or raises")


def _stored(
    *, kind: str, subject: str, language: str, file: File, made_from: str, organizations: Mapping[str, Organization], by: User
) -> Document:
    mark = sha256(made_from.encode()).hexdigest()
    before = list(Document.objects.select_for_update().filter(subject=subject, kind=kind, language=language).order_by("-version")[:1])
    if before and before[0].made_from_sha256 == mark:
        return before[0]
    digest, path = keep(file.content, file.media_type)
    document = Document.objects.create(
        kind=kind,
        subject=subject,
        version=before[0].version + 1 if before else 1,
        language=language,
        title=file.title,
        media_type=file.media_type,
        sha256=digest,
        size_bytes=len(file.content),
        path=path,
        made_from=made_from,
        made_from_sha256=mark,
        made_by=by,
    )
    _name_parties(document, organizations, file.signing)
    payload = {
        "document": str(document.pk),
        "kind": kind,
        "version": document.version,
        "language": language,
        "sha256": digest,
        "terms": mark,
    }
    record_append(actor=by, action="document.made", subject=subject, payload=payload, seen_by=[one.pk for one in organizations.values()])
    return document


def _name_parties(document: Document, organizations: Mapping[str, Organization], signing: Sequence[str]) -> None:
    order = {side: place for place, side in enumerate(signing)}
    DocumentParty.objects.bulk_create(
        [
            DocumentParty(document=document, organization=organization, side=side, place=place, signs=side in signing)
            for place, (side, organization) in enumerate(sorted(organizations.items(), key=lambda item: order.get(item[0], len(order))))
        ]
    )


@transaction.atomic
def document_sign(*, document: Document, membership: Membership, user: User) -> DocumentSignature:
    """Signs for the membership's organization, with the provider's key of this person; the signature is appended to the file. Recorded.

    Signing again gives the signature there is. Refused: not_found, not_allowed, signature_not_asked, document_superseded, document_damaged.
    """
    locked = Document.objects.select_for_update().get(pk=document.pk)
    party = _signing_party(locked, membership, user)
    return side_sign(document=locked, side=party.side, organization=party.organization, user=user)


@transaction.atomic
def side_sign(*, document: Document, side: str, organization: Organization, user: User) -> DocumentSignature:
    """Signs one side of a document with the key of a person of an organization; the caller has asked who may. Recorded.

    Signing again gives the signature there is. Refused: document_superseded, document_damaged.
    """
    locked = Document.objects.select_for_update().get(pk=document.pk)
    signed = list(locked.signatures.all())
    mine = next((one for one in signed if one.side == side), None)
    if mine is not None:
        return mine
    newest = Document.objects.filter(subject=locked.subject, kind=locked.kind, language=locked.language).order_by("-version").first()
    if newest is not None and newest.pk != locked.pk:
        message = _("Version %(newest)d has replaced this one; sign that.") % {"newest": newest.version}
        raise Refusal("document_superseded", message, facts={"newest": newest.version})
    chosen = provider()
    request = SignatureRequest(
        organization=organization.pk,
        organization_name=organization.name,
        user=user.pk,
        person=str(user),
        side=side,
        sides=tuple(json.loads(locked.made_from)["signing"]),
        at=timezone.now(),
        language=locked.language,
    )
    made = chosen.sign(document_bytes(locked), request)
    digest, path = keep(made.content, PDF)
    signature = DocumentSignature.objects.create(
        document=locked,
        number=len(signed) + 1,
        organization=organization,
        side=side,
        by=user,
        provider=chosen.name,
        certificate_sha256=made.certificate_sha256,
        sha256=digest,
        size_bytes=len(made.content),
        path=path,
    )
    payload = {
        "document": str(locked.pk), "side": side, "organization": organization.pk, "number": signature.number,
        "certificate": made.certificate_sha256, "provider": chosen.name, "sha256": digest,
    }  # fmt: skip
    readers = list(locked.parties.values_list("organization_id", flat=True))
    record_append(actor=user, action="document.signed", subject=locked.subject, payload=payload, seen_by=readers)
    return signature


def _signing_party(document: Document, membership: Membership, user: User) -> DocumentParty:
    """The side the member signs for."""
    if membership.user_id != user.pk:
        raise Refusal("not_allowed", _("Nobody signs with another person's membership."))
    mine = list(document.parties.filter(organization=membership.organization).select_related("organization"))
    if not mine:
        raise Refusal("not_found", _("There is no such document for your organization."))
    if not membership.may_approve:
        raise Refusal("not_allowed", _("Contracts are signed by an approver or an administrator of the organization."))
    asked = [party for party in mine if party.signs]
    if not asked:
        raise Refusal("signature_not_asked", _("This document needs no signature of your organization."))
    done = set(document.signatures.values_list("side", flat=True))
    return next((party for party in asked if party.side not in done), asked[0])


def document_bytes(document: Document) -> bytes:
    """The file as it stands now: after its last signature, or as it was made. Refused (document_damaged)."""
    last = document.signatures.order_by("-number").first()
    return kept(last.path, last.sha256) if last else kept(document.path, document.sha256)


def document_verify(document: Document) -> Verification:
    """The four answers for the file on disk; every answer is no for a file that is unsigned. Refused (document_damaged)."""
    from langqiao.web.documents.verifying import verify  # noqa: PLC0415 - the start of the site does not wait for it

    return verify(document_bytes(document), provider().roots())
