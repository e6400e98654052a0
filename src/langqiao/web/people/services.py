"""Writes about people: making organizations, memberships, the check of a password at log-in."""

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import mark
from langqiao.web.people.checks import kinds_open
from langqiao.web.people.demo import demo_allowed
from langqiao.web.people.models import Membership, Organization, OrganizationKind, Role, User
from langqiao.web.people.security import security_note
from langqiao.web.people.throttle import attempt_note, attempts_check, attempts_clear


@transaction.atomic
def organization_create(*, name: str, kind: str = OrganizationKind.ENTERPRISE, by: User) -> Organization:
    """A new organization whose first administrator is `by`."""
    kinds_open(kind)
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
    ended: dict[str, None] = {"ended_at": None, "ended_by": None, "successor": None}
    membership, _made = Membership.every.update_or_create(user=user, organization=organization, defaults={"role": role, **ended})
    security_note("role_given", user=by, organization=organization, facts={"member": f"user/{user.pk}", "role": role})
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
