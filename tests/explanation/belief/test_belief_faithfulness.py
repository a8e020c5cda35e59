"""Deletion and insertion."""

import numpy as np
import pytest

from arborisk.explanation.belief.faithfulness import (
    SHARES,
    Against,
    area_under,
    covered_places,
    covers_of,
    deletion_curve,
    insertion_curve,
    measure_faithfulness,
    mixed,
    scores,
)
from arborisk.explanation.belief.maps import centre_blob, on_grid, random_maps
from arborisk.metrics.over_groups import NO_SPREAD
from arborisk.records import Interval


@pytest.fixture(scope="module")
def squares(planted):
    """The photos with a square, their true regions as maps, and their groups."""
    rows = np.flatnonzero(planted.class_index)
    names = [planted.groups[row] for row in rows]
    return planted.arrays[rows], planted.square[rows].astype(np.float32), names


@pytest.mark.parametrize("cover", ["blur", "mean"])
def test_covering_the_true_region_lowers_the_score_more_than_chance(
    knowing, squares, is_square, cover
):
    arrays, region, _ = squares
    covers = covers_of(arrays, cover)
    of_truth, of_chance = (
        area_under(deletion_curve(knowing, arrays, covers, is_square, maps))
        for maps in (on_grid(region), random_maps(len(arrays), seed=0))
    )
    assert of_truth.mean() < of_chance.mean() - 1.0
    shown, by_chance = (
        area_under(insertion_curve(knowing, arrays, covers, is_square, maps))
        for maps in (on_grid(region), random_maps(len(arrays), seed=0))
    )
    assert shown.mean() > by_chance.mean() + 1.0


def test_curves_begin_and_end_at_the_photo_and_its_cover(knowing, squares, is_square):
    arrays, covers = squares[0][:3], covers_of(squares[0][:3])
    curve = deletion_curve(knowing, arrays, covers, is_square, random_maps(3, seed=0))
    assert curve.shape == (3, len(SHARES))
    assert curve[:, 0] == pytest.approx(scores(knowing, arrays, is_square), abs=1e-4)
    assert curve[:, -1] == pytest.approx(scores(knowing, covers, is_square), abs=1e-4)


def test_the_highest_places_are_covered_first_and_stay_covered():
    maps = np.random.default_rng(0).normal(size=(2, 14, 14))
    few, many = covered_places(maps, 0.05), covered_places(maps, 0.2)
    assert few.sum(axis=(1, 2)).tolist() == [10, 10]
    assert (many | ~few).all()
    for place, values in zip(few, maps, strict=True):
        assert values[place].min() > values[~place].max()
    assert covered_places(np.zeros((1, 14, 14)), 0.5).sum() == 98  # ties do not add up


def test_only_covered_places_change():
    arrays = np.full((1, 56, 56, 3), 200, np.uint8)
    places = np.zeros((1, 14, 14), bool)
    places[0, :7] = True
    found = mixed(arrays, np.zeros_like(arrays), places)[0, :, :, 0]
    assert (found[:24] == 0).all() and (found[32:] == 200).all()
    assert (np.diff(found[:, 0].astype(int)) >= 0).all()


def test_a_cover_keeps_tone_and_no_shape(planted):
    for cover in ("blur", "mean"):
        covers = covers_of(planted.arrays[:2], cover)
        assert covers.mean() == pytest.approx(planted.arrays[:2].mean(), abs=1.0)
        assert covers.std(axis=(1, 2)).max() < 4


def test_the_map_of_what_the_model_reads_is_better_than_chance_and_the_middle(
    knowing, squares, is_square, activation_maps
):
    arrays, _, groups = squares
    maps = activation_maps(knowing, arrays, is_square)
    found = measure_faithfulness(knowing, arrays, is_square, maps, groups=groups)
    assert found.standing("random") == found.standing("centre") == "better"
    assert found.n_photos == 24 and found.n_groups == 12
    assert "Better than random maps" in found.sentence


def test_the_centre_blob_beats_nothing(knowing, squares, is_square):
    arrays, _, groups = squares
    found = measure_faithfulness(knowing, arrays, is_square, centre_blob(24), groups=groups)
    assert found.standing("centre") == "not shown"
    assert found.centre.deletion.note == NO_SPREAD
    assert found.standing("random") != "better"


def test_the_opposite_map_is_worse(knowing, squares, is_square, activation_maps):
    arrays, _, groups = squares
    maps = -activation_maps(knowing, arrays, is_square)
    found = measure_faithfulness(knowing, arrays, is_square, maps, groups=groups)
    assert found.standing("random") == "worse"


def test_photos_that_do_not_speak_for_the_class_are_left_out(knowing, squares, is_square):
    flat = np.full_like(squares[0][:2], 100)
    arrays, groups = np.concatenate([flat, squares[0][:2]]), ["a", "b", "c", "d"]
    found = measure_faithfulness(knowing, arrays, is_square, centre_blob(4), groups=groups)
    assert found.n_photos == 2 and found.n_left_out == 2
    assert found.standing("random") == "too few photos"
    none = measure_faithfulness(knowing, flat, is_square, centre_blob(2), groups=groups[:2])
    assert none is None


@pytest.mark.parametrize(
    ("deletion", "insertion", "standing"),
    [
        ((0.1, 0.2), (0.1, 0.2), "better"),
        ((0.1, 0.2), (-0.1, 0.2), "not shown"),
        ((0.1, 0.2), (-0.2, -0.1), "worse"),
        ((None, None), (0.1, 0.2), "not shown"),
    ],
)
def test_both_curves_must_be_better(deletion, insertion, standing):
    ends = (Interval(0.0, *one) for one in (deletion, insertion))
    assert Against(*ends).standing == standing
