"""Saved views and marked patents of members: a view is one's own or shared, never another organization's; marked patents go into a portfolio."""

import json

import pytest

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership, Role
from langqiao.web.portfolio import views
from langqiao.web.portfolio.models import Portfolio, PortfolioItem, SavedView
from langqiao.web.portfolio.views import query_kept, view_delete, view_save, views_list
from langqiao.web.work import loops
from langqiao.web.work.models import JobState
from langqiao.web.work.services import job_claim

KEY = "CN-102329749-B"
pytestmark = pytest.mark.django_db


def member(people, role):
    return Membership.objects.get(user=people[role])


def saved(people, role, **more):
    fields = {"name": "Batteries", "place": "search", "query": "q=cell&office=CN"} | more
    return view_save(membership=member(people, role), by=people[role], **fields)


def names(people, role, **more):
    return [view.name for view in views_list(membership=member(people, role), place="search", **more)]


def test_a_view_keeps_words_narrowing_order_and_columns_and_nothing_else():
    kept = query_kept("page=7&q=cell&office=CN&office=US&order=newest&col=owner&mode=both&csrf=x&filed_from=2010-01-01&stay=1", "search")
    assert kept == "col=owner&filed_from=2010-01-01&mode=both&office=CN&office=US&order=newest&q=cell"
    assert query_kept("sort=-score&grade=A&order=newest&page=2&col=fee", "portfolio") == "col=fee&grade=A&sort=-score"


def test_ones_own_view_is_seen_by_oneself_and_a_shared_one_by_the_organization(people):
    saved(people, "reader")
    saved(people, "editor", name="Shared", shared=True)
    assert names(people, "reader") == ["Batteries", "Shared"]
    assert names(people, "admin") == ["Shared"]
    assert names(people, "other") == []


def test_a_reader_keeps_views_but_does_not_share_them(people):
    with pytest.raises(Refusal) as refused:
        saved(people, "reader", shared=True)
    assert refused.value.code == "not_allowed"


def test_the_same_name_again_replaces_ones_own_view(people):
    saved(people, "editor")
    saved(people, "editor", query="q=bridge")
    assert [view.query for view in SavedView.objects.all()] == ["q=bridge"]
    saved(people, "admin")
    assert SavedView.objects.count() == 2


def test_a_view_without_a_name_or_beyond_the_limit_is_refused(people, monkeypatch):
    with pytest.raises(Refusal, match="80"):
        saved(people, "editor", name="  ")
    monkeypatch.setattr(views, "VIEWS_MAX", 1)
    saved(people, "editor")
    with pytest.raises(Refusal) as refused:
        saved(people, "editor", name="Another")
    assert refused.value.code == "too_many_views"


@pytest.mark.parametrize(
    ("role", "shared", "code"), [("admin", False, "not_found"), ("reader", True, "not_allowed"), ("other", True, "not_found")]
)
def test_a_view_that_is_not_ones_own_is_deleted_only_by_editors_once_it_is_shared(people, role, shared, code):
    view = saved(people, "editor", shared=shared)
    with pytest.raises(Refusal) as refused:
        view_delete(membership=member(people, role), view_id=view.pk)
    assert refused.value.code == code
    view_delete(membership=member(people, "admin" if shared else "editor"), view_id=view.pk)
    assert not SavedView.objects.exists()


def test_a_view_is_saved_from_the_page_and_opens_the_list_as_it_was(client, people, facts_lake):
    client.force_login(people["editor"])
    answer = client.post("/views/save", {"name": "Batteries", "place": "search", "query": "q=cell&page=3&order=newest", "shared": "1"})
    assert answer.url == "/search?order=newest&q=cell"
    page = client.get(answer.url)
    assert b"Batteries" in page.content
    assert client.post(f"/views/{SavedView.objects.get().pk}/delete", {"next": "/search"}).url == "/search"
    assert not SavedView.objects.exists()


def test_a_view_of_a_portfolio_belongs_to_that_portfolio(client, people):
    first, second = (Portfolio.objects.create(organization=people["first"], name=name) for name in ("A", "B"))
    client.force_login(people["editor"])
    body = {"name": "Best", "place": "portfolio", "query": "sort=-score&col=grade"}
    assert client.post("/views/save", {**body, "portfolio": first.pk}).url == f"/portfolios/{first.pk}?col=grade&sort=-score"
    assert views_list(membership=member(people, "editor"), place="portfolio", portfolio=second) == []
    client.force_login(people["other"])
    assert client.post("/views/save", {**body, "portfolio": first.pk}).status_code == 404


def test_a_portfolio_shows_the_chosen_columns(client, people):
    portfolio = Portfolio.objects.create(organization=people["first"], name="P")
    PortfolioItem.objects.create(portfolio=portfolio, key=KEY, office="CN", owner="桥头大学")
    client.force_login(people["reader"])
    plain, chosen = (client.get(f"/portfolios/{portfolio.pk}{query}").content.decode() for query in ("", "?col=owner"))
    assert "桥头大学" not in plain and "桥头大学" in chosen
    assert plain.count('<th scope="col"') - chosen.count('<th scope="col"') == 7


def test_marked_patents_are_graded_into_a_new_portfolio_and_unknown_ones_left_out(client, people, facts_lake):
    client.force_login(people[Role.EDITOR])
    assert client.get("/portfolios/add", {"item": [KEY]}).status_code == 200
    answer = client.post("/portfolios/add/marked", {"item": [KEY, "CN-0-A"], "portfolio": "", "name": "Marked"})
    assert answer.status_code == 302 and answer.url.startswith("/jobs/")
    job = job_claim()
    loops.job_run(job)
    job.refresh_from_db()
    assert job.state == JobState.DONE and job.counts["publications"] == 1
    item = PortfolioItem.objects.get(portfolio__name="Marked")
    assert item.key == KEY and item.as_of is not None and item.upload is None


def test_a_new_portfolio_without_a_name_is_told_beside_its_field(client, people):
    client.force_login(people[Role.EDITOR])
    answer = client.post("/portfolios/add/marked", {"item": [KEY], "portfolio": "", "name": ""})
    assert answer.status_code == 422 and b'id="name-error"' in answer.content


def test_marked_rows_of_a_portfolio_leave_alone(client, people):
    portfolio = Portfolio.objects.create(organization=people["first"], name="P")
    for n in (1, 2, 3):
        PortfolioItem.objects.create(portfolio=portfolio, key=f"CN-10000000{n}-B", office="CN")
    client.force_login(people["reader"])
    address = f"/portfolios/{portfolio.pk}/marked"
    lines = client.get(f"{address}.csv", {"item": ["CN-100000002-B", "CN-9-A"]}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[1].startswith("CN 100000002 B")
    assert json.loads(client.get(f"{address}.jsonl", {"item": ["CN-100000001-B"]}).content)["key"] == "CN-100000001-B"
    client.force_login(people["other"])
    assert client.get(f"{address}.csv", {"item": ["CN-100000001-B"]}).status_code == 404
