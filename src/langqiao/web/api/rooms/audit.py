"""The record: what concerns the organization, one record, and the proof that it stands in a signed tree."""

import json
from typing import Any

from pydantic import Field

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import Call, Endpoint, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.audit.models import Record
from langqiao.web.audit.proofs import inclusion_of
from langqiao.web.audit.selectors import record_get, records_for


class RecordTold(Told):
    """One link of the chain."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    payload: dict[str, Any]
    prev_hash: str
    hash: str


class RecordsTold(Told):
    """A page of records, newest first."""

    items: list[RecordTold]
    next_cursor: str | None


class RecordsAsked(Paging):
    """The beginnings of action and subject."""

    action: str = Field(default="", max_length=80)
    subject: str = Field(default="", max_length=160)


class ProofTold(Told):
    """`line` is what the stand-alone verifier reads: the record, the way from its leaf, and the signed head."""

    line: str
    fits: bool
    key: str = Field(description="the public key that signed the head")


def _record(one: Record) -> RecordTold:
    same = {name: getattr(one, name) for name in RecordTold.model_fields if name != "payload"}
    return RecordTold(**same, payload=json.loads(one.payload))


def records(call: Call) -> RecordsTold:
    """The records the organization may read."""
    found = records_for(call.membership).filter(action__startswith=call.query.action, subject__startswith=call.query.subject)
    rows, after = page(found, by=("seq",), cursor=call.query.cursor, limit=call.query.limit)
    return RecordsTold(**listed(rows, _record, after))


def record(call: Call) -> RecordTold:
    """One record."""
    return _record(record_get(call.membership, call.path["seq"]))


def proof(call: Call) -> ProofTold:
    """The proof of inclusion against the newest signed head; refused (no_head_yet) until a head covers the record."""
    found = inclusion_of(record_get(call.membership, call.path["seq"]))
    if found is None:
        raise Refusal("no_head_yet", "no signed head covers this record yet")
    return ProofTold(line=found.text(), fits=found.fits, key=found.head.key.public_key)


ENDPOINTS = (
    Endpoint(
        method="GET", path="/records", name="records", scope="read", act=records, answer=RecordsTold, query=RecordsAsked,
        summary="Records that concern the organization",
    ),
    Endpoint(
        method="GET", path="/records/{seq:int}", name="record", scope="read", act=record, answer=RecordTold, summary="One record",
    ),
    Endpoint(
        method="GET", path="/records/{seq:int}/proof", name="record_proof", scope="read", act=proof, answer=ProofTold,
        summary="The proof that a record stands in the signed tree",
    ),
)  # fmt: skip
