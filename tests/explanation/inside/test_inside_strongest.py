"""The strongest places: exact, one a group, whatever the batches."""

import numpy as np
import pytest

from arborisk.explanation.inside.records import Strongest


def found(values, groups, *, batch, n_kept=3, means=None):
    means = np.zeros_like(values) if means is None else means
    keeper = Strongest(values.shape[1], n_kept)
    places = np.arange(values.size).reshape(values.shape)
    for start in range(0, len(values), batch):
        some = np.arange(start, min(start + batch, len(values)))
        keeper.add(values[some], means[some], places[some], some, groups[some])
    return keeper.found()


@pytest.mark.parametrize("batch", [1, 4, 7, 50])
def test_it_is_what_sorting_all_groups_gives(batch):
    random = np.random.default_rng(1)
    values = random.normal(size=(50, 6)).astype(np.float32)
    groups = random.integers(0, 12, 50)
    kept = found(values, groups, batch=batch)
    for unit in range(6):
        best = {group: max(values[groups == group, unit]) for group in set(groups)}
        assert kept.values[unit].tolist() == sorted(best.values(), reverse=True)[:3]
        assert len(set(groups[kept.photos[unit]])) == 3
        assert kept.places[unit].tolist() == [photo * 6 + unit for photo in kept.photos[unit]]


def test_fewer_groups_than_wanted_leave_gaps():
    kept = found(np.ones((4, 1), dtype=np.float32), np.array([0, 0, 1, 1]), batch=2)
    assert kept.photos.tolist() == [[0, 2, -1]]
    assert kept.values[0, 2] == -np.inf


@pytest.mark.parametrize("batch", [1, 4])
def test_of_equal_values_the_larger_mean_comes_first_and_then_the_earlier_photo(batch):
    values = np.full((4, 1), 6.0, dtype=np.float32)
    means = np.array([[1.0], [3.0], [1.0], [2.0]], dtype=np.float32)
    kept = found(values, np.arange(4), batch=batch, means=means)
    assert kept.photos.tolist() == [[1, 3, 0]]
