"""The routes of the record and of personal data, and a record of the first organization under a signed head."""

from django.db import transaction

from langqiao.web.audit.heads import head_make
from langqiao.web.audit.services import record_append
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, ANYBODY, LOGGED_IN, Rule

READERS = Rule(opens=frozenset({"reader", "editor", "approver", "unconfirmed", "admin", "office", "platform"}), hides=frozenset({"other"}))
"""The organization a record concerns, and those who read the whole record; for everybody else it is not there."""

ROUTES = {
    "audit": (ANY_MEMBER, "get", {}),
    "audit_record": (READERS, "get", {"seq": "audit record"}),
    "audit_proof": (READERS, "get", {"seq": "audit record"}),
    "audit_heads": (ANYBODY, "get", {}),
    "audit_heads_file": (ANYBODY, "get", {}),
    "audit_sign": (ANY_EDITOR, "post", {}),
    "personal": (LOGGED_IN, "get", {}),
    "personal_file": (LOGGED_IN, "get", {}),
    "personal_erase": (LOGGED_IN, "post", {}),
}


def owned(people):
    """A record of the first organization, under a signed head."""
    with transaction.atomic():
        payload = {"n": 1}  # the office and the platform read every record, so no secret stands in it
        record = record_append(actor="platform", action="test.said", subject=f"organization/{people['first'].pk}", payload=payload)
        head_make()
    return {"audit record": record.seq}
