"""Who may open which address: every route of the site, in every role, of two organizations; an address not listed in `tests/web/routes` fails."""

import io
import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from langqiao.web.people.models import Role
from tests.web.routes import ROUTES, owned_by
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, ANYBODY, LOGGED_IN, MEMBERS

API_PREFIX = "api/"
"""The API has its own test of the same kind (tests/web/test_calc.py: open to anybody, no data of organizations)."""

VISITORS = ["anonymous", "stranger", "reader", "editor", "admin", "other"]
INSIDE, MAY_EDIT = {"reader", "editor", "admin"}, {"editor", "admin"}


def named_routes():
    def walk(patterns, prefix=""):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern) and not route.startswith(API_PREFIX):
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
    if visitor == "stranger":
        return "forbidden"
    if who == ANY_MEMBER:
        return "open"
    if who == ANY_EDITOR:
        return "open" if visitor in MAY_EDIT | {"other"} else "forbidden"
    if visitor not in INSIDE:
        return "hidden"
    return "open" if who == MEMBERS or visitor in MAY_EDIT else "forbidden"


@pytest.fixture
def owned(people):
    return owned_by(people)


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("name", sorted(ROUTES))
@pytest.mark.usefixtures("facts_lake")
def test_a_route_opens_to_whom_it_may_and_hides_from_the_others(name, visitor, client, people, owned):
    who, method, arguments = ROUTES[name]
    if visitor != "anonymous":
        client.force_login(people[visitor])
    address = reverse(name, kwargs={key: owned.get(value, value) for key, value in arguments.items()})
    body = {"file": io.BytesIO(b"x"), "name": "Own", "scheme": "gbt-42748-2023"} if method == "post" else {}
    answer = getattr(client, method)(address, body)
    match expected(who, visitor):
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
    if visitor in {"anonymous", "stranger", "other"}:
        assert "A secret of the first organization" not in answer.content.decode(errors="replace")


def test_a_missing_thing_and_another_organizations_thing_look_the_same(client, people, owned):
    client.force_login(people["other"])
    for name, key, missing in (("portfolio", "portfolio_id", 999_999), ("job", "job_id", uuid.uuid4())):
        there, nowhere = (client.get(reverse(name, kwargs={key: value})) for value in (owned[name], missing))
        assert there.status_code == nowhere.status_code == 404
        assert there.context["told"] == nowhere.context["told"]


def test_every_route_that_changes_something_refuses_a_form_without_its_token(people, owned, facts_lake):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people[Role.EDITOR])
    for name, (_who, method, arguments) in ROUTES.items():
        if method == "post":
            address = reverse(name, kwargs={key: owned.get(value, value) for key, value in arguments.items()})
            assert strict.post(address, {}).status_code == 403, name
