"""Versions of a fund's terms: which hold on a day, and how they change: asked by one, decided by another, and only forward."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.agreement import DEFAULTS, Agreement, agreement_of
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import digest_of
from langqiao.web.funds.access import fund_locked
from langqiao.web.funds.models import Fund, TermsVersion
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The terms that hold on a day, with their version; 1 are those of the founding."""

    number: int
    body: Mapping[str, Any]
    agreement: Agreement
    from_on: dt.date | None = None


def terms_on(fund: Fund, day: dt.date) -> InForce:
    """The terms of a day: the newest approved version that holds by then, else those of the founding."""
    found = fund.terms_versions.filter(state="approved", from_on__lte=day).order_by("-number").first()
    body = {**DEFAULTS, **(found.body if found else fund.terms)}
    return InForce(
        number=found.number if found else 1, body=body, agreement=agreement_of(body), from_on=found.from_on if found else fund.closed_on
    )


def last_movement(fund: Fund) -> dt.date | None:
    """The day of the last posted movement."""
    found: dt.date | None = fund.orders.filter(state="approved").aggregate(last=Max("on"))["last"]
    return found


def terms_must(fund: Fund, body: Mapping[str, Any]) -> Agreement:
    """The terms in values, held against the limits of the rules and the fund's own partners.

    Refused: fund_terms_wrong, outside_mandate, management_fee_above_cap, senior_leverage_exceeded.
    """
    agreement, day = agreement_of(body), timezone.localdate()
    values = {name: Fraction(str(parameters().value(f"fund.{name}", day))) for name in LIMITS}
    if not 0 < agreement.single_share <= values["single_investment_share"]:
        most = int(values["single_investment_share"] * 100)
        raise Refusal("outside_mandate", _("At most %(most)d %% of the commitments go into one company.") % {"most": most})
    if max(agreement.fee_rate, agreement.fee_rate_after) > values["management_fee_cap"]:
        raise Refusal("management_fee_above_cap", _("The rate of the management fee is above its cap."), article="fund agreement")
    known = {str(partner.pk): partner.commitment_fen for partner in fund.partners.all()}
    named = {*agreement.senior, *agreement.public, *([agreement.concession.partner] if agreement.concession else [])}
    if not named <= set(known):
        raise Refusal("fund_terms_wrong", _("The terms name somebody who is no partner."), facts={"field": "partner", "why": "unknown"})
    senior = sum(known[partner] for partner in agreement.senior)
    if agreement.senior and senior > values["senior_leverage"] * (sum(known.values()) - senior):
        raise Refusal("senior_leverage_exceeded", _("The senior layer is too large for the junior one."))
    return agreement


LIMITS = ("single_investment_share", "management_fee_cap", "senior_leverage")


@transaction.atomic
def terms_ask(
    *, fund_id: uuid.UUID, membership: Membership, by: User, body: Mapping[str, Any], from_on: dt.date, reason: str
) -> TermsVersion:
    """Asks for new terms from a day on. Refused: not_allowed, reason_missing, terms_not_forward, step_not_possible, and as `terms_must`."""
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    if not reason.strip():
        raise Refusal("reason_missing", _("Say why the terms change."))
    if fund.terms_versions.filter(state="asked").exists():
        message = _("Other terms wait for a decision.")
        raise Refusal("step_not_possible", message, facts={"event": "terms", "state": "asked"})
    last = fund.terms_versions.filter(state="approved").order_by("-number").first()
    whole = {**DEFAULTS, **(last.body if last else fund.terms), **body}
    terms_must(fund, whole)
    _forward_must(fund, from_on)
    number = 1 + (fund.terms_versions.aggregate(last=Max("number"))["last"] or 1)
    made = TermsVersion.objects.create(
        fund=fund, number=number, from_on=from_on, body=whole, sha256=digest_of(whole), reason=reason.strip()[:500], by=by
    )
    payload = {"number": number, "from_on": from_on.isoformat(), "terms": made.sha256}
    record_append(actor=by, action="fund.terms_asked", subject=fund.owner, payload=payload)
    return made


def _forward_must(fund: Fund, from_on: dt.date) -> None:
    last, version = last_movement(fund), fund.terms_versions.filter(state="approved").order_by("-number").first()
    if (last is not None and from_on <= last) or (version is not None and from_on <= version.from_on):
        raise Refusal("terms_not_forward", _("Terms change after the last movement of money, never before it."))


@transaction.atomic
def terms_decide(*, version_id: uuid.UUID, membership: Membership, by: User, approve: bool) -> TermsVersion:
    """Another person approves or refuses; approved terms stand as they are. Refused: not_found, not_allowed, four_eyes_missing, and as asked."""
    found = TermsVersion.objects.filter(pk=version_id, fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There are no such terms."))
    fund = fund_locked(found.fund_id, membership)
    found = TermsVersion.objects.select_for_update().get(pk=version_id)
    decide_must(found, membership, by)
    if approve:
        terms_must(fund, found.body)
        _forward_must(fund, found.from_on)
    found.state, found.decided_by, found.decided_at = "approved" if approve else "refused", by, timezone.now()
    found.save()
    payload = {"number": found.number, "terms": found.sha256, "approved": approve}
    record_append(actor=by, action="fund.terms_decided", subject=fund.owner, payload=payload)
    return found


def decide_must(row: Any, membership: Membership, by: User) -> None:
    """Refuses (not_allowed, four_eyes_missing, step_not_possible) who may not decide a row with `by` and `state`."""
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver or administrator decides it."))
    if row.by_id == by.pk:
        raise Refusal("four_eyes_missing", _("Nobody approves their own request: another person of the organization does."))
    if row.state != "asked":
        raise Refusal("step_not_possible", _("This is decided."), facts={"event": "decide", "state": row.state})
