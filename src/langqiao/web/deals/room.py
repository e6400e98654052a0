"""Writes in the room of a deal: confidence, files, questions, consents, publicity, clearance, receipts of the office; each recorded."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.register import OPERATIONS
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.deals.confidence import text_sha256
from langqiao.web.deals.consents import holder_organization
from langqiao.web.deals.facts import covers
from langqiao.web.deals.models import Access, Clearance, Consent, Deadline, Deal, Nda, OfficeReceipt, Publicity, Question, RoomFile
from langqiao.web.deals.selectors import deal_get, roles_of, today
from langqiao.web.deals.services import deal_advance, locked
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit

FILE_MAX_BYTES = 50 * 1024 * 1024
FILES_MAX = 300
FILE_KINDS = (
    "data_room",
    "contract",
    "identity",
    "certificate",
    "power_of_attorney",
    "appraisal",
    "consent",
    "receipt",
    "clearance",
    "invoice",
    "other",
)
RECEIPTS = ("registration", "recordal", "announcement", "withdrawal", "deregistration", "technology_contract")
PARTIES = frozenset({"seller", "buyer", "pledgee"})


def entered(deal_id: uuid.UUID, membership: Membership, *, official: bool = True, bidders: bool = False) -> tuple[Deal, str]:
    """The deal under its lock and the role in which the membership writes in its room. Refused: not_allowed for onlookers, deal_ended.

    `bidders`: whether those who bid in an auction may too: they ask, they note nothing.
    """
    must_edit(membership)
    deal = locked(deal_id, membership)
    roles = [role for role in roles_of(deal, membership.organization) if official or role in PARTIES]
    if deal.kind == "auction" and not bidders:
        roles = [role for role in roles if role != "buyer"]
    if not roles:
        raise Refusal("not_allowed", _("Your organization takes no part in this deal that may write here."), facts={})
    if deal.state in OPERATIONS[deal.kind].workflow.ends:
        raise Refusal("deal_ended", _("The deal has ended; its room is kept as it is."), facts={"state": deal.state})
    return deal, roles[0]


def _told(deal: Deal, membership: Membership, action: str, payload: Mapping[str, Any]) -> None:
    record_append(
        actor=membership.user, action=f"deal.{action}", subject=f"deal/{deal.pk}", payload=payload, seen_by=[membership.organization_id]
    )


def nda_sign(deal_id: uuid.UUID, *, membership: Membership, seen_sha256: str) -> Nda:
    """A side's signature of the agreement of confidence; the second one opens the room. Refused: text_changed, already_signed, not_allowed."""
    with transaction.atomic():
        deal, role = entered(deal_id, membership, official=False)
        if seen_sha256 not in {text_sha256(deal, language) for language in ("zh", "en")}:
            raise Refusal("text_changed", _("The text has changed since you opened the page. Read it again."), facts={})
        if Nda.objects.filter(deal=deal, role=role).exists():
            raise Refusal("already_signed", _("Your side has signed already."), facts={"role": role})
        made = Nda.objects.create(
            deal=deal, role=role, sha256=seen_sha256, organization=membership.organization, by=membership.user, at=timezone.now()
        )
        _told(deal, membership, "nda", {"role": role, "sha256": seen_sha256})
        if deal.state == "lead" and {"buyer", "seller"} <= set(deal.nda_set.values_list("role", flat=True)):
            deal_advance(deal.pk, "sign_nda", membership=membership, key=f"nda/{deal.pk}")
        return made


def room_open(deal: Deal, membership: Membership) -> bool:
    """Whether the membership may read what lies behind the agreement of confidence."""
    roles = roles_of(deal, membership.organization)
    if not PARTIES & set(roles):
        return "platform" in roles or "office" in roles
    gated = any(step.event == "sign_nda" for step in OPERATIONS[deal.kind].workflow.steps)
    return (
        deal.state != "lead" if gated and deal.parent_id is None else deal.kind != "auction" or deal.seller_id == membership.organization_id
    )


def file_add(deal_id: uuid.UUID, *, membership: Membership, file: "UploadedFile[bytes] | None", kind: str, tier: str) -> RoomFile:
    """Keeps a file in the room. Refused: file_missing, file_too_large, file_empty, terms_invalid, too_many_files."""
    if file is None:
        raise Refusal("file_missing", _("Choose a file first."))
    if kind not in FILE_KINDS or tier not in {RoomFile.BRIEF, RoomFile.ROOM}:
        raise invalid({"kind": f"none of {', '.join(FILE_KINDS)}"})
    _sized(file)
    with transaction.atomic():
        deal, _role = entered(deal_id, membership)
        return _file_kept(deal, membership, file, kind=kind, tier=tier)


def file_after(deal_id: uuid.UUID, *, membership: Membership, file: "UploadedFile[bytes]", kind: str) -> RoomFile:
    """Keeps a paper that follows a deal, also one that has ended. Refused: not_allowed, file_empty, file_too_large, too_many_files."""
    _sized(file)
    with transaction.atomic():
        deal = locked(deal_id, membership)
        if not PARTIES & set(roles_of(deal, membership.organization)):
            raise Refusal("not_allowed", _("Your organization takes no part in this deal that may write here."), facts={})
        return _file_kept(deal, membership, file, kind=kind, tier=RoomFile.ROOM)


def _sized(file: "UploadedFile[bytes]") -> None:
    if not file.size:
        raise Refusal("file_empty", _("The file is empty."))
    if file.size > FILE_MAX_BYTES:
        raise Refusal("file_too_large", _("A file of a room has at most 50 MB."), facts={"size": file.size})


def _file_kept(deal: Deal, membership: Membership, file: "UploadedFile[bytes]", *, kind: str, tier: str) -> RoomFile:
    if deal.roomfile_set.count() >= FILES_MAX:
        raise Refusal("too_many_files", _("A room holds at most %(n)d files.") % {"n": FILES_MAX}, facts={"n": FILES_MAX})
    stored, digest, name = _kept(deal, file)
    made = RoomFile.objects.create(
        deal=deal, name=name, kind=kind, tier=tier, sha256=digest, size_bytes=file.size or 0, stored=stored,
        organization=membership.organization, by=membership.user, at=timezone.now(),
    )  # fmt: skip
    _told(deal, membership, "file", {"file": made.pk, "kind": kind, "tier": tier, "sha256": digest})
    return made


def _kept(deal: Deal, file: "UploadedFile[bytes]") -> tuple[str, str, str]:
    name = (
        "".join(sign for sign in (file.name or "").replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable()).strip(". ")[-180:] or "file"
    )
    folder = Path(settings.MEDIA_ROOT) / "deals" / str(deal.pk)
    folder.mkdir(parents=True, exist_ok=True)
    staged, digest = folder / f".{uuid.uuid4()}.part", hashlib.sha256()
    with staged.open("wb") as out:
        for chunk in file.chunks():
            digest.update(chunk)
            out.write(chunk)
    target = folder / digest.hexdigest()
    staged.replace(target)
    return f"deals/{deal.pk}/{digest.hexdigest()}", digest.hexdigest(), name


def file_read(deal_id: uuid.UUID, file_id: int, *, membership: Membership) -> tuple[RoomFile, bytes]:
    """A file's bytes, and an entry in the access log. Refused: not_found, also before the agreement of confidence; document_damaged."""
    with transaction.atomic():
        deal = deal_get(deal_id, membership)
        file = RoomFile.objects.filter(deal=deal, pk=file_id).first()
        own = file is not None and file.organization_id == membership.organization_id
        if (
            file is None
            or not (own or file.tier == RoomFile.BRIEF or room_open(deal, membership))
            or not roles_of(deal, membership.organization)
        ):
            raise Refusal("not_found", _("There is no such file that you may read."))
        path = Path(settings.MEDIA_ROOT) / file.stored
        content = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(content).hexdigest() != file.sha256:
            message = _("The file of this document is missing or was changed on disk. Restore it from a backup.")
            raise Refusal("document_damaged", message, facts={"sha256": file.sha256})
        Access.objects.create(
            deal=deal, file=file, what=file.name, organization=membership.organization, by=membership.user, at=timezone.now()
        )
        _told(deal, membership, "file_read", {"file": file.pk, "sha256": file.sha256, "organization": membership.organization_id})
        return file, content


def question_ask(deal_id: uuid.UUID, *, membership: Membership, text: str) -> Question:
    """Puts a question to the other side. Refused: text_missing."""
    with transaction.atomic():
        deal, role = entered(deal_id, membership, official=False, bidders=True)
        made = Question.objects.create(
            deal=deal, text=_words(text), organization=membership.organization, by=membership.user, at=timezone.now()
        )
        _told(deal, membership, "question", {"question": made.pk, "role": role})
        return made


def question_answer(deal_id: uuid.UUID, question_id: int, *, membership: Membership, text: str) -> Question:
    """Answers a question of the other side, once. Refused: not_found, question_answered, text_missing."""
    with transaction.atomic():
        deal, _role = entered(deal_id, membership, official=False)
        asked = Question.objects.filter(deal=deal, pk=question_id).exclude(organization=membership.organization).first()
        if asked is None:
            raise Refusal("not_found", _("There is no such question to your side."))
        if asked.answer:
            raise Refusal("question_answered", _("The question has been answered."), facts={})
        asked.answer, asked.answered_by, asked.answered_at = _words(text), membership.user, timezone.now()
        asked.save(update_fields=["answer", "answered_by", "answered_at"])
        _told(deal, membership, "answer", {"question": asked.pk})
        return asked


def _words(text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= 4000:
        raise Refusal("text_missing", _("Write 1 to 4,000 characters."), facts={})
    return text


def consent_note(
    deal_id: uuid.UUID, *, membership: Membership, holder: str, basis: str, served_on: dt.date | None = None,
    given_on: dt.date | None = None, file: RoomFile | None = None,
) -> Consent:  # fmt: skip
    """Notes whose word is needed, when notice was served and when the consent or waiver was given, on the paper in the room.

    A later call for the same holder and basis completes the row. A holder that is on this market is told and answers itself. Refused:
    terms_invalid, consent_without_paper, consent_refused where the holder has refused from its own account.
    """
    holder = " ".join(holder.split())
    if basis not in Consent.BASES or not 1 <= len(holder) <= 200:
        raise invalid({"holder": "name the holder and the basis"})
    with transaction.atomic():
        deal, _role = entered(deal_id, membership)
        row = Consent.objects.filter(deal=deal, holder=holder, basis=basis).first() or Consent(deal=deal, holder=holder, basis=basis)
        if row.pk and not covers(deal, row):
            row.served_on, row.given_on, row.refused_on, row.terms_sha256 = None, None, None, ""
        if given_on is not None:
            _not_ahead({"given_on": given_on})
            if row.refused_on is not None:
                raise Refusal("consent_refused", _("The holder has refused from its own account; only it changes its answer."), facts={})
            if (file or row.file) is None:
                raise Refusal(
                    "consent_without_paper", _("A consent is noted on its paper: put it into the room first."), facts={"holder": holder}
                )
        _not_ahead({"served_on": served_on})
        row.organization, row.by, row.at = membership.organization, membership.user, timezone.now()
        row.served_on, row.given_on, row.file = served_on or row.served_on, given_on or row.given_on, file or row.file
        row.asked = holder_organization(deal, holder, today())
        row.open_days = int(parameters().value("operations.first_refusal_days", today())) if basis == "first_refusal" else 0
        row.save()
        _window(deal, row)
        payload = {"consent": row.pk, "basis": basis, "served": bool(row.served_on), "given": bool(row.given_on)}
        _told(deal, membership, "consent", payload)
        if row.asked is not None and row.given_on is None:
            record_append(
                actor=membership.user, action="deal.consent_asked", subject=f"consent/{row.pk}", payload={"deal": str(deal.pk), "basis": basis},
                seen_by=[row.asked.pk, membership.organization_id],
            )  # fmt: skip
        return row


def _window(deal: Deal, row: Consent) -> None:
    if row.basis != "first_refusal" or row.served_on is None:
        return
    last = row.served_on + dt.timedelta(days=row.open_days)
    if not Deadline.objects.filter(deal=deal, code="first_refusal", on=last).exists():
        Deadline.objects.create(deal=deal, code="first_refusal", on=last, consequence="first_refusal_over")
    if row.given_on is not None:
        Deadline.objects.filter(deal=deal, code="first_refusal", on=last, done_at=None).update(done_at=row.at)


def _not_ahead(days: Mapping[str, dt.date | None]) -> None:
    faults = {name: "the day lies ahead" for name, day in days.items() if day is not None and day > today()}
    if faults:
        raise invalid(faults)


def publicity_begin(deal_id: uuid.UUID, *, membership: Membership, result_name: str, begun_on: dt.date) -> Publicity:
    """Notes that the unit has published the result's name and the proposed price inside itself (Technology Transformation Law 18)."""
    _not_ahead({"begun_on": begun_on})
    with transaction.atomic():
        deal, role = entered(deal_id, membership, official=False)
        if role != "seller" or deal.price_fen is None:
            raise Refusal(
                "publicity_without_price", _("The unit that sells publishes the price of the offer; there is none yet."), facts={}
            )
        made = Publicity.objects.create(
            deal=deal, result_name=_words(result_name)[:300], price_fen=deal.price_fen, begun_on=begun_on,
            organization=membership.organization, by=membership.user, at=timezone.now(),
        )  # fmt: skip
        days = int(parameters().value("operations.price_publicity_days", today()))
        Deadline.objects.create(deal=deal, code="publicity", on=begun_on + dt.timedelta(days=days), consequence="publicity_over")
        _told(deal, membership, "publicity", {"price_fen": deal.price_fen, "begun_on": begun_on.isoformat()})
        return made


def publicity_object(deal_id: uuid.UUID, *, membership: Membership, text: str) -> Publicity:
    """Notes an objection, or with an empty text that it was settled. Refused: not_found where nothing is being published."""
    with transaction.atomic():
        deal, _role = entered(deal_id, membership)
        running = deal.publicity_set.order_by("begun_on", "pk").last()
        if running is None:
            raise Refusal("not_found", _("Nothing is being published for this deal."))
        running.objection = text.strip()[:4000]
        running.save(update_fields=["objection"])
        _told(deal, membership, "objection", {"publicity": running.pk, "open": bool(running.objection)})
        return running


def clearance_note(deal_id: uuid.UUID, *, membership: Membership, number: str, on: dt.date, file: RoomFile | None = None) -> Clearance:
    """Notes the clearance of the technology export. Refused: terms_invalid."""
    _not_ahead({"on": on})
    with transaction.atomic():
        deal, _role = entered(deal_id, membership)
        made = Clearance.objects.create(
            deal=deal, number=_number(number), on=on, file=file, organization=membership.organization, by=membership.user, at=timezone.now()
        )
        _told(deal, membership, "clearance", {"number": made.number, "on": on.isoformat()})
        return made


def receipt_note(
    deal_id: uuid.UUID, *, membership: Membership, kind: str, number: str, on: dt.date, key: str = "", file: RoomFile | None = None
) -> list[OfficeReceipt]:
    """Notes the office's receipt for one patent of the deal, or for all. Refused: terms_invalid."""
    _not_ahead({"on": on})
    with transaction.atomic():
        deal, _role = entered(deal_id, membership)
        keys = [patent.key for patent in deal.patents.all() if key in {"", patent.key}]
        if kind not in RECEIPTS or not keys:
            raise invalid({"kind": f"none of {', '.join(RECEIPTS)}"})
        made = [
            OfficeReceipt.objects.create(
                deal=deal, key=one, kind=kind, number=_number(number), on=on, file=file,
                organization=membership.organization, by=membership.user, at=timezone.now(),
            )
            for one in keys
        ]  # fmt: skip
        _told(deal, membership, "receipt", {"kind": kind, "number": made[0].number, "on": on.isoformat(), "patents": keys})
        return made


def _number(text: str) -> str:
    text = " ".join(text.split())
    if not 1 <= len(text) <= 80:
        raise invalid({"number": "1 to 80 characters"})
    return text
