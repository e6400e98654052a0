"""Insurance on patents as calculation: tariffs with sources, premiums, earning by day, what a claim is paid, experience."""

import datetime as dt
import math
from fractions import Fraction
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.insurance.claim import Cover, payable, time_refusal
from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.earning import Piece, earned, remaining, returned, unearned
from langqiao.engine.insurance.experience import Movement, loss_ratio, triangle
from langqiao.engine.insurance.pricing import Ask, Fact, credibility, layer, quote
from langqiao.engine.insurance.tariff import RATED, SCHEDULED, Severity, tariff_missing, tariff_of
from langqiao.engine.insurance.workflow import CLAIM, CLAIM_ROLES, FOUR_EYES, POLICY, POLICY_ROLES
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.insurance import PremiumInput, premium

DAY = dt.date(2026, 3, 1)
SOURCE = "test"
FIGURES = {
    "frequency_low": "0.01", "frequency": "0.02", "frequency_high": "0.03", "deductible_fen": "5000000", "coinsurance": "0.1",
    "limit_min_fen": "10000000", "limit_max_fen": "100000000", "expense": "0.25", "profit": "0.1", "minimum_premium_fen": "10000",
    "waiting_days": "30", "retroactive_days": "0", "valid_days": "30",
}  # fmt: skip
SCHEDULE = {
    "base_fen": "200000", "per_further_fen": "20000", "limit_multiple": "15", "deductible_fen": "0", "coinsurance": "0", "waiting_days": "0",
    "retroactive_days": "0", "valid_days": "30",
}  # fmt: skip


def sourced(figures):
    return {name: {"value": value, "source": SOURCE} for name, value in figures.items()}


def rated(*, factors=(), severity=None, **figures):
    table = severity or {"kind": "table", "basis": "fen", "rows": [["50000000", "1"]], "source": SOURCE}
    return {"mode": "rated", "figures": sourced(FIGURES | figures), "severity": table, "factors": list(factors)}


def scheduled(**figures):
    return {"mode": "scheduled", "figures": sourced(SCHEDULE | figures)}


def ask(*, units=1, facts=None, limit=40_000_000, months=12, **more):
    return Ask(units={str(n): {} for n in range(units)}, facts=facts or {}, limit_fen=limit, months=months, **more)


def code(act, *args, **kwargs):
    with pytest.raises(Refusal) as refused:
        act(*args, **kwargs)
    return refused.value.code


def test_one_certain_loss_gives_the_premium_of_the_calculation_door_to_the_fen():
    found = quote(tariff_of("enforcement_cost", rated()), ask())
    door = premium(
        PremiumInput(
            frequency=Fraction("0.02"), loss=50_000_000, deductible=5_000_000, limit=40_000_000, coinsurance=Fraction("0.1"),
            loading=Fraction("0.35"),
        )
    )  # fmt: skip
    assert (found.pure_fen, found.premium_fen) == (door.pure, door.gross) == (630_000, 969_231)
    assert found.low_fen < found.premium_fen < found.high_fen


def test_every_figure_of_the_premium_is_told_with_its_source():
    factors = [
        {"fact": "earlier_suits", "bands": [["0", "1"], ["2", "1.5"], ["", "2"]], "source": "own study"},
        {"fact": "technology", "bands": [["A61K", "1.4"], ["A61", "1.2"], ["", "1"]], "source": "court statistics"},
    ]
    asked = Ask(
        units={"one": {"technology": Fact(value="A61K 31/00", origin="record")}, "two": {"technology": Fact(value="H04L", origin="record")}},
        facts={"earlier_suits": Fact(value=1, origin="declared")}, limit_fen=40_000_000, months=6,
    )  # fmt: skip
    found = quote(tariff_of("enforcement_cost", rated(factors=factors)), asked)
    assert all(line.source for line in found.lines)
    told = {(line.name, line.unit): line.value for line in found.lines}
    assert told["technology", "one"] == Fraction("1.4") and told["technology", "two"] == 1 and told["earlier_suits", ""] == Fraction("1.5")
    assert told["weight_total", ""] == Fraction("1.5") * Fraction("2.4")
    assert found.pure_fen == round(630_000 * 3.6 / 2)


def test_a_premium_is_refused_where_a_fact_a_limit_or_a_unit_is_missing():
    tariff = tariff_of("enforcement_cost", rated(factors=[{"fact": "family_size", "bands": [["", "1"]], "source": SOURCE}]))
    assert code(quote, tariff, ask()) == "rating_fact_missing"
    known = {"family_size": Fact(value=3, origin="declared")}
    assert code(quote, tariff, ask(facts=known, limit=1)) == code(quote, tariff, ask(facts=known, limit=None)) == "limit_not_offered"
    assert code(quote, tariff, ask(units=0)) == "nothing_to_insure"
    assert code(quote, tariff_of("enforcement_cost", scheduled()), ask(months=24)) == "term_not_offered"


@pytest.mark.parametrize(("patents", "premium_fen", "limit_fen"), [(1, 200_000, 3_000_000), (10, 380_000, 5_700_000)])
def test_a_schedule_by_the_number_of_patents_gives_premium_and_limit(patents, premium_fen, limit_fen):
    found = quote(tariff_of("enforcement_cost", scheduled()), ask(units=patents, limit=None))
    assert (found.premium_fen, found.low_fen, found.high_fen, found.limit_fen, found.pure_fen) == (premium_fen,) * 3 + (limit_fen, None)


def test_what_a_tariff_lacks_is_named_and_nothing_is_guessed():
    assert tariff_missing({}) == ("mode",)
    assert set(tariff_missing({"mode": "scheduled", "figures": {"base_fen": {"value": "1", "source": ""}}})) == set(SCHEDULED)
    assert set(tariff_missing({"mode": "rated", "figures": {}})) == {*RATED, "severity"}
    with pytest.raises(Refusal) as refused:
        tariff_of("enforcement_cost", {"mode": "rated", "figures": {}})
    assert refused.value.code == "tariff_incomplete"


@pytest.mark.parametrize(
    "values",
    [
        rated(coinsurance="1"), rated(expense="0.6", profit="0.4"), rated(frequency="0.005"), rated(limit_min_fen="0"), rated(deductible_fen="1.5"),
        rated(valid_days="0"), rated(waiting_days="30", retroactive_days="30"), scheduled(base_fen="0"), rated(frequency="x"), rated(coinsurance="-0.1"),
        rated(severity={"kind": "table", "basis": "fen", "rows": [["1", "0.5"]], "source": SOURCE}),
        rated(severity={"kind": "lognormal", "basis": "fen", "mean": "1", "source": SOURCE}),
        rated(factors=[{"fact": "moon", "bands": [["", "1"]], "source": SOURCE}]),
        rated(factors=[{"fact": "family_size", "bands": [["3", "1"], ["2", "1"], ["", "1"]], "source": SOURCE}]),
        rated(factors=[{"fact": "technology", "bands": [["A", "1"]], "source": SOURCE}]),
    ],
)  # fmt: skip
def test_a_tariff_that_cannot_be_is_refused(values):
    assert code(tariff_of, "enforcement_cost", values) == "tariff_wrong"


def test_own_experience_weighs_by_its_credibility():
    tariff = tariff_of("enforcement_cost", rated(credibility_k="50"))
    own = quote(tariff, ask(experience=(5, Fraction(50))))
    assert credibility(Fraction(50), Fraction(50)) == Fraction(1, 2)
    told = {line.name: line.value for line in own.lines}
    assert told["credible_frequency"] == Fraction("0.06") and own.pure_fen == 3 * 630_000
    assert quote(tariff, ask()).pure_fen == 630_000


def test_a_lognormal_layer_agrees_with_sums_over_its_quantiles():
    mean, cv, d, limit = 300_000_00, 2.0, 50_000_00, 1_000_000_00
    s2 = math.log1p(cv**2)
    center = NormalDist(mu=math.log(mean) - s2 / 2, sigma=math.sqrt(s2))
    draws = 100_000
    quantiles = (math.exp(center.inv_cdf((n + 0.5) / draws)) for n in range(draws))
    expected = sum(min(max(x - d, 0), limit - d) for x in quantiles) / draws
    severity = Severity(kind="lognormal", basis="fen", source=SOURCE, mean=Fraction(mean), variation=Fraction(2))
    assert abs(float(layer(severity, deductible_fen=d, limit_fen=limit)) / expected - 1) < 1e-4


def test_shares_of_the_sum_insured_scale_with_the_loan():
    severity = Severity(
        kind="table", basis="share", source=SOURCE, rows=((Fraction(1), Fraction("0.4")), (Fraction("0.5"), Fraction("0.6")))
    )
    assert layer(severity, deductible_fen=0, limit_fen=100, sum_insured_fen=100) == 70


pieces = st.lists(
    st.builds(
        lambda amount, start, days: Piece(
            amount_fen=amount, since=DAY + dt.timedelta(days=start), until=DAY + dt.timedelta(days=start + days)
        ),
        st.integers(1, 10**10), st.integers(0, 400), st.integers(1, 800),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


@given(pieces, st.integers(0, 1500), st.integers(0, 400))
def test_earned_and_unearned_sum_to_what_was_received_and_earning_never_goes_back(found, day, more):
    first, later = DAY + dt.timedelta(days=day), DAY + dt.timedelta(days=day + more)
    assert earned(found, first) + unearned(found, first) == sum(one.amount_fen for one in found)
    assert 0 <= earned(found, first) <= earned(found, later)
    assert earned(found, DAY) == 0 and unearned(found, max(one.until for one in found)) == 0


def test_an_endorsement_that_gives_premium_back_still_earns_to_the_fen():
    year, half = dt.date(2027, 3, 1), DAY + dt.timedelta(days=182)
    whole = Piece(amount_fen=10_000_01, since=DAY, until=year)
    back = -round(remaining(4_000_00, since=DAY, until=year, day=half))
    both = [whole, Piece(amount_fen=back, since=half, until=year)]
    assert earned(both, half) == earned([whole], half)
    days = [earned(both, half + dt.timedelta(days=n)) for n in range(184)]
    assert days == sorted(days) and days[-1] == whole.amount_fen + back


def test_a_return_goes_to_those_who_paid_in_proportion():
    assert returned(100, [300, 100]) == [75, 25] and returned(0, [0, 0]) == [0, 0]


COVER = Cover(
    kind="enforcement_cost", since=DAY, until=dt.date(2027, 3, 1), waiting_days=30, retroactive_days=0, deductible_fen=1_000_00,
    coinsurance=Fraction("0.1"), limit_fen=10_000_00,
)  # fmt: skip


def test_a_claim_is_paid_after_deductible_limit_coinsurance_and_what_is_left():
    found = payable(COVER, {"legal_fen": 20_000_00, "loss_fen": 1}, used_fen=0)
    assert (found.covered_fen, found.deductible_fen, found.above_limit_fen, found.coinsurance_fen) == (
        20_000_00,
        1_000_00,
        10_000_00,
        900_00,
    )
    assert found.payment_fen == 8_100_00
    second = payable(COVER, {"legal_fen": 20_000_00}, used_fen=8_100_00)
    assert (second.payment_fen, second.above_aggregate_fen) == (1_900_00, 6_200_00)


@given(st.integers(0, 10**9), st.integers(0, 10**7))
def test_the_way_of_a_claim_sums_and_never_passes_the_limit(loss, used):
    found = payable(COVER, {"legal_fen": loss}, used_fen=used)
    parts = found.deductible_fen + found.above_limit_fen + found.coinsurance_fen + found.above_aggregate_fen + found.payment_fen
    assert parts == loss == found.covered_fen and 0 <= found.payment_fen <= max(0, COVER.limit_fen - used)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (DAY - dt.timedelta(1), "claim_before_cover"), (DAY, "claim_in_waiting_period"), (DAY + dt.timedelta(29), "claim_in_waiting_period"),
        (DAY + dt.timedelta(30), ""), (dt.date(2027, 2, 28), ""), (dt.date(2027, 3, 1), "claim_after_cover"),
    ],
)  # fmt: skip
def test_the_day_of_an_incident_is_judged_by_cover_and_waiting_period(day, told):
    assert time_refusal(COVER, day) == told


def test_a_loss_ratio_comes_with_its_numbers_and_the_triangle_shows_each_age():
    moves = [
        Movement(claim="a", incident=dt.date(2025, 5, 1), on=dt.date(2025, 6, 1), reserve_fen=100),
        Movement(claim="a", incident=dt.date(2025, 5, 1), on=dt.date(2026, 2, 1), reserve_fen=-100, paid_fen=80),
        Movement(claim="a", incident=dt.date(2025, 5, 1), on=dt.date(2026, 3, 1), recovered_fen=20),
        Movement(claim="b", incident=dt.date(2026, 1, 9), on=dt.date(2026, 2, 1), reserve_fen=50),
    ]
    assert triangle(moves, until=DAY) == [(2025, [100, 60]), (2026, [50])] and triangle([], until=DAY) == []
    found = loss_ratio(moves, earned_fen=120, policies=3, since=dt.date(2025, 1, 1), until=dt.date(2026, 1, 1))
    assert (found.ratio, found.claims, found.policies) == (Fraction(1, 2), 1, 3)
    assert loss_ratio([], earned_fen=0, policies=0, since=DAY, until=DAY).ratio is None


def test_each_step_of_the_tables_is_one_for_its_state_and_every_end_ends():
    for table, roles in ((POLICY, POLICY_ROLES), (CLAIM, CLAIM_ROLES)):
        pairs = [(step.source, step.event) for step in table.steps]
        assert len(pairs) == len(set(pairs)) and {role for step in table.steps for role in step.by} <= set(roles)
        assert not [step for step in table.steps if step.source in table.ends]
        for state in table.states:
            for step in table.steps:
                for role in roles:
                    if step.source == state and role in step.by:
                        assert table.take(state, step.event, role) == step
                    elif table.step(state, step.event) is None or role not in table.step(state, step.event).by:
                        assert code(table.take, state, step.event, role) in {"step_not_possible", "not_allowed"}
    money = {"underwrite", "pay", "endorse", "cancel", "approve", "settle", "refuse", "grant", "recover"}
    assert all(FOUR_EYES in step.unless for table in (POLICY, CLAIM) for step in table.steps if step.event in money)


def test_the_kinds_of_insurance_of_the_market_are_there_with_what_they_cover():
    assert len(KINDS) == 8 and all(kind.items for kind in KINDS.values())
    assert [kind.code for kind in KINDS.values() if not kind.evidence] == ["pledge_guarantee"]
