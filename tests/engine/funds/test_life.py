"""Layers, concession, deal flows, defaults and equivalents over dates: they agree with the one-date formulas and conserve every fen."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.funds.agreement import DEFAULTS, agreement_of
from langqiao.engine.funds.dealwise import DealEvent, deal_flows
from langqiao.engine.funds.defaults import Called, covered, forfeited, late_interest, open_of, standing
from langqiao.engine.funds.equivalent import Index, equivalent
from langqiao.engine.funds.layers import JuniorLayer, LayersInput, SeniorLayer, layers
from langqiao.engine.funds.sharing import Claim, LayerFlow, PublicFlow, allot, conceded, layers_over
from langqiao.engine.kernel.money import round_half_up
from langqiao.engine.kernel.refusal import Refusal

DAY = dt.date(2020, 1, 1)
FEN = st.integers(0, 10**13)
SOME = st.integers(1, 10**12)


def later(days):
    return DAY + dt.timedelta(days=days)


@given(senior=SOME, junior=SOME, proceeds=FEN, days=st.integers(0, 4000))
def test_layers_over_dates_are_the_layers_of_one_date(senior, junior, proceeds, days):
    flows = [LayerFlow(date=DAY, senior=senior, junior=junior), LayerFlow(date=later(days), distribution=proceeds)]
    found = layers_over(flows, senior_rate=Fraction(6, 100), carry=Fraction(1, 5))
    once = layers(
        LayersInput(
            proceeds=proceeds, senior=SeniorLayer(capital=senior, rate=Fraction(6, 100)), years=Fraction(days, 365),
            junior=JuniorLayer(capital=junior), gp_share_of_residual=Fraction(1, 5),
        )
    )  # fmt: skip
    assert found.total == proceeds
    assert round_half_up(found.senior_capital + found.senior_return) == once.senior
    assert round_half_up(found.gp) == once.gp


@given(senior=SOME, parts=st.lists(FEN, min_size=1, max_size=4))
def test_the_senior_layer_never_gets_more_than_capital_and_return_and_splitting_changes_nothing(senior, parts):
    paid = LayerFlow(date=DAY, senior=senior, junior=senior)
    split = [LayerFlow(date=later(100), distribution=part) for part in parts]
    rates = {"senior_rate": Fraction(1, 10), "carry": Fraction(1, 5)}
    many, one = layers_over([paid, *split], **rates), layers_over([paid, LayerFlow(date=later(100), distribution=sum(parts))], **rates)
    assert many == one
    assert many.senior_capital + many.senior_return <= senior * (1 + Fraction(100, 3650))


@given(
    kinds=st.dictionaries(st.sampled_from(["gain", "senior_capital", "junior_rest"]), FEN), weights=st.lists(SOME, min_size=2, max_size=6)
)
def test_parts_sum_to_each_kind_and_layers_keep_to_themselves(kinds, weights):
    claims = [Claim(partner=str(n), paid=weight, senior=n == 0) for n, weight in enumerate(weights)]
    parts = allot(kinds, claims)
    for kind, amount in kinds.items():
        assert sum(part.get(kind, 0) for part in parts.values()) == amount
    assert "junior_rest" not in parts["0"]
    assert all("senior_capital" not in parts[str(n)] for n in range(1, len(weights)))


@given(capital=SOME, amounts=st.lists(FEN, min_size=1, max_size=5), days=st.integers(0, 3000))
def test_the_public_partner_keeps_capital_and_hurdle_and_concedes_a_share_of_the_rest(capital, amounts, days):
    flows, given_up = [PublicFlow(date=DAY, paid_in=capital)], 0
    for amount in amounts:
        last = PublicFlow(date=later(days), entitled=amount)
        given_up += conceded(flows, last, hurdle_rate=Fraction(4, 100), share=Fraction(1, 2))
        flows.append(last)
    hurdle = capital + Fraction(capital * 4 * days, 36500)
    assert given_up == round_half_up(max(Fraction(0), sum(amounts) - hurdle) / 2)
    assert sum(amounts) - given_up >= min(sum(amounts), hurdle) - 1


@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(["cost", "shared", "loss"]), SOME, st.sampled_from("AB")), max_size=12))
def test_deals_bear_every_cost_once_and_a_later_event_changes_no_earlier_split(rows):
    events = [
        DealEvent(date=later(days), event=kind, amount=amount, deal="" if kind == "shared" else deal) for days, kind, amount, deal in rows
    ]
    flows = deal_flows(events)
    assert list(flows) == sorted(flows, key=lambda flow: flow.date)
    costs = {deal: sum(event.amount for event in events if event.event == "cost" and event.deal == deal) for deal in "AB"}
    if not any(event.event == "loss" for event in events):
        borne = sum(flow.contribution for flow in flows)
        shared = sum(event.amount for event in events if event.event == "shared")
        assert borne in {sum(costs.values()), sum(costs.values()) + shared} or not any(costs.values())
    more = deal_flows([*events, DealEvent(date=later(600), event="distribution", amount=7, deal="A")])
    assert more[:-1] == flows


def test_a_payment_covers_the_oldest_call_and_interest_runs_from_the_due_day():
    calls = [Called(due_on=later(10), amount=100), Called(due_on=later(40), amount=50)]
    payments = [(later(5), 60), (later(20), 60)]
    assert open_of(calls, payments) == [0, 30]
    assert [(part.call, part.amount) for part in covered(calls, payments)] == [(0, 60), (0, 40), (1, 20)]
    assert late_interest(calls, payments, rate=Fraction(365, 10), on=later(50)) == round_half_up(Fraction(40 * 10 + 30 * 10, 10))
    assert [standing(calls[1], 30, day) for day in (later(40), later(41))] == ["called", "late"]
    assert standing(calls[0], 0, later(99)) == "paid" and standing(calls[1], 30, later(99), "defaulted") == "defaulted"


@given(paid=FEN, share=st.fractions(0, 1), others=st.lists(FEN, max_size=5))
def test_what_is_forfeited_is_what_the_others_gain(paid, share, others):
    lost, parts = forfeited(paid, share, others)
    assert sum(parts) == lost <= paid
    assert lost == (round_half_up(paid * share) if sum(others) else 0)


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 10**9)), min_size=1, max_size=8), st.floats(0.5, 2))
def test_flows_that_replicate_the_index_have_an_equivalent_of_one(rows, growth):
    days = sorted({0, 3000, *(day for day, _ in rows)})
    index = Index(days=tuple(later(day) for day in days), levels=tuple(100 * growth ** (day / 365) for day in days))
    worth = sum(amount * index.on(later(3000)) / index.on(later(day)) for day, amount in rows)
    flows = sorted((later(day), -amount) for day, amount in rows)
    found = equivalent(flows, worth=round(worth), on=later(3000), index=index)
    if not found.missing and worth > 1000:
        assert found.ks_pme == pytest.approx(1, rel=1e-3)


def test_a_series_that_does_not_reach_a_day_gives_no_number():
    index = Index(days=(later(0), later(100)), levels=(1.0, 2.0))
    found = equivalent([(later(0), -10), (later(50), 5)], worth=5, on=later(100), index=index)
    assert (found.ks_pme, found.direct_alpha, found.missing) == (None, None, (later(50),))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"carry": "1"}, "carry"),
        ({"pref_rate": "x"}, "pref_rate"),
        ({"kind": "other"}, "kind"),
        ({"kind": "layered"}, "senior"),
        ({"senior": ["a"]}, "senior"),
        ({"recycling_cap": "0.5"}, "recycling_cap"),
        ({"notice_days": "ten"}, "notice_days"),
        ({"fee_months": 5}, "fee_months"),
        ({"concession": {"partner": "a", "hurdle_rate": "0", "share": "1", "decided_by": ""}}, "concession"),
        ({"reinvest": {"multiple": "1", "region": "x", "tests": []}}, "reinvest"),
        ({"reinvest": {"multiple": "1", "region": "x", "tests": [["2020-01-01", "1"], ["2020-01-01", "1"]]}}, "reinvest"),
        ({"reinvest": {"multiple": "1", "region": "x", "tests": [["later", "1"]]}}, "reinvest"),
    ],
)
def test_terms_that_contradict_themselves_are_refused_by_name(body, field):
    agreement_of(DEFAULTS)
    with pytest.raises(Refusal) as told:
        agreement_of(body)
    assert (told.value.code, told.value.facts["field"]) == ("fund_terms_wrong", field)
