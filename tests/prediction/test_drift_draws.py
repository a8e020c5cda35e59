"""Groups of many photos beside groups of one: as many are drawn of each, again and again."""

from statistics import NormalDist

import numpy as np
import pytest

from arborisk.calibration.table import CalibrationMap, CalibrationTable
from arborisk.prediction.drift import dealing
from arborisk.prediction.drift.classes import mix_differs
from arborisk.prediction.drift.compare import widest
from arborisk.prediction.drift.dealing import (
    ComparisonOutcome,
    Draws,
    drawn_rows,
    group_means,
    together,
)


def outcome(p_value, statistic=1.0):
    return ComparisonOutcome(statistic, p_value, by_luck=2.0, middle=1.0, apart=0.5)


def means(values):
    def test(dealt, rows, own, random):
        return dealt.means_differ(group_means(values[rows], own))

    return test


def test_as_many_photos_of_each_group_are_drawn_as_the_smallest_has():
    group = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2])
    rows = drawn_rows(group, np.random.default_rng(0))
    assert np.bincount(group[rows]).tolist() == [2, 2, 2]
    assert (np.diff(rows) > 0).all()
    seen = {tuple(drawn_rows(group, np.random.default_rng(seed))) for seed in range(30)}
    assert seen > {tuple(rows)}
    assert drawn_rows(np.arange(4), np.random.default_rng(1)).tolist() == [0, 1, 2, 3]


def test_draws_that_agree_say_together_what_each_says():
    found = together([outcome(0.031)] * 5, 0.0002)
    assert found.p_value == pytest.approx(0.03, abs=1e-9)  # half an arrangement less
    assert (found.by_luck, found.apart) == (2.0, 0.5)


def test_the_mean_of_draws_is_measured_by_its_own_spread():
    """Normal numbers 1 and 2: their mean 1.5 over the root of 1 less their variance of 0.5."""
    normal, half = NormalDist(), 0.5 / (dealing.N_ARRANGEMENTS_EACH + 1)
    found = together([outcome(1 - normal.cdf(score) + half) for score in (1, 2)], 0.0002)
    assert found.p_value == pytest.approx(1 - normal.cdf(1.5 / 0.5**0.5))
    assert found.by_luck == pytest.approx(1 + 0.5**0.5)


def test_no_more_than_a_share_of_the_spread_is_the_lots():
    """Draws that contradict each other: 3 and -1, a variance of 8."""
    normal, half = NormalDist(), 0.5 / (dealing.N_ARRANGEMENTS_EACH + 1)
    found = together([outcome(1 - normal.cdf(score) + half) for score in (2.5, -1.5)], 0.0002)
    assert found.p_value == pytest.approx(1 - normal.cdf(0.5 / (1 - dealing.MOST_BY_LOT) ** 0.5))


def test_no_p_value_is_below_what_the_groups_can_give():
    assert together([outcome(0.002)] * 3, 0.2).p_value == 0.2
    assert Draws(np.array([0, 0, 1, 2]), 2, 0).smallest_p == pytest.approx(1 / 3)


def test_groups_of_one_size_are_tested_whole_and_once():
    points, seen = np.random.default_rng(0).normal(size=(12, 2)), []

    def test(dealt, rows, own, random):
        seen.append(rows.tolist())
        return dealt.means_differ(group_means(points[rows], own))

    Draws(np.repeat(np.arange(6), 2), 4, 0).outcomes(test)
    assert seen == [list(range(12))]
    seen.clear()
    Draws(np.array([0, 0, *range(1, 11)]), 7, 0).outcomes(test, n_draws=3)
    assert len(seen) == 3


def test_trees_of_many_photos_beside_new_ones_of_one_alarm_as_often_as_stated(monkeypatch):
    """60 trees of 6 photos, 30 of 1, and nothing changed; the means of whole trees alarm more."""
    monkeypatch.setattr(dealing, "N_ARRANGEMENTS_EACH", 199)
    group = np.concatenate([np.repeat(np.arange(60), 6), 60 + np.arange(30)])
    fair = whole = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        values = 0.3 * random.normal(size=(90, 4))[group] + random.normal(size=(len(group), 4))
        (found,) = Draws(group, 60, seed).outcomes(means(values), n_draws=8)
        fair += found.p_value <= 0.05
        dealt = dealing.Arrangements.of(60, 30, seed=seed, n_drawn=199)
        whole += dealt.means_differ(group_means(values, group)).p_value <= 0.05
    most = 100 * 0.05 + 3 * (100 * 0.05 * 0.95) ** 0.5
    assert fair <= most < whole


def test_many_draws_see_what_one_misses():
    """20 trees of 8 photos that are no more alike than others, and a new set of 20 with one."""
    group = np.concatenate([np.repeat(np.arange(20), 8), 20 + np.arange(20)])
    many = one = 0
    for seed in range(20):
        points = np.random.default_rng(seed).normal(size=(len(group), 2))
        points[group >= 20, 0] += 0.8
        many += Draws(group, 20, seed).outcomes(means(points), n_draws=12)[0].p_value <= 0.05
        one += Draws(group, 20, seed).outcomes(means(points), n_draws=1)[0].p_value <= 0.05
    assert many > one + 2


def test_one_member_speaks_for_each_new_group():
    """Members that disagree: their mean would lie between all that was held back, at 0."""
    n, random = 40, np.random.default_rng(3)
    member = random.permutation(n) % 2
    log = np.log(np.where(member[:, None] == 0, [0.9, 0.1], [0.1, 0.9]))
    number = np.arange(n)
    table = CalibrationTable(log, np.zeros(n, dtype=np.int64), member, number, number)
    fresh = np.tile(np.log([[0.9, 0.1], [0.1, 0.9]]), (20, 1, 1))
    plain = CalibrationMap("none", np.eye(2), np.zeros(2))
    found = mix_differs(table, plain, fresh, np.arange(20), seed=0)
    assert found.p_value > 0.2
    # Where every member says what member 0 says, the mix has moved.
    moved = mix_differs(table, plain, fresh[:, [0, 0]], np.arange(20), seed=0)
    assert moved.p_value < 0.01


def test_old_and_new_photos_choose_the_widest_directions_together():
    points = np.random.default_rng(0).normal(size=(40, 12)) * 0.1
    points[:20, 3] += np.linspace(-5, 5, 20)
    points[20:, 7] += np.linspace(-3, 3, 20)
    found = widest(points)
    assert found.shape == (40, 8)
    spread = points.std(axis=0)
    assert found.std(axis=0)[:2] == pytest.approx([spread[3], spread[7]], rel=0.01)
