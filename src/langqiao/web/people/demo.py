"""Demonstration accounts: they exist only in a store marked as a demonstration, and log in only where the setting allows them."""

import secrets

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.factors import factor_install
from langqiao.web.people.models import DemoStore, Membership, Organization, OrganizationKind, Role, User

DEMO_EMAIL = "demo@langqiao.example"
DEMO_ORGANIZATION = "演示单位 Demo organization"


@transaction.atomic
def demo_store_mark() -> None:
    """Marks the store as a demonstration, for ever. Refused (demo_store_refused) without the setting, or where real users are already."""
    if DemoStore.objects.exists():
        return
    if not settings.DEMO:
        raise Refusal("demo_store_refused", _("The setting LANGQIAO_DEMO=1 is missing: this is no demonstration."))
    if User.objects.filter(is_demo=False).exists():
        raise Refusal("demo_store_refused", _("This store has real users and cannot become a demonstration."))
    DemoStore.objects.create(id=1)


def demo_allowed(user: User) -> bool:
    """Whether the user may log in here as far as demonstration accounts go."""
    return not user.is_demo or (settings.DEMO and DemoStore.objects.exists())


@transaction.atomic
def demo_prepare() -> tuple[User, str, str]:
    """The demonstration user, a fresh password and the second factor's secret; only the start command of the demonstration calls this."""
    demo_store_mark()
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
    return user, password, factor_install(user=user)
