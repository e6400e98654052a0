"""Founding a fund: terms, partners with their checks, seats, the first close with its filing clock; each in the record."""

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.dates import UnknownYearError, add_working_days
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.funds.access import fund_locked, partner_get
from langqiao.web.funds.models import Fund, Partner
from langqiao.web.people.models import Membership, Organization, OrganizationKind, User
from langqiao.web.people.session import must_be_kind, must_edit

_SHA = re.compile(r"[0-9a-f]{64}")


def sha_must(value: str) -> str:
    """A SHA-256 in hexadecimal. Refused (evidence_missing) where it is none: a paper is named by its hash."""
    if not _SHA.fullmatch(value):
        raise Refusal("evidence_missing", _("Attach the paper: it is kept and named by its hash."))
    return value


@transaction.atomic
def fund_create(*, membership: Membership, by: User, name: str, target_fen: int, years: tuple[int, int], bodies: Mapping[str, Any]) -> Fund:
    """A fund of the member's organization, a verified manager. `years`: investment and exit; `bodies`: `charter` and `terms`.

    Refused: not_allowed, not_verified, outside_mandate (a share above one company's limit), name_taken.
    """
    must_edit(membership)
    must_be_kind(membership, {OrganizationKind.FUND})
    most = Fraction(str(parameters().value("fund.single_investment_share", timezone.localdate())))
    if not 0 < Fraction(bodies["terms"]["single_share"]) <= most:
        message = _("At most %(most)d %% of the commitments go into one company.") % {"most": int(most * 100)}
        raise Refusal("outside_mandate", message)
    if Fund.objects.filter(organization=membership.organization, name=name).exists():
        raise Refusal("name_taken", _("Your organization has a fund of this name."), facts={"name": name})
    fund = Fund.objects.create(
        organization=membership.organization,
        by=by,
        name=name,
        target_fen=target_fen,
        investment_years=years[0],
        exit_years=years[1],
        charter=bodies["charter"],
        terms=bodies["terms"],
        is_scenario=membership.organization.is_demo,
    )
    _record(fund, by, "fund.founded", {"target_fen": target_fen, "charter": fund.charter, "terms": fund.terms})
    return fund


def _record(fund: Fund, by: User, action: str, payload: Mapping[str, Any]) -> None:
    record_append(actor=by, action=action, subject=fund.owner, payload=payload, seen_by=[fund.organization_id])


def forming_must(fund: Fund) -> None:
    """Refused (step_not_possible) once the fund has closed: partners and commitments stand then."""
    if fund.closed_on is not None:
        raise Refusal("step_not_possible", _("The fund has closed."), facts={"event": "change", "state": "closed"})


@transaction.atomic
def partner_add(
    *, fund_id: uuid.UUID, membership: Membership, by: User, name: str, commitment_fen: int, is_general: bool, facts: Mapping[str, str]
) -> Partner:
    """A partner with what it showed: `identity_sha256`, `basis`, `funds_source`, `disclosure_sha256` (the signed risk disclosure)."""
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    forming_must(fund)
    most = parameters().value("fund.partners", timezone.localdate())["most"]
    if fund.partners.count() >= most:
        raise Refusal("partner_count_out_of_range", _("A limited partnership has at most %(most)d partners.") % {"most": most})
    if fund.partners.filter(name=name).exists():
        raise Refusal("name_taken", _("This partner is entered already."), facts={"name": name})
    papers = {key: sha_must(facts[key]) for key in ("identity_sha256", "disclosure_sha256")}
    partner = Partner.objects.create(
        fund=fund,
        by=by,
        name=name,
        organization=Organization.objects.filter(name=name, merged_into=None).first(),
        commitment_fen=commitment_fen,
        is_general=is_general,
        basis=facts["basis"],
        funds_source=facts["funds_source"],
        disclosed_at=timezone.now(),
        **papers,
    )
    _record(fund, by, "fund.partner_entered", {"partner": str(partner.pk), "commitment_fen": commitment_fen, **papers})
    return partner


@transaction.atomic
def partner_check(*, partner_id: uuid.UUID, membership: Membership, by: User) -> Partner:
    """The check of identity, means and disclosure by a second person (an approver). Refused: not_allowed, four_eyes_missing, investor_not_qualified."""
    partner = partner_get(partner_id, membership)
    fund_locked(partner.fund_id, membership)
    partner.refresh_from_db()
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver or administrator checks partners."))
    if partner.by_id == by.pk:
        raise Refusal("four_eyes_missing", _("Who entered a partner does not check it."))
    if not partner.basis or not partner.funds_source:
        raise Refusal("investor_not_qualified", _("The basis of the qualification or the source of the money is not stated."))
    if partner.checked_at is None:
        partner.checked_by, partner.checked_at = by, timezone.now()
        partner.save(update_fields=["checked_by", "checked_at"])
        _record(partner.fund, by, "fund.partner_checked", {"partner": str(partner.pk), "basis": partner.basis})
    return partner


def user_named(email: str) -> User:
    """A user by e-mail. Refused (person_unknown)."""
    found = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise Refusal("person_unknown", _("Nobody logs in here with %(email)s.") % {"email": email[:80]})
    return found


@transaction.atomic
def fund_close(*, fund_id: uuid.UUID, membership: Membership, by: User, on: dt.date | None = None) -> Fund:
    """The first close: partners within the law's number, one of them general, every one checked; the filing clock starts.

    `on`: the day of the close by the agreement, today by default: a fund that closed earlier is carried on here from its own day.

    Refused: not_allowed, four_eyes_missing (the founder closes no fund), partner_count_out_of_range, investor_not_qualified, step_not_possible.
    """
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver or administrator closes a fund."))
    fund = fund_locked(fund_id, membership)
    forming_must(fund)
    if fund.by_id == by.pk:
        raise Refusal("four_eyes_missing", _("Who founded a fund does not close it."))
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise Refusal("step_not_possible", _("A close lies not in the future."), facts={"event": "close", "state": "forming"})
    bounds = parameters().value("fund.partners", timezone.localdate())
    partners = list(fund.partners.all())
    if not bounds["least"] <= len(partners) <= bounds["most"] or not any(partner.is_general for partner in partners):
        raise Refusal("partner_count_out_of_range", _("%(n)d partners; one has to be the general partner.") % {"n": len(partners)})
    unchecked = [partner.name for partner in partners if partner.checked_at is None]
    if unchecked:
        raise Refusal("investor_not_qualified", _("Not checked yet: %(names)s") % {"names": ", ".join(unchecked[:5])})
    fund.closed_on, fund.closed_by = day, by
    fund.save(update_fields=["closed_on", "closed_by"])
    _record(
        fund,
        by,
        "fund.closed",
        {"partners": len(partners), "on": day.isoformat(), "commitments_fen": sum(partner.commitment_fen for partner in partners)},
    )
    return fund


@transaction.atomic
def fund_file(*, fund_id: uuid.UUID, membership: Membership, by: User, number: str) -> Fund:
    """Notes the filing with its number; once. Refused: step_not_possible, reason_missing."""
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    if fund.closed_on is None or fund.filed_on is not None or not number.strip():
        raise Refusal("step_not_possible", _("A closed fund is filed once, with its number."), facts={"event": "file", "state": "filed"})
    fund.filed_on, fund.filing_number = timezone.localdate(), number.strip()[:80]
    fund.save(update_fields=["filed_on", "filing_number"])
    _record(fund, by, "fund.filed", {"number": fund.filing_number})
    return fund


def filing_due(fund: Fund) -> dt.date | None:
    """The last day to file: working days after the close; None where the fund is open or the calendar does not hold the year."""
    if fund.closed_on is None:
        return None
    try:
        return add_working_days(fund.closed_on, int(parameters().value("fund.filing_working_days", fund.closed_on)))
    except UnknownYearError:
        return None
