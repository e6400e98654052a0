"""The measures of a back-test against their definitions."""

import itertools
import math

import numpy as np
import pytest

from langqiao.engine.grading.calibration import auc, bootstrap, brier, calibration_error, concordance, logit, reliability


def generator(seed=1):
    return np.random.Generator(np.random.PCG64(seed))


def test_auc_is_the_share_of_pairs_in_order_ties_half():
    figures, outcomes = generator().integers(0, 6, 60).astype(float), generator(2).random(60) < 0.4
    pairs = [1.0 if p > n else 0.5 if p == n else 0.0 for p, n in itertools.product(figures[outcomes], figures[~outcomes])]
    assert auc(figures, outcomes) == pytest.approx(sum(pairs) / len(pairs))
    assert auc([1.0, 2.0], [True, True]) is None
    assert auc([1.0, 2.0, 3.0], [False, False, True]) == 1.0


def test_concordance_is_the_share_of_pairs_whose_order_is_known():
    figures, lives, ended = generator().random(40), generator(2).integers(1, 9, 40), generator(3).random(40) < 0.6
    usable = [(i, j) for i in range(40) for j in range(40) if ended[i] and lives[j] > lives[i]]
    agree = sum(1.0 if figures[j] > figures[i] else 0.5 if figures[j] == figures[i] else 0.0 for i, j in usable)
    assert concordance(list(figures), list(lives), list(ended)) == pytest.approx(agree / len(usable))
    assert concordance([1.0], [1.0], [False]) is None


def test_brier_and_calibration_of_a_perfect_and_of_a_flat_forecast():
    outcomes = np.array([1.0, 0.0, 1.0, 0.0])
    assert brier(outcomes, outcomes) == 0
    assert brier(np.full(4, 0.5), outcomes) == 0.25
    assert calibration_error(reliability(np.full(4, 0.5), outcomes)) == 0
    assert calibration_error(reliability(np.full(4, 0.9), outcomes)) == pytest.approx(0.4)


def test_bins_hold_every_case_once_and_equal_probabilities_together():
    told = np.round(generator().random(500), 1)
    bins = reliability(told, (generator(2).random(500) < told).astype(float))
    assert sum(one.n for one in bins) == 500
    assert [one.told for one in bins] == sorted(one.told for one in bins)


def test_the_logit_recovers_the_curve_that_made_the_data():
    figures = generator().standard_normal((40_000, 2))
    chance = 1 / (1 + np.exp(-(0.3 + 0.8 * figures[:, 0] - 0.5 * figures[:, 1])))
    fitted = logit(figures, (generator(2).random(40_000) < chance).astype(float))
    assert np.abs(fitted.probabilities(figures) - chance).max() < 0.03


def test_a_figure_that_never_varies_or_separates_does_not_break_the_fit():
    flat = logit(np.ones((10, 1)), np.array([1.0] * 5 + [0.0] * 5))
    assert flat.probabilities(np.ones((1, 1)))[0] == pytest.approx(0.5)
    apart = logit(np.arange(10.0)[:, None], (np.arange(10) > 4).astype(float))
    assert all(math.isfinite(weight) for weight in apart.weights)


def test_the_bootstrap_repeats_and_covers_its_value():
    figures = generator().standard_normal(300)
    first, again = (bootstrap(lambda index: float(figures[index].mean()), 300, seed=5) for _ in range(2))
    assert first == again
    assert first.low < first.value < first.high
    assert first.high - first.low == pytest.approx(2 * 1.96 / math.sqrt(300), rel=0.15)
    assert bootstrap(lambda _: None, 3, seed=1).value is None
