"""Properties every valuation keeps, whatever its inputs."""

import dataclasses
import math
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langqiao.engine.valuation.income import DatedAmount, ReliefInput, RnpvInput, relief_from_royalty, rnpv
from langqiao.engine.valuation.option import OptionInput, option
from langqiao.engine.valuation.renewal import RenewalModel
from langqiao.engine.valuation.simulation import Prospect, generator_for, simulate

rates = st.fractions(min_value=0, max_value=1, max_denominator=1000)
amounts = st.fractions(min_value=1, max_value=10**9, max_denominator=100)
reliefs = st.builds(
    ReliefInput,
    revenues=st.lists(amounts, min_size=1, max_size=25).map(tuple),
    royalty_rate=rates,
    discount_rate=rates,
    tax_rate=st.fractions(min_value=0, max_value="9/10", max_denominator=100),
    timing=st.sampled_from(["year_end", "mid_year"]),
    tax_amortization_benefit=st.booleans(),
)
models = st.builds(
    RenewalModel,
    mu=st.floats(0, 15),
    sigma=st.floats(0.05, 4),
    decay=st.floats(0, 0.5),
    fees=st.lists(st.floats(1, 5000), min_size=1, max_size=20).map(lambda steps: tuple(accumulate(steps))),
    discount_factor=st.floats(0.5, 1),
)
options = st.builds(
    OptionInput,
    value=st.fractions(min_value=1, max_value=10**6, max_denominator=10),
    cost=st.fractions(min_value=1, max_value=10**6, max_denominator=10),
    years=st.fractions(min_value="1/12", max_value=25, max_denominator=12),
    rate=st.fractions(min_value=0, max_value="3/10", max_denominator=100),
    variance=st.fractions(min_value="1/1000", max_value=2, max_denominator=1000),
    dividend_yield=st.fractions(min_value=0, max_value="3/10", max_denominator=100),
)


@given(reliefs, st.fractions(min_value=0, max_value=1))
def test_value_rises_with_the_royalty(relief, more):
    higher = dataclasses.replace(relief, royalty_rate=relief.royalty_rate + more)
    assert relief_from_royalty(higher).value >= relief_from_royalty(relief).value * (1 - 1e-12)


@given(reliefs, amounts)
def test_present_value_rises_with_life(relief, revenue):
    longer = dataclasses.replace(relief, revenues=(*relief.revenues, revenue))
    assert relief_from_royalty(longer).present_value >= relief_from_royalty(relief).present_value * (1 - 1e-12)


@given(reliefs, st.fractions(min_value="1/1000", max_value=1))
def test_value_falls_in_the_discount_rate(relief, more):
    steeper = dataclasses.replace(relief, discount_rate=relief.discount_rate + more)
    assert relief_from_royalty(steeper).value <= relief_from_royalty(relief).value * (1 + 1e-12)


@given(reliefs)
def test_the_benefit_factor_is_at_least_one_and_mid_year_is_not_worth_less(relief):
    assert relief_from_royalty(relief).tab_factor >= 1
    middle, end = (dataclasses.replace(relief, timing=t) for t in ("mid_year", "year_end"))
    assert relief_from_royalty(middle).value >= relief_from_royalty(end).value * (1 - 1e-12)


@given(st.lists(st.tuples(st.fractions(0, 30, max_denominator=4), amounts), min_size=1, max_size=10), rates, st.lists(rates, max_size=4))
def test_rnpv_is_the_sum_of_its_flows_in_any_order(flows, rate, probabilities):
    def value(chosen):
        cash = tuple(DatedAmount(year=year, amount=amount) for year, amount in chosen)
        return rnpv(RnpvInput(cash_flows=cash, probabilities=tuple(probabilities), discount_rate=rate)).value

    assert value(flows) == value(flows[::-1])
    assert value(flows) == pytest.approx(math.fsum(value([flow]) for flow in flows), rel=1e-9)


@given(models)
def test_survival_lies_in_zero_to_one_and_does_not_rise(model):
    survival = model.survival()
    assert all(0 <= later <= earlier <= 1 for earlier, later in pairwise([1.0, *survival]))


@given(models, st.floats(-3, 3), st.floats(0, 2))
def test_the_value_of_a_right_rises_with_its_return_and_is_never_negative(model, z, more):
    assert 0 <= model.quantile(z) <= model.quantile(z + more) * (1 + 1e-12)


@given(models)
def test_the_mean_lies_above_the_least_and_a_dearer_fee_lowers_it(model):
    dearer = dataclasses.replace(model, fees=tuple(fee * 1.5 for fee in model.fees))
    assert 0 <= max(0.0, dearer.mean()) <= model.mean() * (1 + 1e-9) + 1e-9


@settings(max_examples=40)
@given(options)
def test_an_option_lies_between_its_exercise_value_and_the_product(given_option):
    european = option(given_option).option_value
    american = option(dataclasses.replace(given_option, style="american")).option_value
    s, k = float(given_option.value), float(given_option.cost)
    assert 0 <= european <= s
    assert max(0.0, s - k) <= american <= s * (1 + 1e-12)
    assert american >= european - 0.01 * max(s, k)  # the lattice is exact to about 1/steps


@settings(max_examples=40)
@given(options, st.fractions(min_value="1/100", max_value=1))
def test_an_option_is_worth_more_with_more_variance(given_option, more):
    wilder = dataclasses.replace(given_option, variance=given_option.variance + more)
    assert option(wilder).option_value >= option(given_option).option_value - 1e-9


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=12),
    st.floats(0, 5000),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 2**63 - 1),
)
def test_a_simulation_repeats_its_bits_and_never_goes_below_zero_where_the_owner_may_let_go(revenues, fee, volatility, spread, seed):
    prospect = Prospect(
        revenues=tuple(revenues),
        fees=(fee,) * len(revenues),
        royalty_rate=0.05,
        discount_rate=0.1,
        tax_rate=0.25,
        volatility=volatility,
        royalty_log_sd=spread,
    )
    first, again = (simulate(prospect, 64, generator_for(seed)) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    assert (first >= 0).all()


@given(reliefs)
def test_scaling_every_revenue_scales_the_value(relief):
    double = dataclasses.replace(relief, revenues=tuple(revenue * Fraction(2) for revenue in relief.revenues))
    assert relief_from_royalty(double).value == pytest.approx(2 * relief_from_royalty(relief).value, rel=1e-12)
