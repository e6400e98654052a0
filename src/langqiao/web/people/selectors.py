"""Reads about people: the organizations of a user and the one the session works for."""

from collections.abc import Sequence

from langqiao.web.people.models import Membership, User


def memberships_for_user(user: User) -> Sequence[Membership]:
    """A user's memberships with their organizations, by name."""
    return list(Membership.objects.filter(user=user).select_related("organization").order_by("organization__name"))


def membership_chosen(memberships: Sequence[Membership], organization_id: object) -> Membership | None:
    """The membership of that organization if the user has it, else the first one, else None."""
    chosen = [membership for membership in memberships if str(membership.organization_id) == str(organization_id)]
    return next(iter(chosen or memberships), None)
