"""The formula for a long line, and windows against falling trees one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box, intersects, linestrings
from shapely.affinity import rotate, translate

from arborisk.risk.strike.geometry import (
    directions_of,
    energy_share,
    line_strike_chance,
    reach_m,
    toward,
    uniform_directions,
)
from arborisk.risk.strike.run import run_strike

few = settings(max_examples=30, deadline=None)
CONDUCTOR = {"conductor_height_m": 9.0, "conductor_height_sd_m": 0.0}
LONG = LineString([(-500, 0), (500, 0)])


def chance(trees, targets, directions=None, kind=0):
    found = run_strike(
        trees,
        targets,
        directions or uniform_directions(len(trees)),
        position_error_m=0.0,
        n_draws=1,
    )
    return found.by_kind[kind].value


@few
@given(st.floats(0.1, 60.0), st.floats(5.0, 40.0), st.floats(0.0, 360.0))
def test_a_long_line_by_the_formula(make_trees, targets_of, distance, height, turn):
    line = rotate(translate(LONG, 0.0, distance), turn, origin=(0, 0))
    found = chance(make_trees([(0, 0)], height_m=height), targets_of(line=[(line, CONDUCTOR)]))
    expected = float(line_strike_chance(distance, reach_m(height, 9.0)))
    assert found == pytest.approx(expected, abs=1e-7)


def test_the_formula_by_hand():
    # A 15 m tree and a conductor at 9 m: 12 m reach; at 6 m, half of it: arccos(1/2) / pi.
    assert reach_m(15.0, 9.0) == pytest.approx(12.0)
    assert line_strike_chance(6.0, 12.0) == pytest.approx(1 / 3)
    assert line_strike_chance(12.0, 12.0) == 0.0
    assert reach_m(8.0, 9.0) == 0.0 and line_strike_chance(1.0, 0.0) == 0.0
    assert reach_m(10.0, 9.0, 1.0) == 15.0  # brittle: parts are thrown
    assert energy_share(0.0, 9.0) == pytest.approx(0.0)
    assert energy_share(9.0 * np.sqrt(3), 9.0) == pytest.approx(0.5)


def test_a_directional_density_over_the_window(make_trees, targets_of):
    """A line to the north within 60° either side; von Mises toward each bearing."""
    from scipy import stats

    bearings = np.array([0.0, 45.0, 180.0, 300.0])
    trees = make_trees([(0, 0)] * 4, height_m=15.0)
    line = targets_of(line=[(translate(LONG, 0.0, 6.0), CONDUCTOR)])
    found = chance(trees, line, toward(bearings, 4.0, ""))
    side = np.radians(60.0)
    offset = np.radians(bearings)
    law = stats.vonmises(4.0)
    assert found == pytest.approx(law.cdf(side - offset) - law.cdf(-side - offset), abs=2e-6)
    # Any density will do: all weight on the northern half, evenly.
    north = directions_of(lambda b: ((b <= 90) | (b >= 270)) * 1.0, 4, "")
    assert chance(trees, line, north) == pytest.approx(2 / 3, abs=1e-3)


def test_any_shapes_against_trees_that_fall_one_by_one(make_trees, targets_of):
    """Crooked lines, an outline with a bay, and two pieces that hide behind each other."""
    rng = np.random.default_rng(4)
    crooked = LineString([(-30, 5), (-3, 9), (4, 6), (3, 12), (40, 14)])
    bay = Polygon([(-9, -4), (8, -5), (8, -14), (3, -14), (3, -8), (-3, -8), (-3, -15), (-9, -15)])
    places = rng.uniform(-14, 14, (8, 2))
    trees = make_trees(places, height_m=15.0)
    bearings = np.radians(rng.uniform(0, 360, 6_000))
    targets = targets_of(line=[(crooked, CONDUCTOR)], building=[(bay, {})])
    for kind, shape, reach in ((0, crooked, 12.0), (2, bay, 15.0)):
        found = chance(trees, targets, kind=kind)
        for place, expected in zip(places, found, strict=True):
            tips = place + reach * np.column_stack([np.sin(bearings), np.cos(bearings)])
            falls = linestrings(np.stack([np.broadcast_to(place, tips.shape), tips], axis=1))
            assert np.mean(intersects(falls, shape)) == pytest.approx(expected, abs=0.025)


def test_a_strip_as_wide_as_the_crown_against_strips_that_fall_one_by_one(make_trees, targets_of):
    """A pole-like piece, a line beside the tree, and one at the edge of the reach."""
    rng = np.random.default_rng(5)
    bearings = rng.uniform(0, 360, 4000)
    strip = box(-3.0, 0.0, 3.0, 12.0)
    fallen = [rotate(strip, -bearing, origin=(0, 0)) for bearing in bearings]
    trees = make_trees([(0, 0)], height_m=15.0, half_width=3.0)
    for shape in (LineString([(5, 5), (5.2, 5.1)]), LONG, LineString([(-4, 10), (30, 14)])):
        line = translate(shape, 0.0, 4.0) if shape is LONG else shape
        found = chance(trees, targets_of(line=[(line, CONDUCTOR)]))
        thin = chance(make_trees([(0, 0)], height_m=15.0), targets_of(line=[(line, CONDUCTOR)]))
        assert found > thin
        assert found == pytest.approx(np.mean(intersects(fallen, line)), abs=0.03)


def test_each_bearing_counts_once(make_trees, targets_of):
    """Two lines one behind the other: any of them is met as often as the nearer one."""
    lines = [(translate(LONG, 0, d), CONDUCTOR | {"circuit": f"c{d}"}) for d in (5, 8)]
    trees, both = make_trees([(0, 0)]), targets_of(line=lines)
    found = run_strike(trees, both, uniform_directions(1), position_error_m=0.0, n_draws=1)
    one, other = found.pair.value
    assert one > other
    assert found.by_kind[0].value == pytest.approx(one)
    assert found.distance_m.tolist() == [5.0, 8.0]


def test_a_tree_inside_an_outline_meets_it_and_one_beyond_reach_does_not(make_trees, targets_of):
    house = targets_of(building=[(box(-5, -5, 5, 5), {})])
    found = chance(make_trees([(0, 0), (24.9, 0), (25.1, 0)], height_m=20.0), house, kind=2)
    assert found[0] == 1.0
    assert 0 < found[1] < 0.1
    assert found[2] == 0.0


@few
@given(st.floats(6.0, 40.0), st.floats(0.5, 50.0))
def test_nearer_and_taller_is_never_less(make_trees, targets_of, height, distance):
    trees = make_trees(
        [(0, -distance), (0, -distance - 1)] * 2, height_m=np.array([height] * 2 + [height + 1] * 2)
    )
    line = targets_of(line=[(LONG, CONDUCTOR)])
    near, far, tall, tall_far = chance(trees, line)
    assert near >= far and tall >= near and tall >= tall_far >= far


def test_a_tree_whose_place_is_doubted_may_meet_a_line_beyond_its_reach(make_trees, targets_of):
    """12 m of reach and a line 16 m away: a place that is off by 4 m brings it near."""
    trees = make_trees([(0, -16.0)], height_m=15.0)
    line = targets_of(line=[(LONG, CONDUCTOR)])
    found = run_strike(trees, line, uniform_directions(1), position_error_m=4.0, n_draws=2000)
    away = 16 + 4 * np.random.default_rng(1).standard_normal(100_000)
    drawn = line_strike_chance(np.abs(away), 12.0).mean()
    assert found.by_kind[0].value == pytest.approx(drawn, rel=0.1)
    assert drawn > 0.02


def test_what_is_measured_with_error_gives_an_interval(make_trees, targets_of):
    """The mean over heights and places, against the formula drawn many times."""
    trees = make_trees([(0, -15.0)], height_m=18.0, height_error=0.1)
    doubted = CONDUCTOR | {"conductor_height_sd_m": 1.0}
    line = targets_of(line=[(LONG, doubted)])
    found = run_strike(trees, line, uniform_directions(1), position_error_m=2.0, n_draws=1000)
    rng = np.random.default_rng(1)
    heights = 18 * np.exp(0.1 * rng.standard_normal(100_000))
    over = 9 * np.exp(np.sqrt(np.log1p(1 / 81)) * rng.standard_normal(100_000))
    away = np.abs(15 + 2 * rng.standard_normal(100_000))
    drawn = line_strike_chance(away, reach_m(heights, over))
    any_line = found.by_kind[0]
    assert any_line.value == pytest.approx(drawn.mean(), abs=0.015)
    assert any_line.low == 0.0
    assert any_line.high == pytest.approx(np.quantile(drawn, 0.975), abs=0.02)
