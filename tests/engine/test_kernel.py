"""Money, allocation and dates behave as the contract of the calculation door says."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.dates import (
    UnknownYearError,
    add_months,
    add_years,
    is_working_day,
    next_working_day,
    whole_months,
    year_fraction,
)
from langqiao.engine.kernel.money import fen_to_yuan, round_half_up, yuan_to_fen


def test_money_is_read_by_its_decimal_text():
    assert yuan_to_fen("1234.5") == 123450
    assert yuan_to_fen(Decimal("0.07")) == 7
    assert yuan_to_fen("-3.00") == -300
    assert fen_to_yuan(-5) == "-0.05"
    assert fen_to_yuan(0) == "0.00"


@pytest.mark.parametrize("bad", ["1.234", "", "1,000", "１２", "NaN", "1.", ".5", 1.5, True, None, "1e999999"])
def test_what_is_no_amount_of_money_is_refused(bad):
    with pytest.raises(ValueError, match=r"."):
        yuan_to_fen(bad)


@given(st.integers(-(10**18), 10**18))
def test_money_survives_writing_and_reading(fen):
    assert yuan_to_fen(fen_to_yuan(fen)) == fen


def test_halves_round_away_from_zero():
    assert [round_half_up(Fraction(n, 2)) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=60).filter(any))
def test_p1_an_allocation_sums_exactly_and_each_part_is_within_one_fen(amount, weights):
    parts = largest_remainder(amount, weights)
    assert sum(parts) == amount
    total = sum(weights)
    assert all(abs(part - Fraction(amount * weight, total)) < 1 for part, weight in zip(parts, weights, strict=True))


def test_ties_go_to_the_first_listed():
    assert largest_remainder(1, [1, 1]) == [1, 0]
    assert largest_remainder(100, [1, 1, 1]) == [34, 33, 33]


def test_months_keep_the_day_or_take_the_last():
    assert add_months(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert add_years(dt.date(2024, 2, 29), 1) == dt.date(2025, 2, 28)
    assert whole_months(dt.date(2025, 4, 1), dt.date(2025, 12, 31)) == 8
    assert whole_months(dt.date(2025, 4, 1), dt.date(2026, 1, 1)) == 9


def test_day_counts():
    start, end = dt.date(2026, 1, 31), dt.date(2026, 3, 31)
    assert year_fraction(start, end, "30_360") == Fraction(60, 360)
    assert year_fraction(start, end, "act_365") == Fraction(59, 365)


def test_working_days_come_from_the_dated_table_and_unknown_years_say_so():
    assert not is_working_day(dt.date(2025, 10, 1))
    assert is_working_day(dt.date(2025, 10, 11))  # a make-up Saturday
    assert next_working_day(dt.date(2025, 10, 1)) == dt.date(2025, 10, 9)
    with pytest.raises(UnknownYearError, match="1990"):
        is_working_day(dt.date(1990, 1, 1))
