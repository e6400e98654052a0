"""Invitations: a role offered to an e-mail address by a link that works once, within a week, until it is revoked."""

import datetime as dt
import secrets
from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email
from django.db import models, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.mail import invitation_letter
from langqiao.web.people.models import Invitation, Membership, Organization, Role, User
from langqiao.web.people.sealing import keyed_hashes
from langqiao.web.people.security import Facts, security_note
from langqiao.web.people.session import must_govern

VALID_DAYS = 7
OPEN_MAX = 200
"""How many invitations of one organization may be open at once."""


def invitations_open(organization: Organization) -> Sequence[Invitation]:
    """Invitations that still work, the newest first."""
    return list(_open().filter(organization=organization).select_related("by"))


@transaction.atomic
def invitation_send(*, membership: Membership, request: HttpRequest, email: str, role: str) -> Invitation:
    """Makes and sends an invitation; an older open one to the same address is revoked.

    Refused: not_allowed, already_a_member, too_many_attempts (200 open). Raises django's ValidationError for what is no address or role.
    The page asks for a fresh second factor before roles that approve are given.
    """
    must_govern(membership)
    email = email.strip().lower()
    validate_email(email)
    role = Role(role).value
    organization = membership.organization
    if Membership.objects.filter(organization=organization, user__email=email).exists():
        raise Refusal("already_a_member", _("This person is a member already. Change the role in the list."))
    _open().filter(organization=organization, email=email).update(revoked_at=timezone.now())
    if _open().filter(organization=organization).count() >= OPEN_MAX:
        raise Refusal("too_many_attempts", _("Too many invitations are open. Revoke some first."))
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        role=role,
        token_hash=keyed_hashes("invitation", token)[0],
        by=membership.user,
        expires_at=timezone.now() + dt.timedelta(days=VALID_DAYS),
    )
    address = request.build_absolute_uri(reverse("invitation", kwargs={"token": token}))
    invitation_letter(to=email, address=address, organization=organization.name, by=str(membership.user), days=VALID_DAYS)
    security_note("invitation_sent", user=membership.user, organization=organization, facts={"invitation": invitation.pk, "role": role})
    return invitation


@transaction.atomic
def invitation_revoke(*, membership: Membership, invitation_id: int) -> None:
    """Makes an invitation useless. Refused: not_allowed; not_found for another organization's."""
    must_govern(membership)
    changed = _open().filter(pk=invitation_id, organization=membership.organization).update(revoked_at=timezone.now())
    if not changed:
        raise Refusal("not_found", _("There is no such invitation."))
    facts: Facts = {"invitation": invitation_id}
    security_note("invitation_revoked", user=membership.user, organization=membership.organization, facts=facts)


def invitation_of(token: str) -> Invitation:
    """The open invitation of a link. Refused (link_not_valid) where it is wrong, used, revoked or too old."""
    found = _open().filter(token_hash__in=keyed_hashes("invitation", token)).select_related("organization", "by").first()
    if found is None:
        raise Refusal("link_not_valid", _("This invitation is wrong, used, revoked or too old. Ask the sender for a new one."))
    return found


@transaction.atomic
def invitation_accept(*, token: str, user: User) -> Membership:
    """Makes the signed-in user a member. Refused: link_not_valid; not_allowed where the invitation went to another address."""
    invitation = _taken(token, user)
    if user.email != invitation.email:
        raise Refusal("not_allowed", _("This invitation went to another address. Log in with that one."))
    membership, made = Membership.every.get_or_create(user=user, organization=invitation.organization, defaults={"role": invitation.role})
    if not made and membership.ended_at is None:
        raise Refusal("already_a_member", _("You are a member already."))
    if not made:
        membership.role, membership.ended_at, membership.ended_by, membership.successor = invitation.role, None, None, None
        membership.save()
    facts: Facts = {"invitation": invitation.pk, "role": invitation.role}
    security_note("invitation_accepted", user=user, organization=invitation.organization, facts=facts | {"member": f"user/{user.pk}"})
    return membership


@transaction.atomic
def invitation_join(*, token: str, name: str, password: str) -> User:
    """Makes an account for an invited address, which the link has proved, and the membership. Raises ValidationError for a weak password."""
    invitation = invitation_of(token)
    if User.objects.filter(email=invitation.email).exists():
        raise Refusal("not_allowed", _("This address has an account already. Log in with it, then open the link again."))
    user = User(email=invitation.email, name=name.strip()[:120])
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    invitation_accept(token=token, user=user)
    return user


def _open() -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now())


def _taken(token: str, user: User) -> Invitation:
    """Takes the invitation: of two requests at once, one gets it."""
    invitation = invitation_of(token)
    if _open().filter(pk=invitation.pk).update(used_at=timezone.now(), used_by=user) != 1:
        raise Refusal("link_not_valid", _("This invitation is wrong, used, revoked or too old. Ask the sender for a new one."))
    return invitation
