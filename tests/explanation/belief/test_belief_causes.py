"""What caused the class of a drawn tree, and whether a map points at it."""

from dataclasses import replace

import numpy as np
import pytest

from arborisk.errors import DatasetError
from arborisk.explanation.belief.localisation import (
    CUES,
    LEAST_RISE_MS,
    CauseTruth,
    cause_of,
    codes_on_array,
    measure_localisation,
    read_drawn_trees,
    region_of,
)
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.simulate.drawing.canvas import PART_CODES
from arborisk.simulate.sampling import draw_stand
from arborisk.simulate.tables import write_truth


@pytest.fixture(scope="module")
def sound():
    """A drawn tree without any cue."""
    tree = draw_stand(n_trees=12, seed=1).trees[0]
    none = {cue.name: 0 for cue in CUES}
    return replace(tree, kind="broadleaf", crown_offset_m=0.0, **none)


@pytest.fixture
def dead_tree(sound):
    """The same with a dead crown, and a mask of 32 px whose upper left corner is dead."""
    codes = np.full((32, 32), PART_CODES["sky"], np.uint8)
    codes[4:12, 4:12] = PART_CODES["dead_crown"]
    codes[20:, 16] = PART_CODES["stem"]
    return CauseTruth(replace(sound, dead_crown_share=0.9), codes)


@pytest.mark.parametrize(
    ("cue", "value"),
    [
        ("dead_crown_share", 0.9),
        ("cavity_share", 0.4),
        ("n_conks", 5),
        ("root_plate_lift_deg", 20.0),
        ("lean_deg", -25.0),
    ],
)
def test_the_only_cue_is_the_cause(sound, cue, value):
    found = cause_of(replace(sound, **{cue: value}))
    assert found.cue.name == cue
    assert found.rise_ms >= LEAST_RISE_MS


def test_a_sound_tree_has_no_cause(sound):
    assert cause_of(sound) is None
    assert cause_of(replace(sound, lean_deg=0.5)) is None


def test_what_a_tree_hides_does_not_decide(sound):
    tree = replace(sound, dead_crown_share=0.6, lean_deg=8.0)
    assert cause_of(tree) == cause_of(replace(tree, root_hold=0.1, decay_wall_ratio=0.05))


def test_the_rise_hardly_depends_on_the_seed(sound):
    tree = replace(sound, dead_crown_share=0.6)
    first, second = (cause_of(tree, seed=seed).rise_ms for seed in (0, 1))
    assert first == pytest.approx(second, abs=0.5)


def test_drawn_trees_are_read_from_the_truth(tmp_path):
    stand = draw_stand(n_trees=12, seed=1)
    write_truth(tmp_path / "truth.csv", stand)
    assert tuple(read_drawn_trees(tmp_path / "truth.csv").values()) == stand.trees


def test_another_table_is_refused(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("tree_id,site_id\na,b\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"the columns tree_id.*height_m.*draw it again"):
        read_drawn_trees(path)
    with pytest.raises(DatasetError, match="draw it again"):
        read_drawn_trees(tmp_path / "none.csv")


def test_a_map_of_the_part_hits_it(dead_tree):
    region = region_of(dead_tree, cause_of(dead_tree.tree))
    maps = np.stack([region.astype(np.float32)] * 7)
    found = measure_localisation(maps, [dead_tree] * 7, groups=list("abcdefg"))
    assert (found.hits, found.hits_centre) == (1.0, 0.0)
    assert found.share == pytest.approx(1.0)
    assert found.area == pytest.approx(64 / 1024)
    assert found.area < found.hits_random < 0.15  # widened by a pixel or so
    assert found.causes == (("dead crown", 7),)
    assert "points at the part" not in found.sentence  # seven times the same: no interval


def test_a_map_of_the_rest_misses_it(dead_tree):
    region = region_of(dead_tree, cause_of(dead_tree.tree))
    maps = np.stack([1.0 - region.astype(np.float32)] * 2)
    maps[:, 30, 30] = 2.0
    found = measure_localisation(maps, [dead_tree] * 2, groups=["a", "b"])
    assert (found.hits, found.share) == (0.0, 0.0)


def test_photos_without_a_cause_are_left_out(dead_tree, sound):
    plain = CauseTruth(sound, dead_tree.codes)
    maps = np.ones((2, 8, 8), np.float32)
    found = measure_localisation(maps, [plain, dead_tree], groups=["a", "b"])
    assert (found.n_photos, found.n_left_out) == (1, 1)
    assert measure_localisation(maps[:1], [plain], groups=["a"]) is None


def test_the_mask_lies_on_the_array_as_the_photo_does():
    codes = np.zeros((40, 20), np.uint8)
    codes[10:30, 10:] = PART_CODES["stem"]
    cut = codes_on_array(codes, PreprocessSettings(size_px=10, crop="centre"))
    assert (cut == np.where(np.arange(10) >= 5, PART_CODES["stem"], 0)).all()
    whole = codes_on_array(codes, PreprocessSettings(size_px=20, crop="stretch"))
    assert (whole[5:15, 10:] == PART_CODES["stem"]).all() and whole[:5].max() == 0
