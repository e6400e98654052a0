"""The routes of the operational record, and what the tests need to open them: an owned right with a document and a petition."""

import datetime as dt
import hashlib

from django.db import transaction

from langqiao.web.people.models import Role
from langqiao.web.rights.documents import SHELF
from langqiao.web.rights.models import HoldingDocument, Petition
from langqiao.web.rights.services import entry_append, holding_lock, owners_rebuild
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, KEY, Rule

INSIDE = frozenset({"reader", "editor", "approver", "unconfirmed", "admin"})
REVIEWERS = frozenset({"office", "platform"})
OTHERS = frozenset({"other"})
EVERYBODY_ELSE = frozenset({"reader", "editor", "approver", "unconfirmed", "admin", "other"})

ROUTES = {
    "rights": (ANY_MEMBER, "get", {}),
    "annuities": (ANY_MEMBER, "get", {}),
    "annuities_ics": (ANY_MEMBER, "get", {}),
    "annuities_order": (ANY_MEMBER, "get", {"form": "csv"}),
    "rights_review": (Rule(opens=REVIEWERS), "get", {}),
    "right_record": (ANY_MEMBER, "get", {"key": KEY}),
    "right_claim": (ANY_EDITOR, "post", {"key": KEY}),
    "right_event": (ANY_EDITOR, "post", {"key": KEY}),
    "right_correct": (ANY_EDITOR, "post", {"key": KEY}),
    "right_document_attach": (ANY_EDITOR, "post", {"key": KEY}),
    "right_document": (Rule(opens=INSIDE | REVIEWERS, hides=OTHERS), "get", {"document_id": "right document"}),
    "petition": (Rule(opens=INSIDE | REVIEWERS, hides=OTHERS), "get", {"petition_id": "right petition"}),
    "petition_decide": (Rule(opens=REVIEWERS), "post", {"petition_id": "right petition"}),
    "petition_withdraw": (
        Rule(opens=INSIDE - {"reader"}, hides=OTHERS | REVIEWERS),
        "post",
        {"petition_id": "right petition"},
    ),
}


def owned(people):
    """The first organization owns the right of KEY, has attached a document to it and waits for a decision."""
    first, editor = people["first"], people[Role.EDITOR]
    with transaction.atomic():
        holding = holding_lock(KEY)
        body = {"owners": [{"name": "First", "organization": first.pk, "share": "1"}]}
        entry_append(holding, kind="owners_set", on=dt.date(2026, 1, 1), body=body, by=editor)
        owners_rebuild(holding)
    content = b"%PDF-1.7 proof"
    digest = hashlib.sha256(content).hexdigest()
    SHELF.place_of(digest).parent.mkdir(parents=True, exist_ok=True)
    SHELF.place_of(digest).write_bytes(content)
    document = HoldingDocument.objects.create(
        holding=holding, organization=first, kind="certificate", file_name="proof.pdf", sha256=digest, size_bytes=len(content), by=editor
    )
    body = {
        "draft": {
            "kind": "event",
            "on": "2026-01-02",
            "body": {"kind": "FEE_PAID", "effect": "", "year": 9, "text": "paid by the agent"},
            "reference": "",
        },
        "kind": "FEE_PAID",
    }
    petition = Petition.objects.create(
        kind="event",
        holding=holding,
        organization=first,
        by=editor,
        body=body,
        grounds="see the receipt",
        document=document,
        request_key="1",
    )
    return {"right document": document.pk, "right petition": petition.pk}
