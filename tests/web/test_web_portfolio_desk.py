"""The desk: what waits for each role, in order, one click from the decision, never another organization's; and the evidence of a portfolio's figures."""

import csv
import datetime as dt
import re
import uuid
from importlib.resources import files

import pytest
from django.utils import timezone

from langqiao.web.ledger.payments import payment_ask
from langqiao.web.people.models import Membership, Role
from langqiao.web.portfolio.models import Portfolio, PortfolioItem
from langqiao.web.portfolio.proofs import FIGURES
from langqiao.web.scenario import patents
from langqiao.web.scenario.play import scenario_play
from langqiao.web.work import desk as desks
from langqiao.web.work.desk import DeskItem, desk_of
from langqiao.web.work.register import DESK, load
from tests.web.conftest import give_factor
from tests.web.deals_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
QUERIES = 36
"""Of the whole desk of an approver with every room; a reader's is smaller."""


@pytest.fixture
def town(settings, monkeypatch):
    """The played scenario."""
    settings.DEMO = True
    with files("langqiao.data.facts").joinpath("cn_patents.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "B" and row["title_zh"]]
    keys = sorted(f"CN-{row['publication_no'][2:-1]}-B" for row in rows)
    monkeypatch.setattr(patents, "candidates", lambda _lake: keys[:120])
    scenario_play(seed=7, password="a long enough sentence")


def member_of(word):
    return Membership.objects.select_related("organization", "user").get(user__email=f"{word}.a@scenario.langqiao.example")


@pytest.mark.usefixtures("town")
def test_each_row_of_every_roles_desk_opens_for_that_role_and_no_other_organization_sees_it(client):
    seen = {}
    for word in ("university", "institute", "chemist", "electric", "fund", "bank", "office", "platform"):
        membership = member_of(word)
        rows = desk_of(membership, timezone.localdate()).rows
        client.force_login(membership.user)
        give_factor(client)
        for row in rows:
            assert client.get(row.item.url).status_code == 200, (word, row.item.what)
        seen[word] = {(row.item.url, row.item.what) for row in rows}
    assert seen["university"] and seen["chemist"] and seen["fund"], "the scenario leaves work on these desks"
    assert not seen["university"] & seen["institute"]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_desk_shows_words_and_marks_what_the_scenario_made(client, language, django_assert_max_num_queries):
    membership = member_of("chemist")
    client.force_login(membership.user)
    client.cookies["django_language"] = language
    with django_assert_max_num_queries(QUERIES):
        page = client.get("/desk")
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    assert page.context["rows"] and len(page.content) <= 150_000
    assert ("演示" in text) if language == "zh-hans" else ("scenario" in text)
    assert not re.search(r"\b[a-z]+_[a-z_]+\b", text.split("Portfolios")[0]), "a raw code stands on the desk"


def test_what_a_colleague_asked_waits_for_the_second_person_alone():
    world = World()
    asking, second = world.buyer
    payment_ask(membership=asking, direction="out", amount_fen=1_000_00, key=uuid.uuid4().hex)
    today = timezone.localdate()
    assert not [row for row in desk_of(asking, today).rows if row.room == "money"]
    (row,) = [row for row in desk_of(second, today).rows if row.room == "money"]
    assert row.item.need == "approve" and row.item.amount_fen == 1_000_00
    second.role = Role.READER
    assert not [row for row in desk_of(second, today).rows if row.room == "money"]


def test_what_is_late_stands_first_then_the_day_then_the_larger_amount(people, monkeypatch):
    today = dt.date(2026, 6, 1)
    items = [
        DeskItem(what="no day", url="/a", amount_fen=5),
        DeskItem(what="small", url="/b", on=dt.date(2026, 6, 9), amount_fen=1),
        DeskItem(what="large", url="/c", on=dt.date(2026, 6, 9), amount_fen=9),
        DeskItem(what="late", url="/d", on=dt.date(2026, 5, 31), need="know", amount_fen=100),
    ]
    monkeypatch.setattr(desks, "DESK", {"deals": "anywhere"})
    monkeypatch.setattr(desks, "load", lambda _place: lambda _membership, _today: iter(items))
    found = desk_of(Membership.objects.get(user=people[Role.READER]), today)
    assert [row.item.what for row in found.rows] == ["late", "large", "small", "no day"]
    assert (found.late_count, found.money_fen) == (1, 15), "a day that merely comes moves no money"


def test_every_room_of_the_register_gives_a_function():
    assert all(callable(load(place)) for place in DESK.values())


def test_the_annuities_of_a_portfolio_are_one_row_that_leads_to_them(client, people):
    today = timezone.localdate()
    portfolio = Portfolio.objects.create(organization=people["first"], name="P")
    for n in (10, 20, 200):
        PortfolioItem.objects.create(
            portfolio=portfolio, key=f"CN-{n}-B", office="CN", annuity_due_on=today + dt.timedelta(days=n), annuity_fee_fen=1_200_00
        )
    (row,) = desk_of(Membership.objects.get(user=people[Role.READER]), today).rows
    assert (row.item.on, row.item.amount_fen) == (today + dt.timedelta(days=10), 2_400_00)
    client.force_login(people[Role.READER])
    assert client.get(row.item.url).status_code == 200
    assert desk_of(Membership.objects.get(user=people["other"]), today).rows == []


def test_every_figure_of_a_portfolio_opens_its_evidence_for_members_only(client, people):
    portfolio = Portfolio.objects.create(organization=people["first"], name="P")
    PortfolioItem.objects.create(portfolio=portfolio, key="CN-1-B", office="CN", score=50)
    client.force_login(people[Role.READER])
    page = client.get(f"/portfolios/{portfolio.pk}").content.decode()
    for name in FIGURES:
        address = f"/portfolios/{portfolio.pk}/why/{name}"
        assert address in page
        shown = client.get(address)
        assert shown.status_code == 200 and shown.context["proof"].formula and shown.context["proof"].changes
    assert client.get(f"/portfolios/{portfolio.pk}/why/nothing").status_code == 404
    client.force_login(people["other"])
    assert client.get(f"/portfolios/{portfolio.pk}/why/total").status_code == 404
