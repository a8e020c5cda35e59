"""What is kept of the photos held back."""

import numpy as np
import pytest

from arborisk.calibration.table import CalibrationTable


def test_groups_and_members_are_numbered_as_they_came():
    table = CalibrationTable.of(
        probability=np.array([[0.8, 0.2], [0.4, 0.6], [1.0, 0.0]]),
        class_index=np.array([0, 1, 0]),
        rounds=["fold-2", "fold-2", "fold-1"],
        groups=["s", "s", "t"],
        trees=["x", "", ""],
    )
    assert table.member.tolist() == [0, 0, 1]
    assert table.groups_of_class() == [2, 1]
    assert table.groups_from_class(ordered=True) == [2, 1]
    assert len(set(table.tree.tolist())) == 3  # a photo without a tree is a tree of its own
    assert table.probability[2] == pytest.approx([1, 0], abs=1e-9)


def test_arrays_bring_the_table_back(drawn_table):
    table = drawn_table(20)
    again = CalibrationTable.from_arrays(table.to_arrays(), n_classes=3, n_members=5, where="file")
    assert again.probability == pytest.approx(table.probability, abs=1e-6)
    assert (again.tree == table.tree).all()
