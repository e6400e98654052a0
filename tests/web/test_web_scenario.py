"""The demonstration scenario: through the services only, marked on what it makes, the same for the same seed, never in a store of real users."""

import csv
from importlib.resources import files

import pytest
from django.urls import reverse
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.deals.models import Deal
from langqiao.web.funds.models import Session
from langqiao.web.ledger.checks import books_check
from langqiao.web.ledger.selectors import trial_balance
from langqiao.web.market.models import Demand, Listing, Window
from langqiao.web.people.models import Organization, User
from langqiao.web.scenario import patents
from langqiao.web.scenario.play import scenario_play

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def stage(settings, monkeypatch):
    """A demonstration store; the index, which tests do not build, is replaced by the table of facts."""
    settings.DEMO = True
    with files("langqiao.data.facts").joinpath("cn_patents.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "B" and row["title_zh"]]
    keys = sorted(f"CN-{row['publication_no'][2:-1]}-B" for row in rows)
    monkeypatch.setattr(patents, "candidates", lambda _lake: keys[:120])


@pytest.mark.usefixtures("stage")
def test_the_scenario_fills_the_market_and_marks_everything_it_makes(client):
    played = scenario_play(seed=7, password="a long enough sentence")
    assert played.made["listings"] == Listing.objects.count() and played.made["claims of ownership"] >= 11
    for model in (Listing, Demand, Window):
        assert model.objects.exists() and not model.objects.filter(is_scenario=False).exists()
    assert not Organization.objects.filter(is_demo=False).exists() and not User.objects.filter(is_demo=False).exists()
    assert all("（演示）" in name for name in Organization.objects.values_list("name", flat=True))
    assert set(Listing.objects.values_list("state", flat=True)) == {"draft", "submitted", "returned", "listed", "sold"}
    page = client.get(reverse("market")).content.decode()
    assert page.count("演示") >= Listing.objects.filter(state="listed").count()
    assert Record.objects.filter(action="listing.accept").count() == Listing.objects.filter(state__in=["listed", "sold"]).count()
    assert sorted(Deal.objects.values_list("state", flat=True)) == ["closed", "escrowed", "nda", "offer"]
    assert not Deal.objects.filter(is_scenario=False).exists()
    assert sorted(Session.objects.values_list("passed", "reason")) == [(False, "quorum_not_met"), (True, "")]
    assert sum(line.debits_fen - line.credits_fen for line in trial_balance()) == 0
    assert books_check(timezone.localdate()).problems == ()
    with pytest.raises(Refusal) as refused:
        scenario_play(seed=8, password="a long enough sentence")
    assert refused.value.code == "scenario_exists"


@pytest.mark.usefixtures("stage")
def test_the_same_seed_chooses_the_same_patents_and_another_seed_others():
    first, again, other = (patents.patents_chosen(None, seed=seed, count=24) for seed in (11, 11, 12))
    assert first == again and len(set(first)) == 24 and set(first) != set(other)


@pytest.mark.usefixtures("stage")
def test_too_few_free_patents_are_told_before_anything_is_made():
    with pytest.raises(Refusal) as refused:
        patents.patents_chosen(None, seed=11, count=10_000)
    assert refused.value.code == "scenario_without_patents" and refused.value.facts["needed"] == 10_000


@pytest.mark.usefixtures("stage")
def test_a_store_of_real_users_never_gets_a_scenario(people):
    with pytest.raises(Refusal) as refused:
        scenario_play(seed=7, password="a long enough sentence")
    assert refused.value.code == "demo_store_refused" and Listing.objects.count() == 0
