"""Writes of policies and claims: one transaction that locks, asks the table and its gates, changes rows and books, and writes the record; or nothing."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.insurance.cover import ITEMS, KINDS
from langqiao.engine.insurance.workflow import BEFORE, COVERED, FOUR_EYES
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.kernel.workflow import Step as TableStep
from langqiao.engine.operations.encumbrance import Reason
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import request_turned_down
from langqiao.web.credit.models import Loan
from langqiao.web.deals.terms import digest, invalid
from langqiao.web.insurance import clock, selectors
from langqiao.web.insurance.attempt import Attempt, refused
from langqiao.web.insurance.books import Posting
from langqiao.web.insurance.claim_effects import CLAIM_EFFECTS
from langqiao.web.insurance.effects import EFFECTS, change_lists
from langqiao.web.insurance.fields import given_for
from langqiao.web.insurance.models import Claim, Policy, Request, Step
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit
from langqiao.web.rights.services import holding_open

__all__ = ["BEFORE", "claim_advance", "claim_notify", "claim_request", "policy_advance", "policy_earn", "policy_request", "request_decline"]
CLAIMS_MAX = 1000


def locked(policy_id: uuid.UUID, membership: Membership | None) -> Policy:
    """The policy under its lock, and the loan it guarantees: always the loan first, as loans lock themselves before anything else."""
    loan = Policy.objects.filter(pk=policy_id).values_list("loan", flat=True).first()
    if loan is not None:
        Loan.objects.select_for_update(of=("self",)).get(pk=loan)
    if membership is not None:
        return selectors.policy_get(policy_id, membership, lock=True)
    rows = Policy.objects.select_for_update(of=("self",)).select_related("insurer", "holder", "beneficiary", "loan", "tariff__product")
    return rows.get(pk=policy_id)


def policy_advance(
    policy_id: uuid.UUID, event: str, *, membership: Membership | None, key: str, fields: Mapping[str, Any] | None = None
) -> Step:
    """Takes a step of a policy, or refuses it with nothing changed. `membership` None: the clock, in the role `system`.

    `key` is the caller's idempotency key: the same key with the same content answers with the step taken then. A step of two people takes
    the fields of the other's request. Refused: not_found, not_allowed, approver_needed, step_not_possible, terms_invalid,
    idempotency_key_missing, idempotency_key_reused, and every code of the table; all that hold stand in facts["also"].
    """
    with transaction.atomic():
        policy = locked(policy_id, membership)
        return _advanced(policy, None, event, membership=membership, key=key, fields=fields or {})


def claim_advance(claim_id: uuid.UUID, event: str, *, membership: Membership, key: str, fields: Mapping[str, Any] | None = None) -> Step:
    """Takes a step of a claim, as `policy_advance`. A payment that uses the limit up ends the policy."""
    with transaction.atomic():
        claim = _claim_locked(claim_id, membership)
        step = _advanced(claim.policy, claim, event, membership=membership, key=key, fields=fields or {})
        policy = claim.policy
        if step.event == "settle" and policy.state == "in_force" and policy.used_fen >= policy.limit_fen:
            _advanced(policy, None, "exhaust", membership=None, key=f"exhaust/{policy.pk}", fields={})
        return step


def _claim_locked(claim_id: uuid.UUID, membership: Membership) -> Claim:
    found = selectors.claim_get(claim_id, membership)
    policy = locked(found.policy_id, None)
    claim = Claim.objects.select_for_update(of=("self",)).select_related("claimant").get(pk=claim_id)
    claim.policy = policy
    return claim


def _advanced(
    policy: Policy, claim: Claim | None, event: str, *, membership: Membership | None, key: str, fields: Mapping[str, Any]
) -> Step:
    if not key or len(key) > 100:
        raise Refusal("idempotency_key_missing", _("A step needs a key of 1 to 100 characters that names this attempt."))
    mark = digest([str(claim.pk if claim else policy.pk), event, membership.pk if membership else None, dict(fields)])
    known = Step.objects.filter(key=key).first()
    if known is not None:
        if known.fingerprint != mark:
            raise Refusal("idempotency_key_reused", _("The key names another step that was taken before."), facts={"key": key})
        return known
    attempt, step = _attempt(policy, claim, event, membership=membership, fields=fields)
    _must(reasons_against(attempt, step))
    return _written(attempt, step, key=key, fingerprint=mark)


def role_for(policy: Policy, claim: Claim | None, event: str, membership: Membership | None) -> str:
    """The role in which the event is tried: one that the table allows, else the first."""
    if membership is None:
        return "system"
    must_edit(membership)
    own = membership.organization
    roles = selectors.roles_of(policy, own) if claim is None else selectors.claim_roles(claim, own)
    table = Attempt(policy=policy, claim=claim, event=event, role="", today=clock.today()).table
    step = table.step(policy.state if claim is None else claim.state, event)
    return next((role for role in roles if step and role in step.by), roles[0] if roles else "")


def _attempt(
    policy: Policy, claim: Claim | None, event: str, *, membership: Membership | None, fields: Mapping[str, Any]
) -> tuple[Attempt, TableStep]:
    role = role_for(policy, claim, event, membership)
    attempt = Attempt(policy=policy, claim=claim, event=event, role=role, today=clock.today(), membership=membership)
    step = attempt.table.take(attempt.state, event, role)
    two = FOUR_EYES in step.unless
    if two and membership is not None:
        if not membership.may_approve:
            raise Refusal("approver_needed", _("An approver of the organization takes this step."), facts={"role": membership.role})
        attempt.request = request_open(policy, claim, event, membership)
    if attempt.request is not None:
        attempt.fields = dict(attempt.request.fields)
    elif not two:
        attempt.fields = given_for(event, fields, policy.tariff.product.kind)
    return attempt, step


def request_open(policy: Policy, claim: Claim | None, event: str, membership: Membership) -> Request | None:
    """The open request of the member's organization for a step."""
    rows = Request.objects.filter(policy=policy, claim=claim, event=event, state="open", organization=membership.organization)
    return rows.select_related("requested_by").first()


def reasons_against(attempt: Attempt, step: TableStep) -> tuple[Reason, ...]:
    """Every refusal of the step that holds, in the table's order."""
    found = [(code, refused(attempt, code)) for code in step.unless]
    return tuple(Reason(code=code, article="", facts=facts) for code, facts in found if facts is not None)


def _must(against: tuple[Reason, ...]) -> None:
    if against:
        first, *others = against
        raise Refusal(first.code, first.code.replace("_", " "), facts={**first.facts, "also": tuple(one.code for one in others)})


def _written(attempt: Attempt, step: TableStep, *, key: str, fingerprint: str) -> Step:
    policy, claim, request = attempt.policy, attempt.claim, attempt.request
    policy.version += 1
    posting = Posting(policy=policy, event=attempt.event, name=str(policy.version), today=attempt.today)
    effects = EFFECTS if claim is None else CLAIM_EFFECTS
    done = dict(effects[attempt.event](attempt, posting))
    moved = posting.post(attempt.user)
    if claim is None:
        policy.state = step.target
    else:
        claim.state = step.target
        claim.version += 1
        claim.save()
    policy.save()
    if request is not None:
        request.state, request.decided_by, request.decided_at = "taken", attempt.user, timezone.now()
        request.save(update_fields=["state", "decided_by", "decided_at"])
    _lapse(attempt)
    subject, action = (f"policy/{policy.pk}", "policy") if claim is None else (f"claim/{claim.pk}", "claim")
    payload = {
        "from": step.source, "to": step.target, "role": attempt.role, "number": policy.version, "on": attempt.today.isoformat(),
        "facts": done, "money": moved, "requested_by": request.requested_by_id if request else None,
    }  # fmt: skip
    record = record_append(
        actor=attempt.user or "duty/insurance", action=f"{action}.{attempt.event}", subject=subject, payload=_plain(payload)
    )
    return Step.objects.create(
        policy=policy, claim=claim, event=attempt.event, source=step.source, target=step.target, role=attempt.role, by=attempt.user,
        requested_by=request.requested_by if request else None, organization=attempt.membership.organization if attempt.membership else None,
        on=attempt.today, facts=_plain(done), audit_seq=record.seq, key=key, fingerprint=fingerprint,
    )  # fmt: skip


def _lapse(attempt: Attempt) -> None:
    """Requests for steps that the new state does not know end with it."""
    possible = [step.event for step in attempt.table.steps if step.source == attempt.state]
    rows = Request.objects.filter(policy=attempt.policy, claim=attempt.claim, state="open")
    rows.exclude(event__in=possible).update(state="lapsed", decided_at=timezone.now())


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, int | str | bool | None) else str(value)


def policy_request(policy_id: uuid.UUID, event: str, *, membership: Membership, fields: Mapping[str, Any] | None = None) -> Request:
    """Asks for a step that another approver of the organization then takes. Refused with everything that refuses the step itself."""
    with transaction.atomic():
        return _asked(locked(policy_id, membership), None, event, membership=membership, fields=fields or {})


def claim_request(claim_id: uuid.UUID, event: str, *, membership: Membership, fields: Mapping[str, Any] | None = None) -> Request:
    """As `policy_request`, for a step of a claim."""
    with transaction.atomic():
        claim = _claim_locked(claim_id, membership)
        return _asked(claim.policy, claim, event, membership=membership, fields=fields or {})


def _asked(policy: Policy, claim: Claim | None, event: str, *, membership: Membership, fields: Mapping[str, Any]) -> Request:
    role = role_for(policy, claim, event, membership)
    attempt = Attempt(policy=policy, claim=claim, event=event, role=role, today=clock.today(), membership=membership)
    step = attempt.table.take(attempt.state, event, role)
    if FOUR_EYES not in step.unless:
        raise Refusal("request_not_needed", _("This step needs no second person; take it."), facts={"event": event})
    if request_open(policy, claim, event, membership) is not None:
        raise Refusal("request_open", _("The step has been asked for and waits for another person."), facts={"event": event})
    attempt.fields = given_for(event, fields, policy.tariff.product.kind)
    _must(tuple(reason for reason in reasons_against(attempt, step) if reason.code != FOUR_EYES))
    if event == "propose_change":
        change_lists(attempt)
    request = Request.objects.create(
        policy=policy, claim=claim, event=event, organization=membership.organization, fields=dict(attempt.fields),
        requested_by=membership.user,
    )  # fmt: skip
    subject = f"policy/{policy.pk}" if claim is None else f"claim/{claim.pk}"
    payload = _plain({"event": event, "fields": attempt.fields})
    record_append(actor=membership.user, action=f"{subject.partition('/')[0]}.request", subject=subject, payload=payload)
    return request


@transaction.atomic
def request_decline(request_id: int, *, membership: Membership) -> Request:
    """Takes a request back or turns it down. Refused: not_found, request_decided."""
    request = request_turned_down(Request, request_id, membership)
    subject = f"claim/{request.claim_id}" if request.claim_id else f"policy/{request.policy_id}"
    action = f"{subject.partition('/')[0]}.request_declined"
    record_append(actor=membership.user, action=action, subject=subject, payload={"event": request.event})
    return request


@transaction.atomic
def claim_notify(policy_id: uuid.UUID, *, membership: Membership, fields: Mapping[str, Any]) -> Claim:
    """A claim of the insured under a policy that is or was in force; it is always taken to the record, the insurer decides on it.

    Refused: not_found, not_allowed, claim_not_possible, terms_invalid.
    """
    must_edit(membership)
    policy = locked(policy_id, membership)
    claimant = selectors.claimant_of(policy)
    if claimant.pk != membership.organization_id or policy.state not in COVERED:
        raise Refusal("claim_not_possible", _("The insured notifies under a policy that is or was in force."), facts={})
    kind = KINDS[policy.tariff.product.kind]
    given = given_for("notify", fields, kind.code)
    incident = dt.date.fromisoformat(given["incident_on"])
    if incident > clock.today():
        raise invalid({"incident_on": _("The incident lies in the future.")})
    items = {name: int(given[name]) for name in ITEMS if given.get(name)}
    if policy.loan is not None:
        items = {"loss_fen": selectors.loan_loss(policy.loan)}
    if not items:
        raise invalid({kind.items[0]: _("needed")})
    patent = _patent_of(policy, str(given.get("patent", ""))) if kind.owned else ""
    number = policy.claims.aggregate(n=Count("pk"))["n"] + 1
    if number > CLAIMS_MAX:
        raise invalid({"description": _("A policy has at most %(n)d claims.") % {"n": CLAIMS_MAX}})
    claim = Claim.objects.create(
        number=f"{policy.number}/{number}", policy=policy, claimant=claimant, by=membership.user, patent=patent, incident_on=incident,
        notified_on=clock.today(), description=str(given["description"]), claimed=items, is_scenario=policy.is_scenario,
    )  # fmt: skip
    payload = {"policy": str(policy.pk), "incident": incident.isoformat(), "claimed": items, "patent": patent}
    record_append(actor=membership.user, action="claim.notify", subject=f"claim/{claim.pk}", payload=payload)
    return claim


def _patent_of(policy: Policy, key: str) -> str:
    try:
        own = holding_open(key).key
    except Refusal:
        own = ""
    if not own or not policy.patents.filter(key=own).exists():
        raise invalid({"patent": _("Choose a patent of the policy.")})
    return own


def policy_earn(policy_id: uuid.UUID) -> int:
    """Recognizes the premium earned up to today, once a day; how much it was. No step, no record: the books tell it."""
    with transaction.atomic():
        policy = locked(policy_id, None)
        day = clock.today()
        if policy.state != "in_force" or (policy.earned_on is not None and policy.earned_on >= day):
            return 0
        posting = Posting(policy=policy, event="earn", name=f"earned-{day.isoformat()}", today=day)
        amount = posting.earn(day)
        posting.post(None)
        policy.save(update_fields=["earned_fen", "earned_on"])
        return amount
