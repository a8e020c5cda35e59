"""What is kept of the photos held back."""

import numpy as np
import pytest

from arborisk.calibration import CalibrationTable


def test_a_tree_is_the_mean_of_its_photos_and_of_their_likeliest_class():
    table = CalibrationTable.of(
        probability=np.array([[0.8, 0.2], [0.4, 0.6], [1.0, 0.0]]),
        class_index=np.array([0, 1, 0]),
        rounds=["fold-2", "fold-2", "fold-1"],
        groups=["s", "s", "t"],
        trees=["x", "x", ""],
    )
    by_tree = table.by_tree(ordered=True)
    assert by_tree.probability.tolist() == [
        pytest.approx([0.6, 0.4]),
        pytest.approx([1, 0], abs=1e-9),
    ]
    assert by_tree.class_index.tolist() == [1, 0]
    assert by_tree.member.tolist() == [0, 1]  # in the order of the rounds as they came
    assert table.groups_of_class() == [2, 1]


def test_photos_without_a_tree_are_trees_of_their_own(drawn_table):
    table = CalibrationTable.of(
        probability=np.full((4, 2), 0.5),
        class_index=np.array([0, 1, 0, 1]),
        rounds=["a"] * 4,
        groups=["g"] * 4,
        trees=[""] * 4,
    )
    assert len(table.by_tree(ordered=False).tree) == 4


def test_arrays_bring_the_table_back(drawn_table):
    table = drawn_table(20)
    again = CalibrationTable.from_arrays(table.to_arrays(), n_classes=3, n_members=5, where="file")
    assert again.probability == pytest.approx(table.probability, abs=1e-6)
    assert (again.tree == table.tree).all()
