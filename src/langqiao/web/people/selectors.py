"""Reads about people: the organizations of a user, the one the session works for, mandates between organizations."""

import datetime as dt
from collections.abc import Sequence

from langqiao.web.people.models import Mandate, Membership, Organization, User


def memberships_for_user(user: User) -> Sequence[Membership]:
    """A user's present memberships with their organizations, by name; organizations merged into another are left out."""
    found = Membership.objects.filter(user=user, organization__merged_into__isnull=True)
    return list(found.select_related("organization").order_by("organization__name"))


def membership_chosen(memberships: Sequence[Membership], organization_id: object) -> Membership | None:
    """The membership of that organization if the user has it, else the first one, else None."""
    chosen = [membership for membership in memberships if str(membership.organization_id) == str(organization_id)]
    return next(iter(chosen or memberships), None)


def organizations_of(organization: Organization) -> tuple[int, ...]:
    """The organization's id and those that were merged into it: whose immutable records its members read."""
    found, newest = [organization.pk], [organization.pk]
    while newest:
        newest = list(Organization.objects.filter(merged_into_id__in=newest).exclude(pk__in=found).values_list("pk", flat=True))
        found += newest
    return tuple(found)


def mandates_for(organization: Organization, day: dt.date) -> Sequence[Mandate]:
    """The mandates by which the organization may act for others on that day: accepted, not revoked, within their days."""
    found = Mandate.objects.filter(
        agent=organization, accepted_at__isnull=False, revoked_at__isnull=True, from_on__lte=day, until_on__gte=day
    )
    return list(found.select_related("holder").order_by("holder__name", "pk"))


def acting_for(membership: Membership, organization: Organization, *, scope: str, day: dt.date, patent: str = "") -> Mandate | None:
    """The mandate by which a member may do `scope` for `organization` on that day, or None. Needs the editor's role in the agent.

    `patent` is the key of the patent concerned; a mandate limited to certain patents covers no other, nor a step about none of them.
    """
    if not membership.may_edit:
        return None
    for mandate in mandates_for(membership.organization, day):
        covers = not mandate.patents or patent in mandate.patents
        if mandate.holder_id == organization.pk and scope in mandate.scopes and covers:
            return mandate
    return None
