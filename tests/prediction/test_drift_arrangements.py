"""Tests over whole groups: by hand, without a shift, and with one."""

import numpy as np
import pytest

from arborisk.prediction.drift.dealing import (
    Arrangements,
    group_distances,
    group_means,
)


def clustered(random, n_groups, shift=0.0):
    """Photos of groups that are alike, and their groups."""
    group = np.repeat(np.arange(n_groups), 4)
    middle = random.normal(size=(n_groups, 3))
    return middle[group] + 0.3 * random.normal(size=(len(group), 3)) + shift, group


def test_means_of_groups_by_hand():
    group = np.array([1, 0, 1])
    assert group_means(np.array([2.0, 5.0, 4.0]), group).tolist() == [5.0, 3.0]
    assert group_means(np.array([[2.0, 0], [5, 1], [4, 4]]), group).tolist() == [[5, 1], [3, 2]]


def test_distances_between_groups_by_hand():
    points = np.array([[0.0, 0], [3, 4], [0, 2]])
    found = group_distances(points, np.array([0, 1, 0]))
    # From (3, 4): 5 to (0, 0), root 13 to (0, 2).
    assert found[0, 1] == found[1, 0] == pytest.approx((5 + 13**0.5) / 2)


def test_energy_distance_by_hand():
    points = np.array([[0.0], [0.0], [1.0], [1.0]])
    dealt = Arrangements.of(2, 2, seed=0)
    found = dealt.clouds_differ(group_distances(points, np.arange(4)))
    assert found.statistic == pytest.approx(2.0)
    assert found.apart == 1.0
    # Two of the six ways to choose two groups of four part them so: these, or the others.
    assert found.p_value == pytest.approx(1 / 3, abs=0.03)


def test_one_new_group_of_three_can_show_nothing():
    dealt = Arrangements.of(2, 1, seed=0)
    found = dealt.means_differ(np.array([0.0, 0.1, 1e6]))
    assert dealt.smallest_p == pytest.approx(1 / 3)
    assert found.p_value >= 1 / 3


def test_without_a_shift_alarms_are_as_rare_as_stated():
    random, dealt = np.random.default_rng(1), Arrangements.of(14, 7, seed=0)
    p_values = []
    for _ in range(300):
        points, group = clustered(random, 21)
        clouds = dealt.clouds_differ(group_distances(points, group))
        means = dealt.means_differ(group_means(points[:, 0], group))
        p_values.append((clouds.p_value, means.p_value))
    # 300 repeats at 10 %: within three standard errors of 0.017.
    shares = (np.array(p_values) <= 0.1).mean(axis=0)
    assert (np.abs(shares - 0.1) < 0.052).all()


def test_photos_of_one_group_count_once():
    """The same test on photos, as if independent, would alarm nearly always."""
    random = np.random.default_rng(2)
    by_groups, by_photos = 0, 0
    few, many = Arrangements.of(8, 4, seed=0), Arrangements.of(80, 40, seed=0)
    for _ in range(40):
        values = np.repeat(random.normal(size=12), 10) + 0.1 * random.normal(size=120)
        by_groups += few.means_differ(group_means(values, np.arange(120) // 10)).p_value <= 0.05
        by_photos += many.means_differ(values).p_value <= 0.05
    assert by_groups <= 6
    assert by_photos >= 15


def test_a_shift_is_found_and_is_larger_than_luck():
    random = np.random.default_rng(3)
    old, old_group = clustered(random, 14)
    new, new_group = clustered(random, 7, shift=2.0)
    group = np.concatenate([old_group, 14 + new_group])
    points, dealt = np.concatenate([old, new]), Arrangements.of(14, 7, seed=0)
    found = dealt.clouds_differ(group_distances(points, group))
    assert found.p_value < 0.01
    assert found.times_luck > 1.5


def test_only_larger_looks_one_way():
    values, dealt = np.arange(20.0)[::-1], Arrangements.of(10, 10, seed=0)
    assert dealt.means_differ(values).p_value < 0.01
    assert dealt.means_differ(values, only_larger=True).p_value > 0.99
