"""Writes about demands: draft, change, the steps of the table; proposals of holders are in services_interest."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.market.demand import DEMAND, DemandTerms, demand_gaps
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate
from langqiao.web.market.models import Demand, MarketStep
from langqiao.web.market.roles import owner_role
from langqiao.web.market.steps import Taking, gaps_gate, past_gate, reason_gate, second_person_gate, step_take, subject_of
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit

OPEN_TO_CHANGE = frozenset({"draft", "returned"})
TERMS = ("title", "problem", "parameters", "budget_fen", "industry", "region", "deadline_on")


@transaction.atomic
def demand_create(*, membership: Membership, terms: DemandTerms, by: User) -> Demand:
    """A draft of the member's organization."""
    must_edit(membership)
    demand = Demand(organization=membership.organization, by=by, is_scenario=membership.organization.is_demo, **asdict(terms))
    demand.save()
    record_append(actor=by, action="demand.draft", subject=subject_of(demand), payload={"industry": demand.industry})
    return demand


@transaction.atomic
def demand_change(*, demand_id: uuid.UUID, membership: Membership, version: int, terms: DemandTerms, by: User) -> Demand:
    """Changes a draft or a returned demand."""
    must_edit(membership)
    demand = demand_locked(demand_id, membership)
    if demand.organization_id != membership.organization_id:
        raise Refusal("not_allowed", _("Only the organization that has the demand changes it."))
    if demand.state not in OPEN_TO_CHANGE:
        raise Refusal("step_not_possible", _("A submitted demand is not changed."), facts={"event": "change", "state": demand.state})
    if demand.version != version:
        raise Refusal("changed_meanwhile", _("Somebody changed this demand meanwhile. Open it again."))
    for name, value in asdict(terms).items():
        setattr(demand, name, value)
    demand.version, demand.by = demand.version + 1, by
    demand.save()
    return demand


def demand_locked(demand_id: uuid.UUID, membership: Membership) -> Demand:
    """The row under lock. Refused (not_found) for whoever has no role in it."""
    demand = Demand.objects.select_for_update().filter(pk=demand_id).first()
    if demand is None or not owner_role(demand, membership):
        raise Refusal("not_found", _("There is no such demand."))
    return demand


@transaction.atomic
def demand_advance(
    *,
    demand_id: uuid.UUID,
    event: str,
    membership: Membership,
    by: User,
    key: str = "",
    reasons: Sequence[str] = (),
    text: str = "",
) -> MarketStep:
    """Takes a step of the table."""
    must_edit(membership)
    demand = demand_locked(demand_id, membership)
    return step_take(
        Taking(
            row=demand,
            workflow=DEMAND,
            event=event,
            role=owner_role(demand, membership),
            user=by,
            organization=membership.organization,
            gates=demand_gates(demand, by, reasons=reasons, text=text),
            reasons=tuple(reasons),
            text=text,
            key=key,
        )
    )


def demand_gates(demand: Demand, by: User | None, *, reasons: Sequence[str] = (), text: str = "") -> dict[str, Gate]:
    """Every gate of the table."""
    return {
        "demand_incomplete": gaps_gate(demand_gaps(DemandTerms(**{name: getattr(demand, name) for name in TERMS}))),
        "demand_expired": past_gate(demand.deadline_on, timezone.localdate()),
        "four_eyes_missing": second_person_gate(demand, by, demand.organization),
        "reason_missing": reason_gate(reasons, text),
    }


def demands_expire() -> int:
    """The duty of the day: demands whose last day has passed; returns how many."""
    done = 0
    for pk in list(Demand.objects.filter(state="published", deadline_on__lt=timezone.localdate()).values_list("pk", flat=True)):
        with transaction.atomic():
            demand = Demand.objects.select_for_update().get(pk=pk)
            if demand.state == "published":
                step_take(Taking(row=demand, workflow=DEMAND, event="expire", role="system", user=None, organization=None))
                done += 1
    return done
