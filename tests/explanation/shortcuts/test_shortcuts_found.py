"""A model that reads a planted cue is caught, and by the right test; an honest one is not."""

import numpy as np
import pytest

from arborisk.explanation.shortcuts.swaps import BLOCK, N_CELLS


def test_a_stamp_in_the_corner_of_one_class_is_caught(tested):
    found = tested("stamp")
    place = found.finding("place")
    assert place.standing == "found"
    assert place.places.suspect == (N_CELLS - BLOCK, N_CELLS - BLOCK, BLOCK)
    assert place.readings[0].interval.low > 0.5
    assert "at the bottom right" in place.sentence
    assert found.headline.startswith("Shortcut found: ")
    assert "a fixed place in the frame" in found.headline


def test_the_stamp_is_no_matter_of_light_or_of_the_tree(tested):
    found = tested("stamp")
    tree = found.finding("background").readings[2]
    assert tree.title.startswith("tree swapped") and tree.interval.high < 0.3


def test_an_honest_model_raises_no_alarm(tested):
    found = tested("crown")
    assert found.untouched.interval.value > 0.95
    assert not found.found
    assert found.headline.startswith("No shortcut found among those looked for.")
    assert found.finding("place").standing != "found"
    assert found.finding("background").readings[2].interval.low > 0.5  # it follows the tree


def test_a_model_of_the_background_is_caught(tested):
    background = tested("background").finding("background")
    assert background.standing == "found"
    assert background.readings[0].interval.low > 0.8  # order right without any tree
    assert tested("background").finding("border").standing in ("found", "noticed")


def test_a_model_of_the_light_is_caught(tested):
    camera = tested("light").finding("camera")
    assert camera.standing == "found"
    assert camera.readings[0].interval.low > 0.8


def test_a_model_that_learnt_nothing_is_not_tested_by_swapping(tested):
    found = tested("nothing")
    assert {item.standing for item in found.findings if item.name in ("border", "place")} == {
        "not tested"
    }
    assert "Not tested: the border of the frame" in found.headline


def test_no_outline_and_no_dead_share_are_said(cue_model, cue_photos):
    from dataclasses import replace

    from arborisk.bundle.activation_map import Contrast
    from arborisk.explanation.shortcuts.testing import shortcut_tests

    few = replace(cue_photos("crown"), tree_mask=None)
    found = shortcut_tests(cue_model("crown"), few, Contrast(1, (0,)), n_pairs=4)
    assert found.finding("background").standing == "not tested"
    assert found.finding("dead_wood").standing == "not tested"
    assert "Not tested: " in found.headline


@pytest.mark.parametrize("name", ["border", "place", "background", "camera"])
def test_examples_are_photos_of_the_models_size(tested, name):
    for example in tested("crown").finding(name).examples:
        assert example.array.shape == (32, 32, 3) and example.array.dtype == np.uint8
