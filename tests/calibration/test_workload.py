"""How many to send a person to, and what that catches."""

import numpy as np
import pytest

from arborisk.calibration.workload import workload_curve


def test_the_worst_first_catches_all_of_the_class_with_its_own_share():
    curve = workload_curve(np.arange(10) / 10, np.arange(10) >= 8, np.arange(10))
    assert curve.caught_at(0.1) == pytest.approx(0.5)
    assert curve.caught_at(0.2) == curve.caught_at(1.0) == 1.0
    assert curve.low is None  # two trees of the class allow no band


def test_equal_scores_catch_what_chance_would():
    curve = workload_curve(np.zeros(40), np.arange(40) < 20, np.arange(40))
    assert curve.caught == pytest.approx(curve.referred)
    assert (curve.low <= curve.caught).all() and (curve.caught <= curve.high).all()


def test_without_the_class_there_is_no_curve():
    assert workload_curve(np.ones(3), np.zeros(3, dtype=bool), np.arange(3)) is None


def test_the_band_holds_the_curve_of_all_trees():
    """60 drawn samples of 200 trees, an eighth of the class; 95 % is aimed at."""

    def drawn(n, seed):
        random = np.random.default_rng(seed)
        is_of_class = random.random(n) < 0.125
        return random.normal(size=n) + 1.5 * is_of_class, is_of_class, np.arange(n)

    truth = workload_curve(*drawn(200_000, 1)[:2], np.zeros(200_000, dtype=np.int64))
    held = []
    for seed in range(60):
        curve = workload_curve(*drawn(200, 100 + seed))
        if curve.low is None:  # fewer than 15 of the class were drawn
            continue
        held.append([curve.low[at] <= truth.caught[at] <= curve.high[at] for at in (10, 20, 40)])
    assert np.mean(held) >= 0.95 - 3 * (0.95 * 0.05 / 60) ** 0.5
    assert len(held) > 50


def test_the_band_holds_where_a_near_perfect_ranking_bends():
    """At the class's own share; of 100 samples a former band held 83 to 86."""

    def drawn(n, seed):
        random = np.random.default_rng(seed)
        is_of_class = random.random(n) < 0.25
        return random.normal(size=n) + 6 * is_of_class, is_of_class, np.arange(n)

    truth = workload_curve(*drawn(30_000, 1)[:2], np.zeros(30_000, dtype=np.int64))
    held = []
    for seed in range(60):
        curve = workload_curve(*drawn(120, 100 + seed))
        held.append([curve.low[at] <= truth.caught[at] <= curve.high[at] for at in (20, 25, 30)])
    assert np.mean(held, axis=0).min() >= 0.93
