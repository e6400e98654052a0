"""Custody: a holder gives an institution a mandate for certain acts and days; the institution accepts it; either side ends it."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.patents.number import parse
from langqiao.web.people.models import Mandate, MandateScope, Membership, Organization
from langqiao.web.people.security import Facts, security_note
from langqiao.web.people.session import must_govern

PATENTS_MAX = 2_000
YEARS_MAX = 20


def mandates_of(organization: Organization) -> Sequence[Mandate]:
    """Every mandate the organization has given or been given, the newest first."""
    found = Mandate.objects.filter(Q(holder=organization) | Q(agent=organization))
    return list(found.select_related("holder", "agent", "by", "accepted_by", "revoked_by"))


@transaction.atomic
def mandate_give(
    *, membership: Membership, agent: str, scopes: Collection[str], patents: str, from_on: dt.date, until_on: dt.date
) -> Mandate:
    """Offers a mandate to the organization of that exact name; it works once the agent has accepted it.

    Given by an approver or administrator of the holder; the page asks for a fresh second factor. Refused: not_allowed;
    mandate_not_valid for an unknown or own organization, no scope, days in the wrong order or more than 20 years, an unreadable number.
    """
    if not membership.may_approve:
        raise Refusal("not_allowed", _("A mandate is given by an approver or an administrator of the organization."))
    found = Organization.objects.filter(name=agent.strip(), merged_into__isnull=True).exclude(pk=membership.organization_id).first()
    if found is None:
        raise Refusal("mandate_not_valid", _("No other organization has this name. Write it exactly as it is registered here."))
    known = [scope for scope in MandateScope.values if scope in scopes]
    if not known or len(known) != len(set(scopes)):
        raise Refusal("mandate_not_valid", _("Choose what the institution may do."))
    if not from_on <= until_on <= from_on + dt.timedelta(days=366 * YEARS_MAX):
        raise Refusal("mandate_not_valid", _("The last day must not be before the first, nor more than twenty years after it."))
    keys = _keys(patents)
    mandate = Mandate.objects.create(
        holder=membership.organization, agent=found, scopes=known, patents=keys, from_on=from_on, until_on=until_on, by=membership.user
    )
    _note("mandate_given", membership, mandate)
    return mandate


@transaction.atomic
def mandate_accept(*, membership: Membership, mandate_id: int) -> Mandate:
    """The agent's administrator takes the mandate. Refused: not_allowed, not_found, mandate_not_valid where it was answered already."""
    must_govern(membership)
    mandate = _locked(membership, mandate_id)
    if mandate.agent_id != membership.organization_id or mandate.accepted_at is not None or mandate.revoked_at is not None:
        raise Refusal("mandate_not_valid", _("This mandate does not wait for your answer."))
    mandate.accepted_by, mandate.accepted_at = membership.user, timezone.now()
    mandate.save(update_fields=["accepted_by", "accepted_at"])
    _note("mandate_accepted", membership, mandate)
    return mandate


@transaction.atomic
def mandate_revoke(*, membership: Membership, mandate_id: int) -> Mandate:
    """Either side's administrator, or the holder's approver, ends the mandate at once."""
    mandate = _locked(membership, mandate_id)
    if not (membership.may_govern or (membership.may_approve and mandate.holder_id == membership.organization_id)):
        raise Refusal("not_allowed", _("Only an administrator of the organization may do this."))
    if mandate.revoked_at is not None:
        raise Refusal("mandate_not_valid", _("This mandate has ended already."))
    mandate.revoked_by, mandate.revoked_at = membership.user, timezone.now()
    mandate.save(update_fields=["revoked_by", "revoked_at"])
    _note("mandate_revoked", membership, mandate)
    return mandate


def _locked(membership: Membership, mandate_id: int) -> Mandate:
    own = Q(holder=membership.organization_id) | Q(agent=membership.organization_id)
    mandate = Mandate.objects.select_for_update(of=("self",)).filter(own, pk=mandate_id).first()
    if mandate is None:
        raise Refusal("not_found", _("There is no such mandate."))
    return mandate


def _keys(text: str) -> list[str]:
    """The keys of the patents named one a line; none means all."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > PATENTS_MAX:
        raise Refusal("mandate_not_valid", _("More than 2,000 patents; leave the field empty for all."))
    keys: dict[str, None] = {}
    for line in lines:
        number = parse(line)
        if number is None:
            raise Refusal("mandate_not_valid", _("%(number)s is no patent number.") % {"number": line[:60]})
        keys.setdefault(number.key)
    return list(keys)


def _note(event: str, membership: Membership, mandate: Mandate) -> None:
    facts: Facts = {
        "mandate": mandate.pk,
        "holder": f"organization/{mandate.holder_id}",
        "agent": f"organization/{mandate.agent_id}",
        "scopes": " ".join(mandate.scopes),
        "patents": len(mandate.patents),
        "from_on": mandate.from_on.isoformat(),
        "until_on": mandate.until_on.isoformat(),
    }
    other = mandate.agent_id if membership.organization_id == mandate.holder_id else mandate.holder_id
    security_note(event, user=membership.user, organization=membership.organization, facts=facts, seen_by=(other,))
