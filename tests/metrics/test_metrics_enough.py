"""Which groups count for a class, and when an interval is given."""

import ast
import re

import numpy as np
import pytest

from arborisk.explanation.shortcuts import measures
from arborisk.metrics.intervals import TOO_FEW, scores_with_intervals
from arborisk.metrics.over_groups import (
    effective_groups,
    exact_ends,
    groups_of_classes,
    is_enough,
    support_of,
    tails,
)


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


def test_what_a_sample_rests_on_and_how_much_wider_it_is_drawn():
    assert support_of(np.full(15, 3.0)).level(0.95) == pytest.approx(0.995)
    assert support_of(np.full(300, 3.0)).level(0.95) == pytest.approx(0.95)
    stray = np.array([[3.0, 0.0]] * 30 + [[2.0, 1.0]] * 10 + [[0.0, 3.0]] * 14)
    assert not support_of(stray).enough  # a stray label in a tree of another class counts for none


def test_fewer_independent_photos_than_effective_groups_stay_possible():
    """Large trees that are harder: a floor at the effective groups made intervals too narrow."""
    photos = np.array([30] * 4 + [1] * 196)
    groups = np.repeat(np.arange(200), photos)
    wrong = np.isin(groups, [0, 1]) | (groups % 20 == 5)
    floor = effective_groups(photos.astype(float))
    value = float((~wrong).mean())
    low, high = exact_ends(np.array(value), np.array(floor), np.array(0.025))
    truth = np.where(groups < 100, 0, 1)
    said = np.eye(2)[np.where(wrong, 1 - truth, truth)]
    found = scores_with_intervals(
        truth, said, [str(one) for one in groups], class_names=("Im", "Pr"), ordered=True
    )["accuracy"]
    assert found.low < float(low) and found.high > float(high)
    share = measures.share(~wrong, [str(one) for one in groups])
    assert share.low < float(low) and share.high > float(high)


def test_tests_of_shortcuts_rest_on_the_same_rule():
    flags = np.arange(60) % 3 == 0
    assert measures.share(flags, [str(n) for n in range(60)]).low is not None
    assert measures.share(flags, [str(n % 14) for n in range(60)]).note == TOO_FEW
    # 40 trees of one photo and one of 900: 41 groups, worth fewer than 4 equal ones
    large = [*map(str, range(40)), *["large"] * 900]
    assert measures.share(np.arange(940) % 2 == 0, large).note == TOO_FEW
    first = np.array([True] * 14 + [False] * 46)
    assert not measures.two_sides(first, [str(n) for n in range(60)]).enough


def test_one_table_says_how_many_are_enough(source_trees):
    """Elsewhere such a number is read from `arborisk.metrics.fewest`, never written."""
    written = []
    for name, tree in source_trees.items():
        for node in tree.body:
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            for target in targets:
                named = isinstance(target, ast.Name) and re.fullmatch(
                    r"_?(FEWEST|ENOUGH)_?(GROUPS|TREES|RATERS|EFFECTIVE|UNCOMMON|OF_CLASS)",
                    target.id,
                )
                if named and isinstance(node.value, ast.Constant):
                    written.append(f"{name}: {target.id}")
    assert written == []


def test_one_module_draws_intervals_over_groups(source_trees):
    """Student's t and exact binomial ends come from `arborisk.metrics`, by one formula each."""
    elsewhere = [
        name
        for name, tree in source_trees.items()
        if "metrics" not in str(name)
        and any(
            isinstance(node, ast.Attribute) and node.attr in ("stdtrit", "betaincinv")
            for node in ast.walk(tree)
        )
    ]
    assert elsewhere == []
