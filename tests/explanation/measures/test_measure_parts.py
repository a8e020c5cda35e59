"""Pieces that measures are made of: vertical, wires, classes, truth of drawn trees, rows."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

from arborisk.explanation.measures.drawn_truth import drawn_truth
from arborisk.explanation.measures.gaps import find_wires
from arborisk.explanation.measures.measure import measure_tree
from arborisk.explanation.measures.overlay import measure_overlay
from arborisk.explanation.measures.table import (
    MEASURES,
    column_names,
    dieback_class,
    measure_row,
    transparency_class,
)
from arborisk.explanation.measures.vertical import find_vertical
from arborisk.simulate.pictures import plan_visits
from arborisk.simulate.sampling import draw_stand


@pytest.mark.parametrize("roll_deg", [-3.0, 0.0, 2.0])
def test_a_house_shows_the_roll_of_the_camera(roll_deg):
    picture = Image.new("L", (300, 400), 200)
    pen = ImageDraw.Draw(picture)
    pen.rectangle([100, 200, 220, 330], fill=120)
    for left in (120, 160, 195):
        pen.rectangle([left, 230, left + 12, 260], fill=60)
    # Pillow turns against the clock.
    grey = np.asarray(picture.rotate(-roll_deg, Image.Resampling.BICUBIC, fillcolor=200), float)
    built = np.zeros((400, 300), dtype=bool)
    built[190:340, 90:230] = True
    nothing = np.zeros_like(built)
    found = find_vertical(grey, built, nothing, nothing)
    assert "upright edges" in found.found_on
    assert found.roll_deg == pytest.approx(roll_deg, abs=0.6)
    frame = find_vertical(grey, nothing, nothing, nothing)
    assert (frame.found_on, frame.roll_deg) == ("", 0.0)
    assert frame.deviation_deg > found.deviation_deg


def test_the_far_edge_of_flat_ground_shows_the_roll():
    down, across = np.mgrid[:400, :300].astype(float)
    ground = down > 300.0 + across * np.tan(np.radians(2.0))
    nothing = np.zeros_like(ground)
    found = find_vertical(np.full(ground.shape, 100.0), nothing, ground, ~ground)
    assert "ground" in found.found_on
    assert found.roll_deg == pytest.approx(2.0, abs=0.6)


def sky_with(*lines):
    picture = Image.new("L", (384, 512), 210)
    pen = ImageDraw.Draw(picture)
    for line in lines:
        pen.line(line, fill=60, width=1)
    grain = np.random.default_rng(0).normal(0.0, 1.5, (512, 384))
    return np.asarray(picture, dtype=float) + grain, np.ones((512, 384), dtype=bool)


def test_a_wire_is_found_where_it_hangs():
    grey, sky = sky_with((0, 100, 383, 150))
    wires = find_wires(grey, sky)
    assert len(wires) >= 1
    for across, down in (wires[:, :2].min(axis=0), wires[:, 2:].max(axis=0)):
        assert down == pytest.approx(100 + 50 * across / 383, abs=3.0)
    assert np.hypot(*(wires[:, 2:] - wires[:, :2]).T).sum() > 250


def test_twigs_and_short_lines_are_no_wires():
    rng = np.random.default_rng(1)
    twigs = []
    for _ in range(400):
        start = rng.uniform((100, 100), (280, 300))
        twigs.append((*start, *(start + rng.normal(0.0, 12.0, 2))))
    assert len(find_wires(*sky_with(*twigs))) == 0
    assert len(find_wires(*sky_with((100, 100, 125, 110)))) == 0
    assert len(find_wires(*sky_with())) == 0


def test_classes_hold_the_percents_that_name_them():
    ends = {
        "Excellent": (0.0, 0.009),
        "Good": (0.01, 0.10),
        "Fair": (0.11, 0.25),
        "Poor": (0.26, 0.50),
        "Critical": (0.51, 0.75),
        "Dying": (0.76, 0.99),
        "Dead": (1.0, 1.0),
    }
    for name, (low, high) in ends.items():
        assert (dieback_class(low), dieback_class(high)) == (name, name)
    assert transparency_class(0.0) == "0-5 %"
    assert transparency_class(0.37) == "35-40 %"
    assert transparency_class(1.0) == "95-100 %"


def test_the_truth_of_drawn_trees_follows_their_parameters():
    stand = draw_stand(n_trees=12, seed=3)
    jobs = plan_visits(stand.trees, stand.sites, photos_per_tree=1, seed=3)
    for job in jobs:
        tree = job.tree
        truth = drawn_truth(tree, job.site, width_px=252, height_px=336, seed=job.seed)
        assert truth.lean_deg == tree.lean_deg
        in_leaf = tree.kind == "conifer" or job.site.leaf_on
        assert np.isfinite(truth.crown_transparency) == in_leaf
        if in_leaf:
            assert truth.crown_transparency == pytest.approx(1.0 - tree.crown_density, abs=0.2)
        length = (tree.height_m - tree.crown_base_m) / tree.height_m
        assert truth.live_crown_ratio <= length + 0.02
        if tree.dead_crown_share < 0.005:
            assert truth.live_crown_ratio == pytest.approx(length, abs=0.02)
        assert -1.0 <= truth.crown_asymmetry <= 1.0


def test_rows_hold_every_measure_and_survive_csv_and_json(made):
    row = measure_row(measure_tree(made()))
    assert tuple(row) == column_names()
    assert all(row[kind.name] is None for kind in MEASURES if row[f"{kind.name}_why_not"])
    stream = io.StringIO()
    writer = csv.DictWriter(stream, column_names())
    writer.writerow(row)
    assert json.loads(json.dumps(row)) == row


def test_the_overlay_marks_the_photo_and_says_what_is_missing(made):
    part_map = made(lean_deg=8.0, wire=True)
    found = measure_tree(part_map)
    plain = measure_overlay(part_map, found, with_text=False)
    assert plain.size == (768, 1024)
    photo = Image.fromarray(part_map.picture).resize(plain.size, Image.Resampling.BICUBIC)
    changed = (np.asarray(plain) != np.asarray(photo)).any(axis=2)
    # The stem's line lies on the stem; the sky's corner is left alone.
    assert changed[850:900, 370:420].any()
    assert not changed[-60:, -60:].any()
    assert measure_overlay(part_map, found).height > plain.height


def test_the_overlay_of_a_photo_without_a_tree_is_the_photo(made):
    part_map = made(stem=False, crown=False)
    plain = measure_overlay(part_map, measure_tree(part_map), with_text=False)
    photo = Image.fromarray(part_map.picture).resize(plain.size, Image.Resampling.BICUBIC)
    assert np.array_equal(np.asarray(plain), np.asarray(photo))
