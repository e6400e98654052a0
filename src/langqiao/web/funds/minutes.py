"""The count of a session's ballots and its minutes: what they say, and their hash."""

import hashlib
from collections.abc import Sequence

from django.utils import timezone

from langqiao.engine.funds.session import Ballot, Decision, decide
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.record.canonical import canonical
from langqiao.web.audit.services import record_append
from langqiao.web.funds.charter import charter_of
from langqiao.web.funds.models import Member, Session, Vote
from langqiao.web.people.models import User


def result_set(session: Session, by: User) -> None:
    """Counts the ballots into the row, with the minutes and their hash; saved by the step that closes."""
    members = list(session.members.select_related("user"))
    votes = list(session.votes.select_related("member"))
    decision = decide(
        charter_of(session.charter, session.body),
        session.matter,
        written=session.form == "written",
        members=[str(member.pk) for member in members],
        recused=[str(member.pk) for member in members if member.is_recused],
        ballots=[Ballot(member=str(vote.member_id), vote=vote.vote, veto=vote.veto) for vote in votes],  # type: ignore[arg-type]
    )
    session.closed_at, session.closed_by = timezone.now(), by
    session.passed, session.reason = decision.passed, decision.reason or ""
    session.result = result_body(decision)
    session.expires_on = add_months(timezone.localdate(), session.charter["approval_months"]) if decision.passed else None
    session.minutes = canonical(minutes_body(session, members, votes))
    session.minutes_sha256 = hashlib.sha256(session.minutes.encode()).hexdigest()
    payload = {"session": str(session.pk), "passed": decision.passed, "reason": session.reason, "minutes_sha256": session.minutes_sha256}
    record_append(actor=by, action="session.minutes", subject=session.fund.owner, payload=payload)


def result_body(decision: Decision) -> dict[str, int | str | None]:
    """The count of a decision as whole numbers."""
    if decision.count is None:
        return {"reason": decision.reason}
    names = ("votes_for", "votes_against", "abstentions", "entitled", "present", "base", "needed")
    return {"reason": decision.reason, **{name: getattr(decision.count, name) for name in names}}


def minutes_body(session: Session, members: Sequence[Member], votes: Sequence[Vote]) -> dict[str, object]:
    """The minutes: case, terms, who sat, who was recused why, the count, each ballot (of a secret one its text without the name)."""
    cast = {vote.member_id: vote for vote in votes}
    ballots = sorted(
        ([vote.vote, vote.veto, vote.reason] if session.is_secret else [str(vote.member_id), vote.vote, vote.veto, vote.reason])
        for vote in votes
    )
    return {
        "session": str(session.pk),
        "project": str(session.project_id),
        "body": session.body,
        "form": session.form,
        "matter": session.matter,
        "amount_fen": session.amount_fen,
        "charter": session.charter,
        "closed_at": session.closed_at.isoformat() if session.closed_at else "",
        "members": [
            {
                "member": str(member.pk),
                "user": f"user/{member.user_id}",
                "constituency": member.constituency,
                "chair": member.is_chair,
                "served_at": member.served_at.isoformat() if member.served_at else "",
                "detected": member.detected,
                "hints": member.hints,
                "recused": member.is_recused,
                "voted": member.pk in cast,
            }
            for member in members
        ],
        "ballots": ballots,
        "conditions": list(session.conditions.values_list("text", flat=True)),
        "tranches": [[one.amount_fen, one.milestone] for one in session.tranches.all()],
        "result": session.result,
    }
