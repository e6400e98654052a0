"""Properties of every opinion: ordered percentiles, proportional to revenue, rising in royalty and falling in the discount rate."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from langqiao.engine.register import answer, read_json
from langqiao.rules import parameters

shares = st.integers(1, 60).map(lambda percent: percent / 100)


def opinion(revenues, royalty, rate, *, seed=1, spread=0.3):
    stated = {
        "key": "k",
        "as_of": "2026-06-30",
        "currency": "CNY",
        "right": {"office": "EP", "type": "invention"},
        "seed": seed,
        "relief_from_royalty": {
            "revenues": {"base": revenues, "low": 1 - spread, "high": 1 + spread, "source": "s"},
            "royalty_rate": {"base": royalty, "source": "s"},
            "discount_rate": {"base": rate, "basis": "after_tax", "includes_stage_risk": False, "source": "s"},
            "tax_rate": {"base": 0.25, "source": "s"},
        },
    }
    out = answer("valuation.opinion", read_json(json.dumps(stated)), parameters())
    return tuple(round(float(out[name]) * 100) for name in ("p10", "p50", "p90"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 10**8), min_size=1, max_size=15), shares, shares, st.integers(0, 10**9))
def test_an_opinion_is_ordered_repeats_and_scales_with_revenue(revenues, royalty, rate, seed):
    low, middle, high = opinion(revenues, royalty, rate, seed=seed)
    assert 0 <= low <= middle <= high
    assert opinion(revenues, royalty, rate, seed=seed) == (low, middle, high)
    tenfold = opinion([10 * revenue for revenue in revenues], royalty, rate, seed=seed)
    assert all(abs(ten - 10 * one) <= 10 for ten, one in zip(tenfold, (low, middle, high), strict=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1000, 10**8), min_size=1, max_size=15), shares, shares)
def test_it_rises_in_the_royalty_and_falls_in_the_discount_rate(revenues, royalty, rate):
    base = opinion(revenues, royalty, rate)
    assert all(more >= one for more, one in zip(opinion(revenues, royalty + 0.1, rate), base, strict=True))
    assert all(less <= one for less, one in zip(opinion(revenues, royalty, rate + 0.1), base, strict=True))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 8), st.integers(0, 10**6))
def test_a_wider_range_of_revenue_never_narrows_the_opinion(tenths, seed):
    narrow = opinion([1_000_000], 0.05, 0.1, seed=seed, spread=tenths / 20)
    wide = opinion([1_000_000], 0.05, 0.1, seed=seed, spread=tenths / 10)
    assert wide[0] <= narrow[0]
    assert wide[2] >= narrow[2]
