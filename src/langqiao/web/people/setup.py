"""The first start without the demonstration: the platform organization and its first administrator, made once."""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import CheckState, DemoStore, Membership, Organization, OrganizationKind, Role, User
from langqiao.web.people.security import security_note

DOCUMENT = "langqiao setup-admin"
"""What verifies the platform: the operator's own command on the server."""


@transaction.atomic
def platform_set_up(*, email: str, name: str, organization: str, password: str) -> User:
    """Makes the platform and its administrator, who must set up a second factor at the first log-in.

    Refused: already_set_up, demo_store_refused. Raises django's ValidationError for a weak password or a wrong address.
    """
    if DemoStore.objects.exists():
        raise Refusal("demo_store_refused", _("This store is a demonstration. Use another folder (LANGQIAO_VAR) or database."))
    if Organization.objects.filter(kind=OrganizationKind.PLATFORM).exists():
        raise Refusal("already_set_up", _("The platform is there already. Its administrator invites further people."))
    user = User(email=User.objects.normalize_email(email).lower(), name=name.strip())
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    platform = Organization(
        name=organization.strip(),
        kind=OrganizationKind.PLATFORM,
        check_state=CheckState.VERIFIED,
        check_document=DOCUMENT,
        checked_at=timezone.now(),
    )
    platform.full_clean()
    platform.save()
    Membership.objects.create(user=user, organization=platform, role=Role.ADMIN)
    security_note("platform_set_up", user=user, organization=platform)
    return user
