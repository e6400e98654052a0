"""The room of a deal: confidence, files, questions, consents, publicity, clearance, receipts, the checklist from the record; draft terms."""

import datetime as dt
import uuid
from typing import Any, Literal

from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, M, Told
from langqiao.web.api.files import FILE_BODY_BYTES_MAX, FileGiven, FileTold, file_told, uploaded
from langqiao.web.api.rooms.steps import Fields
from langqiao.web.deals import confidence, room
from langqiao.web.deals.checklist import checklist_of
from langqiao.web.deals.facts import covers
from langqiao.web.deals.models import Consent, Deal, Question, RoomFile
from langqiao.web.deals.opening import deal_terms_change
from langqiao.web.deals.room import FILE_KINDS, PARTIES, RECEIPTS
from langqiao.web.deals.selectors import deal_get, roles_of
from langqiao.web.deals.words import language


class ConfidenceTold(Told):
    """The agreement of confidence in the language asked for; `signed_by`: the sides that signed. A signature names the `sha256` of the text."""

    text: str
    sha256: str
    signed_by: list[str]


class RoomFileTold(Told):
    """A file of the room; who may not read it yet sees neither name nor hash."""

    id: int
    kind: str
    tier: str
    readable: bool
    name: str
    sha256: str
    size_bytes: int
    organization: str
    at: dt.datetime


class QuestionTold(Told):
    """A question and its answer; in an auction a bidder does not learn who else asked."""

    id: int
    organization: str
    at: dt.datetime
    text: str
    answer: str
    answered_at: dt.datetime | None


class ConsentTold(Told):
    """Whose word the deal needs. `answers_itself`: the holder is on this market; `covers_terms`: given for the terms as they are."""

    id: int
    holder: str
    basis: str
    served_on: dt.date | None
    open_days: int
    given_on: dt.date | None
    refused_on: dt.date | None
    reason: str
    answers_itself: bool
    covers_terms: bool


class PublicityTold(Told):
    """Publicity inside a state unit."""

    result_name: str
    price_fen: int
    begun_on: dt.date
    objection: str


class ReceiptTold(Told):
    """A receipt of the office, or the number of a clearance (kind `clearance`)."""

    patent: str
    kind: str
    number: str
    on: dt.date


class OfferTold(Told):
    """An offer with all its terms as they were."""

    role: str
    price_fen: int | None
    expires_on: dt.date | None
    note: str
    at: dt.datetime
    terms: dict[str, Any]


class RoomTold(Told):
    """What lies in the room, as far as the organization may see it: offers and questions are for the sides."""

    deal_id: uuid.UUID
    confidence: ConfidenceTold | None
    files: list[RoomFileTold]
    questions: list[QuestionTold]
    offers: list[OfferTold]
    consents: list[ConsentTold]
    publicities: list[PublicityTold]
    receipts: list[ReceiptTold]


class Sha256Given(Given):
    """The hash of the text that was read."""

    sha256: str = Field(min_length=64, max_length=64)


class TextGiven(Given):
    """Words."""

    text: str = Field(max_length=4000)


class RoomFileGiven(FileGiven):
    """A file for the room; `tier`: seen from the start (brief) or after the agreement of confidence (room)."""

    kind: str = Field(default="data_room", max_length=30, description=", ".join(FILE_KINDS))
    tier: Literal["room", "brief"] = "room"


class ConsentGiven(Given):
    """A consent noted by a side, on a file that lies in the room."""

    holder: str = Field(min_length=1, max_length=200)
    basis: Literal["co_owner", "pledgee", "pledge_parties", "first_refusal"]
    served_on: dt.date | None = None
    given_on: dt.date | None = None
    file_id: int | None = Field(default=None, ge=1, le=INT_MAX)


class PublicityGiven(Given):
    """What was published inside the unit, from which day."""

    result_name: str = Field(min_length=1, max_length=300)
    begun_on: dt.date


class ReceiptGiven(Given):
    """A receipt for one patent of the deal, or for all."""

    kind: str = Field(max_length=20, description=", ".join(RECEIPTS))
    number: str = Field(min_length=1, max_length=80)
    on: dt.date
    patent: str = Field(default="", max_length=80)
    file_id: int | None = Field(default=None, ge=1, le=INT_MAX)


class ClearanceGiven(Given):
    """The clearance of a technology export."""

    number: str = Field(min_length=1, max_length=80)
    on: dt.date
    file_id: int | None = Field(default=None, ge=1, le=INT_MAX)


class TermsGiven(Given):
    """Terms of a draft by their names."""

    fields: Fields = Field(default={})


class CheckTold(Told):
    """A question of due diligence: pass, fail or unknown, as the record and the organization's own grades and opinions say."""

    patent: str
    question: str
    group: str
    mandatory: bool
    status: str
    said: str


class ChecklistTold(Told):
    """The checklist of every patent."""

    items: list[CheckTold]


def _deal(call: Call) -> Deal:
    return deal_get(call.uuid("deal_id"), call.membership)


def _file_of(call: Call, deal: Deal) -> RoomFile | None:
    number = call.body.file_id
    if number is None:
        return None
    found = RoomFile.objects.filter(deal=deal, pk=number).first()
    if found is None:
        raise Refusal("not_found", _("There is no such file that you may read."))
    return found


def whole(call: Call) -> RoomTold:
    """The room."""
    deal = _deal(call)
    roles, own = roles_of(deal, call.membership.organization), call.membership.organization
    bids = deal.kind == "auction" and "buyer" in roles
    party = bool(PARTIES & set(roles)) and not bids
    opened = room.room_open(deal, call.membership)
    files = deal.roomfile_set.select_related("organization") if roles else RoomFile.objects.none()
    return RoomTold(
        deal_id=deal.pk,
        confidence=_confidence(deal) if roles else None,
        files=[_file(one, readable=opened or one.tier == one.BRIEF or one.organization_id == own.pk) for one in files],
        questions=[_question(one, own.pk, hides=bids) for one in _questions(deal, own.pk, bids=bids)] if party or bids else [],
        offers=[_same(OfferTold, one) for one in deal.offer_set.order_by("-at")] if party else [],
        consents=[_consent(deal, one) for one in deal.consent_set.all()] if party or "platform" in roles else [],
        publicities=[_same(PublicityTold, one) for one in deal.publicity_set.all()] if roles and not bids else [],
        receipts=[
            ReceiptTold(patent=one.key, kind=one.kind, number=one.number, on=one.on) for one in deal.officereceipt_set.all() if roles
        ],
    )


def _same(model: type[M], row: Any) -> M:
    return model(**{name: getattr(row, name) for name in model.model_fields})


def _confidence(deal: Deal) -> ConfidenceTold:
    said = language()
    signed = sorted(deal.nda_set.values_list("role", flat=True))
    return ConfidenceTold(text=confidence.text_of(deal, said), sha256=confidence.text_sha256(deal, said), signed_by=signed)


def _file(one: RoomFile, *, readable: bool) -> RoomFileTold:
    return RoomFileTold(
        id=one.pk, kind=one.kind, tier=one.tier, readable=readable, name=one.name if readable else "", sha256=one.sha256 if readable else "",
        size_bytes=one.size_bytes, organization=one.organization.name if one.organization else "", at=one.at,
    )  # fmt: skip


def _question(one: Question, own: int, *, hides: bool) -> QuestionTold:
    who = one.organization.name if one.organization and not (hides and one.organization_id != own) else ""
    return QuestionTold(id=one.pk, organization=who, at=one.at, text=one.text, answer=one.answer, answered_at=one.answered_at)


def _questions(deal: Deal, own: int, *, bids: bool) -> list[Question]:
    """All for a side; a bidder sees its own and what was answered."""
    found = deal.question_set.select_related("organization")
    return list(found.filter(Q(organization=own) | ~Q(answer="")) if bids else found)


def _consent(deal: Deal, one: Consent) -> ConsentTold:
    names = ("holder", "basis", "served_on", "open_days", "given_on", "refused_on", "reason")
    same = {name: getattr(one, name) for name in names}
    return ConsentTold(id=one.pk, **same, answers_itself=one.asked_id is not None, covers_terms=covers(deal, one))


def confide(call: Call) -> RoomTold:
    """Signs the agreement of confidence for the organization's side; the second signature opens the room."""
    room.nda_sign(_deal(call).pk, membership=call.membership, seen_sha256=call.body.sha256)
    return whole(call)


def ask(call: Call) -> QuestionTold:
    """Puts a question to the other side."""
    made = room.question_ask(_deal(call).pk, membership=call.membership, text=call.body.text)
    return _question(made, call.membership.organization_id, hides=False)


def answer(call: Call) -> QuestionTold:
    """Answers a question of the other side, once."""
    made = room.question_answer(_deal(call).pk, call.path["question_id"], membership=call.membership, text=call.body.text)
    return _question(made, call.membership.organization_id, hides=False)


def file_put(call: Call) -> RoomFileTold:
    """Puts a file into the room."""
    given = call.body
    made = room.file_add(_deal(call).pk, membership=call.membership, file=uploaded(given, "body"), kind=given.kind, tier=given.tier)
    return _file(made, readable=True)


def file_get(call: Call) -> FileTold:
    """A file's bytes; who opened it is noted in the room."""
    found, content = room.file_read(_deal(call).pk, call.path["file_id"], membership=call.membership)
    return file_told(content, name=found.name, media_type="application/octet-stream")


def consent(call: Call) -> ConsentTold:
    """Notes whose word is needed; a holder on this market is told and answers itself."""
    deal, given = _deal(call), call.body
    made = room.consent_note(
        deal.pk, membership=call.membership, holder=given.holder, basis=given.basis, served_on=given.served_on, given_on=given.given_on,
        file=_file_of(call, deal),
    )  # fmt: skip
    return _consent(_deal(call), made)


def publicity(call: Call) -> PublicityTold:
    """Notes that the unit has published result and price inside itself."""
    made = room.publicity_begin(_deal(call).pk, membership=call.membership, result_name=call.body.result_name, begun_on=call.body.begun_on)
    return _same(PublicityTold, made)


def objection(call: Call) -> PublicityTold:
    """Notes an objection to the publicity, or with an empty text that it was settled."""
    return _same(PublicityTold, room.publicity_object(_deal(call).pk, membership=call.membership, text=call.body.text))


def clearance(call: Call) -> ReceiptTold:
    """Notes the clearance of the technology export."""
    deal, given = _deal(call), call.body
    made = room.clearance_note(deal.pk, membership=call.membership, number=given.number, on=given.on, file=_file_of(call, deal))
    return ReceiptTold(patent="", kind="clearance", number=made.number, on=made.on)


def receipt(call: Call) -> RoomTold:
    """Notes a receipt of the office."""
    deal, given = _deal(call), call.body
    room.receipt_note(
        deal.pk, membership=call.membership, kind=given.kind, number=given.number, on=given.on, key=given.patent, file=_file_of(call, deal)
    )
    return whole(call)


def terms(call: Call) -> RoomTold:
    """Changes the terms of a draft until its first step."""
    deal_terms_change(_deal(call).pk, membership=call.membership, fields=call.body.fields)
    return whole(call)


def checklist(call: Call) -> ChecklistTold:
    """The due-diligence checklist of the room, for its sides."""
    rows = checklist_of(_deal(call), call.membership)
    items = [
        CheckTold(
            patent=row["patent"].key, question=line.question.code, group=line.question.group, mandatory=line.question.mandatory,
            status=line.status, said=line.said,
        )
        for row in rows
        for line in row["lines"]
    ]  # fmt: skip
    return ChecklistTold(items=items)


ONE = "/deals/{deal_id:uuid}"
WRITES: dict[str, Any] = {"method": "POST", "scope": "deals", "role": "editor", "status": 201}
ENDPOINTS = (
    Endpoint(method="GET", path=ONE + "/room", name="deal_room", scope="read", act=whole, answer=RoomTold, summary="The room of a deal"),
    Endpoint(
        method="GET", path=ONE + "/diligence", name="deal_diligence", scope="read", act=checklist, answer=ChecklistTold,
        summary="The due-diligence checklist from the record",
    ),
    Endpoint(
        **WRITES, path=ONE + "/confidence", name="deal_confidence", act=confide, answer=RoomTold, body=Sha256Given,
        summary="Sign the agreement of confidence", example={"sha256": "0" * 64},
    ),
    Endpoint(
        **WRITES, path=ONE + "/questions", name="deal_question", act=ask, answer=QuestionTold, body=TextGiven, summary="Ask the other side",
        example={"text": "Which strain?"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/questions/{question_id:int}/answer", name="deal_answer", act=answer, answer=QuestionTold, body=TextGiven,
        summary="Answer a question", example={"text": "The one of claim 1."},
    ),
    Endpoint(
        **WRITES, path=ONE + "/files", name="deal_file_put", act=file_put, answer=RoomFileTold, body=RoomFileGiven,
        body_bytes_max=FILE_BODY_BYTES_MAX, summary="Put a file into the room", example={"name": "a.pdf", "content_base64": "JVBERi0="},
    ),
    Endpoint(method="GET", path=ONE + "/files/{file_id:int}", name="deal_file", scope="read", act=file_get, answer=FileTold, summary="A file"),
    Endpoint(
        **WRITES, path=ONE + "/consents", name="deal_consent_note", act=consent, answer=ConsentTold, body=ConsentGiven,
        summary="Note whose consent is needed or was given", example={"holder": "Third", "basis": "co_owner"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/publicity", name="deal_publicity", act=publicity, answer=PublicityTold, body=PublicityGiven,
        summary="Note the publicity inside a state unit", example={"result_name": "Strain", "begun_on": "2026-06-30"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/publicity/objection", name="deal_objection", act=objection, answer=PublicityTold, body=TextGiven,
        summary="Note an objection, or that it was settled", example={"text": ""},
    ),
    Endpoint(
        **WRITES, path=ONE + "/clearances", name="deal_clearance", act=clearance, answer=ReceiptTold, body=ClearanceGiven,
        summary="Note an export clearance", example={"number": "X-1", "on": "2026-06-30"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/receipts", name="deal_receipt", act=receipt, answer=RoomTold, body=ReceiptGiven,
        summary="Note a receipt of the office", example={"kind": "registration", "number": "R-1", "on": "2026-06-30"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/terms", name="deal_terms", act=terms, answer=RoomTold, body=TermsGiven, summary="Change the terms of a draft",
        example={"fields": {"statement.fixed_fen": 500_000}},
    ),
)  # fmt: skip
