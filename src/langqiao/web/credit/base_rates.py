"""Base rates as dated facts: those that ship with the rules and those that two people of the platform entered later, each with its source."""

import datetime as dt
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.credit.rates import BASES, Published, published_on
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.credit import clock
from langqiao.web.credit.models_more import BaseRate
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit

PREFIX = "loan.base."
ENTERING_KINDS = frozenset({"platform", "center"})


def facts() -> list[Published]:
    """Every confirmed fact, the oldest first."""
    known = parameters()
    shipped = [
        Published(base=base, since=value.since or dt.date.min, rate=Fraction(str(value.value)), source=value.source)
        for base in BASES
        for value in known.get(PREFIX + base).values
    ]
    entered = [
        Published(base=row.base, since=row.since, rate=Fraction(row.rate), source=row.source)
        for row in BaseRate.objects.filter(confirmed_by__isnull=False)
    ]
    return sorted([*shipped, *entered], key=lambda one: (one.base, one.since))


def rate_on(base: str, day: dt.date) -> Published:
    """The base rate in force on a day. Refused (base_rate_unknown)."""
    return published_on(facts(), base, day)


def _must_enter(membership: Membership) -> None:
    must_edit(membership)
    if membership.organization.kind not in ENTERING_KINDS or not membership.organization.is_verified:
        raise Refusal("not_allowed", _("Base rates are entered by the platform."))


@transaction.atomic
def rate_enter(*, membership: Membership, base: str, since: str, rate: str, source: str) -> BaseRate:
    """A published rate, waiting for a second person. Refused: not_allowed, terms_invalid."""
    _must_enter(membership)
    faults = {}
    try:
        day = dt.date.fromisoformat(since)
    except ValueError:
        day, faults["since"] = clock.today(), _("Write a day as 2026-11-20.")
    try:
        value = Fraction(rate.strip().rstrip("%")) / (100 if rate.strip().endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        value, faults["rate"] = Fraction(0), _("Write a rate such as 3.1%.")
    if not 0 <= value < 1:
        faults["rate"] = _("not in range")
    if base not in BASES or not source.strip():
        faults["source"] = _("Name the base rate and who published it, where.")
    if not faults and any(one.base == base and one.since == day for one in facts()):
        faults["since"] = _("This day has its rate already.")
    if not faults and BaseRate.objects.filter(base=base, since=day).exists():
        faults["since"] = _("This day's rate waits for a second person.")
    if faults:
        raise invalid(faults)
    row = BaseRate.objects.create(
        base=base, since=day, rate=f"{float(value):.6f}"[:12], source=source.strip()[:300], entered_by=membership.user
    )
    _record(membership, row, "base_rate.entered")
    return row


@transaction.atomic
def rate_confirm(row_id: int, *, membership: Membership) -> BaseRate:
    """A second approver of the platform puts the rate in force. Refused: not_allowed, approver_needed, not_found, four_eyes_missing."""
    _must_enter(membership)
    if not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of the platform confirms a base rate."), facts={"role": membership.role})
    row = BaseRate.objects.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise Refusal("not_found", _("There is no such rate."))
    if row.entered_by_id == membership.user_id:
        raise Refusal("four_eyes_missing", _("Nobody approves their own request: another person of the organization does."))
    if row.confirmed_by_id is None:
        row.confirmed_by = membership.user
        row.save(update_fields=["confirmed_by"])
        _record(membership, row, "base_rate.confirmed")
    return row


def _record(membership: Membership, row: BaseRate, action: str) -> None:
    payload = {"base": row.base, "since": row.since.isoformat(), "rate": row.rate, "source": row.source}
    record_append(actor=membership.user, action=action, subject=f"organization/{membership.organization_id}", payload=payload)
