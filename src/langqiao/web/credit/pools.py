"""Writes of compensation pools and of a bank's own rules: opened by one and confirmed by another, filled by the members."""

import uuid
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.credit.policy import policy_of
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.credit import clock
from langqiao.web.credit.books import client, pool_account
from langqiao.web.credit.models import CreditPolicy, Pool, PoolMember
from langqiao.web.credit.selectors import OPERATOR_KINDS, pool_get, pool_terms
from langqiao.web.deals.terms import invalid
from langqiao.web.ledger.services import group_post
from langqiao.web.people.models import CheckState, Membership, Organization
from langqiao.web.people.session import must_edit

MEMBERS_MAX = 10


@transaction.atomic
def pool_open(
    *,
    membership: Membership,
    name: str,
    bank_share: str,
    members: Mapping[int, str],
    loan_cap_fen: int,
    leverage: str,
    stop_loss: str,
    claim_days: int,
    npl_limit: str = "1",
) -> Pool:
    """A pool of an operator; `members`: organization id → share in percent. Refused: not_allowed, terms_invalid, loss_shares_do_not_sum."""
    must_edit(membership)
    own = membership.organization
    if own.kind not in OPERATOR_KINDS or not own.is_verified:
        raise Refusal("not_allowed", _("A pool is opened by a verified platform, operation center, office or fund manager."))
    if not name.strip() or not 1 <= len(members) <= MEMBERS_MAX:
        raise invalid({"members": _("A pool has a name and 1 to %(n)d members.") % {"n": MEMBERS_MAX}})
    known = Organization.objects.filter(pk__in=members, check_state=CheckState.VERIFIED)
    if known.count() != len(members):
        raise invalid({"members": _("Every member is an organization that the platform has verified.")})
    pool = Pool.objects.create(
        name=" ".join(name.split())[:120], operator=own, bank_share=bank_share, loan_cap_fen=loan_cap_fen, leverage=leverage,
        stop_loss=stop_loss, claim_days=claim_days, npl_limit=npl_limit, opened_by=membership.user, is_scenario=own.is_demo,
    )  # fmt: skip
    PoolMember.objects.bulk_create([PoolMember(pool=pool, organization=one, share=members[one.pk]) for one in known.order_by("pk")])
    try:
        pool_terms(pool)
        if not 0 < pool.npl_share <= 1:
            raise ValueError("the limit of non-performing balance lies above 0 and at most at 1")  # noqa: TRY301 - told as a fault of the form
    except (ValueError, ZeroDivisionError) as error:
        raise invalid({"terms": str(error)}) from error
    _record(membership, pool, "pool.opened", {"members": {str(pk): share for pk, share in sorted(members.items())}, "bank": bank_share})
    return pool


@transaction.atomic
def pool_confirm(pool_id: uuid.UUID, *, membership: Membership) -> Pool:
    """A second approver of the operator puts the pool to work. Refused: not_found, approver_needed, four_eyes_missing."""
    pool = pool_get(pool_id, membership, lock=True)
    if pool.operator_id != membership.organization_id or not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of the operator confirms the pool."), facts={"role": membership.role})
    if pool.opened_by_id == membership.user_id:
        raise Refusal("four_eyes_missing", _("Nobody approves their own request: another person of the organization does."))
    if pool.confirmed_by_id is None:
        pool.confirmed_by = membership.user
        pool.save(update_fields=["confirmed_by"])
        _record(membership, pool, "pool.confirmed", {})
    return pool


@transaction.atomic
def pool_fill(pool_id: uuid.UUID, *, membership: Membership, amount_fen: int, key: str) -> None:
    """A member pays into the pool from its client money, once by `key`. Refused: not_found, approver_needed, ledger_overdrawn, terms_invalid."""
    pool = pool_get(pool_id, membership, lock=True)
    member = pool.members.filter(organization=membership.organization).first()
    if member is None or not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of a member pays in."), facts={"role": membership.role})
    if amount_fen <= 0:
        raise invalid({"amount_fen": _("not in range")})
    if not key or len(key) > 60 or not key.isascii() or not key.isprintable() or " " in key:
        raise Refusal("idempotency_key_missing", _("A step needs a key of 1 to 100 characters that names this attempt."))
    name = f"pool/{pool.pk}/{member.pk}/{key}"
    entry = Entry(
        id=name, phase="transfer", debit=client(membership.organization_id), credit=pool_account(member), amount_fen=amount_fen,
        code="pool.fill", ref=f"pool/{pool.pk}", business_date=clock.today(),
    )  # fmt: skip
    if not group_post([entry], group=name, by=membership.user).repeated:
        _record(membership, pool, "pool.filled", {"amount_fen": amount_fen, "member": member.pk, "key": key, "group": name})


def _record(membership: Membership, pool: Pool, action: str, payload: Mapping[str, Any]) -> None:
    record_append(actor=membership.user, action=action, subject=f"pool/{pool.pk}", payload=dict(payload))


@transaction.atomic
def policy_ask(*, membership: Membership, values: Mapping[str, Any]) -> CreditPolicy:
    """A bank's new rules, waiting for a second person. Refused: not_allowed, policy_invalid with what does not fit."""
    must_edit(membership)
    if membership.organization.kind != "bank":
        raise Refusal("not_allowed", _("Only a bank has rules for loans."))
    try:
        policy_of(parameters(), values)
    except (ValueError, TypeError, ZeroDivisionError, AttributeError, KeyError) as error:
        raise Refusal("policy_invalid", str(error)[:300], facts={"fault": str(error)[:300]}) from error
    row = CreditPolicy.objects.create(bank=membership.organization, values=dict(values), asked_by=membership.user)
    subject = f"organization/{membership.organization_id}"
    record_append(actor=membership.user, action="loan_policy.asked", subject=subject, payload={"policy": row.pk})
    return row


@transaction.atomic
def policy_approve(policy_id: int, *, membership: Membership) -> CreditPolicy:
    """Another approver puts the rules in force. Refused: not_found, approver_needed, four_eyes_missing, request_decided."""
    row = CreditPolicy.objects.select_for_update().filter(pk=policy_id, bank=membership.organization).first()
    if row is None:
        raise Refusal("not_found", _("There are no such rules."))
    if not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of the organization takes this step."), facts={"role": membership.role})
    if row.approved_at is not None:
        raise Refusal("request_decided", _("The request has been decided."), facts={"state": "approved"})
    if row.asked_by_id == membership.user_id:
        raise Refusal("four_eyes_missing", _("Nobody approves their own request: another person of the organization does."))
    row.approved_by, row.approved_at = membership.user, timezone.now()
    row.save(update_fields=["approved_by", "approved_at"])
    subject = f"organization/{row.bank_id}"
    record_append(actor=membership.user, action="loan_policy.approved", subject=subject, payload={"policy": row.pk})
    return row


def share_text(value: str) -> str:
    """A percentage as decimal text. Refused: terms_invalid."""
    try:
        number = Fraction(value.strip())
    except (ValueError, ZeroDivisionError) as error:
        raise invalid({"share": _("Write a percentage such as 26 or 12.5.")}) from error
    if not 0 < number <= 100:
        raise invalid({"share": _("not in range")})
    return value.strip()[:12]
