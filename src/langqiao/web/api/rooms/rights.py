"""Rights the organization owns, and petitions to change the record: claims, register events, corrections, decisions."""

import base64
import binascii
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.api.problems import ApiError
from langqiao.web.api.rooms.me import OrganizationTold, organization_told
from langqiao.web.rights.documents import document_attach
from langqiao.web.rights.models import Holding, Petition
from langqiao.web.rights.petitions import GROUNDS_MAX, Filing, claim_file, correction_file, event_file, may_review, petition_get
from langqiao.web.rights.register_events import owners_read
from langqiao.web.rights.reviews import petition_decide, petition_withdraw
from langqiao.web.rights.services import holding_open

Plain = Annotated[str, Field(max_length=2000)]
Code = Annotated[str, Field(max_length=80)]


class HoldingTold(Told):
    """A right with a record of its own here."""

    key: str
    office: str
    number: str
    patent_type: str


class HoldingsTold(Told):
    """A page of rights, by key."""

    items: list[HoldingTold]
    next_cursor: str | None


class DocumentGiven(Given):
    """A document as evidence: kind of document, name with its ending, content in base64 (the whole request at most 1 MB)."""

    kind: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=120)
    content_base64: str = Field(min_length=1, max_length=950_000)


class OwnerGiven(Given):
    """An owner by registered name; the share as 1/2, 50% or 0.5, or none."""

    name: str = Field(min_length=1, max_length=200, pattern=r"^[^|｜\r\n]+$")
    share: str = Field(default="", max_length=20, pattern=r"^[0-9./% ]*$")


class ClaimGiven(Given):
    """Every owner, and which of them the organization is."""

    owners: list[OwnerGiven] = Field(min_length=1, max_length=50)
    mine: str = Field(min_length=1, max_length=200)
    grounds: str = Field(default="", max_length=GROUNDS_MAX)
    document: DocumentGiven | None = None


class EventGivenRight(Given):
    """A register event: kind and fields as the form of the page names them (`on`, `reference`, `holder`, …)."""

    kind: str = Field(min_length=1, max_length=60)
    fields: dict[Code, Plain] = Field(max_length=40)
    grounds: str = Field(default="", max_length=GROUNDS_MAX)
    document: DocumentGiven | None = None


class CorrectionGiven(Given):
    """What is wrong (`fact:NAME`, `event:ID`, `entry:ID`) and what is right: `kind` and its fields, or `value` for a fact."""

    target: str = Field(min_length=1, max_length=200)
    fields: dict[Code, Plain] = Field(max_length=40)
    grounds: str = Field(default="", max_length=GROUNDS_MAX)
    document: DocumentGiven | None = None


class PetitionTold(Told):
    """A petition and what became of it; `body` is what was asked for."""

    id: uuid.UUID
    kind: str
    state: str
    key: str
    organization: OrganizationTold
    filed_at: dt.datetime
    grounds: str
    body: dict[str, Any]
    document_sha256: str
    decision: str
    decided_at: dt.datetime | None


class PetitionsTold(Told):
    """A page of petitions, newest first."""

    items: list[PetitionTold]
    next_cursor: str | None


class PetitionsAsked(Paging):
    """`waiting`: what waits for review, for the office and the platform; else the organization's own."""

    waiting: bool = False


class DecisionOnGiven(Given):
    """The decision and its reasons, which the petitioner reads."""

    event: Literal["accept", "refuse", "revoke"]
    reasons: str = Field(default="", max_length=GROUNDS_MAX)


def _petition(one: Petition) -> PetitionTold:
    names = ("id", "kind", "state", "filed_at", "grounds", "body", "decision", "decided_at")
    return PetitionTold(
        **{name: getattr(one, name) for name in names},
        key=one.holding.key,
        organization=organization_told(one.organization),
        document_sha256=one.document.sha256 if one.document else "",
    )


def _holding(one: Holding) -> HoldingTold:
    return HoldingTold(**{name: getattr(one, name) for name in HoldingTold.model_fields})


def rights(call: Call) -> HoldingsTold:
    """The rights that the organization owns as far as the record knows."""
    found = Holding.objects.filter(pk__in=Holding.objects.filter(owners_now__organization=call.membership.organization).values("pk"))
    rows, after = page(found, by=("key",), cursor=call.query.cursor, limit=call.query.limit, down=False)
    return HoldingsTold(**listed(rows, _holding, after))


def petitions(call: Call) -> PetitionsTold:
    """The organization's petitions, or those that wait for a reviewer."""
    found = Petition.objects.filter(organization=call.membership.organization)
    if call.query.waiting:
        if not may_review(call.membership):
            raise Refusal("not_allowed", _("Petitions are decided by approvers of the office or the platform."))
        found = Petition.objects.filter(state="filed")
    found = found.select_related("holding", "organization", "document")
    rows, after = page(found, by=("filed_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return PetitionsTold(**listed(rows, _petition, after))


def petition(call: Call) -> PetitionTold:
    """One petition, for its organization and the reviewers."""
    return _petition(petition_get(petition_id=call.uuid("petition_id"), membership=call.membership))


def _filing(call: Call) -> Filing:
    """Grounds, evidence and the key; the document is kept in the same transaction as the petition."""
    given, document = call.body.document, None
    if given is not None:
        try:
            content = base64.b64decode(given.content_base64, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ApiError(422, "bad_input", "not base64", field="document.content_base64") from error
        file = SimpleUploadedFile(given.name, content)
        holding = holding_open(call.path["key"])
        document = document_attach(membership=call.membership, holding=holding, kind=given.kind, file=file, by=call.user)
    return Filing(grounds=call.body.grounds, document=document, request_key=call.key)


def claim(call: Call) -> PetitionTold:
    """Claims a right as owner or co-owner; somebody of another organization decides."""
    owners = owners_read("\n".join(f"{one.name} | {one.share}" for one in call.body.owners))
    mine = " ".join(call.body.mine.split())
    made = claim_file(membership=call.membership, key=call.path["key"], owners=owners, mine=mine, filing=_filing(call), by=call.user)
    return _petition(made)


def event(call: Call) -> PetitionTold:
    """Enters a register event with its evidence."""
    fields: Mapping[str, str] = call.body.fields
    made = event_file(
        membership=call.membership, key=call.path["key"], kind=call.body.kind, given=fields, filing=_filing(call), by=call.user
    )
    return _petition(made)


def correction(call: Call) -> PetitionTold:
    """Tells that something is wrong, with evidence; both versions are kept."""
    fields: Mapping[str, str] = call.body.fields
    made = correction_file(
        membership=call.membership, key=call.path["key"], target=call.body.target, given=fields, filing=_filing(call), by=call.user
    )
    return _petition(made)


def withdraw(call: Call) -> PetitionTold:
    """Takes back a petition of the organization's own."""
    found = petition_get(petition_id=call.uuid("petition_id"), membership=call.membership)
    petition_withdraw(petition_id=found.pk, membership=call.membership, by=call.user)
    return petition(call)


def decide(call: Call) -> PetitionTold:
    """Accepts, refuses or revokes: an approver of the office or the platform, never on a petition of one's own."""
    found = petition_get(petition_id=call.uuid("petition_id"), membership=call.membership)
    if not may_review(call.membership):
        raise Refusal("not_allowed", _("Petitions are decided by approvers of the office or the platform."))
    call.must_approve()
    given = call.body
    petition_decide(petition_id=found.pk, event=given.event, membership=call.membership, reasons=given.reasons, by=call.user)
    return petition(call)


ONE = "/petitions/{petition_id:uuid}"
ENDPOINTS = (
    Endpoint(
        method="GET", path="/rights", name="rights", scope="read", act=rights, answer=HoldingsTold, query=Paging,
        summary="Rights the organization owns as far as the record knows",
    ),
    Endpoint(
        method="POST", path="/patents/{key}/claims", name="right_claim", scope="rights", act=claim, answer=PetitionTold, body=ClaimGiven,
        status=201, role="editor", summary="Claim a right", example={"owners": [{"name": "First", "share": ""}], "mine": "First"},
    ),
    Endpoint(
        method="POST", path="/patents/{key}/events", name="right_event", scope="rights", act=event, answer=PetitionTold,
        body=EventGivenRight, status=201, role="editor", summary="Enter a register event",
        example={"kind": "FEE_PAID", "fields": {"on": "2026-01-05"}},
    ),
    Endpoint(
        method="POST", path="/patents/{key}/corrections", name="right_correct", scope="rights", act=correction, answer=PetitionTold,
        body=CorrectionGiven, status=201, role="editor", summary="Tell that something is wrong",
        example={"target": "fact:filing_date", "fields": {"value": "2011-09-01"}},
    ),
    Endpoint(
        method="GET", path="/petitions", name="petitions", scope="read", act=petitions, answer=PetitionsTold, query=PetitionsAsked,
        summary="Petitions to change the record",
    ),
    Endpoint(method="GET", path=ONE, name="petition", scope="read", act=petition, answer=PetitionTold, summary="One petition"),
    Endpoint(
        method="POST", path=ONE + "/withdraw", name="petition_withdraw", scope="rights", act=withdraw, answer=PetitionTold, body=Nothing,
        role="editor", summary="Take a petition back",
    ),
    Endpoint(
        method="POST", path=ONE + "/decision", name="petition_decide", scope="rights", act=decide, answer=PetitionTold,
        body=DecisionOnGiven, role="editor", summary="Decide on a petition", example={"event": "refuse", "reasons": "No evidence."},
        doc="An approver of the office or the platform; needs the scope approve and a fresh second factor.",
    ),
)  # fmt: skip
