"""The renewal model is recovered from what it generates, fits the published US survival, and its lens agrees with plain simulation."""

import math
from collections import Counter

import numpy as np
import pytest

from langqiao.engine.valuation.by_renewal import models_of, within
from langqiao.engine.valuation.renewal import RenewalModel
from langqiao.engine.valuation.renewal_fit import Choices, fit
from langqiao.engine.valuation.renewal_lens import mean_left, renewal_lens, values_left
from langqiao.rules import parameters

CN_FEES = tuple(map(float, [900] * 3 + [1200] * 3 + [2000] * 3 + [4000] * 3 + [6000] * 3 + [8000] * 5))
US = parameters().value("valuation.renewal.fit.US")


def cn(mu=9.0, sigma=1.5, decay=0.1625):
    return RenewalModel(mu=mu, sigma=sigma, decay=decay, fees=CN_FEES, discount_factor=1 / 1.1)


def choices_of(model, count, seed=1):
    returns = model.mu + model.sigma * np.random.Generator(np.random.PCG64(seed)).standard_normal(count)
    passed = np.searchsorted(model.thresholds(), returns, side="right")
    counted = Counter(passed.tolist())
    last = len(model.fees)
    return [Choices(first=1, dropped={k + 1: n for k, n in counted.items() if k < last}, kept={last: counted[last]})]


def test_the_fit_recovers_the_model_that_made_the_data():
    found = fit(choices_of(cn(), 100_000), cn(mu=8.0, sigma=1.0))
    assert found.mu == pytest.approx(9.0, abs=0.03)
    assert found.sigma == pytest.approx(1.5, abs=0.03)
    assert found.n == 100_000


def test_the_likelihood_peaks_near_the_decay_that_made_the_data():
    data = choices_of(cn(), 100_000)
    by_decay = {decay: fit(data, cn(decay=decay)).log_likelihood for decay in (0.05, 0.1625, 0.3)}
    assert max(by_decay, key=by_decay.get) == 0.1625


def test_us_survival_is_fitted_at_every_decay_with_means_far_apart_and_the_stored_rows_are_those_fits():
    issued, paid = US["groups"]["all"]["n"], [0.84, 0.63, 0.49]
    alive = [issued, *(round(issued * share) for share in paid)]
    data = [Choices(first=1, dropped={k: alive[k - 1] - alive[k] for k in (1, 2, 3)}, kept={3: alive[3]})]
    means = []
    for decay, mu, sigma, likelihood in US["groups"]["all"]["rows"]:
        start = RenewalModel(
            mu=8.0,
            sigma=1.5,
            decay=decay,
            fees=tuple(US["fees"]),
            discount_factor=1 / 1.1,
            ages=tuple(US["ages"]),
            spans=tuple(US["spans"]),
        )
        found = fit(data, start)
        assert (found.mu, found.sigma) == (pytest.approx(mu, abs=2e-3), pytest.approx(sigma, abs=2e-3))
        assert found.log_likelihood == pytest.approx(likelihood, abs=0.1)
        model = RenewalModel(
            mu=mu, sigma=sigma, decay=decay, fees=start.fees, discount_factor=start.discount_factor, ages=start.ages, spans=start.spans
        )
        for share, survival in zip(paid, model.survival(), strict=True):
            assert abs(share - survival) < 1.7 * math.sqrt(share * (1 - share) / issued)
        means.append(model.mean())
    assert max(means) / min(means) > 40


def test_the_lens_agrees_with_simulated_owners_who_kept_their_right():
    model, after = cn(decay=0.1), 6
    logs = model.mu + model.sigma * np.random.Generator(np.random.PCG64(3)).standard_normal(400_000)
    kept = np.exp(logs[logs >= model.thresholds()[after - 1]])
    values = values_left(model, kept, after)
    found = renewal_lens([(1.0, model)], after)
    assert found.p50 == pytest.approx(float(np.median(values)), rel=0.02)
    assert found.p90 == pytest.approx(float(np.quantile(values, 0.9)), rel=0.02)
    assert mean_left(model, after) == pytest.approx(float(values.mean()), rel=0.03)
    unpaid = float((np.log(kept) < model.thresholds()[after]).mean())
    assert found.next_fee_unpaid == pytest.approx(unpaid, abs=0.003)


def test_values_left_is_the_model_right_by_right_bought_years_included():
    rows = US["groups"]["all"]["rows"]
    (_, model), *_ = models_of(US, "all", [[rows[0][0], 1.0]], rate=0.1)
    for after in (0, 2, 4, 6, 12, 15):
        expected = [model.value(r, after=after) + model.bought(r, after=after) for r in (10.0, 500.0, 20_000.0)]
        assert values_left(model, np.array([10.0, 500.0, 20_000.0]), after) == pytest.approx(expected)
    assert model.free_years(6) == [7]
    assert model.free_years(0) == [1, 2, 3]


def test_what_a_fee_buys_ends_with_the_term():
    rows = US["groups"]["all"]["rows"]
    (_, model), *_ = models_of(US, "all", [[rows[0][0], 1.0]], rate=0.1)
    assert within(model, 13).spans == (4, 4, 2)
    assert within(model, 10).ages == (4, 8)


def test_a_prior_of_equal_weights_is_updated_by_survival():
    models = models_of(parameters().value("valuation.renewal.fit.CN"), "all", [[0.05, 0.5], [0.2, 0.5]], rate=0.1)
    young, old = (renewal_lens(models, after).by_decay for after in (0, 19))
    assert [row.weight for row in young] == [0.5, 0.5]
    assert old[0].weight != pytest.approx(0.5, abs=1e-3)
    assert sum(row.weight for row in old) == pytest.approx(1)
