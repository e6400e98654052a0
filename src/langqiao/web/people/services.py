"""Writes about people: making users and organizations, memberships, log-in with throttling, password change."""

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import mark
from langqiao.web.people.demo import demo_allowed
from langqiao.web.people.models import Membership, Organization, OrganizationKind, Role, User
from langqiao.web.people.security import security_note
from langqiao.web.people.throttle import attempt_note, attempts_check, attempts_clear


@transaction.atomic
def organization_create(*, name: str, kind: str = OrganizationKind.ENTERPRISE, by: User) -> Organization:
    """A new organization whose first administrator is `by`."""
    organization = Organization(name=name.strip(), kind=kind)
    organization.full_clean()
    organization.save()
    Membership.objects.create(user=by, organization=organization, role=Role.ADMIN)
    return organization


@transaction.atomic
def member_add(*, organization: Organization, user: User, role: str, by: User) -> Membership:
    """Gives `user` a role in an organization. Refused (not_allowed) unless `by` administers it."""
    if not Membership.objects.filter(organization=organization, user=by, role=Role.ADMIN).exists():
        raise Refusal("not_allowed", _("Only an administrator of the organization may add members."))
    membership, _made = Membership.objects.update_or_create(user=user, organization=organization, defaults={"role": role})
    return membership


def log_in_check(*, request: HttpRequest, email: str, password: str) -> User | None:
    """The user if the password is right, None if not. Refused: too_many_attempts (see throttle.py); demo_account outside a demonstration."""
    email = email.strip().lower()[:254]
    attempts_check(request, email=email)
    user = authenticate(request, username=email, password=password)
    if user is None:
        attempt_note(request, email=email)
        security_note("sign_in_failed", request=request, facts={"email": mark(email)})
        return None
    assert isinstance(user, User)
    if not demo_allowed(user):
        raise Refusal("demo_account", _("Demonstration accounts cannot log in here."))
    attempts_clear(request, email=email)
    return user


def password_change(*, user: User, old: str, new: str, by: User) -> None:
    """Sets a new password. Raises Refusal(wrong_password) and django's ValidationError where the new one is too weak."""
    if user != by or not user.check_password(old):
        raise Refusal("wrong_password", _("The present password is not right."))
    validate_password(new, user)
    user.set_password(new)
    user.save(update_fields=["password"])
