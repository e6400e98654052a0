"""The valuation formulas against programs others wrote: QuantLib for options and the lattice, numpy-financial for present values."""

import json
import math
from itertools import pairwise

import numpy as np
import numpy_financial as npf
import pytest
import QuantLib as ql  # noqa: N813 - the name its own manual uses

from langqiao.engine.register import answer, read_json
from langqiao.engine.valuation.income import ReliefInput, relief_from_royalty
from langqiao.engine.valuation.market import fit_censored
from langqiao.engine.valuation.option import american_call
from langqiao.engine.valuation.renewal import RenewalModel
from langqiao.engine.valuation.simulation import Prospect, generator_for, simulate, simulate_portfolio, spread_of
from langqiao.rules import parameters

CASES = [
    (100, 100, 1, 0.05, 0.2, 0.0),
    (3422, 2875, 17, 0.067, 0.224**0.5, 1 / 17),
    (350, 500, 17, 0.04, 0.25, 0.0588),
    (80, 120, 3, 0.01, 0.6, 0.1),
    (50, 20, 0.5, 0.0, 0.35, 0.2),
]


def quantlib_call(case, engine):
    s, k, years, rate, sigma, dividend = case
    today = ql.Date(30, 6, 2026)
    ql.Settings.instance().evaluationDate = today
    count = ql.SimpleDayCounter()
    rates = ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count))
    dividends = ql.YieldTermStructureHandle(ql.FlatForward(today, dividend, count))
    volatility = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), sigma, count))
    process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(s)), dividends, rates, volatility)
    end = today + ql.Period(round(years * 12), ql.Months)
    payoff = ql.PlainVanillaPayoff(ql.Option.Call, k)
    exercise = ql.EuropeanExercise(end) if engine == "european" else ql.AmericanExercise(today, end)
    instrument = ql.VanillaOption(payoff, exercise)
    instrument.setPricingEngine(ql.AnalyticEuropeanEngine(process) if engine == "european" else ql.BinomialCRRVanillaEngine(process, 1000))
    return instrument.NPV()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_european_and_american_calls_agree_with_quantlib(case):
    names = ("value", "cost", "years", "rate", "sigma", "dividend_yield")
    given = dict(zip(names, case, strict=True))
    given["variance"] = given.pop("sigma") ** 2
    for style, tolerance in (("european", 1e-7), ("american", 2e-3)):
        ours = answer("valuation.option", read_json(json.dumps({**given, "style": style})), parameters())["option_value"]
        assert ours == pytest.approx(quantlib_call(case, style), rel=tolerance, abs=1e-6)


def test_where_volatility_is_too_small_for_the_usual_lattice_the_lattice_along_the_drift_finds_the_best_day():
    value = american_call(100, 90, 20, 1e-9, rate=0.05, dividend_yield=0.03)
    best = max(100 * math.exp(-0.03 * t) - 90 * math.exp(-0.05 * t) for t in np.linspace(0, 20, 200_001))
    assert value == pytest.approx(best, abs=1e-4)


def test_both_lattices_meet_where_one_gives_way_to_the_other():
    edge = 0.02 * math.sqrt(20 / 1000)  # width equals drift a step at this sigma
    below, above = (american_call(100, 90, 20, edge * x, rate=0.05, dividend_yield=0.03) for x in (0.999, 1.001))
    assert below == pytest.approx(above, rel=2e-4)


def test_relief_from_royalty_is_the_spreadsheet_npv():
    given = ReliefInput(revenues=(100, 200, 300), royalty_rate=0.05, discount_rate=0.12, tax_rate=0.25)
    expected = npf.npv(0.12, [0, *(r * 0.05 * 0.75 for r in (100, 200, 300))])
    assert relief_from_royalty(given).value == pytest.approx(expected)


def test_the_closed_form_of_the_renewal_mean_is_the_integral_over_the_lognormal():
    model = RenewalModel(mu=9, sigma=1.2, decay=0.1, fees=(900.0, 1200.0, 2000.0, 4000.0), discount_factor=0.9)
    z = np.linspace(-9, 12, 60_001)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    values = np.array([model.quantile(x) for x in z])
    assert model.mean() == pytest.approx(float(np.trapezoid(values * density, z)), rel=1e-7)


def test_the_value_of_a_right_is_its_best_stop():
    model = RenewalModel(mu=9, sigma=1.2, decay=0.2, fees=(900.0, 1200.0, 2000.0, 4000.0), discount_factor=0.9)
    for start in (0, 500, 1500, 3000, 9000, 50000):
        flows = [0.9**age * (start * math.exp(-0.2 * age) - fee) for age, fee in enumerate(model.fees, start=1)]
        assert model.value(start) == pytest.approx(max(0, *np.cumsum(flows)))


def test_the_censored_fit_recovers_a_known_market():
    generator = np.random.Generator(np.random.PCG64(1))
    prices = 12 + 0.8 * generator.standard_normal(20_000)
    reserves = 12.2 + 0.5 * generator.standard_normal(20_000)
    fit = fit_censored(list(prices[prices >= reserves]), list(reserves[prices < reserves]))
    assert fit.mean == pytest.approx(12, abs=0.02)
    assert fit.sd == pytest.approx(0.8, abs=0.02)


PROSPECT = Prospect(
    revenues=(1e6,) * 10,
    fees=(900.0, 900, 900, 1200, 1200, 1200, 2000, 2000, 2000, 4000),
    royalty_rate=0.004,
    discount_rate=0.1,
    tax_rate=0.25,
    volatility=0.5,
    royalty_log_sd=0.6,
)


def test_the_simulation_agrees_with_a_plain_path_by_path_program():
    generator = np.random.Generator(np.random.PCG64(99))
    values = []
    for _ in range(20_000):
        factor = math.exp(0.6 * generator.standard_normal() - 0.18)
        total = 0.0
        for year in range(1, 11):
            factor *= math.exp(0.5 * generator.standard_normal() - 0.125)
            surplus = 1e6 * factor * 0.004 - PROSPECT.fees[year - 1]
            if surplus < 0:
                break
            total += surplus * 0.75 / 1.1**year
        values.append(total)
    ours = spread_of(simulate(PROSPECT, 50_000, generator_for(1)))
    error = np.std(values) / math.sqrt(len(values))
    assert abs(ours.mean - np.mean(values)) < 4 * math.hypot(error, ours.standard_error)
    assert ours.worthless == pytest.approx(np.mean(np.array(values) <= 0), abs=0.02)
    assert ours.p50 == pytest.approx(np.median(values), rel=0.05)


def test_a_portfolio_of_one_is_the_patent_itself_and_order_changes_nothing():
    alone = simulate_portfolio([("CN1", PROSPECT)], 1000, seed=5)
    together = simulate_portfolio([("CN2", PROSPECT), ("CN1", PROSPECT)], 1000, seed=5)
    assert alone["CN1"] == together["CN1"] != together["CN2"]
    assert alone["CN1"] == spread_of(simulate(PROSPECT, 1000, generator_for(5, "CN1")))


def test_survival_does_not_rise_with_age():
    survival = RenewalModel(mu=7, sigma=2, decay=0.05, fees=tuple([900.0] * 10 + [4000.0] * 10), discount_factor=0.95).survival()
    assert all(later <= earlier for earlier, later in pairwise(survival))
