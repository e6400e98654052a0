"""Growth as the key-city targets use it (I101), and patents per 10,000 residents (I93)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao import rules
from langqiao.engine import register

PARAMETERS = rules.parameters()


def ask(base, end, years) -> dict:
    return register.answer("policy.growth", {"base": base, "end": end, "years": years}, PARAMETERS)


def test_144_after_two_years_from_100_is_20_percent_a_year():
    assert ask(100, 144, 2)["cagr"] == pytest.approx(0.2, abs=1e-12)


def test_a_fall_to_zero_is_minus_100_percent():
    assert ask(5, 0, 3)["cagr"] == -1


@pytest.mark.parametrize("base", [0, -1])
def test_i101_a_base_that_is_not_positive_is_refused(base):
    assert ask(base, 10, 1)["refusal"] == "base_not_positive"


@given(st.integers(1, 10**4), st.integers(1, 10**4), st.integers(1, 50))
def test_i101_growing_by_the_rate_for_the_years_gives_the_end(base, end, years):
    assert base * (1 + ask(base, end, years)["cagr"]) ** years == pytest.approx(end, rel=1e-9)


@given(st.integers(0, 10**8), st.integers(1, 10**10))
def test_i93_per_10000_is_the_count_over_the_population_times_10000(count, population):
    answer = register.answer("policy.per_10000", {"count": count, "population": population}, PARAMETERS)
    assert answer["per_10000"] == pytest.approx(count * 10_000 / population)


@pytest.mark.parametrize("population", [0, -5])
def test_i93_a_population_that_is_not_positive_is_refused(population):
    assert register.answer("policy.per_10000", {"count": 1, "population": population}, PARAMETERS)["refusal"] == "population_not_positive"
