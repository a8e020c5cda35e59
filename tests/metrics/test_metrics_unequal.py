"""Independent photos of unequal groups: hand-worked cases."""

import numpy as np
import pytest

from arborisk.metrics.over_groups import (
    ALIKE_UNTIL_SHOWN,
    Spreads,
    alikeness,
    independent_photos,
    sure_variance,
)

TAIL = np.array([0.025])


def test_photos_all_alike_or_independent():
    value, photos = np.array([0.5]), np.full((1, 40), 2.0)
    alike = np.array([[2.0, 0.0] * 20])
    assert alikeness(value, alike, photos) == pytest.approx(1)
    # Of pairs of coin flips one half agree: correlation 0, but for the groups that stand for 1.
    flips = np.array([[2.0, 1.0, 1.0, 0.0] * 10])
    assert alikeness(value, flips, photos) == pytest.approx(
        ALIKE_UNTIL_SHOWN / (30 + ALIKE_UNTIL_SHOWN)
    )


def test_groups_of_one_photo_count_as_alike():
    found = alikeness(np.array([0.9]), np.array([[1.0] * 9 + [0.0]]), np.ones((1, 10)))
    assert found == pytest.approx(1)


def test_a_large_group_that_is_right_by_luck_does_not_make_the_score_sure():
    """Sixty trees of one photo, three wrong, and one of 60 that is right: worth 4 groups."""
    photos = np.array([[1.0] * 60 + [60.0]])
    right = photos.copy()
    right[0, :3] = 0
    value = right.sum() / photos.sum()
    shift = 61 * (right - value * photos) / photos.sum()
    spreads = Spreads(
        np.array([value]), shift, (shift**2).sum(axis=-1) / (61 * 60), np.array([60.0])
    )
    number = float(independent_photos(spreads, right, photos, TAIL)[0])
    assert number < 4  # 120^2 / (60 + 60^2) = 3.9 groups of equal size
    by_shift = value * (1 - value) / float(spreads.variance[0])
    assert by_shift > 60
    alone = float(spreads.variance[0])
    assert float(sure_variance(spreads, photos, TAIL)[0]) > 5 * alone


def test_the_number_never_exceeds_the_photos():
    photos, right = np.full((1, 30), 3.0), np.full((1, 30), 2.0)
    right[0, 0] = 1
    spreads = Spreads(
        np.array([59 / 90]), np.zeros((1, 30)) + 1e-3, np.array([1e-9]), np.array([29.0])
    )
    assert float(independent_photos(spreads, right, photos, TAIL)[0]) <= 90


def test_many_samples_at_once_are_each_as_if_alone():
    random = np.random.default_rng(0)
    photos = random.integers(1, 6, size=(3, 30)).astype(float)
    right = np.floor(photos * random.random((3, 30)) * np.array([[1.4], [1.0], [0.7]]))
    right = np.minimum(right, photos)
    value = right.sum(axis=1) / photos.sum(axis=1)
    each = [alikeness(value[[n]], right[[n]], photos[[n]])[0] for n in range(3)]
    assert alikeness(value, right, photos) == pytest.approx(each)
    assert len(set(each)) == 3
