"""Who may open which address: every route of the site, in every role, of two organizations; an address not listed in `tests/web/routes` fails."""

import io
import uuid

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.web.conftest import give_factor, people_make
from tests.web.routes import ROUTES, owned_by
from tests.web.routes.api import SHARED, ask, credentials
from tests.web.routes.who import (
    ADMINS,
    ANY_ADMIN,
    ANY_APPROVER,
    ANY_EDITOR,
    ANY_MEMBER,
    ANYBODY,
    APPROVERS,
    EDITORS,
    LOGGED_IN,
    MEMBERS,
    OFFICE,
    PLATFORM,
    Rule,
)

API_PREFIX = "/api/"
"""Routes of the API are opened with the credentials of `tests.web.routes.api`, never by the session's cookie, and answer 401, not a page."""

VISITORS = ["anonymous", "stranger", "reader", "editor", "approver", "unconfirmed", "admin", "other", "office", "platform"]
"""Who opens a route; "unconfirmed" is the approver in a session that has given no second factor. "other", "office" and "platform" belong

to organizations of their own; the stranger to none.
"""
ELSEWHERE = {"other", "office", "platform"}
INSIDE = {"reader", "editor", "approver", "unconfirmed", "admin"}
CONFIRMED = {"approver", "admin", *ELSEWHERE}
MAY = {
    ANY_MEMBER: INSIDE | ELSEWHERE,
    ANY_EDITOR: INSIDE - {"reader"} | ELSEWHERE,
    ANY_APPROVER: {"approver", "admin"} | ELSEWHERE,
    ANY_ADMIN: {"admin"} | ELSEWHERE,
    OFFICE: {"office"},
    PLATFORM: {"platform"},
    MEMBERS: INSIDE,
    EDITORS: INSIDE - {"reader"},
    APPROVERS: {"approver", "admin"},
    ADMINS: {"admin"},
}
OWNED = {MEMBERS, EDITORS, APPROVERS, ADMINS}
"""Routes to one organization's things: hidden from every other, as if they were not there."""


def named_routes():
    def walk(patterns, prefix=""):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                yield pattern.name

    return set(walk(get_resolver().url_patterns))


def test_every_route_of_the_site_is_listed_here_and_no_other():
    assert named_routes() == set(ROUTES)


def expected(who, visitor):
    """`open`, `log in`, `forbidden` or `hidden`: what the visitor meets."""
    if who == ANYBODY:
        return "open"
    if visitor == "anonymous":
        return "log in"
    if who == LOGGED_IN:
        return "open"
    if isinstance(who, Rule):
        return "open" if visitor in who.opens else "hidden" if visitor in who.hides else "log in" if who.asks else "forbidden"
    if visitor == "stranger":
        return "forbidden"
    if visitor in MAY[who]:
        return "open"
    return "hidden" if who in OWNED and visitor in ELSEWHERE else "forbidden"


def filled(arguments, owned):
    """The arguments of a route with the rooms' words replaced by what `owned` made; a kind stands for itself."""
    return {key: value if key == "kind" else owned.get(value, value) for key, value in arguments.items()}


def opened_by(client, people, visitor):
    """The client, logged in as the visitor, with the second factor where the visitor has given it."""
    if visitor != "anonymous":
        client.force_login(user_of(people, visitor))
    if visitor in CONFIRMED:
        give_factor(client)
    return client


def user_of(people, visitor):
    return people["approver" if visitor == "unconfirmed" else visitor]


def answer_to(visitor, address, *, method, body, client, people):
    """What the visitor gets at the address."""
    if address.startswith(API_PREFIX):
        carried = credentials(user_of(people, visitor), confirmed=visitor != "unconfirmed") if visitor != "anonymous" else {}
        return ask(client, method, address, headers=carried)
    return getattr(opened_by(client, people, visitor), method)(address, body)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, facts_lake):
    """(people, what the rooms made for them), made once in a transaction that ends with this module: each test's own is a savepoint in it.

    Only on SQLite in memory, whose connection outlives a test; elsewhere None, and each test makes its own.
    """
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite" or not connection.is_in_memory_db():
            yield None
            return
        with transaction.atomic():
            found = people_make()
            yield found, owned_by(found)
            transaction.set_rollback(True)


@pytest.fixture
def people(world, db):
    return world[0] if world else people_make()


@pytest.fixture
def owned(world, people):
    return world[1] if world else owned_by(people)


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("name", sorted(name for name in ROUTES if name.removeprefix("api_") not in SHARED or not name.startswith("api_")))
@pytest.mark.usefixtures("facts_lake")
def test_a_route_opens_to_whom_it_may_and_hides_from_the_others(name, visitor, client, people, owned):
    who, method, arguments = ROUTES[name]
    address = reverse(name, kwargs=filled(arguments, owned))
    body = {"file": io.BytesIO(b"x"), "name": "Own", "role": "reader", "scheme": "gbt-42748-2023"} if method == "post" else {}
    answer = answer_to(visitor, address, method=method, body=body, client=client, people=people)
    match expected(who, visitor):
        case "log in" if address.startswith(API_PREFIX):
            assert answer.status_code == 401
        case "forbidden" if address.startswith(API_PREFIX) and visitor == "stranger":
            assert answer.status_code == 401  # who belongs to no organization has no token
        case "log in":
            assert answer.status_code == 302 and answer.url.startswith("/log-in")
        case "forbidden":
            assert answer.status_code == 403
        case "hidden":
            assert answer.status_code == 404
        case _:
            assert answer.status_code not in {401, 403, 500} and not (answer.status_code == 302 and answer.url.startswith("/log-in"))
            if who != ANYBODY:
                assert answer.status_code in {200, 302, 409, 422}
    if visitor not in INSIDE:
        assert "A secret of the first organization" not in answer.content.decode(errors="replace")


def test_a_missing_thing_and_another_organizations_thing_look_the_same(client, people, owned):
    client.force_login(people["other"])
    for name, key, missing in (("portfolio", "portfolio_id", 999_999), ("job", "job_id", uuid.uuid4())):
        there, nowhere = (client.get(reverse(name, kwargs={key: value})) for value in (owned[name], missing))
        assert there.status_code == nowhere.status_code == 404
        assert there.context["told"] == nowhere.context["told"]


def test_every_route_that_changes_something_refuses_a_form_without_its_token(people, owned, facts_lake):
    strict = opened_by(Client(enforce_csrf_checks=True), people, "admin")
    refused = 0
    for name, (_who, method, arguments) in ROUTES.items():
        address = reverse(name, kwargs=filled(arguments, owned))
        if method == "post" and not address.startswith(API_PREFIX):
            assert strict.post(address, {}).status_code == 403, name
            refused += 1
    assert refused > 20


def test_the_session_of_a_browser_opens_nothing_in_the_api(people, owned, facts_lake):
    """The API takes no token of a form, so it must not believe the cookie that a browser sends along for any site."""
    for name, (who, method, arguments) in ROUTES.items():
        address = reverse(name, kwargs=filled(arguments, owned))
        if address.startswith(API_PREFIX):
            found = [getattr(one, method)(address, {}).status_code for one in (Client(), opened_by(Client(), people, "admin"))]
            assert found[0] == found[1], name
            assert found[0] == 401 or who == ANYBODY, name
