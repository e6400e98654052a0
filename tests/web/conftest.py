"""A small lake of the facts that ship with the product, and people of two organizations, for the tests of the site."""

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


@pytest.fixture
def people(db):
    """Two organizations; the first has a member in every role, the second an administrator; one user belongs to none."""
    from langqiao.web.people.models import Membership, Organization, Role, User

    def user(name):
        return User.objects.create_user(f"{name}@example.com", PASSWORD, name=name)

    first, second = Organization.objects.create(name="First"), Organization.objects.create(name="Second")
    found = {"first": first, "second": second, "stranger": user("stranger")}
    for role in Role:
        found[role] = user(role)
        Membership.objects.create(user=found[role], organization=first, role=role)
    found["other"] = user("other")
    Membership.objects.create(user=found["other"], organization=second, role=Role.ADMIN)
    return found


@pytest.fixture
def logged_in(client, people):
    """A client logged in as the first organization's editor."""
    client.force_login(people["editor"])
    return client
