"""Sessions of the two bodies: called on a case as a meeting or in writing, conflicts declared, ballots cast once, closed for ever with minutes."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.pipeline import PIPELINE
from langqiao.engine.funds.session import FORMS, SESSION, VETO_GROUNDS, too_conflicted
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate
from langqiao.web.funds.access import managed, project_locked, role_of, session_locked
from langqiao.web.funds.charter import charter_of, charter_whole, council_of
from langqiao.web.funds.conflicts import detect
from langqiao.web.funds.diligence import checks_fill
from langqiao.web.funds.minutes import result_set
from langqiao.web.funds.models import Condition, Fund, Member, Project, Seat, Session, Tranche, Vote
from langqiao.web.funds.services_project import diligence_gap
from langqiao.web.funds.steps import Taking, step_take
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit

STAGE: Mapping[str, tuple[str, ...]] = {
    "investment": ("committee",),
    "follow_on": ("held",),
    "exit": ("exiting",),
    "write_off": ("exiting",),
    "related_party": ("diligence", "compliance", "committee", "closing", "held", "exiting"),
}
"""In which stages of its project a matter is put to its body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a session is called for. `tranches`: parts of the amount by milestone, as (fen, milestone, day by which it is expected)."""

    matter: str
    amount_fen: int
    deadline_on: dt.date
    form: str = "meeting"
    conditions: Sequence[str] = ()
    tranches: Sequence[tuple[int, str, dt.date | None]] = ()


def session_call(
    *,
    project_id: uuid.UUID,
    membership: Membership,
    by: User,
    matter: str,
    amount_fen: int,
    deadline_on: dt.date,
    conditions: Sequence[str] = (),
) -> Session:
    """Calls the committee to a meeting; see `session_make`."""
    called = Called(matter=matter, amount_fen=amount_fen, deadline_on=deadline_on, conditions=conditions)
    return session_make(project_id=project_id, membership=membership, by=by, called=called)


@transaction.atomic
def session_make(*, project_id: uuid.UUID, membership: Membership, by: User, called: Called) -> Session:
    """Calls the body of the matter on a project; everybody whose seat is in its term sits, conflicts are detected at once.

    Refused: not_allowed, step_not_possible, session_running, seats_missing, tranches_do_not_sum_up.
    """
    must_edit(membership)
    project = project_locked(project_id, membership)
    fund, today, council = project.fund, timezone.localdate(), council_of(called.matter)
    _callable_must(project, called, today)
    if project.sessions.filter(state__in=("called", "open"), body=council).exists():
        raise Refusal("session_running", _("A session on this project is running."))
    seats = seats_on(fund, council, today)
    if not seats:
        raise Refusal("seats_missing", _("The committee has no members."))
    session = Session.objects.create(
        fund=fund,
        project=project,
        body=council,
        form=called.form,
        matter=called.matter,
        amount_fen=called.amount_fen,
        is_secret=fund.charter["secret"],
        charter=charter_whole(fund.charter),
        deadline_on=called.deadline_on,
        by=by,
    )
    texts = [text.strip()[:500] for text in called.conditions if text.strip()]
    Condition.objects.bulk_create(Condition(session=session, text=text, by=by) for text in texts)
    Tranche.objects.bulk_create(
        Tranche(session=session, place=place, amount_fen=amount, milestone=milestone[:500], due_on=due_on, by=by)
        for place, (amount, milestone, due_on) in enumerate(called.tranches, 1)
    )
    for seat in seats:
        Member.objects.create(session=session, seat=seat, user=seat.user, constituency=seat.constituency, is_chair=seat.is_chair)
    detect(session)
    payload = {
        "session": str(session.pk), "project": str(project.pk), "matter": called.matter, "form": called.form,
        "amount_fen": called.amount_fen, "seats": len(seats), "tranches": len(called.tranches),
    }  # fmt: skip
    record_append(actor=by, action="session.called", subject=fund.owner, payload=payload)
    return session


def _callable_must(project: Project, called: Called, today: dt.date) -> None:
    stages = STAGE.get(called.matter, ())
    if project.state not in stages or called.amount_fen <= 0 or called.deadline_on < today or called.form not in FORMS:
        raise Refusal(
            "step_not_possible", _("The case is not at the committee."), facts={"event": called.matter[:20], "state": project.state}
        )
    parts = [amount for amount, _milestone, _due_on in called.tranches]
    if parts and (sum(parts) != called.amount_fen or min(parts) <= 0):
        raise Refusal("tranches_do_not_sum_up", _("The parts by milestone add up to the amount."), facts={"sum_fen": sum(parts)})


def seats_on(fund: Fund, council: str, day: dt.date) -> list[Seat]:
    """The seats of a body that are in their term on a day."""
    found = fund.seats.filter(body=council, from_on__lte=day).select_related("user")
    return [seat for seat in found if seat.until_on is None or seat.until_on >= day]


@transaction.atomic
def alternate_sit(*, session_id: uuid.UUID, member_id: uuid.UUID, membership: Membership, by: User) -> Member:
    """The alternate of a seat sits in this session, before it opens. Refused: not_allowed, not_found, step_not_possible."""
    must_edit(membership)
    session = session_locked(session_id, membership, by)
    member = session.members.select_related("seat").filter(pk=member_id).first()
    if not managed(session, membership) or member is None:
        raise Refusal("not_found", _("There is no such member."))
    if session.state != "called" or member.seat.alternate_id is None or member.user_id == member.seat.alternate_id:
        raise Refusal(
            "step_not_possible", _("The alternate sits before the ballot opens."), facts={"event": "alternate", "state": session.state}
        )
    if session.members.filter(user=member.seat.alternate_id).exists():
        raise Refusal("name_taken", _("This person has a seat already."), facts={"name": str(member.seat.alternate)})
    member.user_id, member.declared_at, member.declaration, member.is_recused = member.seat.alternate_id, None, "", False
    member.answer = ""
    member.save()
    detect(session)
    record_append(
        actor=by, action="session.alternate", subject=session.fund.owner, payload={"session": str(session.pk), "member": str(member.pk)}
    )
    return member


@transaction.atomic
def conflict_declare(*, session_id: uuid.UUID, membership: Membership, by: User, text: str, answer: str = "") -> Member:
    """A member's own declaration; any words recuse it, none say that there is no conflict; then `answer` has to say why a hint is none.

    Refused: not_found, ballot_closed, member_already_voted, reason_missing.
    """
    session = session_locked(session_id, membership, by)
    member = own_seat(session, by)
    if session.state not in {"called", "open"}:
        raise Refusal("ballot_closed", _("The session is closed."))
    if Vote.objects.filter(member=member).exists():
        raise Refusal("member_already_voted", _("You have voted; a conflict found later asks for a new session."))
    if member.hints and not text.strip() and not answer.strip():
        raise Refusal("reason_missing", _("The record points to a conflict. Say why it is none, or declare it."))
    member.declared_at, member.declaration, member.answer = timezone.now(), text.strip()[:500], answer.strip()[:500]
    member.is_recused = member.is_recused or bool(member.declaration)
    member.save(update_fields=["declared_at", "declaration", "answer", "is_recused"])
    payload = {"session": str(session.pk), "member": str(member.pk), "conflict": bool(member.declaration), "hints": member.hints}
    record_append(actor=by, action="session.declared", subject=session.fund.owner, payload=payload)
    return member


def own_seat(session: Session, user: User) -> Member:
    """The user's place in a session. Refused (not_found) without one."""
    member = session.members.filter(user=user).first()
    if member is None:
        raise Refusal("not_found", _("You do not sit in this session."))
    return member


@transaction.atomic
def session_advance(*, session_id: uuid.UUID, event: str, membership: Membership, by: User, key: str = "") -> Session:
    """Opens, closes or cancels. Opening a written resolution serves it on every member. Closing counts, freezes, writes the minutes, and moves the

    project on where an investment passed.
    """
    session = session_locked(session_id, membership, by)
    if not managed(session, membership):
        raise Refusal("not_allowed", _("The manager runs the session."))
    must_edit(membership)
    if event == "open" and session.state == "called":
        checks_fill(session.project)
        detect(session)
    taking = Taking(row=session, workflow=SESSION, event=event, role=role_of(membership), user=by, gates=session_gates(session), key=key)
    if event == "close" and session.state == "open" and membership.may_approve:
        result_set(session, by)
    if event == "open":
        session.opened_at = session.opened_at or timezone.now()
    step_take(taking)
    if event == "open" and session.form == "written":
        _serve(session, by)
    if event == "close" and session.passed and session.matter == "investment" and session.project.state == "committee":
        project = Project.objects.select_for_update().get(pk=session.project_id)
        gates: dict[str, Gate] = {"committee_decision_missing": lambda: None}
        step_take(Taking(row=project, workflow=PIPELINE, event="resolve", role="system", user=None, gates=gates))
    return session


def _serve(session: Session, by: User) -> None:
    """Puts a written resolution before every member: the moment is noted with each, their organizations are told."""
    members = list(session.members.select_related("user"))
    session.members.update(served_at=timezone.now())
    readers = Membership.objects.filter(user__in=[member.user_id for member in members]).values_list("organization_id", flat=True)
    payload = {
        "session": str(session.pk),
        "deadline_on": session.deadline_on.isoformat(),
        "members": [str(member.pk) for member in members],
    }
    record_append(actor=by, action="session.served", subject=f"session/{session.pk}", payload=payload, seen_by=sorted(set(readers)))


def session_gates(session: Session) -> dict[str, Gate]:
    """The gates of the session's table."""
    charter, today = charter_of(session.charter, session.body), timezone.localdate()

    def vacant() -> dict[str, str] | None:
        filled = session.members.count()
        return {"filled": str(filled), "least": str(charter.members_least)} if filled < charter.members_least else None

    def conflicted() -> dict[str, str] | None:
        members = list(session.members.all())
        recused = sum(member.is_recused for member in members)
        blocked = too_conflicted(charter, members=len(members), recused=recused)
        return {"recused": str(recused), "members": str(len(members))} if blocked else None

    def short() -> dict[str, str] | None:
        days = int(parameters().value("fund.written_days", today))
        soon = session.form == "written" and session.deadline_on < today + dt.timedelta(days=days)
        return {"days": str(days), "deadline_on": session.deadline_on.isoformat()} if soon else None

    def waiting() -> dict[str, str] | None:
        free = session.members.filter(is_recused=False).count()
        cast = session.votes.count()
        runs = today <= session.deadline_on if session.form == "written" else today < session.deadline_on
        return {"cast": str(cast), "free": str(free)} if cast < free and runs else None

    diligent = session.body == "committee"
    return {
        "seats_vacant": vacant,
        "committee_conflicted": conflicted,
        "diligence_open": lambda: diligence_gap(session.project) if diligent else None,
        "deadline_too_short": short,
        "ballots_missing": waiting,
    }


@transaction.atomic
def vote_cast(*, session_id: uuid.UUID, membership: Membership, by: User, vote: str, reason: str, veto: str = "") -> Vote:
    """A member's ballot, once and final, with its reason.

    Refused: not_found, ballot_closed, recused_member_voted, conflict_undeclared, member_already_voted, reason_missing, veto_ground_not_listed.
    """
    session = session_locked(session_id, membership, by)
    member = own_seat(session, by)
    if session.state != "open" or (session.form == "written" and timezone.localdate() > session.deadline_on):
        raise Refusal("ballot_closed", _("The ballot is not open."))
    if member.is_recused:
        raise Refusal("recused_member_voted", _("You are recused in this case."))
    if member.declared_at is None:
        raise Refusal("conflict_undeclared", _("Declare first whether you have a conflict of interest."))
    rule = charter_of(session.charter, session.body).matters[session.matter]
    if veto and (veto not in VETO_GROUNDS or vote != "against" or member.constituency not in rule.vetoes):
        raise Refusal("veto_ground_not_listed", _("The charter gives you no veto on this ground."))
    if vote not in {"for", "against", "abstain"} or not reason.strip():
        raise Refusal("reason_missing", _("A ballot carries its reason."))
    try:
        with transaction.atomic():
            cast = Vote.objects.create(session=session, member=member, vote=vote, veto=veto, reason=reason.strip()[:1000])
    except IntegrityError as refused:
        raise Refusal("member_already_voted", _("You have voted in this session.")) from refused
    record_append(
        actor=by, action="session.voted", subject=session.fund.owner, payload={"session": str(session.pk), "member": str(member.pk)}
    )
    return cast
