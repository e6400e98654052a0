"""What of people waits on the desk: checks for the platform, mandates to accept or about to end."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.people.models import CheckState, Mandate, Membership, Organization, OrganizationKind
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem

AHEAD = dt.timedelta(days=30)


def waiting(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    """Organizations to check, mandates that were offered, mandates that end within 30 days."""
    if membership.organization.kind == OrganizationKind.PLATFORM and membership.organization.is_verified:
        pending = Organization.objects.filter(check_state=CheckState.PENDING).order_by("check_asked_at")
        for organization in pending[:ROWS_A_ROOM]:
            yield DeskItem(
                what=_("Check who %(name)s is") % {"name": organization.name},
                url=reverse("organization_checks"),
                is_scenario=organization.is_demo,
            )
    mine = Q(agent=membership.organization_id) | Q(holder=membership.organization_id, accepted_at__isnull=False)
    mandates = Mandate.objects.filter(mine, revoked_at=None, until_on__gte=today).select_related("holder", "agent")
    for mandate in mandates[:ROWS_A_ROOM]:
        other = mandate.holder if mandate.agent_id == membership.organization_id else mandate.agent
        if mandate.accepted_at is None:
            yield DeskItem(what=_("Accept or refuse the mandate of %(name)s") % {"name": other.name}, url=_people(), on=mandate.from_on)
        elif mandate.until_on <= today + AHEAD:
            yield DeskItem(what=_("The mandate with %(name)s ends") % {"name": other.name}, url=_people(), need="know", on=mandate.until_on)


def _people() -> str:
    return reverse("organization_people")
