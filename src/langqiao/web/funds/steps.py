"""Taking a step of a project or session: one transaction asks the table and its gates, changes the state and writes the record."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.funds.pipeline import LOSS_REASONS
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.kernel.workflow import Step, Workflow
from langqiao.web.audit.services import record_append
from langqiao.web.funds.models import FundStep, Project, Session
from langqiao.web.people.models import User

Gate = Callable[[], Mapping[str, Any] | None]
"""A test of one refusal code: the facts of its sentence, or None where it does not forbid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """An attempt at a step: what, which event, by whom in which role, with which reasons; `key` is the client's own for this attempt."""

    row: Project | Session
    workflow: Workflow
    event: str
    role: str
    user: User | None
    gates: Mapping[str, Gate] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    text: str = ""
    key: str = ""


def subject_of(row: Project | Session) -> str:
    """`project/UUID` or `session/UUID`: the thing in the steps' table."""
    return f"{type(row).__name__.lower()}/{row.pk}"


def step_take(taking: Taking) -> FundStep:
    """Takes the step in the caller's transaction, which holds the row's lock; the same key again returns the first step without a second effect.

    Raises Refusal: idempotency_key_reused, step_not_possible, not_allowed, or the first gate that forbids (the others in facts["also"]).
    """
    digest = digest_of(subject_of(taking.row), taking.event, taking.user, sorted(taking.reasons), taking.text)
    before = FundStep.objects.filter(key=taking.key).first() if taking.key else None
    if before is not None:
        if before.payload_sha256 != digest:
            raise Refusal("idempotency_key_reused", _("This form was sent before with other content. Open the page again."))
        return before
    step = taking.workflow.take(taking.row.state, taking.event, taking.role)
    gates_must(step.unless, taking.gates)
    return _written(taking, step, digest)


def digest_of(*content: Any) -> str:
    """The SHA-256 of what a form says, to tell a repeat from another use of its key."""
    plain = [part.pk if isinstance(part, User) else part for part in content]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, default=str).encode()).hexdigest()


def gates_must(codes: Sequence[str], gates: Mapping[str, Gate]) -> None:
    """Refuses with the first code that forbids; the others stand in facts["also"]."""
    found = {code: facts for code in codes if (facts := gates[code]()) is not None}
    if found:
        first, *others = found
        raise Refusal(first, first.replace("_", " "), facts={**found[first], "also": tuple(others)})


def _written(taking: Taking, step: Step, digest: str) -> FundStep:
    row = taking.row
    row.state = step.target
    if isinstance(row, Project):
        row.version += 1
    row.save()
    record = record_append(
        actor=taking.user or "duty/funds",
        action=f"{taking.workflow.name}.{step.event}",
        subject=f"fund/{row.fund_id}",
        payload={
            "thing": subject_of(row),
            "from": step.source,
            "to": step.target,
            "role": taking.role,
            "reasons": sorted(taking.reasons),
        },
    )
    return FundStep.objects.create(
        subject=subject_of(row),
        event=step.event,
        source=step.source,
        target=step.target,
        role=taking.role,
        by=taking.user,
        reasons=sorted(taking.reasons),
        text=taking.text,
        audit_seq=record.seq,
        key=taking.key,
        payload_sha256=digest,
    )


def reason_gate(reasons: Sequence[str], text: str) -> Gate:
    """The gate of a step that needs a known reason, and words for `other`."""
    wrong = not reasons or any(code not in LOSS_REASONS for code in reasons) or ("other" in reasons and not text.strip())
    return lambda: {} if wrong else None


def other_person_gate(user: User | None, *earlier: int | None) -> Gate:
    """The gate of an approval: not by any of those who did the earlier parts."""
    return lambda: {"actor": str(user)} if user is None or user.pk in earlier else None
