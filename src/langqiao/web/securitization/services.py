"""Writes of a transaction: one database transaction that locks, asks the table and its gates, changes rows and books, and writes the record."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.kernel.workflow import Step, Workflow
from langqiao.engine.operations.encumbrance import Reason
from langqiao.engine.securitization.workflow import FOUR_EYES, PERIOD, TRANSACTION
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import digest_of, request_turned_down, taken_before
from langqiao.web.deals.fields import parsed
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit
from langqiao.web.securitization import clock
from langqiao.web.securitization.attempt import Attempt, refused
from langqiao.web.securitization.books import Posting
from langqiao.web.securitization.effects import EFFECTS
from langqiao.web.securitization.fields import FIELDS, NEEDED
from langqiao.web.securitization.models import Period, Request, StepTaken, Transaction
from langqiao.web.securitization.selectors import period_now, roles_of, transaction_get

PERIOD_EVENTS = frozenset(step.event for step in PERIOD.steps)


def table_of(event: str) -> Workflow:
    """Which of the two tables knows an event."""
    return PERIOD if event in PERIOD_EVENTS else TRANSACTION


def source_of(deal: Transaction, event: str, period: Period | None) -> str:
    """The state that an event starts from: of the open payment date for its own steps, of the transaction for the others."""
    if event not in PERIOD_EVENTS:
        return deal.state
    return period.state if period is not None else "paid"


def role_for(deal: Transaction, event: str, membership: Membership, source: str) -> str:
    """The role in which the event is tried: one that the table allows, else the first. Refused: not_allowed."""
    must_edit(membership)
    roles = roles_of(deal, membership.organization)
    step = table_of(event).step(source, event)
    return next((role for role in roles if step and role in step.by), roles[0])


def transaction_advance(
    deal_id: uuid.UUID, event: str, *, membership: Membership, key: str, fields: Mapping[str, Any] | None = None
) -> StepTaken:
    """Takes a step of a transaction or of its open payment date, or refuses it with nothing changed.

    `key` is the caller's idempotency key: the same key with the same content answers with the step taken then. A step of two people takes the
    fields of the other's request. Refused: not_found, not_allowed, approver_needed, step_not_possible, terms_invalid,
    idempotency_key_missing, idempotency_key_reused, and every code of the tables; all that hold stand in facts["also"].
    """
    if not key or len(key) > 100:
        raise Refusal("idempotency_key_missing", _("A step needs a key of 1 to 100 characters that names this attempt."))
    with transaction.atomic():
        deal = transaction_get(deal_id, membership, lock=True)
        print_ = digest_of(str(deal_id), event, membership, dict(fields or {}))
        known = taken_before(StepTaken, key, print_)
        if known is not None:
            return known
        attempt, step = _attempt(deal, event, membership, fields or {})
        against = reasons_against(attempt, step)
        if against:
            _refuse(against)
        taken = _written(attempt, step, key=key, digest=print_)
        _follow(attempt, key)
        return taken


def _attempt(deal: Transaction, event: str, membership: Membership, fields: Mapping[str, Any]) -> tuple[Attempt, Step]:
    period = period_now(deal)
    source = source_of(deal, event, period)
    role = role_for(deal, event, membership, source)
    step = table_of(event).take(source, event, role)
    two = FOUR_EYES in step.unless
    if two and not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of the organization takes this step."), facts={"role": membership.role})
    request = _request_open(deal, event, membership) if two else None
    given = dict(request.fields) if request else ({} if two else given_of(event, fields))
    return Attempt(
        deal=deal, event=event, role=role, today=clock.today(), membership=membership, fields=given, request=request, period=period
    ), step


def _request_open(deal: Transaction, event: str, membership: Membership) -> Request | None:
    rows = Request.objects.select_for_update().filter(transaction=deal, event=event, state="open", organization=membership.organization)
    return rows.first()


def given_of(event: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The parsed fields of a step with those that must not be missing. Refused: terms_invalid."""
    raw = {name: value for name, value in fields.items() if not (event == "structure" and name == "terms")}
    given = parsed(FIELDS.get(event, ()), raw)
    faults = {name: _("needed") for name in NEEDED.get(event, ()) if given.get(name) in (None, "")}
    for name, value in given.items():
        if name.endswith("_fen") and not 0 < value <= 10**15:
            faults[name] = _("not in range")
    if not 0 <= int(given.get("pay_days") or 0) <= 60:
        faults["pay_days"] = _("not in range")
    if faults:
        raise invalid(faults)
    if event == "structure":
        given["terms"] = fields.get("terms")
    return given


def reasons_against(attempt: Attempt, step: Step) -> tuple[Reason, ...]:
    """Every refusal of the step that holds, in the table's order."""
    found = [(code, refused(attempt, code)) for code in step.unless]
    return tuple(Reason(code=code, article="", facts=facts) for code, facts in found if facts is not None)


def _refuse(against: tuple[Reason, ...]) -> None:
    first, *others = against
    raise Refusal(first.code, first.code.replace("_", " "), facts={**first.facts, "also": tuple(reason.code for reason in others)})


def _written(attempt: Attempt, step: Step, *, key: str, digest: str) -> StepTaken:
    deal, request, period = attempt.deal, attempt.request, attempt.period
    own = attempt.event in PERIOD_EVENTS
    deal.version += 1
    posting = Posting(deal=deal, event=attempt.event, name=str(deal.version), today=attempt.today)
    done = dict(EFFECTS[attempt.event](attempt, posting))
    moved = posting.post(attempt.user)
    if own:
        assert period is not None
        period.state = step.target
        period.save()
    else:
        deal.state = step.target
    deal.save()
    if request is not None:
        request.state, request.decided_by, request.decided_at = "taken", attempt.user, timezone.now()
        request.save(update_fields=["state", "decided_by", "decided_at"])
    _lapse(deal)
    payload = {
        "from": step.source, "to": step.target, "role": attempt.role, "number": deal.version, "on": attempt.today.isoformat(), "facts": done,
        "money": moved, "requested_by": request.requested_by_id if request else None, "period": period.number if own and period else None,
    }  # fmt: skip
    record = record_append(
        actor=attempt.user or "duty/securitization", action=f"securitization.{attempt.event}", subject=f"securitization/{deal.pk}", payload=plain(payload)
    )  # fmt: skip
    return StepTaken.objects.create(
        transaction=deal, number=deal.version, period_number=period.number if own and period else None, event=attempt.event, source=step.source,
        target=step.target, role=attempt.role, by=attempt.user, requested_by=request.requested_by if request else None,
        organization=attempt.membership.organization if attempt.membership else None, on=attempt.today, facts=plain(done), audit_seq=record.seq,
        key=key, payload_sha256=digest,
    )  # fmt: skip


def _follow(attempt: Attempt, key: str) -> None:
    """A report whose tests trip accelerates the deal at once, and so does a declared event: nobody has to press a button (I71)."""
    deal = attempt.deal
    agreed = {one.kind for one in attempt.terms().triggers} if deal.terms else set()
    reported = attempt.event == "report" and attempt.period is not None and attempt.period.accelerated
    declared = attempt.event == "declare" and bool(agreed & set(deal.declared))
    if deal.state != "issued" or not (reported or declared):
        return
    step = TRANSACTION.take("issued", "trip", "system")
    follow = Attempt(deal=deal, event="trip", role="system", today=attempt.today)
    _written(follow, step, key=f"{key[:92]}/trip", digest="")


def _lapse(deal: Transaction) -> None:
    """Requests for steps that the new states do not know end with them."""
    period = period_now(deal)
    possible = {step.event for step in TRANSACTION.steps if step.source == deal.state}
    possible |= {step.event for step in PERIOD.steps if period is not None and step.source == period.state}
    Request.objects.filter(transaction=deal, state="open").exclude(event__in=possible).update(state="lapsed", decided_at=timezone.now())


def plain(value: Any) -> Any:
    """Facts as the record writes them: no fractions of numbers, days as text."""
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, int | str | bool | None) else str(value)


@transaction.atomic
def transaction_request(deal_id: uuid.UUID, event: str, *, membership: Membership, fields: Mapping[str, Any] | None = None) -> Request:
    """Asks for a step that another approver of the same organization then takes. Refused with everything that refuses the step itself."""
    deal = transaction_get(deal_id, membership, lock=True)
    period = period_now(deal)
    source = source_of(deal, event, period)
    role = role_for(deal, event, membership, source)
    step = table_of(event).take(source, event, role)
    if FOUR_EYES not in step.unless:
        raise Refusal("request_not_needed", _("This step needs no second person; take it."), facts={"event": event})
    if Request.objects.filter(transaction=deal, event=event, state="open", organization=membership.organization).exists():
        raise Refusal("request_open", _("The step has been asked for and waits for another person."), facts={"event": event})
    given = given_of(event, fields or {})
    attempt = Attempt(deal=deal, event=event, role=role, today=clock.today(), membership=membership, fields=given, period=period)
    against = tuple(reason for reason in reasons_against(attempt, step) if reason.code != FOUR_EYES)
    if against:
        _refuse(against)
    request = Request.objects.create(
        transaction=deal, event=event, organization=membership.organization, fields=given, requested_by=membership.user
    )
    record_append(
        actor=membership.user,
        action="securitization.request",
        subject=f"securitization/{deal.pk}",
        payload=plain({"event": event, "fields": given}),
    )
    return request


@transaction.atomic
def request_decline(request_id: int, *, membership: Membership) -> Request:
    """Takes a request back or turns it down. Refused: not_found, request_decided."""
    request = request_turned_down(Request, request_id, membership)
    record_append(
        actor=membership.user, action="securitization.request_declined", subject=f"securitization/{request.transaction_id}", payload={"event": request.event}
    )  # fmt: skip
    return request
