"""The closing certificate of a deal: its facts are read from the record, its hashes from the documents, its root from a signed tree head."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from langqiao.engine.contracts.clause import Language
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.heads import head_make
from langqiao.web.audit.models import Record
from langqiao.web.documents.models import Document
from langqiao.web.documents.selectors import documents_for
from langqiao.web.documents.services import document_make
from langqiao.web.documents.words import action_word
from langqiao.web.people.models import Organization, User

KIND = "closing_certificate"
FACTS_MAX = 200
"""The newest records of a subject that a certificate lists; the sequence numbers of all of them are in it."""


@transaction.atomic
def closing_certificate_make(
    *,
    subject: str,
    language: Language,
    operation: str,
    closed_on: dt.date,
    patents: Sequence[Mapping[str, Any]],
    organizations: Mapping[str, Organization],
    by: User,
    price_fen: int | None = None,
    payments: Sequence[Mapping[str, Any]] = (),
    registration: str = "",
    scenario: bool = False,
) -> Document:
    """Certifies what the record says of a subject. `operation` in the certificate's language; `payments` rows of {to, purpose, amount_fen}.

    Refused (not_found) where nothing is recorded about the subject or no document was made for it.
    """
    records = list(Record.objects.filter(subject=subject).order_by("seq"))
    files = [one for one in documents_for(subject) if one.kind != KIND]
    head = head_make()
    if not records or not files or head is None:
        raise Refusal("not_found", f"nothing is recorded about {subject}, or it has no documents")
    fields: dict[str, Any] = {
        "operation": operation,
        "deal": subject,
        "closed_on": closed_on.isoformat(),
        "patents": [dict(patent) for patent in patents],
        "facts": [_fact(record, language) for record in records[-FACTS_MAX:]],
        "files": [_file(one) for one in files],
        "audit_sequence": f"{records[0].seq}–{records[-1].seq} ({len(records)})",
        "tree_size": head.size,
        "tree_root": head.root,
        "scenario": scenario,
    }
    fields |= {"price_fen": price_fen} if price_fen is not None else {}
    fields |= {"payments": [dict(payment) for payment in payments]} if payments else {}
    fields |= {"registration": registration} if registration else {}
    sides = {side: organizations[side] for side in organizations}
    return document_make(kind=KIND, subject=subject, language=language, fields=fields, organizations=sides, by=by)


def _fact(record: Record, language: Language) -> dict[str, Any]:
    return {"at": record.at[:19].replace("T", " ") + "Z", "fact": action_word(record.action, language), "record": str(record.seq)}


def _file(document: Document) -> dict[str, Any]:
    """A document with the hash of its file as it stands: after the last signature."""
    signatures = list(document.signatures.all())
    sha256 = signatures[-1].sha256 if signatures else document.sha256
    return {"title": f"{document.title} ({document.language})", "version": document.version, "sha256": sha256}


def certificate_facts(document: Document) -> list[dict[str, Any]]:
    """The course of events a certificate states, for whoever checks it against the record."""
    facts: list[dict[str, Any]] = json.loads(document.made_from)["terms"]["facts"]
    return facts
