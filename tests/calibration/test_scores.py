"""Strangeness of classes, and sets that are contiguous."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from arborisk.calibration.table import chance_at_or_above, contiguous_scores

PROBABILITIES = arrays(np.float64, 5, elements=st.floats(0.01, 1)).map(lambda p: p / p.sum())


@given(PROBABILITIES, st.floats(0, 1))
def test_classes_below_any_limit_stand_side_by_side(probability, limit):
    inside = np.flatnonzero(contiguous_scores(probability, ordered=True) <= limit)
    assert len(inside) == 0 or inside[-1] - inside[0] + 1 == len(inside)


@given(PROBABILITIES)
def test_the_likeliest_class_is_the_least_strange_either_way(probability):
    for ordered in (True, False):
        score = contiguous_scores(probability, ordered=ordered)
        assert score[probability.argmax()] == score.min() == 1 - probability.max()


def test_with_one_peak_order_changes_nothing():
    probability = np.array([0.1, 0.5, 0.3, 0.1])
    both = [contiguous_scores(probability, ordered=ordered) for ordered in (True, False)]
    assert both[0] == pytest.approx(both[1])


def test_what_speaks_for_a_class_or_likelier_ones():
    probability = np.array([[0.5, 0.3, 0.2]])
    assert chance_at_or_above(probability, 1, ordered=True) == pytest.approx([0.5])
    assert chance_at_or_above(probability, 1, ordered=False) == pytest.approx([0.3])
