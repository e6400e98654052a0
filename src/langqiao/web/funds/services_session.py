"""Sessions of the committee: called on a case, conflicts declared and detected, ballots cast once, closed for ever with minutes by their hash."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.pipeline import PIPELINE
from langqiao.engine.funds.session import MATTERS, SESSION, VETO_GROUNDS, Ballot, Decision, Sitting, conflicts, decide, too_conflicted
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.record.canonical import canonical
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate
from langqiao.web.funds.access import managed, project_locked, role_of, session_locked
from langqiao.web.funds.charter import charter_of
from langqiao.web.funds.diligence import checks_fill
from langqiao.web.funds.models import Condition, Member, Project, Session, Vote
from langqiao.web.funds.services import sha_must
from langqiao.web.funds.services_project import diligence_gap
from langqiao.web.funds.steps import Taking, step_take
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit
from langqiao.web.rights.selectors import owner_organizations

STAGE = {"investment": "committee", "follow_on": "held", "exit": "held", "write_off": "held"}


@transaction.atomic
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
    """Calls the fund's committee on a project; everybody with a seat sits, conflicts are detected at once.

    Refused: not_allowed, step_not_possible, session_running, seats_missing.
    """
    must_edit(membership)
    project = project_locked(project_id, membership)
    fund, today = project.fund, timezone.localdate()
    if matter not in MATTERS or project.state != STAGE.get(matter) or amount_fen <= 0 or deadline_on < today:
        raise Refusal("step_not_possible", _("The case is not at the committee."), facts={"event": matter[:20], "state": project.state})
    if project.sessions.filter(state__in=("called", "open")).exists():
        raise Refusal("session_running", _("A session on this project is running."))
    seats = [seat for seat in fund.seats.select_related("user") if seat.until_on is None or seat.until_on >= today]
    if not seats:
        raise Refusal("seats_missing", _("The committee has no members."))
    session = Session.objects.create(
        fund=fund,
        project=project,
        matter=matter,
        amount_fen=amount_fen,
        is_secret=fund.charter["secret"],
        charter=fund.charter,
        deadline_on=deadline_on,
        by=by,
    )
    Condition.objects.bulk_create(Condition(session=session, text=text.strip()[:500], by=by) for text in conditions if text.strip())
    for seat in seats:
        Member.objects.create(session=session, seat=seat, user=seat.user, constituency=seat.constituency)
    detect(session)
    payload = {"session": str(session.pk), "project": str(project.pk), "matter": matter, "amount_fen": amount_fen, "seats": len(seats)}
    record_append(actor=by, action="session.called", subject=fund.owner, payload=payload)
    return session


def parties_of(project: Project) -> frozenset[int]:
    """The organizations with a stake in a case: the target, and the owners of its patents that are known here; never the manager by itself."""
    owners = {
        organization for patent in project.patents.all() for organization in owner_organizations(patent.key, timezone.localdate()).values()
    }
    return frozenset(owners | ({project.target_id} if project.target_id else set()))


def detect(session: Session) -> None:
    """Writes down every conflict that the site can see; a detected conflict recuses, and nobody takes it back."""
    parties, project = parties_of(session.project), session.project
    for member in session.members.select_related("user"):
        sitting = Sitting(
            user=member.user_id,
            organizations=frozenset(Membership.objects.filter(user=member.user_id).values_list("organization_id", flat=True)),
            proposed=project.by_id == member.user_id,
            voted_before=_voted_before(session, member.user),
        )
        member.detected = list(conflicts(sitting, parties=parties))
        member.is_recused = member.is_recused or (bool(member.detected) and not Vote.objects.filter(member=member).exists())
        member.save(update_fields=["detected", "is_recused"])


def _voted_before(session: Session, user: User) -> bool:
    keys = list(session.project.patents.values_list("key", flat=True))
    earlier = Vote.objects.filter(member__user=user).exclude(session__fund=session.fund)
    return earlier.filter(session__project__patents__key__in=keys).exists()


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
    member.save()
    detect(session)
    record_append(
        actor=by, action="session.alternate", subject=session.fund.owner, payload={"session": str(session.pk), "member": str(member.pk)}
    )
    return member


@transaction.atomic
def conflict_declare(*, session_id: uuid.UUID, membership: Membership, by: User, text: str) -> Member:
    """A member's own declaration; any words recuse it, none say that there is no conflict. Refused: not_found, ballot_closed, member_already_voted."""
    session = session_locked(session_id, membership, by)
    member = own_seat(session, by)
    if session.state not in {"called", "open"}:
        raise Refusal("ballot_closed", _("The session is closed."))
    if Vote.objects.filter(member=member).exists():
        raise Refusal("member_already_voted", _("You have voted; a conflict found later asks for a new session."))
    member.declared_at, member.declaration = timezone.now(), text.strip()[:500]
    member.is_recused = member.is_recused or bool(member.declaration)
    member.save(update_fields=["declared_at", "declaration", "is_recused"])
    payload = {"session": str(session.pk), "member": str(member.pk), "conflict": bool(member.declaration)}
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
    """Opens, closes or cancels. Closing counts, freezes, writes the minutes, and moves the project on where an investment passed."""
    session = session_locked(session_id, membership, by)
    if not managed(session, membership):
        raise Refusal("not_allowed", _("The manager runs the session."))
    must_edit(membership)
    if event == "open" and session.state == "called":
        checks_fill(session.project)
        detect(session)
    taking = Taking(row=session, workflow=SESSION, event=event, role=role_of(membership), user=by, gates=session_gates(session), key=key)
    if event == "close" and session.state == "open" and membership.may_approve:
        _result_set(session, by)
    if event == "open":
        session.opened_at = session.opened_at or timezone.now()
    step_take(taking)
    if event == "close" and session.passed and session.matter == "investment" and session.project.state == "committee":
        project = Project.objects.select_for_update().get(pk=session.project_id)
        gates: dict[str, Gate] = {"committee_decision_missing": lambda: None}
        step_take(Taking(row=project, workflow=PIPELINE, event="resolve", role="system", user=None, gates=gates))
    return session


def session_gates(session: Session) -> dict[str, Gate]:
    """The gates of the session's table."""

    def conflicted() -> dict[str, str] | None:
        members = list(session.members.all())
        recused = sum(member.is_recused for member in members)
        blocked = too_conflicted(charter_of(session.charter), members=len(members), recused=recused)
        return {"recused": str(recused), "members": str(len(members))} if blocked else None

    def waiting() -> dict[str, str] | None:
        free = session.members.filter(is_recused=False).count()
        cast = session.votes.count()
        return {"cast": str(cast), "free": str(free)} if cast < free and timezone.localdate() < session.deadline_on else None

    return {"committee_conflicted": conflicted, "diligence_open": lambda: diligence_gap(session.project), "ballots_missing": waiting}


@transaction.atomic
def vote_cast(*, session_id: uuid.UUID, membership: Membership, by: User, vote: str, reason: str, veto: str = "") -> Vote:
    """A member's ballot, once and final, with its reason.

    Refused: not_found, ballot_closed, recused_member_voted, conflict_undeclared, member_already_voted, reason_missing, veto_ground_not_listed.
    """
    session = session_locked(session_id, membership, by)
    member = own_seat(session, by)
    if session.state != "open":
        raise Refusal("ballot_closed", _("The ballot is not open."))
    if member.is_recused:
        raise Refusal("recused_member_voted", _("You are recused in this case."))
    if member.declared_at is None:
        raise Refusal("conflict_undeclared", _("Declare first whether you have a conflict of interest."))
    rule = charter_of(session.charter).matters[session.matter]
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


def _result_set(session: Session, by: User) -> None:
    """Counts the ballots into the row, with the minutes and their hash; saved by the step that closes."""
    members = list(session.members.select_related("user"))
    votes = list(session.votes.select_related("member"))
    decision = decide(
        charter_of(session.charter),
        session.matter,
        members=[str(member.pk) for member in members],
        recused=[str(member.pk) for member in members if member.is_recused],
        ballots=[Ballot(member=str(vote.member_id), vote=vote.vote, veto=vote.veto) for vote in votes],  # type: ignore[arg-type]
    )
    session.closed_at, session.closed_by = timezone.now(), by
    session.passed, session.reason = decision.passed, decision.reason or ""
    session.result = result_body(decision)
    session.expires_on = add_months(timezone.localdate(), session.charter["approval_months"]) if decision.passed else None
    session.minutes = canonical(_minutes(session, members, votes))
    session.minutes_sha256 = hashlib.sha256(session.minutes.encode()).hexdigest()
    payload = {"session": str(session.pk), "passed": decision.passed, "reason": session.reason, "minutes_sha256": session.minutes_sha256}
    record_append(actor=by, action="session.minutes", subject=session.fund.owner, payload=payload)


def result_body(decision: Decision) -> dict[str, int | str | None]:
    """The count of a decision as whole numbers."""
    if decision.count is None:
        return {"reason": decision.reason}
    names = ("votes_for", "votes_against", "abstentions", "entitled", "present", "base", "needed")
    return {"reason": decision.reason, **{name: getattr(decision.count, name) for name in names}}


def _minutes(session: Session, members: Sequence[Member], votes: Sequence[Vote]) -> dict[str, object]:
    """The minutes: case, terms, who sat, who was recused why, the count, each ballot (of a secret one its text without the name)."""
    cast = {vote.member_id: vote for vote in votes}
    ballots = sorted(
        ([vote.vote, vote.veto, vote.reason] if session.is_secret else [str(vote.member_id), vote.vote, vote.veto, vote.reason])
        for vote in votes
    )
    return {
        "session": str(session.pk),
        "project": str(session.project_id),
        "matter": session.matter,
        "amount_fen": session.amount_fen,
        "charter": session.charter,
        "closed_at": session.closed_at.isoformat() if session.closed_at else "",
        "members": [
            {
                "member": str(member.pk),
                "user": f"user/{member.user_id}",
                "constituency": member.constituency,
                "detected": member.detected,
                "recused": member.is_recused,
                "voted": member.pk in cast,
            }
            for member in members
        ],
        "ballots": ballots,
        "conditions": list(session.conditions.values_list("text", flat=True)),
        "result": session.result,
    }


@transaction.atomic
def condition_paper(*, condition_id: uuid.UUID, membership: Membership, by: User, sha256: str) -> Condition:
    """Puts the paper of a condition on file, not yet met."""
    must_edit(membership)
    condition = _condition(condition_id, membership)
    if condition.met_at is not None:
        raise Refusal("step_not_possible", _("The condition is met."), facts={"event": "paper", "state": "met"})
    condition.evidence_sha256, condition.by = sha_must(sha256), by
    condition.save(update_fields=["evidence_sha256", "by"])
    return condition


@transaction.atomic
def condition_meet(*, condition_id: uuid.UUID, membership: Membership, by: User) -> Condition:
    """An approver confirms a condition whose paper another person brought. Refused: not_allowed, four_eyes_missing, evidence_missing."""
    condition = _condition(condition_id, membership)
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver confirms conditions."))
    if condition.by_id == by.pk:
        raise Refusal("four_eyes_missing", _("Who brought the paper does not confirm it."))
    sha_must(condition.evidence_sha256)
    if condition.met_at is None:
        condition.met_at, condition.met_by = timezone.now(), by
        condition.save(update_fields=["met_at", "met_by"])
        payload = {"session": str(condition.session_id), "condition": str(condition.pk), "sha256": condition.evidence_sha256}
        record_append(actor=by, action="session.condition_met", subject=condition.session.fund.owner, payload=payload)
    return condition


def _condition(condition_id: uuid.UUID, membership: Membership) -> Condition:
    found = Condition.objects.select_for_update().filter(pk=condition_id, session__fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such condition."))
    return found
