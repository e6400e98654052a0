"""The minutes as signed PDFs in both languages: made from the frozen minutes, signed by chair and secretary, verified on the session's page."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.refusals import told
from langqiao.web.documents.models import PDF, Document
from langqiao.web.documents.services import File, document_store, side_sign
from langqiao.web.documents.typeset import DJANGO_LANGUAGE, box_at, typeset
from langqiao.web.funds.access import managed, session_locked
from langqiao.web.funds.models import Member, Session
from langqiao.web.funds.words import CONFLICTS, CONSTITUENCIES, MATTERS, VOTES
from langqiao.web.funds.words_council import COUNCILS, FORMS
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit

KIND = "committee_minutes"
SIDES = ("chair", "secretary")
LANGUAGES = ("zh", "en")


def subject_of(session: Session) -> str:
    """The session as the documents name it."""
    return f"session/{session.pk}"


def chair_of(session: Session) -> Member | None:
    """The chair of the session, or, where it is recused or none sits, the free member whose seat is the oldest."""
    sitting = session.members.filter(is_recused=False).select_related("user", "seat")
    free = sorted(sitting, key=lambda member: (member.seat.from_on, member.user_id))
    return next((member for member in free if member.is_chair), free[0] if free else None)


@transaction.atomic
def minutes_make(*, session_id: uuid.UUID, membership: Membership, by: User) -> list[Document]:
    """Draws up the minutes of a closed session in both languages; who draws them up signs as secretary. Again gives the same files.

    Refused: not_allowed, minutes_not_possible (not closed, nobody to sign as chair, or the chair itself draws them up).
    """
    session = session_locked(session_id, membership, by)
    if not managed(session, membership):
        raise Refusal("not_allowed", _("The manager draws up the minutes."))
    must_edit(membership)
    before = documents_of(session)
    if before:
        return before
    chair = chair_of(session)
    if session.state != "closed" or chair is None or chair.user_id == by.pk:
        raise Refusal("minutes_not_possible", _("Another person than the chair draws up the minutes of a closed session."))
    signers = {"chair": chair.user_id, "secretary": by.pk}
    return [_made(session, language, chair=chair, by=by, signers=signers) for language in LANGUAGES]


def _made(session: Session, language: str, *, chair: Member, by: User, signers: Mapping[str, int]) -> Document:
    """One language's file."""
    with override(DJANGO_LANGUAGE[language]):
        data = page_of(session, language, chair=chair, secretary=by)
    # `signing` gives the places of the two signatures; no organization signs, so that no approver can take the chair's place.
    made_from = {"minutes_sha256": session.minutes_sha256, "signing": list(SIDES), "signers": dict(signers), "page": data["sections"]}
    file = File(title=data["title"], media_type=PDF, content=typeset("contract.typ", data), made_from=made_from)
    return document_store(
        kind=KIND, subject=subject_of(session), language=language, file=file, organizations={"manager": session.fund.organization}, by=by
    )


def documents_of(session: Session) -> list[Document]:
    """The minutes as PDF, zh before en; empty before they are drawn up."""
    found = Document.objects.filter(subject=subject_of(session), kind=KIND).prefetch_related("signatures__by")
    return sorted(found, key=lambda one: LANGUAGES.index(one.language))


def side_of(document: Document, user: User) -> str:
    """The side on which the user signs the minutes; "" for whoever does not."""
    signers = json.loads(document.made_from)["signers"]
    return next((side for side, pk in signers.items() if pk == user.pk), "")


@transaction.atomic
def minutes_sign(*, session_id: uuid.UUID, membership: Membership, by: User) -> list[Document]:
    """Chair or secretary signs both files; each signature's hash goes into the record. Refused: not_found, signature_not_asked."""
    session = session_locked(session_id, membership, by)
    found = documents_of(session)
    if not found:
        raise Refusal("not_found", _("The minutes are not drawn up."))
    for document in found:
        side = side_of(document, by)
        if not side:
            raise Refusal("signature_not_asked", _("Chair and secretary sign the minutes."))
        side_sign(document=document, side=side, organization=membership.organization, user=by)
    return found


def page_of(session: Session, language: str, *, chair: Member, secretary: User) -> dict[str, Any]:
    """What the template is filled with: parties are chair and secretary, sections the case, who sat, the count, ballots, dissent, conditions."""
    body = json.loads(session.minutes)
    numbered = [section for section in _sections(session, body) if section["parts"]]
    names = {"chair": str(chair.user), "secretary": str(secretary)}
    mark = str(_("scenario")) + " · " if session.project.is_scenario else ""
    chair_word = str(_("Chair")) if chair.is_chair else str(_("Acting chair"))
    words = {"chair": chair_word, "secretary": str(_("Secretary"))}
    return {
        "title": str(_("Minutes: %(case)s") % {"case": session.project.title}),
        "lang": language,
        "publisher": "Langqiao 廊桥",
        "kicker": mark
        + str(_("%(fund)s · %(body)s · SHA-256 of the record %(sha)s"))
        % {"fund": session.fund.name, "body": COUNCILS[session.body], "sha": session.minutes_sha256[:32]},
        "footer": str(_("Made by Langqiao from the minutes %(sha)s")) % {"sha": session.minutes_sha256[:16]},
        "parties": [{"side_name": words[side], "name": names[side], "details": []} for side in SIDES],
        "sections": [{**section, "number": place} for place, section in enumerate(numbered, 1)],
        "signature_heading": str(_("Signatures")),
        "signature_note": str(_("A signature covers every page before it. Any change afterward shows on verification.")),
        "signing": [{"side_name": words[side], "name": names[side], **asdict(box_at(place))} for place, side in enumerate(SIDES)],
    }


def _sections(session: Session, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"heading": str(_("Case")), "parts": _case(session)},
        {"heading": str(_("Members and conflicts")), "parts": [_members(session)]},
        {"heading": str(_("Result")), "parts": _result(session)},
        {"heading": str(_("Ballots")), "parts": _ballots(session, body)},
        {"heading": str(_("Dissent")), "parts": _dissent(session)},
        {"heading": str(_("Conditions precedent")), "parts": list(body["conditions"])},
        {"heading": str(_("Milestones")), "parts": [f"{fen_to_yuan(fen)} · {text}" for fen, text in body.get("tranches", ())]},
    ]


def _case(session: Session) -> list[str]:
    said = [
        f"{session.project.title} · {session.project.target_name} · {MATTERS[session.matter]} · {FORMS[session.form]}",
        str(_("Amount, yuan: %(amount)s")) % {"amount": fen_to_yuan(session.amount_fen)},
        "、".join(patent.number for patent in session.project.patents.all()),
    ]
    if session.form == "written":
        said.append(
            str(_("Served on every member; answers until %(day)s. Silence was counted as no consent.")) % {"day": session.deadline_on}
        )
    return said


def _members(session: Session) -> dict[str, Any]:
    rows = []
    for member in session.members.select_related("user"):
        why = "、".join(str(CONFLICTS.get(code, code)) for code in member.detected) or member.declaration
        state = str(_("recused: %(why)s")) % {"why": why} if member.is_recused else str(_("free of conflict"))
        rows.append([str(member.user), str(CONSTITUENCIES[member.constituency]), state])
    return _table([str(_("Member")), str(_("Constituency")), str(_("Conflict of interest"))], rows, (2, 2, 5))


def _result(session: Session) -> list[str]:
    result = session.result or {}
    passed = str(_("Passed.")) if session.passed else str(_("Not passed."))
    said = [passed if session.passed else f"{passed} {told(Refusal(session.reason, session.reason)).sentence}"]
    if result.get("base") is not None:
        said.append(
            str(_("For %(in_favor)d, against %(against)d, abstained %(abstained)d; needed %(needed)d of %(base)d."))
            % {"in_favor": result["votes_for"], "against": result["votes_against"], "abstained": result["abstentions"], "needed": result["needed"],
               "base": result["base"]}
        )  # fmt: skip
    if session.expires_on:
        said.append(str(_("The approval stands until %(day)s.")) % {"day": session.expires_on})
    return said


def _ballots(session: Session, body: Mapping[str, Any]) -> list[Any]:
    """Named ballots of an open ballot; of a secret one the votes with their reasons, in no order of persons."""
    if not body["ballots"]:
        return []
    if session.is_secret:
        rows = [[str(VOTES[vote]), reason] for vote, _veto, reason in body["ballots"]]
        return [_table([str(_("Ballot")), str(_("Reason"))], rows, (1, 5))]
    names = {str(member.pk): str(member.user) for member in session.members.select_related("user")}
    rows = [[names[member], str(VOTES[vote]), reason] for member, vote, _veto, reason in body["ballots"]]
    return [_table([str(_("Member")), str(_("Ballot")), str(_("Reason"))], rows, (2, 1, 5))]


def _dissent(session: Session) -> list[str]:
    return [vote.reason for vote in session.votes.filter(vote="against")]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> dict[str, Any]:
    return {"head": list(head), "rows": [list(row) for row in rows], "widths": list(widths)}
