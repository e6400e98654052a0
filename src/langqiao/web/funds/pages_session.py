"""The page of a session: case file, conflicts, ballot, result, minutes; for the manager and for whoever sits in it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.funds.session import SESSION
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.refusals import told
from langqiao.web.documents.models import PDF, Document
from langqiao.web.documents.services import document_bytes, document_verify
from langqiao.web.documents.signature import Verification
from langqiao.web.funds import access
from langqiao.web.funds.charter import charter_whole
from langqiao.web.funds.conflicts import related_reasons
from langqiao.web.funds.minutes_pdf import documents_of, minutes_make, minutes_sign, side_of
from langqiao.web.funds.models import FundStep, Session
from langqiao.web.funds.pages import user_of
from langqiao.web.funds.pages_advice import advice_figures
from langqiao.web.funds.papers import paper_keep
from langqiao.web.funds.services_condition import condition_meet, condition_paper, tranche_paper, tranche_reach
from langqiao.web.funds.services_session import (
    alternate_sit,
    conflict_declare,
    session_advance,
    session_gates,
    vote_cast,
)
from langqiao.web.funds.steps import subject_of
from langqiao.web.funds.words_council import SIDE_WORDS
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page, must_approve, must_confirm, must_edit


@require_safe
@member_page
def session(request: HttpRequest, membership: Membership, session_id: uuid.UUID) -> HttpResponse:
    """One session."""
    found = access.session_get(session_id, membership, user_of(request))
    return render(request, "funds/session.html", session_context(found, membership, user_of(request)))


def session_context(found: Session, membership: Membership, user: User) -> dict[str, Any]:
    """What the page of a session shows: ballots are named after the close only, and of a secret session never."""
    manages = access.managed(found, membership)
    members = list(found.members.select_related("user", "seat__alternate"))
    votes = {vote.member_id: vote for vote in found.votes.all()}
    shows = found.state == "closed" and not found.is_secret
    own = next((member for member in members if member.user_id == user.pk), None)
    rows = [{"member": member, "voted": member.pk in votes, "vote": votes.get(member.pk) if shows else None} for member in members]
    charter = charter_whole(found.charter)
    return {
        "room": "capital",
        "membership": membership,
        "session": found,
        "charter": charter | charter["advisory"] if found.body == "advisory" else charter,
        "tranches": found.tranches.select_related("by", "reached_by"),
        "advices": [advice_figures(asked) for asked in found.project.advices.all()],
        "related": related_reasons(found.project),
        "files": [_file_of(document, user) for document in documents_of(found)],
        "manages": manages,
        "rows": rows,
        "own": own,
        "own_vote": votes.get(own.pk) if own else None,
        "may_vote": own is not None and found.state == "open" and not own.is_recused and own.pk not in votes,
        "rule": charter["matters"][found.matter],
        "cast": len(votes),
        "dissent": [vote.reason for vote in votes.values() if vote.vote == "against"] if found.state == "closed" else [],
        "refusal": told(Refusal(found.reason, found.reason)) if found.reason else None,
        "conditions": found.conditions.select_related("by", "met_by"),
        "papers": found.project.papers.all(),
        "checks": found.project.checks.all(),
        "buttons": _buttons(found, membership) if manages else [],
        "steps": FundStep.objects.filter(subject=subject_of(found)).select_related("by"),
        "today": timezone.localdate(),
    }


def _file_of(document: Document, user: User) -> dict[str, Any]:
    """The minutes in one language: who has signed, whether the user still may, the four answers for the file on disk."""
    signed = {signature.side: signature for signature in document.signatures.all()}
    side = side_of(document, user)
    try:
        verification = document_verify(document) if signed else None
    except Refusal:
        verification = _DAMAGED
    return {
        "document": document,
        "sides": [(word, signed.get(code)) for code, word in SIDE_WORDS.items()],
        "may_sign": bool(side) and side not in signed,
        "verification": verification,
        "sha256": max(signed.values(), key=lambda one: one.number).sha256 if signed else document.sha256,
    }


_DAMAGED = Verification(intact=False, valid=False, trusted=False, whole_file=False, wrong="unreadable")


def _buttons(found: Session, membership: Membership) -> list[dict[str, Any]]:
    gates = session_gates(found)
    return [
        {
            "event": step.event,
            "against": [code for code in step.unless if gates[code]() is not None],
            "asks": False,
            "key": uuid.uuid4().hex,
        }
        for step in SESSION.events_for(found.state, access.role_of(membership))
    ]


@require_POST
@member_page
def session_step(request: HttpRequest, membership: Membership, session_id: uuid.UUID) -> HttpResponse:
    """Opens, closes or cancels a session; closing needs a fresh second factor."""
    access.session_get(session_id, membership, user_of(request))
    event = request.POST.get("event", "")
    if event == "close":
        must_approve(request, membership)
    key = request.POST.get("key", "")[:80]
    session_advance(session_id=session_id, event=event, membership=membership, by=user_of(request), key=key)
    return redirect("fund_session", session_id=session_id)


@require_POST
@member_page
def session_declare(request: HttpRequest, membership: Membership, session_id: uuid.UUID) -> HttpResponse:
    """A member's declaration."""
    text = request.POST.get("text", "").strip() if request.POST.get("conflict") == "yes" else ""
    if request.POST.get("conflict") == "yes" and not text:
        raise Refusal("reason_missing", "a conflict is declared in words")
    answer = request.POST.get("answer", "")
    conflict_declare(session_id=session_id, membership=membership, by=user_of(request), text=text, answer=answer)
    return redirect("fund_session", session_id=session_id)


@require_POST
@member_page
def session_vote(request: HttpRequest, membership: Membership, session_id: uuid.UUID) -> HttpResponse:
    """A member's ballot, with a fresh second factor."""
    access.session_get(session_id, membership, user_of(request))
    must_confirm(request)
    vote, reason, veto = (request.POST.get(name, "") for name in ("vote", "reason", "veto"))
    vote_cast(session_id=session_id, membership=membership, by=user_of(request), vote=vote, reason=reason, veto=veto)
    return redirect("fund_session", session_id=session_id)


@require_POST
@member_page
def session_alternate(request: HttpRequest, membership: Membership, session_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """The alternate sits."""
    access.session_get(session_id, membership, user_of(request))
    must_edit(membership)
    alternate_sit(session_id=session_id, member_id=member_id, membership=membership, by=user_of(request))
    return redirect("fund_session", session_id=session_id)


@require_POST
@member_page
def session_condition(request: HttpRequest, membership: Membership, session_id: uuid.UUID, condition_id: uuid.UUID) -> HttpResponse:
    """Puts the paper of a condition on file, or confirms it."""
    access.session_get(session_id, membership, user_of(request))
    must_edit(membership)
    if request.POST.get("confirm"):
        must_approve(request, membership)
        condition_meet(condition_id=condition_id, membership=membership, by=user_of(request))
    else:
        sha256 = paper_keep(request.FILES.get("file"))
        condition_paper(condition_id=condition_id, membership=membership, by=user_of(request), sha256=sha256)
    return redirect("fund_session", session_id=session_id)


@require_safe
@member_page
def session_minutes(request: HttpRequest, membership: Membership, session_id: uuid.UUID) -> HttpResponse:
    """The minutes as the canonical text whose hash stands in the record."""
    found = access.session_get(session_id, membership, user_of(request))
    if not found.minutes_sha256:
        raise Refusal("not_found", "the session is not closed")
    headers = {"Content-Disposition": f'attachment; filename="minutes-{found.minutes_sha256[:12]}.json"'}
    return HttpResponse(found.minutes, content_type="application/json", headers=headers)


@require_POST
@member_page
def session_tranche(request: HttpRequest, membership: Membership, session_id: uuid.UUID, tranche_id: uuid.UUID) -> HttpResponse:
    """Puts the paper of a milestone on file, or confirms that it is reached."""
    access.session_get(session_id, membership, user_of(request))
    must_edit(membership)
    if request.POST.get("confirm"):
        must_approve(request, membership)
        tranche_reach(tranche_id=tranche_id, membership=membership, by=user_of(request))
    else:
        sha256 = paper_keep(request.FILES.get("file"))
        tranche_paper(tranche_id=tranche_id, membership=membership, by=user_of(request), sha256=sha256)
    return redirect("fund_session", session_id=session_id)


@require_POST
@member_page
def minutes_new(request: HttpRequest, membership: Membership, session_id: uuid.UUID) -> HttpResponse:
    """Draws up the minutes as PDF in both languages."""
    access.session_get(session_id, membership, user_of(request))
    must_edit(membership)
    minutes_make(session_id=session_id, membership=membership, by=user_of(request))
    return redirect("fund_session", session_id=session_id)


@require_POST
@member_page
def minutes_signed(request: HttpRequest, membership: Membership, session_id: uuid.UUID) -> HttpResponse:
    """Chair or secretary signs, with a fresh second factor."""
    found = access.session_get(session_id, membership, user_of(request))
    if not documents_of(found):
        raise Refusal("not_found", "the minutes are not drawn up")
    must_confirm(request)
    minutes_sign(session_id=session_id, membership=membership, by=user_of(request))
    return redirect("fund_session", session_id=session_id)


@require_safe
@member_page
def minutes_file(request: HttpRequest, membership: Membership, session_id: uuid.UUID, language: str) -> HttpResponse:
    """The PDF as it stands: after its last signature, or as it was drawn up."""
    found = access.session_get(session_id, membership, user_of(request))
    document = next((one for one in documents_of(found) if one.language == language), None)
    if document is None:
        raise Refusal("not_found", "the minutes are not drawn up")
    headers = {"Content-Disposition": f'attachment; filename="minutes-{language}-{str(found.pk)[:8]}.pdf"'}
    return HttpResponse(document_bytes(document), content_type=PDF, headers=headers)
