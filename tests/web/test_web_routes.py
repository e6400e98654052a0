"""Who may open which address: every route of the site, in every role, of two organizations; an address not listed here fails."""

import datetime as dt
import io
import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from langqiao.web.appraisals.models import RecordedGrade
from langqiao.web.people.models import Role
from langqiao.web.portfolio.models import Portfolio, PortfolioItem, Upload
from langqiao.web.work.services import job_queue

KEY = "CN-102329749-B"
ANYBODY, MEMBERS, EDITORS = "anybody", "members of the owner", "editors of the owner"
LOGGED_IN, ANY_MEMBER, ANY_EDITOR = "whoever is logged in", "members of any organization", "editors of any organization"

ROUTES = {
    # name: (who may, method, arguments by the fixture)
    "health": (ANYBODY, "get", {}),
    "set_language": (ANYBODY, "post", {}),
    "log_in": (ANYBODY, "get", {}),
    "log_out": (ANYBODY, "post", {}),
    "password": (LOGGED_IN, "get", {}),
    "organization": (LOGGED_IN, "post", {}),
    "home": (ANYBODY, "get", {}),
    "search": (ANYBODY, "get", {}),
    "patent": (ANYBODY, "get", {"key": KEY}),
    "patent_tab": (ANYBODY, "get", {"key": KEY, "tab": "right"}),
    "patent_chart": (ANYBODY, "get", {"key": KEY, "name": "none"}),
    "patent_similar": (ANYBODY, "get", {"key": KEY}),
    "patent_report": (ANYBODY, "get", {"key": KEY}),
    "evidence_lake": (ANYBODY, "get", {"table": "publications"}),
    "evidence": (ANYBODY, "get", {"key": KEY, "topic": "status"}),
    "evidence_of": (ANYBODY, "get", {"key": KEY, "topic": "field", "name": "title"}),
    "source": (ANYBODY, "get", {"sha256": "0" * 64}),
    "source_raw": (ANYBODY, "get", {"sha256": "0" * 64}),
    "data": (ANYBODY, "get", {}),
    "data_problems": (ANYBODY, "get", {}),
    "data_files": (ANYBODY, "get", {}),
    "calculations": (ANYBODY, "get", {}),
    "calculation": (ANYBODY, "get", {"name": "fund.waterfall"}),
    "calculation_excel": (ANYBODY, "post", {"name": "fund.waterfall"}),
    "calculation_chart": (ANYBODY, "get", {"digest": "0" * 64}),
    "portfolio_sample": (ANYBODY, "get", {}),
    "desk": (ANY_MEMBER, "get", {}),
    "portfolios": (ANY_MEMBER, "get", {}),
    "portfolio_create": (ANY_EDITOR, "post", {}),
    "record_grade": (ANY_EDITOR, "post", {"key": KEY}),
    "record_opinion": (ANY_EDITOR, "post", {"key": KEY}),
    "record": (MEMBERS, "get", {"kind": "grade", "record_id": "record"}),
    "job": (MEMBERS, "get", {"job_id": "job"}),
    "job_cancel": (EDITORS, "post", {"job_id": "job"}),
    "portfolio": (MEMBERS, "get", {"portfolio_id": "portfolio"}),
    "portfolio_upload": (EDITORS, "post", {"portfolio_id": "portfolio"}),
    "portfolio_refresh": (EDITORS, "post", {"portfolio_id": "portfolio"}),
    "portfolio_delete": (EDITORS, "post", {"portfolio_id": "portfolio"}),
    "portfolio_problems": (MEMBERS, "get", {"portfolio_id": "portfolio", "upload_id": "upload"}),
    "portfolio_prune": (MEMBERS, "get", {"portfolio_id": "portfolio"}),
    "portfolio_chart": (MEMBERS, "get", {"portfolio_id": "portfolio", "name": "grades"}),
    "portfolio_export": (MEMBERS, "get", {"portfolio_id": "portfolio", "form": "csv"}),
}
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
    """A portfolio of the first organization with an upload, its job and a patent."""
    portfolio = Portfolio.objects.create(organization=people["first"], name="Own")
    job = job_queue(kind="portfolio_upload", payload={"portfolio": portfolio.pk}, organization=people["first"], by=people[Role.EDITOR])
    upload = Upload.objects.create(portfolio=portfolio, job=job, file_name="own.csv", sha256="0" * 64, size_bytes=1, stored="gone")
    PortfolioItem.objects.create(portfolio=portfolio, key="CN-1-A", title="A secret of the first organization", office="CN")
    record = RecordedGrade.objects.create(
        key=KEY,
        as_of=dt.date(2026, 1, 1),
        lake_version="v",
        body="{}",
        sha256="0" * 64,
        organization=people["first"],
        by=people[Role.EDITOR],
        scheme="gbt-42748-2023",
        scheme_version="1",
    )
    return {"portfolio": portfolio.pk, "upload": upload.pk, "job": job.pk, "record": record.pk}


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
        assert there.context["refusal"].message == nowhere.context["refusal"].message


def test_every_route_that_changes_something_refuses_a_form_without_its_token(people, owned, facts_lake):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people[Role.EDITOR])
    for name, (_who, method, arguments) in ROUTES.items():
        if method == "post":
            address = reverse(name, kwargs={key: owned.get(value, value) for key, value in arguments.items()})
            assert strict.post(address, {}).status_code == 403, name
