"""Which groups count for a class, and when an interval is given."""

import numpy as np
import pytest

from arborisk.metrics.enough import groups_of_classes, is_enough, tails


def test_a_group_counts_for_a_class_of_half_of_its_photos():
    true = np.array([[3, 0], [2, 1], [1, 1], [0, 1], [0, 0]], dtype=np.float64)
    assert groups_of_classes(true).tolist() == [3, 2]


@pytest.mark.parametrize(
    ("n_groups", "photos", "expected"),
    [
        (15, [3.0] * 200, True),
        (14, [3.0] * 200, False),
        # Nine of ten trees have one photo, one has 30: worth 0.169 of their number.
        (24, [30.0] * 20 + [1.0] * 180, True),
        (23, [30.0] * 20 + [1.0] * 180, False),
        (40, [900.0] + [1.0] * 100, False),
    ],
)
def test_groups_must_be_many_and_worth_enough(n_groups, photos, expected):
    found = is_enough(np.array([float(n_groups)]), np.array([photos]))
    assert found.tolist() == [expected]


def test_few_groups_let_fewer_intervals_miss():
    found = tails(np.array([15.0, 22.5, 30.0, 300.0]), 0.9)
    assert found == pytest.approx([0.005, 0.05 * 0.1**0.5, 0.05, 0.05])
