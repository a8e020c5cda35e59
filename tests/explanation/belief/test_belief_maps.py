"""Maps on a grid, and how alike two are."""

import numpy as np
import pytest
from scipy import stats

from arborisk.explanation.belief.maps import (
    GRID_SIDE,
    centre_blob,
    on_grid,
    random_maps,
    rank_correlation,
)


def test_rank_correlation_is_spearmans():
    first, second = np.random.default_rng(1).normal(size=(2, 3, 5, 4))
    found = rank_correlation(first, second)
    pairs = zip(first, second, strict=True)
    expected = [stats.spearmanr(one.ravel(), other.ravel())[0] for one, other in pairs]
    assert found == pytest.approx(expected)


def test_a_constant_map_resembles_nothing():
    assert rank_correlation(np.ones((1, 4, 4)), np.arange(16.0).reshape(1, 4, 4)) == 0.0


@pytest.mark.parametrize("side", [7, 14, 56])
def test_maps_of_any_resolution_lie_the_same_way_on_the_grid(side):
    down = np.repeat(np.arange(float(side))[None, :, None] / side, side, axis=2)
    found = on_grid(down)
    assert found.shape == (1, GRID_SIDE, GRID_SIDE)
    assert (np.diff(found[0], axis=0) >= 0).all()
    assert np.ptp(found[0], axis=1) == pytest.approx(0.0)
    assert found.mean() == pytest.approx(down.mean())


def test_the_centre_blob_is_highest_in_the_middle():
    blob = centre_blob(2)
    assert blob[0].max() == pytest.approx(blob[0, 6:8, 6:8].min())
    assert blob[1].min() == pytest.approx(blob[1, 0, 0])


def test_random_maps_follow_their_seed_and_do_not_resemble_each_other():
    maps = random_maps(200, seed=1)
    assert np.array_equal(maps, random_maps(200, seed=1))
    assert abs(rank_correlation(maps[:100], maps[100:]).mean()) < 0.1
