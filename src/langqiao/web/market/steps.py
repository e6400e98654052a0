"""Taking a step of the market: one transaction locks the row, asks the table and its gates, changes the state and writes the record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.kernel.workflow import Step, Workflow
from langqiao.engine.market.reasons import reasons_wrong
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate, digest_of, gates_must, taken_before
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.market.models import Demand, Listing, MarketStep, Window
from langqiao.web.market.words import FIELDS
from langqiao.web.people.models import Organization, User

PUBLIC = frozenset({"listed", "published", "open"})
"""The states from which on everybody sees the thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """An attempt at a step: what, which event, by whom in which role, with which reasons; `key` is the client's own for this attempt."""

    row: Listing | Demand | Window
    workflow: Workflow
    event: str
    role: str
    user: User | None
    organization: Organization | None
    gates: Mapping[str, Gate] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    text: str = ""
    key: str = ""

    @property
    def subject(self) -> str:
        """The thing as the record names it."""
        return subject_of(self.row)


def subject_of(row: Listing | Demand | Window) -> str:
    """`listing/UUID`, `demand/UUID` or `window/UUID`."""
    return f"{type(row).__name__.lower()}/{row.pk}"


def step_take(taking: Taking) -> MarketStep:
    """Takes the step in the caller's transaction and returns its row; the same key again returns the first row without a second effect.

    Raises Refusal: idempotency_key_reused, step_not_possible, not_allowed, or the first gate that forbids (the others in facts["also"]).
    """
    digest = digest_of(taking.subject, taking.event, taking.role, taking.user, sorted(taking.reasons), taking.text)
    before = taken_before(MarketStep, taking.key, digest)
    if before is not None:
        return before
    step = taking.workflow.take(taking.row.state, taking.event, taking.role)
    gates_must(step.unless, taking.gates)
    return _written(taking, step, digest)


def _written(taking: Taking, step: Step, digest: str) -> MarketStep:
    row = taking.row
    row.state, row.version = step.target, row.version + 1
    if step.target in PUBLIC and row.public_at is None:
        row.public_at = timezone.now()
    row.save(update_fields=["state", "version", "public_at", "updated_at"])
    record = record_append(
        actor=taking.user or "duty/market",
        action=f"{taking.workflow.name}.{step.event}",
        subject=taking.subject,
        payload={"from": step.source, "to": step.target, "role": taking.role, "reasons": sorted(taking.reasons), "version": row.version},
    )
    return MarketStep.objects.create(
        subject=taking.subject,
        event=step.event,
        source=step.source,
        target=step.target,
        role=taking.role,
        by=taking.user,
        organization=taking.organization,
        reasons=sorted(taking.reasons),
        text=taking.text,
        audit_seq=record.seq,
        key=taking.key,
        payload_sha256=digest,
    )


def reasons_must(codes: Sequence[str], text: str) -> None:
    """Refuses (reason_missing) an answer without a known reason, or `other` without words."""
    wrong = reasons_wrong(tuple(codes), text)
    if wrong:
        raise Refusal("reason_missing", _("Choose at least one reason; write it out for “other”."), facts=wrong)


def reason_gate(codes: Sequence[str], text: str) -> Gate:
    """The gate of a step that needs reasons."""
    return lambda: reasons_wrong(tuple(codes), text)


def gaps_gate(gaps: Sequence[str]) -> Gate:
    """The gate of a thing with missing fields, named as the form names them."""

    def applies() -> Mapping[str, Any] | None:
        return {"missing": ("、" if chinese() else ", ").join(str(FIELDS.get(name, name)) for name in gaps)} if gaps else None

    return applies


def past_gate(last: dt.date | None, today: dt.date) -> Gate:
    """The gate of a thing whose last day has passed."""
    return lambda: {"last_day": last.isoformat()} if last is not None and last < today else None


def second_person_gate(row: Listing | Demand | Window, user: User | None, organization: Organization) -> Gate:
    """The gate of an audit: not by who made or submitted it, and not by a member of its organization."""

    def applies() -> Mapping[str, Any] | None:
        if user is None:
            return {"actor": "system"}
        submitted = MarketStep.objects.filter(subject=subject_of(row), event="submit").order_by("-id").first()
        own = {row.by_id, submitted.by_id if submitted else None}
        member = organization.memberships.filter(user=user).exists()
        return {"actor": str(user)} if user.pk in own or member else None

    return applies
