"""Part masks show what the tree's parameters say."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from arborisk.simulate.drawing.canvas import PART_CODES
from arborisk.simulate.drawing.compose import draw_photo, shape_seed
from arborisk.simulate.drawing.figure import figure_of
from arborisk.simulate.drawing.noise import Purpose, generator
from arborisk.simulate.drawing.outline import crown_of
from arborisk.simulate.drawing.tree import grow_tree
from arborisk.simulate.drawing.view import choose_view, frame_tree
from arborisk.simulate.trees import DrawnTree, Site

WIDTH_PX, HEIGHT_PX = 504, 672
TREE_PARTS = ("crown", "dead_crown", "stem", "root_flare", "defect")

SOUND = DrawnTree(
    tree_id="tree-0001",
    site_id="site-001",
    kind="broadleaf",
    height_m=15.0,
    stem_diameter_m=0.55,
    crown_width_m=8.5,
    crown_base_m=4.5,
    crown_density=0.85,
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
OPEN_SITE = Site(
    site_id="site-001",
    latitude=42.4,
    longitude=-72.5,
    has_house=False,
    has_pole=False,
    has_wires=False,
    n_other_trees=0,
    ground="grass",
    leaf_on=True,
    seed=11,
)


def parts_of(tree, *, site=OPEN_SITE, seed=3):
    return draw_photo(tree, site, width_px=WIDTH_PX, height_px=HEIGHT_PX, seed=seed).parts


def is_part(parts, *names):
    return np.isin(parts, [PART_CODES[name] for name in names])


def plane_of(tree, seed=3):
    """Plane of the tree in the picture, to turn pixels into metres."""
    view = choose_view(WIDTH_PX, HEIGHT_PX, seed)
    grown = grow_tree(figure_of(tree), generator(Purpose.SHAPE, shape_seed(tree)))
    return frame_tree(view, grown.outline(), grown.room_m())


def places_of(mask, plane):
    """Places in metres, right and up from the tree's foot, of the pixels of a mask."""
    rows, columns = np.nonzero(mask)
    return plane.to_m(np.stack([columns, rows], axis=1) + 0.5)


def dead_share(parts, block_px=12):
    """Share of the crown's blocks of pixels in which more is dead than alive."""
    rows, columns = HEIGHT_PX // block_px, WIDTH_PX // block_px
    blocks = parts[: rows * block_px, : columns * block_px]
    blocks = blocks.reshape(rows, block_px, columns, block_px)
    live = is_part(blocks, "crown").sum(axis=(1, 3))
    dead = is_part(blocks, "dead_crown").sum(axis=(1, 3))
    # Bare twigs cover a fifth or so of what they span; live wood passes below dead tops.
    is_dead = (dead > 0) & (dead > 0.25 * live)
    return is_dead.sum() / ((live > 0) | is_dead).sum()


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.85])
@pytest.mark.parametrize("kind", ["broadleaf", "conifer"])
def test_dead_share_of_the_crown_can_be_measured(kind, share):
    tree = replace(SOUND, kind=kind, dead_crown_share=share)
    assert dead_share(parts_of(tree)) == pytest.approx(share, abs=0.12)


def test_dead_wood_of_a_bare_crown_is_marked():
    winter = replace(OPEN_SITE, leaf_on=False)
    tree = replace(SOUND, dead_crown_share=0.5)
    assert dead_share(parts_of(tree, site=winter)) == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize(
    ("lean_deg", "seed"), [(-28.0, 3), (-9.0, 4), (0.0, 5), (6.0, 6), (20.0, 7)]
)
def test_lean_can_be_measured(lean_deg, seed):
    tree = replace(SOUND, lean_deg=lean_deg)
    places = places_of(is_part(parts_of(tree, seed=seed), "stem"), plane_of(tree, seed))
    clear = (places[:, 1] > 1.0) & (places[:, 1] < 4.0)
    across, up = places[clear].T
    levels = np.round(up / 0.1)
    middles = np.array([across[levels == level].mean() for level in np.unique(levels)])
    slope = np.polyfit(np.unique(levels) * 0.1, middles, 1)[0]
    assert np.degrees(np.arctan(slope)) == pytest.approx(lean_deg, abs=2.0)


@pytest.mark.parametrize("diameter_m", [0.4, 0.9])
def test_stem_is_as_thick_against_its_height_as_the_parameters_say(diameter_m):
    tree = replace(SOUND, stem_diameter_m=diameter_m)
    places = places_of(is_part(parts_of(tree), "stem"), plane_of(tree))
    breast = np.abs(places[:, 1] - 1.3) < 0.25
    width_m = np.ptp(places[breast, 0])
    assert width_m == pytest.approx(diameter_m, rel=0.2)


def test_height_and_crown_width_are_to_scale():
    places = places_of(is_part(parts_of(SOUND), "crown"), plane_of(SOUND))
    assert places[:, 1].max() == pytest.approx(SOUND.height_m, rel=0.05)
    assert np.ptp(places[:, 0]) == pytest.approx(SOUND.crown_width_m, rel=0.12)


@pytest.mark.parametrize("density", [0.6, 0.75, 0.9])
def test_crown_hides_as_much_sky_as_its_density_says(density):
    tree = replace(SOUND, crown_density=density)
    outline = plane_of(tree).to_px(
        crown_of(figure_of(tree), generator(Purpose.SHAPE, shape_seed(tree))).outline
    )
    mask = Image.new("1", (WIDTH_PX, HEIGHT_PX), 0)
    ImageDraw.Draw(mask).polygon([tuple(point) for point in outline.tolist()], fill=1)
    covered = is_part(parts_of(tree), *TREE_PARTS)[np.array(mask)].mean()
    assert covered == pytest.approx(density, abs=0.1)


def test_crown_sits_to_the_side_that_its_offset_says():
    middles = [
        places_of(is_part(parts_of(tree), "crown"), plane_of(tree))[:, 0].mean()
        for tree in (replace(SOUND, crown_offset_m=offset) for offset in (-1.2, 1.2))
    ]
    assert middles[1] - middles[0] == pytest.approx(2.4, abs=0.5)


def test_a_sound_tree_shows_no_defect_and_no_dead_crown():
    assert not is_part(parts_of(SOUND), "defect", "dead_crown").any()


def test_an_opening_is_as_wide_as_its_share_of_the_circumference_looks():
    tree = replace(SOUND, stem_diameter_m=0.9, cavity_share=0.2)
    places = places_of(is_part(parts_of(tree), "defect"), plane_of(tree))
    # An arc of a fifth of the circumference spans a chord of sin(36 degrees) diameters.
    assert np.ptp(places[:, 0]) == pytest.approx(0.9 * np.sin(np.radians(36.0)), abs=0.12)


def test_each_bracket_adds_to_the_defect_at_the_foot():
    areas = []
    for n_conks in (1, 4):
        places = places_of(
            is_part(parts_of(replace(SOUND, n_conks=n_conks)), "defect"), plane_of(SOUND)
        )
        assert places[:, 1].max() < 1.2
        areas.append(len(places))
    assert 0 < areas[0] < areas[1]


@pytest.mark.parametrize("lean_deg", [-12.0, 12.0])
def test_a_lifted_root_plate_rises_on_the_side_away_from_the_lean(lean_deg):
    tree = replace(SOUND, lean_deg=lean_deg, root_plate_lift_deg=15.0)
    places = places_of(is_part(parts_of(tree), "defect"), plane_of(tree))
    assert np.sign(places[:, 0].mean()) == -np.sign(lean_deg)
    assert 0.3 < places[:, 1].max() < 1.2


def test_two_stems_part_into_a_v():
    tree = replace(SOUND, n_stems=2, crown_base_m=5.5)
    stems = places_of(is_part(parts_of(tree), "stem"), plane_of(tree))
    spread = [np.ptp(stems[np.abs(stems[:, 1] - up) < 0.15, 0]) for up in (1.3, 5.2)]
    assert spread[1] > 1.8 * spread[0]


def test_root_flare_is_the_lowest_half_metre():
    places = places_of(is_part(parts_of(SOUND), "root_flare"), plane_of(SOUND))
    assert places[:, 1].max() == pytest.approx(0.5, abs=0.05)
    assert np.ptp(places[:, 0]) > 1.3 * SOUND.stem_diameter_m
