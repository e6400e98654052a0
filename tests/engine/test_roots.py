"""Every root of a present value is found: sums made from known rates give those rates back, wide and narrow, single and double."""

import datetime as dt
import math

import numpy as np
import pytest

from langqiao.engine.funds.returns import _polished, xirr
from langqiao.engine.funds.roots import log_roots, rate, sign_changes

DAY0 = dt.date(2021, 1, 1)


def flows_of(rates):
    """Amounts in years 0, 1, 2 … whose present value vanishes exactly at the given rates."""
    return np.poly([1 / (1 + r) for r in rates])[::-1]


@pytest.mark.parametrize(
    "rates",
    [
        (0.1,), (-0.9,), (50.0,), (0.1, 0.2), (0.0, 0.5, 2.0), (-0.9, 0.05, 9.0), (-0.5, -0.4), (0.1, 0.11, 0.12), (0.01, 0.3, 1.0, 3.0),
        (20.0, 30.0), (-0.99, -0.98),
    ],
)  # fmt: skip
def test_all_the_rates_from_which_flows_were_made_are_found(rates):
    amounts = flows_of(rates)
    found = [rate(y) for y in log_roots(range(len(amounts)), amounts)]
    assert found == pytest.approx(sorted(rates), rel=1e-6, abs=1e-9)


def test_flows_that_never_cancel_have_no_root_and_a_touched_zero_is_one():
    assert log_roots([0, 1, 2], [1.0, -1.0, 1.0]) == []
    assert log_roots([0, 1], [1.0, 2.0]) == []
    assert [rate(y) for y in log_roots([0, 1, 2], [1.0, -2.0, 1.0])] == pytest.approx([0.0], abs=1e-7)


def test_years_need_not_be_whole_nor_start_at_zero():
    amounts = [-100.0, 40.0, 90.0]
    (root,) = log_roots([0.25, 1.5, 7.75], amounts)
    assert sum(a * math.exp(-root * (t - 0.25)) for a, t in zip(amounts, [0.25, 1.5, 7.75], strict=True)) == pytest.approx(0, abs=1e-9)


def test_roots_come_in_ascending_order_and_are_precise():
    found = log_roots(range(5), flows_of((0.01, 0.3, 1.0, 3.0)))
    assert found == sorted(found)
    assert found[0] == pytest.approx(math.log(1.01), abs=1e-12)


@pytest.mark.parametrize(("amounts", "changes"), [([1, 0, -1], 1), ([1, -1, 1], 2), ([0, 0], 0), ([-1, -2, 0, 3], 1), ([], 0)])
def test_zeros_do_not_count_as_a_change_of_sign(amounts, changes):
    assert sign_changes(amounts) == changes


def test_flows_of_one_day_act_as_their_sum_and_order_does_not_matter():
    days = [DAY0, DAY0, DAY0 + dt.timedelta(days=365), DAY0 + dt.timedelta(days=365)]
    assert xirr(days, [-150.0, 50.0, 100.0, 10.0])[0] == pytest.approx(0.1, abs=1e-12)
    assert xirr(days[::-1], [10.0, 100.0, 50.0, -150.0])[0] == pytest.approx(0.1, abs=1e-12)
    with pytest.raises(ValueError, match="zip"):
        xirr(days, [1.0])


def test_a_rate_is_correct_to_the_last_digits():
    days = [DAY0 + dt.timedelta(days=365 * k) for k in range(3)]
    found, problem, roots = xirr(days, [-100.0, 50.0, 68.75])
    assert (found, problem) == (pytest.approx(0.1160254, abs=1e-7), None)
    assert roots == [found]
    assert abs(-100 + 50 / (1 + found) + 68.75 / (1 + found) ** 2) < 1e-12


def test_extreme_rates_are_found_too():
    day = [DAY0, DAY0 + dt.timedelta(days=365)]
    assert xirr(day, [-1.0, 1e14])[0] == pytest.approx(1e14 - 1, rel=1e-9)
    assert xirr(day, [-1e6, 1.0])[0] == pytest.approx(1e-6 - 1, abs=1e-12)


def test_what_is_no_root_is_not_polished_into_one():
    assert _polished([0.0, 1.0], [-100.0, 110.0], None) is None
    assert _polished([0.0, 1.0], [-100.0, 110.0], -1.0) is None
    assert _polished([0.0, 1.0], [-100.0, 110.0], 1e12) is None
    assert _polished([0.0, 1.0], [-100.0, 110.0], 0.1001) == pytest.approx(0.1, abs=1e-12)
    assert _polished([0.0, 0.0], [1.0, -1.0], 0.1) is None
    assert _polished([0.0, 1.0, 2.0], [1.0, -1.0, 1.0], 0.1) is None
