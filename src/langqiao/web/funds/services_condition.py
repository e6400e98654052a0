"""What a resolution hangs on until closing: conditions precedent and milestones, each met with a paper that another person confirms."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.funds.models import Condition, Tranche
from langqiao.web.funds.services import sha_must
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit


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


@transaction.atomic
def tranche_paper(*, tranche_id: uuid.UUID, membership: Membership, by: User, sha256: str) -> Tranche:
    """Puts the paper of a milestone on file, not yet reached. Refused: not_allowed, not_found, step_not_possible, evidence_missing."""
    must_edit(membership)
    tranche = _tranche(tranche_id, membership)
    if tranche.reached_at is not None:
        raise Refusal("step_not_possible", _("The milestone is reached."), facts={"event": "paper", "state": "reached"})
    tranche.evidence_sha256, tranche.by = sha_must(sha256), by
    tranche.save(update_fields=["evidence_sha256", "by"])
    return tranche


@transaction.atomic
def tranche_reach(*, tranche_id: uuid.UUID, membership: Membership, by: User) -> Tranche:
    """An approver confirms a milestone whose paper another person brought. Refused: not_allowed, four_eyes_missing, evidence_missing."""
    tranche = _tranche(tranche_id, membership)
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver confirms milestones."))
    if tranche.by_id == by.pk:
        raise Refusal("four_eyes_missing", _("Who brought the paper does not confirm it."))
    sha_must(tranche.evidence_sha256)
    if tranche.reached_at is None:
        tranche.reached_at, tranche.reached_by = timezone.now(), by
        tranche.save(update_fields=["reached_at", "reached_by"])
        payload = {"session": str(tranche.session_id), "tranche": str(tranche.pk), "sha256": tranche.evidence_sha256}
        record_append(actor=by, action="session.milestone_reached", subject=tranche.session.fund.owner, payload=payload)
    return tranche


def _tranche(tranche_id: uuid.UUID, membership: Membership) -> Tranche:
    found = Tranche.objects.select_for_update().filter(pk=tranche_id, session__fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such milestone."))
    return found
