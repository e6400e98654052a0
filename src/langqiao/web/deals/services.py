"""Steps of deals: one transaction that locks, asks the engine's table, saves, posts, changes the rights and records; or nothing at all."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.kernel.workflow import Step
from langqiao.engine.operations.encumbrance import Reason
from langqiao.engine.operations.outcome import Outcome
from langqiao.engine.operations.register import OPERATIONS
from langqiao.engine.operations.terms import DealFacts
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.deals import terms as stored
from langqiao.web.deals.effects import applied
from langqiao.web.deals.facts import Attempt, facts_of
from langqiao.web.deals.fields import fields_of, parsed
from langqiao.web.deals.models import Deadline, Deal, DealRequest, DealStep, DealTransfer
from langqiao.web.deals.money import entries_of, row_of
from langqiao.web.deals.selectors import deal_get, roles_of, today
from langqiao.web.ledger.services import group_post
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit
from langqiao.web.rights.models import Holding
from langqiao.web.rights.services import effects_apply

FOUR_EYES = "four_eyes_missing"
APPROVED = frozenset({"pay", "deposit"})
"""Steps that move money on one approver's word: what anybody may take on published terms, and a deposit that comes back."""
MANDATED = frozenset({"sign_nda", "make_offer", "fail"})
"""What an institution with a mandate to negotiate does for the seller; contract, money and title stay with the seller's own people."""
OFFICIAL = frozenset({"platform", "office"})


def deal_advance(
    deal_id: uuid.UUID, event: str, *, membership: Membership | None, key: str, fields: Mapping[str, Any] | None = None
) -> DealStep:
    """Takes a step of a deal, or refuses it with nothing changed. `membership` None: the clock, in the role `system`.

    `key` is the caller's idempotency key: asked again with the same content it answers with the step taken then; with other content it is
    refused (idempotency_key_reused). Refused: not_found, not_allowed, step_not_possible, terms_invalid, not_verified, four_eyes_missing, and
    every code of the operation's table.
    """
    if not key or len(key) > 100:
        raise Refusal("idempotency_key_missing", _("A step needs a key of 1 to 100 characters that names this attempt."))
    try:
        with transaction.atomic():
            return _advance(deal_id, event, membership=membership, key=key, fields=fields or {})
    except IntegrityError as error:
        if "reservation" in str(error).lower():
            raise Refusal("right_reserved", _("Another deal on the patent has been accepted.")) from error
        raise Refusal("step_raced", _("Another step of the deal was taken at the same moment. Look at the deal and try again.")) from error


def _advance(deal_id: uuid.UUID, event: str, *, membership: Membership | None, key: str, fields: Mapping[str, Any]) -> DealStep:
    deal = locked(deal_id, membership)
    role = role_for(deal, event, membership)
    fingerprint = stored.digest([str(deal_id), event, membership.organization_id if membership else None, dict(fields)])
    known = DealStep.objects.filter(key=key).first()
    if known is not None:
        return _answered(known, fingerprint)
    step = OPERATIONS[deal.kind].workflow.step(deal.state, event)
    request = _request(deal, event, role, membership) if step and FOUR_EYES in step.unless else None
    values = dict(request.fields) if request else parsed(fields_of(deal.kind, event), fields)
    attempt = attempted(deal, event, role, membership=membership, values=values, request=request)
    outcome, facts = _decided(deal, attempt, membership, values)
    return _written(deal, attempt, outcome, facts=facts, key=key, fingerprint=fingerprint, request=request, membership=membership)


def locked(deal_id: uuid.UUID, membership: Membership | None) -> Deal:
    """The deal, its parent and the records of its rights under locks, always in this order."""
    if membership is None:
        deal = (
            Deal.objects.select_for_update(of=("self",)).select_related("seller", "buyer", "operator", "broker", "parent").get(pk=deal_id)
        )
    else:
        deal = deal_get(deal_id, membership, lock=True)
    keys = [patent.key for patent in deal.patents.all()]
    list(Holding.objects.select_for_update().filter(key__in=keys).order_by("key").values_list("pk", flat=True))
    return deal


def role_for(deal: Deal, event: str, membership: Membership | None) -> str:
    """The role in which the membership tries the event: one that the table allows if it has one, else its first."""
    if membership is None:
        return "system"
    must_edit(membership)
    roles = roles_of(deal, membership.organization)
    if not roles:
        raise Refusal("not_allowed", _("Your organization only looks on in this deal."), facts={"event": event})
    step = OPERATIONS[deal.kind].workflow.step(deal.state, event)
    return next((role for role in roles if step and role in step.by), roles[0])


def _answered(known: DealStep, fingerprint: str) -> DealStep:
    if known.fingerprint != fingerprint:
        raise Refusal("idempotency_key_reused", _("The key names another step that was taken before."), facts={"key": known.key})
    return known


def _request(deal: Deal, event: str, role: str, membership: Membership | None) -> DealRequest | None:
    if membership is None:
        return None
    asked = DealRequest.objects.select_for_update().filter(deal=deal, event=event, role=role, state=DealRequest.OPEN)
    return asked.filter(organization=membership.organization).first()


def attempted(
    deal: Deal, event: str, role: str, *, membership: Membership | None, values: Mapping[str, Any], request: DealRequest | None = None
) -> Attempt:
    """The attempt at a step by who makes it, with a fresh day and moment."""
    asker = request.requested_by_id if request else None
    return Attempt(
        event=event,
        role=role,
        organization=membership.organization if membership else None,
        actor=f"user/{membership.user_id}" if membership else "duty/deals_clock",
        requested_by=f"user/{asker}" if asker else "",
        today=today(),
        at=timezone.now(),
        fields={"deal": str(deal.pk), **values},
    )


def _decided(deal: Deal, attempt: Attempt, membership: Membership | None, values: Mapping[str, Any]) -> tuple[Outcome, DealFacts]:
    """The engine's answer on the facts as they would be with the step's own terms, which the deal then carries."""
    step = OPERATIONS[deal.kind].workflow.step(deal.state, attempt.event)
    of_terms = _of_terms(deal, attempt.event, values)
    if step is not None and attempt.role in step.by:
        _own(deal, step, membership, attempt)
        if attempt.event == "give_notice":
            of_terms |= {"taking.statement_sha256": values.get("statement_sha256", ""), "taking.noticed_on": attempt.today.isoformat()}
        if of_terms and attempt.event != "edit_terms":
            deal.terms = stored.patched(deal.terms, of_terms)
    facts = facts_of(deal, attempt)
    return OPERATIONS[deal.kind].advance(facts, attempt.event, attempt.role, today=attempt.today, parameters=parameters()), facts


def _of_terms(deal: Deal, event: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: values[field.name] for field in fields_of(deal.kind, event) if field.of_terms and field.name in values}


def _own(deal: Deal, step: Step, membership: Membership | None, attempt: Attempt) -> None:
    reasons = own_reasons(deal, step, membership, attempt.role)
    if reasons:
        first, also = reasons[0], tuple(reason.code for reason in reasons[1:])
        raise Refusal(first.code, first.code.replace("_", " "), article=first.article or None, facts={**first.facts, "also": also})


def own_reasons(deal: Deal, step: Step, membership: Membership | None, role: str) -> tuple[Reason, ...]:
    """What the site itself asks beside the law's table: an approver for money and title, organizations that the platform has checked."""
    if membership is None:
        return ()
    if role == "seller" and membership.organization_id != deal.seller_id and step.event not in MANDATED:
        return (Reason(code="mandate_missing", article="", facts={"holder": deal.seller.name}),)
    weighty = FOUR_EYES in step.unless or step.event in APPROVED
    found = []
    if weighty and not membership.may_approve:
        found.append(Reason(code="approver_needed", article="", facts={"role": membership.role}))
    parties = [membership.organization] if role in OFFICIAL else [deal.seller, *([deal.buyer] if deal.buyer else [membership.organization])]
    strangers = tuple(sorted({party.name for party in parties if not party.is_verified}))
    if strangers and (weighty or role in OFFICIAL or step.event in {"accept", "sign"}):
        found.append(Reason(code="party_not_verified", article="", facts={"parties": strangers}))
    return tuple(found)


def deal_reasons(deal: Deal, event: str, membership: Membership) -> tuple[Reason, ...]:
    """Every reason against a step as the deal stands, for the page that shows it gray. Raises Refusal where the table does not list it for this role."""
    role = role_for(deal, event, membership)
    step = OPERATIONS[deal.kind].workflow.step(deal.state, event)
    request = DealRequest.objects.filter(
        deal=deal, event=event, role=role, state=DealRequest.OPEN, organization=membership.organization
    ).first()
    attempt = attempted(deal, event, role, membership=membership, values=dict(request.fields) if request else {}, request=request)
    own = own_reasons(deal, step, membership, role) if step is not None and role in step.by else ()
    facts = facts_of(deal, attempt)
    return (*own, *OPERATIONS[deal.kind].reasons(facts, event, role, today=attempt.today, parameters=parameters()))


def _written(
    deal: Deal, attempt: Attempt, outcome: Outcome, *, facts: DealFacts, key: str, fingerprint: str, request: DealRequest | None,
    membership: Membership | None,
) -> DealStep:  # fmt: skip
    """Saves the deal, posts the money, changes the rights, sets the deadlines, appends the record and writes the history, in this order."""
    source, deal.state, deal.version = deal.state, outcome.new_state, deal.version + 1
    if source != deal.state:
        deal.state_since = attempt.at
    by = membership.user if membership else None
    applied(deal, attempt, outcome)
    deal.save()
    rows = _moved(deal, outcome, facts, event=attempt.event)
    if outcome.effects:
        effects_apply(outcome.effects, deal=str(deal.pk), by=by)
    _due(deal, outcome, attempt)
    if request is not None:
        request.state, request.decided_by, request.decided_at = DealRequest.TAKEN, by, attempt.at
        request.save(update_fields=["state", "decided_by", "decided_at"])
    record = _recorded(deal, outcome, attempt, rows=rows, key=key)
    step = DealStep.objects.create(
        deal=deal, number=deal.version, key=key, fingerprint=fingerprint, event=attempt.event, role=attempt.role,
        organization=membership.organization if membership else None, actor=by, requested_by=request.requested_by if request else None,
        source=source, target=deal.state, warnings=list(outcome.warnings), fields={name: value for name, value in attempt.fields.items() if name != "nonce"}, facts=_plain(outcome.audit.facts),
        response=_response(deal, outcome, rows, record), audit_seq=record, at=attempt.at,
    )  # fmt: skip
    for row in rows:
        row.step = step
    DealTransfer.objects.bulk_create(rows)
    return step


def _moved(deal: Deal, outcome: Outcome, facts: DealFacts, *, event: str) -> list[DealTransfer]:
    if not outcome.transfers:
        return []
    standings = [right.standing for right in facts.rights]
    entries = entries_of(deal, outcome.transfers, standings, event=event, day=outcome.audit.on)
    group_post(entries, group=f"deal/{deal.pk}/{deal.version}", by=outcome.audit.actor)
    return [row_of(transfer, entry, deal) for transfer, entry in zip(outcome.transfers, entries, strict=True)]


DONE_BY = {
    "escrow_hold": frozenset({"perform", "refund", "expire"}),
    "license_recordal": frozenset({"record"}),
    "private_treaty": frozenset({"negotiate", "close"}),
    "offer": frozenset({"accept", "make_offer", "fail"}),
    "auction_close": frozenset({"close", "cancel"}),
    "reveal": frozenset({"award", "pass"}),
    "statement_term": frozenset({"expire", "terminate", "announce_withdrawal"}),
}
"""Which steps end which deadline; every end of a deal ends all but the recordal's, which outlives it."""


def _due(deal: Deal, outcome: Outcome, attempt: Attempt) -> None:
    ended = deal.state in OPERATIONS[deal.kind].workflow.ends
    running = Deadline.objects.filter(deal=deal, done_at=None).exclude(made_at__gte=attempt.at)
    codes = [code for code, events in DONE_BY.items() if attempt.event in events]
    running.filter(code__in=codes).update(done_at=attempt.at)
    if ended:
        running.exclude(code="license_recordal").update(done_at=attempt.at)
    for due in outcome.deadlines:
        Deadline.objects.create(deal=deal, code=due.code, on=due.on, consequence=due.consequence)
    if attempt.event == "make_offer" and deal.offer_expires_on:
        Deadline.objects.create(deal=deal, code="offer", on=deal.offer_expires_on, consequence="offer_expired")


def _recorded(deal: Deal, outcome: Outcome, attempt: Attempt, *, rows: Sequence[DealTransfer], key: str) -> int:
    audit = outcome.audit
    payload = {
        "operation": audit.operation, "event": audit.event, "source": audit.source, "target": audit.target, "role": audit.role,
        "on": audit.on.isoformat(), "requested_by": attempt.requested_by, "number": deal.version, "key": key,
        "patents": [patent.key for patent in deal.patents.all()], "terms_sha256": stored.digest(deal.terms),
        "money": [[row.key, row.phase, row.amount_fen, row.ledger_id] for row in rows],
        "effects": [[effect.patent, effect.kind, effect.on.isoformat(), effect.reference] for effect in outcome.effects],
        "warnings": list(outcome.warnings),
    }  # fmt: skip
    seen_by = [attempt.organization.pk] if attempt.organization else []
    return record_append(actor=audit.actor, action=f"deal.{audit.event}", subject=f"deal/{deal.pk}", payload=payload, seen_by=seen_by).seq


def _response(deal: Deal, outcome: Outcome, rows: Sequence[DealTransfer], record: int) -> dict[str, Any]:
    return {
        "deal": str(deal.pk), "state": deal.state, "version": deal.version, "warnings": list(outcome.warnings), "record": record,
        "deadlines": [[due.code, due.on.isoformat()] for due in outcome.deadlines],
        "money": [[row.key, row.phase, row.amount_fen] for row in rows],
    }  # fmt: skip


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | str | bool | None) else str(value) for name, value in facts.items()}


def deal_request(deal_id: uuid.UUID, event: str, *, membership: Membership, fields: Mapping[str, Any] | None = None) -> DealRequest:
    """Asks for a step of money or title that another approver of the same side then takes. Refused with what refuses the step itself."""
    with transaction.atomic():
        deal = locked(deal_id, membership)
        role = role_for(deal, event, membership)
        step = OPERATIONS[deal.kind].workflow.step(deal.state, event)
        values = parsed(fields_of(deal.kind, event), fields or {})
        attempt = attempted(deal, event, role, membership=membership, values=values)
        deal.terms = stored.patched(deal.terms, _of_terms(deal, event, values))
        reasons = OPERATIONS[deal.kind].reasons(facts_of(deal, attempt), event, role, today=attempt.today, parameters=parameters())
        own = own_reasons(deal, step, membership, role) if step else ()
        against = [reason for reason in (*own, *reasons) if reason.code not in {FOUR_EYES, "approver_needed"}]
        if against:
            first = against[0]
            raise Refusal(first.code, first.code.replace("_", " "), article=first.article or None, facts=dict(first.facts))
        if step is None or FOUR_EYES not in step.unless:
            raise Refusal("request_not_needed", _("This step needs no second person; take it."), facts={"event": event})
        if DealRequest.objects.filter(deal=deal, event=event, role=role, state=DealRequest.OPEN).exists():
            raise Refusal("request_open", _("The step has been asked for and waits for another person."), facts={"event": event})
        request = DealRequest.objects.create(
            deal=deal,
            event=event,
            role=role,
            organization=membership.organization,
            fields=values,
            requested_by=membership.user,
            requested_at=attempt.at,
        )
        record_append(
            actor=membership.user,
            action="deal.request",
            subject=f"deal/{deal.pk}",
            payload={"event": event, "role": role, "request": request.pk},
        )
        return request


def deal_request_decline(request_id: int, *, membership: Membership) -> DealRequest:
    """Takes a request back or turns it down, by anybody who may change for the side that asked. Refused: not_found, request_decided."""
    must_edit(membership)
    with transaction.atomic():
        request = DealRequest.objects.select_for_update().filter(pk=request_id, organization=membership.organization).first()
        if request is None:
            raise Refusal("not_found", _("There is no such request of your organization."))
        if request.state != DealRequest.OPEN:
            raise Refusal("request_decided", _("The request has been decided."), facts={"state": request.state})
        request.state, request.decided_by, request.decided_at = DealRequest.DECLINED, membership.user, timezone.now()
        request.save(update_fields=["state", "decided_by", "decided_at"])
        record_append(
            actor=membership.user,
            action="deal.request_declined",
            subject=f"deal/{request.deal_id}",
            payload={"event": request.event, "request": request.pk},
        )
        return request
