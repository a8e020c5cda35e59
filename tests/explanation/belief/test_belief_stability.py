"""The same map again, and another one for another photo."""

import numpy as np
import pytest

from arborisk.explanation.belief.maps import random_maps
from arborisk.explanation.belief.stability import (
    between_photos,
    brightened,
    measure_stability,
    shifted,
)

GROUPS = list("abcdefgh")


def test_a_shift_moves_pixels_and_repeats_the_border():
    arrays = np.arange(16, dtype=np.uint8).reshape(1, 4, 4, 1)
    assert shifted(arrays, 1, 0)[0, :, 0, 0].tolist() == [0, 0, 4, 8]
    assert shifted(arrays, 0, -1)[0, 0, :, 0].tolist() == [1, 2, 3, 3]


def test_a_little_more_light_stays_within_bytes():
    arrays = np.array([100, 255], np.uint8).reshape(1, 1, 2, 1)
    assert brightened(arrays).ravel().tolist() == [105, 255]


def test_a_map_of_where_things_are_moves_with_them(knowing, planted, is_square, edge_maps):
    smooth = np.asarray(planted.arrays[:8])
    found = measure_stability(knowing, smooth, is_square, edge_maps, groups=GROUPS)
    assert found.shifted.value > 0.6 and found.brighter.value > 0.8
    assert found.members.value == pytest.approx(1.0)  # edges ask no network
    assert found.stable and found.of_the_photo


def test_members_alike_give_maps_alike(knowing, planted, is_square, activation_maps):
    rows = np.flatnonzero(planted.class_index)[:8]
    found = measure_stability(
        knowing, planted.arrays[rows], is_square, activation_maps, groups=GROUPS
    )
    assert found.members.value > 0.9 and found.n_members == 2
    assert found.seeds is None


def test_another_training_counts_as_a_seed(knowing, guessing, planted, is_square, activation_maps):
    rows = np.flatnonzero(planted.class_index)[:8]
    found = measure_stability(
        knowing,
        planted.arrays[rows],
        is_square,
        activation_maps,
        groups=GROUPS,
        others=[guessing(0)],
    )
    assert found.n_seeds == 1 and abs(found.seeds.value) < 0.4
    assert not found.stable
    assert "not stable" in found.sentence and "models of other seeds" in found.sentence


def test_maps_by_chance_are_not_stable(knowing, planted, is_square):
    seeds = iter(range(100))

    def by_chance(opened, arrays, contrast):
        return random_maps(len(arrays), next(seeds)).astype(np.float32)

    found = measure_stability(knowing, planted.arrays[:8], is_square, by_chance, groups=GROUPS)
    assert not found.stable and found.of_the_photo


def test_the_centre_is_the_same_map_for_every_photo(knowing, planted, is_square, centre_maps):
    found = measure_stability(knowing, planted.arrays[:8], is_square, centre_maps, groups=GROUPS)
    assert found.between == pytest.approx(1.0)
    assert not found.of_the_photo
    assert "nearly the same map for every photo" in found.sentence


def test_maps_that_mark_nothing_are_one_map_and_a_single_photo_has_no_other():
    assert between_photos(np.zeros((3, 14, 14))) == 1.0
    assert between_photos(np.zeros((1, 14, 14))) is None
