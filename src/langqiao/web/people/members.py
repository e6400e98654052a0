"""Members: roles given and taken, and leaving: the membership ends, the desk goes to a named colleague, nobody is lost from the record."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership, Organization, Role, User
from langqiao.web.people.security import Facts, security_note
from langqiao.web.people.session import must_govern
from langqiao.web.work.register import load

DESKS: dict[str, str] = {
    "jobs": "langqiao.web.people.desks:jobs_hand_over",
    "views": "langqiao.web.people.desks:views_hand_over",
}
"""Kind of open work → "module:function" `(user, successor, organization) -> int` that hands a leaving member's open work of that kind
to a colleague and returns how much it was; rooms enter theirs."""
ENDS: dict[str, str] = {
    "letters": "langqiao.web.people.desks:letters_end",
    "feeds": "langqiao.web.people.desks:feeds_end",
}
"""Kind of access that does not ask for the membership each time → "module:function" `(user, organization) -> int` that ends it (tokens,
secret addresses, letters). Called for everybody who leaves, before the desk is handed over."""


def members_of(organization: Organization) -> Sequence[Membership]:
    """Present members by name."""
    return list(
        Membership.objects.filter(organization=organization).select_related("user", "organization").order_by("user__name", "user__email")
    )


def member_of(membership: Membership, member_id: int) -> Membership:
    """A present member of one's own organization. Refused (not_found) for everybody else."""
    found = Membership.objects.filter(pk=member_id, organization=membership.organization).select_related("user", "organization").first()
    if found is None:
        raise Refusal("not_found", _("There is no such member."))
    return found


@transaction.atomic
def member_role_set(*, membership: Membership, member_id: int, role: str) -> Membership:
    """Gives a member another role. Refused: not_allowed, own_role, not_found.

    Nobody changes their own role, so an organization that has an administrator keeps one.
    """
    must_govern(membership)
    _locked(membership.organization)
    member = member_of(membership, member_id)
    if member.user_id == membership.user_id:
        raise Refusal("own_role", _("Nobody changes their own role. Ask another administrator."))
    before, member.role = member.role, Role(role).value
    member.save(update_fields=["role"])
    facts: Facts = {"member": f"user/{member.user_id}", "before": before, "role": member.role}
    security_note("role_given", user=membership.user, organization=membership.organization, facts=facts)
    return member


@transaction.atomic
def member_end(*, membership: Membership, member_id: int, successor_id: int | None = None) -> Membership:
    """Ends a membership (also one's own) and hands the open work over.

    Refused: not_allowed, not_found; last_administrator; successor_needed where the leaving member could change things and nobody who
    can is named to go on with it. Access ends with the commit: every request reads the membership anew.
    """
    _locked(membership.organization)
    member = member_of(membership, member_id)
    if member.user_id != membership.user_id:
        must_govern(membership)
    others = Membership.objects.filter(organization=membership.organization).exclude(pk=member.pk)
    if member.role == Role.ADMIN and not others.filter(role=Role.ADMIN).exists():
        raise Refusal("last_administrator", _("The organization must keep an administrator. Appoint another one first."))
    successor = others.filter(pk=successor_id).select_related("user").first() if successor_id else None
    if member.may_edit and (successor is None or not successor.may_edit):
        raise Refusal("successor_needed", _("Name a colleague who may edit and takes over the desk."))
    moved = access_end(user=member.user, organization=membership.organization)
    if successor is not None:
        moved |= desk_hand_over(user=member.user, successor=successor.user, organization=membership.organization)
    member.ended_at, member.ended_by, member.successor = timezone.now(), membership.user, successor.user if successor else None
    member.save(update_fields=["ended_at", "ended_by", "successor"])
    facts: Facts = {"member": f"user/{member.user_id}", **moved}
    if successor is not None:
        facts["successor"] = f"user/{successor.user_id}"
    security_note("member_left", user=membership.user, organization=membership.organization, facts=facts)
    return member


def access_end(*, user: User, organization: Organization) -> dict[str, int]:
    """Ends every registered kind of access that outlives a membership; returns the counts by kind."""
    ended: dict[str, int] = {}
    for kind, place in ENDS.items():
        end: Callable[[User, Organization], int] = load(place)
        ended[f"ended_{kind}"] = end(user, organization)
    return ended


def desk_hand_over(*, user: User, successor: User, organization: Organization) -> dict[str, int]:
    """Gives every registered kind of open work of `user` in the organization to `successor`; returns the counts by kind."""
    moved: dict[str, int] = {}
    for kind, place in DESKS.items():
        hand: Callable[[User, User, Organization], int] = load(place)
        moved[f"moved_{kind}"] = hand(user, successor, organization)
    return moved


def _locked(organization: Organization) -> None:
    """Two administrators who remove each other at once: the second one waits, then finds the first gone."""
    Organization.objects.select_for_update().get(pk=organization.pk)
