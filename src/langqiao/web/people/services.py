"""Writes about people: making users and organizations, memberships, log-in with throttling, password change."""

import datetime as dt
import secrets

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import LoginAttempt, Membership, Organization, OrganizationKind, Role, User

ATTEMPTS_MAX = 10
ATTEMPTS_WINDOW = dt.timedelta(minutes=15)
DEMO_EMAIL = "demo@langqiao.example"
DEMO_ORGANIZATION = "演示单位 Demo organization"


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
    """The user if the password is right, None if not. Refused (too_many_attempts) after ten failures in fifteen minutes."""
    email, address = email.strip().lower()[:254], request.META.get("REMOTE_ADDR", "")[:64]
    since = timezone.now() - ATTEMPTS_WINDOW
    failures = LoginAttempt.objects.filter(at__gte=since)
    if failures.filter(email=email).count() >= ATTEMPTS_MAX or failures.filter(address=address).count() >= 5 * ATTEMPTS_MAX:
        raise Refusal("too_many_attempts", _("Too many failed log-ins. Wait fifteen minutes and try again."))
    user = authenticate(request, username=email, password=password)
    if user is None:
        LoginAttempt.objects.create(email=email, address=address)
        return None
    assert isinstance(user, User)
    LoginAttempt.objects.filter(email=email).delete()
    return user


def password_change(*, user: User, old: str, new: str, by: User) -> None:
    """Sets a new password. Raises Refusal(wrong_password) and django's ValidationError where the new one is too weak."""
    if user != by or not user.check_password(old):
        raise Refusal("wrong_password", _("The present password is not right."))
    validate_password(new, user)
    user.set_password(new)
    user.save(update_fields=["password"])


@transaction.atomic
def demo_prepare() -> tuple[User, str]:
    """The demonstration user and a fresh password; only the start command of the demonstration calls this."""
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    user = User.objects.filter(email=DEMO_EMAIL).first()
    if user is None:
        user = User.objects.create_user(DEMO_EMAIL, password, name="Demo 演示", is_demo=True)
    user.set_password(password)
    user.save(update_fields=["password"])
    organization, _made = Organization.objects.get_or_create(
        name=DEMO_ORGANIZATION, defaults={"kind": OrganizationKind.UNIVERSITY, "is_demo": True}
    )
    Membership.objects.get_or_create(user=user, organization=organization, defaults={"role": Role.ADMIN})
    return user, password


def attempts_forget() -> int:
    """Deletes failed log-ins older than a day; returns how many."""
    deleted, _by_table = LoginAttempt.objects.filter(at__lt=timezone.now() - dt.timedelta(days=1)).delete()
    return deleted
