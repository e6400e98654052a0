"""What the pages of securitization show: the steps of a role with every reason against them, what waits, the timeline."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langqiao.engine.kernel.workflow import Step
from langqiao.engine.operations.encumbrance import Reason
from langqiao.engine.securitization.workflow import FOUR_EYES, PERIOD, TRANSACTION
from langqiao.web.deals.fields import Field
from langqiao.web.people.models import Membership
from langqiao.web.securitization import clock
from langqiao.web.securitization.attempt import Attempt
from langqiao.web.securitization.fields import FIELDS
from langqiao.web.securitization.models import Request, Transaction
from langqiao.web.securitization.selectors import period_now, roles_of
from langqiao.web.securitization.services import reasons_against

FORM_ONLY = frozenset({
    FOUR_EYES, "reason_missing", "trigger_not_agreed", "trigger_reversal_without_vote", "replacement_unfit", "tranches_do_not_sum",
    "structure_inconsistent", "senior_coverage_below_one",
})  # fmt: skip
"""Refusals that the form itself answers: they do not turn its button gray before it is filled in."""
OWN_FORM = frozenset({"structure"})
HIDDEN = frozenset({"trip"})
"""The rules take it by themselves when a test trips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One step that a table lists for the member's role, with the reasons against it and the other person's request."""

    event: str
    key: str
    two: bool
    against: tuple[Reason, ...]
    fields: tuple[Field, ...]
    request: Request | None = None
    mine: bool = False
    own_form: bool = False


def possible(deal: Transaction) -> list[Step]:
    """The steps that the tables list now, those of the open payment date first."""
    period = period_now(deal)
    steps = [step for step in PERIOD.steps if period is not None and step.source == period.state]
    return [*steps, *(step for step in TRANSACTION.steps if step.source == deal.state and step.event not in HIDDEN)]


def buttons_for(deal: Transaction, membership: Membership) -> list[Button]:
    """Every step the member's organization may take now."""
    if not membership.may_edit:
        return []
    roles = roles_of(deal, membership.organization)
    found = []
    for step in possible(deal):
        role = next((one for one in roles if one in step.by), None)
        if role is not None:
            found.append(_button(deal, step, role, membership))
    return found


def _button(deal: Transaction, step: Step, role: str, membership: Membership) -> Button:
    request = (
        deal.requests.filter(event=step.event, state="open", organization=membership.organization).select_related("requested_by").first()
    )
    given = dict(request.fields) if request else {}
    attempt = Attempt(
        deal=deal, event=step.event, role=role, today=clock.today(), membership=membership, fields=given, request=request, period=period_now(deal)
    )  # fmt: skip
    codes = tuple(code for code in step.unless if code != FOUR_EYES and (request is not None or code not in FORM_ONLY))
    own = step.event in OWN_FORM
    against = (
        () if own else reasons_against(attempt, Step(source=step.source, event=step.event, target=step.target, by=step.by, unless=codes))
    )
    return Button(
        event=step.event, key=uuid.uuid4().hex, two=FOUR_EYES in step.unless, against=against,
        fields=() if request or own else FIELDS.get(step.event, ()), request=request, own_form=own,
        mine=request is not None and request.requested_by_id == membership.user_id,
    )  # fmt: skip


def next_of(deal: Transaction) -> list[tuple[str, str]]:
    """What comes next and who does it."""
    skip = {"withdraw", "fail", "restructure", "reopen", "replace", "declare", "finish", "lift"}
    return [(step.event, min(step.by)) for step in possible(deal) if step.event not in skip][:2]


def timeline(deal: Transaction) -> Sequence[Any]:
    """Steps, the latest first."""
    return list(deal.steps.select_related("by", "requested_by", "organization").order_by("-number")[:100])


def waits_for(deal: Transaction, membership: Membership) -> list[str]:
    """The events that wait for this member: what its role may take next, and what another of its organization asked for."""
    roles = roles_of(deal, membership.organization)
    asked = deal.requests.filter(state="open", organization=membership.organization).exclude(requested_by=membership.user)
    mine = [event for event, role in next_of(deal) if role in roles]
    return list(dict.fromkeys([*asked.values_list("event", flat=True), *mine]))
