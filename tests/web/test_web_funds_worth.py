"""What a fund is worth: marks by two people tied to opinions of value, a net asset value whose bridge closes to the fen, returns, closed periods."""

import dataclasses

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from langqiao.web.appraisals.models import RecordedOpinion
from langqiao.web.funds import books, facts, worth
from langqiao.web.funds.distributing import entitled_carry
from langqiao.web.funds.measures import measured, scorecard_of
from langqiao.web.funds.models import Mark, Valuation
from langqiao.web.funds.terms import terms_on
from tests.web.funds_life_world import LifeWorld, day
from tests.web.funds_world import SHA, YI
from tests.web.routes.who import KEY
from tests.web.test_web_funds import refused

pytestmark = [pytest.mark.books, pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def holding(db):
    """A fund with one holding, at cost a quarter of what is paid in."""
    world = LifeWorld(commitments=(YI, YI), body={"fee_rate": "0.02", "fee_months": 12})
    world.call_in(YI, day(0, 4))
    world.project_held = world.held(amount_fen=YI // 4, on=day(0, 6))
    return world


def marked(world, **more):
    given = {"project": world.project_held.pk, "on": day(1), "fair_fen": YI // 2, "method": "multiples", "inputs": "sales × 3", "key": "m"}
    given |= {"reason": "sales grew"} | more
    return {"fund_id": world.fund.pk, "membership": world.maker, "by": world.maker.user, "given": worth.Marked(**given)}


def opinion(world, on):
    values = {"p10_fen": YI // 10, "p50_fen": YI // 5, "p90_fen": YI // 4}
    common = {"lake_version": "v", "engine_version": "1", "body": "{}", "sha256": SHA}
    return RecordedOpinion.objects.create(key=KEY, as_of=on, organization=world.manager, by=world.maker.user, **common, **values)


def test_a_mark_names_inputs_and_the_reason_of_a_change_and_another_approves_it(holding):
    world = holding
    refused("reason_missing", worth.mark_ask, **marked(world, inputs=" "))
    refused("mark_reason_missing", worth.mark_ask, **marked(world, reason=""))
    refused("opinion_missing", worth.mark_ask, **marked(world, method="patent_opinion"))
    refused("step_not_possible", worth.mark_ask, **marked(world, on=timezone.localdate().replace(year=2100)))
    made = worth.mark_ask(**marked(world))
    assert worth.mark_ask(**marked(world)).pk == made.pk
    refused("idempotency_key_reused", worth.mark_ask, **marked(world, fair_fen=1))
    refused("not_allowed", worth.mark_decide, mark_id=made.pk, membership=world.maker, by=world.maker.user, approve=True)
    refused("four_eyes_missing", worth.mark_decide, mark_id=made.pk, membership=world.second, by=world.maker.user, approve=True)
    worth.mark_decide(mark_id=made.pk, membership=world.second, by=world.second.user, approve=True)
    for change in (lambda: Mark.objects.update(fair_fen=1), Mark.objects.filter(pk=made.pk).delete):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()
    refused("mark_reason_missing", worth.mark_ask, **marked(world, on=day(2), method="net_assets", reason="", key="n"))
    unchanged = marked(world, on=day(2), reason="", key="o")
    assert worth.mark_ask(**unchanged).state == "asked"


def test_a_mark_is_tied_to_the_newest_opinion_of_value_of_its_patents_not_older_than_a_year(holding):
    world = holding
    opinion(world, day(-1))
    refused("opinion_missing", worth.mark_ask, **marked(world, method="patent_opinion"))
    found = opinion(world, day(0, 9))
    made = worth.mark_ask(**marked(world, method="patent_opinion"))
    assert (made.opinion, made.opinion_sha256) == (found, SHA)


def test_the_value_is_that_of_a_sale_of_everything_and_its_bridge_closes_to_the_fen(holding):
    world = holding
    told = refused("mark_missing", worth.valuation_ask, fund_id=world.fund.pk, membership=world.maker, by=world.maker.user, on=day(1))
    assert told.facts["missing"] == world.project_held.title
    world.mark(world.project_held, day(1), YI)
    first = world.value(day(1))
    body = first.body
    assert body["accrued_fee_fen"] == 2 * YI * 2 // 100
    net = YI + (YI - YI // 4) - body["accrued_fee_fen"]
    assert body["net_fen"] == body["fair_fen"] + body["cash_fen"] - body["accrued_fee_fen"] == net
    agreement = terms_on(world.fund, day(1)).agreement
    assert body["accrued_carry_fen"] == entitled_carry(world.fund, agreement, on=day(1), worth=net) > 0
    assert sum(body["by_partner"].values()) == first.partners_fen == net - body["accrued_carry_fen"]
    assert sum(amount for _name, amount in worth.bridge(None, body)) == first.partners_fen
    refused("period_closed", world.ask, "expense", 1, on=day(1))
    world.do("fee_accrual", 0, on=day(1, 4))
    world.do("fee", 0, on=day(1, 4))
    world.do("expense", 1234567, on=day(1, 4))
    world.do("proceeds", YI, project=world.project_held.pk, cost_fen=YI // 8, on=day(1, 6))
    world.do("distribution", YI, on=day(1, 7))
    world.mark(world.project_held, day(2), YI // 3)
    second = world.value(day(2))
    steps = dict(worth.bridge(body, second.body))
    assert first.partners_fen + sum(steps.values()) == second.partners_fen
    assert steps["expenses"] == -1234567 and steps["realized"] == YI - YI // 8
    for change in (lambda: Valuation.objects.update(net_fen=1), Valuation.objects.filter(pk=first.pk).delete):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()


def test_a_valuation_that_the_books_have_overtaken_is_asked_anew(holding):
    world = holding
    world.mark(world.project_held, day(1), YI)
    asked = worth.valuation_ask(fund_id=world.fund.pk, membership=world.maker, by=world.maker.user, on=day(1))
    world.do("expense", 1, on=day(1))
    decide = {"valuation_id": asked.pk, "membership": world.second, "approve": True}
    refused("four_eyes_missing", worth.valuation_decide, **decide, by=world.maker.user)
    refused("order_outdated", worth.valuation_decide, **decide, by=world.second.user)


def test_returns_stand_on_the_valuation_and_beside_an_index_only_where_one_was_given(holding):
    world = holding
    world.mark(world.project_held, day(1), YI)
    valuation = world.value(day(1))
    found = measured(world.fund, valuation)
    assert found.equivalent is None and found.net.dpi == 0 and found.net.tvpi == pytest.approx(valuation.partners_fen / YI)
    assert found.gross.tvpi == 4 and found.net.xirr is not None
    by = {"fund_id": world.fund.pk, "membership": world.maker, "by": world.maker.user, "name": "指数"}
    refused("reason_missing", facts.series_add, **by, source="", content=b"2017-01-01,1")
    told = refused("series_unreadable", facts.series_add, **by, source="x", content=b"day,level\n2017-01-01,1\n2017-01-01,2\n")
    assert told.facts["line"] == 3
    facts.series_add(**by, source="published", content=b"day,level\n2017-04-28,100\n2018-02-28,100\n")
    found = measured(world.fund, valuation)
    assert found.equivalent.ks_pme == pytest.approx(found.net.tvpi) and found.equivalent.direct_alpha == pytest.approx(found.net.xirr)
    facts.series_add(**by, source="published", content=b"2017-04-28,100\n2018-01-01,150\n")
    assert measured(world.fund, valuation).equivalent.missing == (day(1),)


def test_the_scorecard_counts_fiscal_leverage_and_holds_reinvestment_against_its_tests(db):
    def public(members):
        tests = [["2018-03-01", "0.4"], ["2019-03-01", "1"], ["2100-01-01", "1"]]
        return {"public": [str(members[0].pk)], "reinvest": {"multiple": "1.5", "region": "江州", "tests": tests}}

    world = LifeWorld(commitments=(YI, 3 * YI), body=public)
    world.call_in(YI, day(0, 4))
    world.fact("reinvestment", YI // 5, day(0, 9))
    world.fact("reinvestment", YI // 100, day(2))
    world.fact("jobs", 120, day(1))
    world.fact("outside_capital", YI, day(1))
    today = timezone.localdate()
    card = scorecard_of(world.fund, terms_on(world.fund, today), books.partner_accounts(world.fund), today)
    assert card.leverage_committed == 3 and card.leverage_paid == pytest.approx((3 * YI // 4 + YI) / (YI // 4))
    assert (card.duty_fen, card.reinvested_fen, card.jobs) == (YI * 3 // 8, YI // 5 + YI // 100, 120)
    assert [test.state for test in card.tests] == ["met", "missed", "open"]
    assert dataclasses.astuple(card.tests[0])[2] == YI * 3 // 20
