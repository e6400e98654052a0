"""A small lake of the facts that ship with the product, and people of two organizations, for the tests of the site."""

import time
from importlib.resources import files
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.store import Lake

PASSWORD = "a long enough sentence"


@pytest.fixture(scope="session")
def facts_lake():
    """The site's lake, filled once with the facts on Chinese patents."""
    lake = Lake(Path(settings.LAKE))
    ingest([Path(str(files("langqiao.data.facts").joinpath(name))) for name in ("cn_patents.csv", "cn_events.csv")], lake)
    return lake


@pytest.fixture(autouse=True)
def _an_empty_cache():
    cache.clear()


def another_user(name):
    """One more user with the usual password."""
    from langqiao.web.people.models import User

    return User.objects.create_user(f"{name}@example.com", PASSWORD, name=name)


def give_factor(client):
    """Makes the client's session one that has given its second factor just now, as `must_approve` asks."""
    from langqiao.web.people.session import FACTOR_AT_KEY

    session = client.session
    session[FACTOR_AT_KEY] = time.time()
    session.save()


@pytest.fixture
def people(db):
    """Organizations with people, made anew for each test."""
    return people_make()


def people_make():
    """Organizations with people: `first` has a member in every role, `second` an administrator ("other"), and the verified

    office ("office") and platform ("platform") an administrator each; "stranger" belongs to none.
    """
    from django.utils import timezone

    from langqiao.web.people.models import CheckState, Membership, Organization, OrganizationKind, Role, User

    def user(name):
        return User.objects.create_user(f"{name}@example.com", PASSWORD, name=name)

    def verified(name, kind):
        checked = {"check_state": CheckState.VERIFIED, "check_document": "charter", "checked_at": timezone.now()}
        return Organization.objects.create(name=name, kind=kind, **checked)

    first, second = Organization.objects.create(name="First"), Organization.objects.create(name="Second")
    found = {"first": first, "second": second, "stranger": user("stranger")}
    for role in Role:
        found[role] = user(role)
        Membership.objects.create(user=found[role], organization=first, role=role)
    found["the office"] = verified("Office", OrganizationKind.OFFICE)
    found["the platform"] = verified("Platform", OrganizationKind.PLATFORM)
    for name, organization in (("other", second), ("office", found["the office"]), ("platform", found["the platform"])):
        found[name] = user(name)
        Membership.objects.create(user=found[name], organization=organization, role=Role.ADMIN)
    return found


@pytest.fixture
def logged_in(client, people):
    """A client logged in as the first organization's editor."""
    client.force_login(people["editor"])
    return client


@pytest.fixture
def approving(client, people):
    """A client logged in as the first organization's approver, with a fresh second factor."""
    client.force_login(people["approver"])
    give_factor(client)
    return client
