"""Taking a step of a project or session: one transaction asks the table and its gates, changes the state and writes the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from langqiao.engine.funds.pipeline import LOSS_REASONS
from langqiao.engine.kernel.workflow import Step, Workflow
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate, digest_of, gates_must, taken_before
from langqiao.web.funds.models import FundStep, Project, Session
from langqiao.web.people.models import User


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
    before = taken_before(FundStep, taking.key, digest)
    if before is not None:
        return before
    step = taking.workflow.take(taking.row.state, taking.event, taking.role)
    gates_must(step.unless, taking.gates)
    return _written(taking, step, digest)


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
