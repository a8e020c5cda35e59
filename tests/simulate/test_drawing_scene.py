"""What lies around a drawn tree, and that it tells nothing of the tree."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from arborisk.errors import SettingsError
from arborisk.simulate.drawing.canvas import PART_CODES
from arborisk.simulate.drawing.compose import draw_photo
from arborisk.simulate.trees import DrawnTree, Site

TREE = DrawnTree(
    tree_id="tree-0002",
    site_id="site-002",
    kind="broadleaf",
    height_m=13.0,
    stem_diameter_m=0.4,
    crown_width_m=8.0,
    crown_base_m=3.5,
    crown_density=0.8,
    lean_deg=0.0,
    crown_offset_m=0.0,
    dead_crown_share=0.0,
    n_stems=1,
    cavity_share=0.0,
    n_conks=0,
    root_plate_lift_deg=0.0,
    decay_wall_ratio=1.0,
    root_hold=2.0,
    normal_gust_ms=20.0,
    extreme_gust_ms=32.0,
)
FAILING = replace(
    TREE,
    height_m=22.0,
    crown_width_m=12.0,
    lean_deg=14.0,
    dead_crown_share=0.6,
    n_stems=2,
    cavity_share=0.3,
    n_conks=4,
    root_plate_lift_deg=12.0,
    decay_wall_ratio=0.1,
    root_hold=0.3,
)
STREET = Site(
    site_id="site-002",
    latitude=42.4,
    longitude=-72.5,
    has_house=True,
    has_pole=True,
    has_wires=True,
    n_other_trees=3,
    ground="grass",
    leaf_on=True,
    seed=5,
)
TREE_CODES = [PART_CODES[name] for name in ("crown", "dead_crown", "stem", "root_flare", "defect")]


def drawn(tree=TREE, site=STREET, *, seed=8, size=(252, 336), blank_cues=False):
    return draw_photo(
        tree, site, width_px=size[0], height_px=size[1], seed=seed, blank_cues=blank_cues
    )


def has(photo, part):
    return bool((photo.parts == PART_CODES[part]).any())


def grown_by(mask, reach_px):
    """Mask with a border around it, as far as the lens mixes neighbours."""
    wide = ImageFilter.MaxFilter(2 * reach_px + 1)
    return np.asarray(Image.fromarray(mask).convert("L").filter(wide)) > 0


def test_the_same_seed_gives_the_same_picture():
    first, second = drawn(), drawn()
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.parts, second.parts)


def test_another_seed_gives_another_picture():
    assert (drawn(seed=8).parts != drawn(seed=9).parts).mean() > 0.05


@pytest.mark.parametrize("seed", [1, 2])
def test_surroundings_are_the_same_whatever_the_tree(seed):
    sound, failing = drawn(TREE, seed=seed), drawn(FAILING, seed=seed)
    touched = np.isin(sound.parts, TREE_CODES) | np.isin(failing.parts, TREE_CODES)
    # The lens mixes neighbours; shade and footing lie on the ground.
    apart = ~grown_by(touched, 4)
    assert np.array_equal(sound.parts[apart], failing.parts[apart])
    apart &= ~grown_by(sound.parts == PART_CODES["ground"], 4)
    assert apart.mean() > 0.2
    assert np.array_equal(sound.image[apart], failing.image[apart])


def test_hidden_parameters_leave_no_trace():
    hidden = replace(
        TREE, decay_wall_ratio=0.1, root_hold=0.2, normal_gust_ms=29.0, extreme_gust_ms=44.0
    )
    assert np.array_equal(drawn(TREE).image, drawn(hidden).image)


def test_blanked_cues_draw_every_tree_alike():
    blank, other = drawn(TREE, blank_cues=True), drawn(FAILING, blank_cues=True)
    assert np.array_equal(blank.image, other.image)
    assert not has(other, "defect")
    assert not has(other, "dead_crown")


def test_mask_marks_where_the_picture_shows_the_tree():
    """Two trees of one site differ in the picture where, and only where, a mask says tree."""
    site = replace(STREET, ground="pavement", n_other_trees=0, has_pole=False, has_wires=False)
    sound, failing = drawn(TREE, site), drawn(FAILING, site)
    changed = np.abs(sound.image.astype(int) - failing.image.astype(int)).max(axis=2) > 12
    one_only = np.isin(sound.parts, TREE_CODES) != np.isin(failing.parts, TREE_CODES)
    assert changed[one_only].mean() > 0.85
    either = np.isin(sound.parts, TREE_CODES) | np.isin(failing.parts, TREE_CODES)
    sky = (sound.parts == PART_CODES["sky"]) & ~grown_by(either, 4)
    assert not changed[sky].any()


def test_the_sky_is_bright_and_the_leaves_are_darker():
    photo = drawn()
    grey = photo.image.mean(axis=2)
    assert grey[photo.parts == PART_CODES["sky"]].mean() > 130
    assert grey[photo.parts == PART_CODES["crown"]].mean() < 110


@pytest.mark.parametrize(
    ("change", "part", "wanted"),
    [
        ({}, "built", True),
        ({}, "wires", True),
        ({"has_wires": False}, "wires", False),
        ({"has_house": False, "has_pole": False, "has_wires": False}, "built", False),
    ],
)
def test_things_stand_where_the_site_has_them(change, part, wanted):
    assert has(drawn(site=replace(STREET, **change)), part) is wanted


def test_winter_bares_broadleaves_but_not_conifers():
    winter = replace(STREET, leaf_on=False)
    green = {}
    for kind in ("broadleaf", "conifer"):
        tree = replace(TREE, kind=kind)
        for name, site in (("summer", STREET), ("winter", winter)):
            photo = drawn(tree, site)
            crown = photo.image[photo.parts == PART_CODES["crown"]].astype(float)
            green[kind, name] = (crown[:, 1] - crown[:, 0]).mean()
    assert green["broadleaf", "winter"] < 0 < green["broadleaf", "summer"]
    assert green["conifer", "winter"] > 0


@pytest.mark.parametrize("lean_deg", [-35.0, 0.0, 35.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_whole_tree_is_in_the_picture(lean_deg, seed):
    tree = replace(FAILING, lean_deg=lean_deg, dead_crown_share=0.0)
    is_tree = np.isin(drawn(tree, seed=seed).parts, TREE_CODES)
    rows, columns = np.nonzero(is_tree)
    assert rows.min() > 0
    assert rows.max() < is_tree.shape[0] - 1
    assert columns.min() > 0
    assert columns.max() < is_tree.shape[1] - 1


def test_an_upright_tree_fills_most_of_the_height():
    shares = []
    for seed in range(8):
        rows = np.nonzero(np.isin(drawn(seed=seed, size=(126, 168)).parts, TREE_CODES))[0]
        shares.append(np.ptp(rows) / 168)
    assert 0.55 < min(shares) < 0.75 < max(shares) < 0.95


def test_too_small_a_picture_is_refused():
    with pytest.raises(SettingsError, match="at least 96 pixels"):
        drawn(size=(40, 60))


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(["broadleaf", "conifer"]),
    height_m=st.floats(4.0, 35.0),
    slenderness=st.floats(12.0, 90.0),
    width_share=st.floats(0.15, 1.2),
    base_share=st.floats(0.05, 0.6),
    lean_deg=st.floats(-40.0, 40.0),
    offset_share=st.floats(-0.3, 0.3),
    shares=st.tuples(*[st.floats(0.0, 1.0)] * 3),
    n_stems=st.sampled_from([1, 2]),
    n_conks=st.integers(0, 8),
    lift_deg=st.floats(0.0, 30.0),
    ground=st.sampled_from(["grass", "pavement", "soil"]),
    leaf_on=st.booleans(),
    seed=st.integers(0, 2**31 - 1),
)
def test_any_tree_can_be_drawn(
    kind,
    height_m,
    slenderness,
    width_share,
    base_share,
    lean_deg,
    offset_share,
    shares,
    n_stems,
    n_conks,
    lift_deg,
    ground,
    leaf_on,
    seed,
):
    tree = replace(
        TREE,
        kind=kind,
        height_m=height_m,
        stem_diameter_m=height_m / slenderness,
        crown_width_m=height_m * width_share,
        crown_base_m=height_m * base_share,
        crown_density=shares[0],
        lean_deg=lean_deg,
        crown_offset_m=height_m * width_share * offset_share,
        dead_crown_share=shares[1],
        n_stems=n_stems,
        cavity_share=shares[2],
        n_conks=n_conks,
        root_plate_lift_deg=lift_deg,
    )
    site = replace(STREET, ground=ground, leaf_on=leaf_on, seed=seed, n_other_trees=seed % 3)
    photo = drawn(tree, site, seed=seed, size=(131, 173))
    assert photo.image.shape == (173, 131, 3)
    assert photo.parts.shape == (173, 131)
    assert photo.image.dtype == photo.parts.dtype == np.uint8
    assert set(np.unique(photo.parts)) <= set(PART_CODES.values())
    # Brackets and a lifted plate may hide the few pixels of a thin flare.
    assert has(photo, "root_flare") or has(photo, "defect")
