"""What must hold for any tree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.mechanics.strength import (
    bending_stress,
    breaking_moment,
    concentric_strength_ratio,
    critical_wind,
    gravity_moment,
    strength_ratio,
    wind_moment,
)
from arborisk.mechanics.wind import Streamlining, log_profile_ratio

few = settings(max_examples=40, deadline=None)
CURVE = Streamlining.through(10.0, 0.6, 30.0, 0.3)


@few
@given(st.floats(0.5, 90.0), st.floats(1.0, 200.0), st.floats(1.0, 25.0), st.floats(0.0, 1e5))
def test_the_critical_wind_is_where_load_meets_resistance(speed, area, lever, standing):
    shape = {"area_m2": area, "lever_m": lever, "streamlining": CURVE, "amplification": 1.2}
    resisting = wind_moment(speed, **shape) + standing
    found = critical_wind(resisting, standing_moment_nm=standing, **shape)
    assert found == pytest.approx(speed, rel=1e-6)


def test_a_tree_that_its_weight_overturns_needs_no_wind():
    wind = critical_wind(
        100.0, area_m2=10.0, lever_m=5.0, streamlining=CURVE, standing_moment_nm=200.0
    )
    assert wind == 0.0


def test_drag_meets_its_points_and_stays_put_outside_them():
    drag = CURVE.drag_coefficient(np.array([1.0, 10.0, 30.0, 60.0]))
    assert drag == pytest.approx([0.6, 0.6, 0.3, 0.3])


@few
@given(st.floats(0.01, 0.99), st.floats(0.0, 0.9), st.floats(0.0, 0.1))
def test_a_thinner_wall_or_a_wider_opening_never_strengthens(wall, opening, more):
    kept = strength_ratio(wall, opening)
    assert 0.0 <= kept <= concentric_strength_ratio(wall)
    assert strength_ratio(wall, opening + more) <= kept + 1e-12
    assert strength_ratio(max(wall - more, 0.0), opening) <= kept + 1e-12


@few
@given(st.floats(0.05, 2.0), st.floats(1e6, 1e8))
def test_a_stem_at_its_breaking_moment_is_at_its_strength(diameter, rupture):
    assert bending_stress(breaking_moment(diameter, rupture), diameter) == pytest.approx(rupture)


def test_weight_of_a_leaning_tree_by_hand_with_its_sign():
    # 1000 kg, 6 m up, leaning 30 degrees: 1000 x 9.81 x 3 m; the offset takes 1 m of it back.
    assert gravity_moment(1000.0, 6.0, 30.0) == pytest.approx(29_430.0)
    assert gravity_moment(1000.0, 6.0, 30.0, -1.0) == pytest.approx(19_620.0)
    assert gravity_moment(1000.0, 6.0, -30.0) == pytest.approx(-29_430.0)
    assert gravity_moment(1000.0, 6.0, -30.0, 1.0) == pytest.approx(-19_620.0)


def test_wind_grows_with_height_and_conversion_goes_both_ways():
    heights = np.array([5.0, 10.0, 20.0])
    ratio = log_profile_ratio(heights, 10.0, roughness_m=0.5)
    assert np.all(np.diff(ratio) > 0)
    assert ratio[1] == 1.0
    back = log_profile_ratio(10.0, heights, roughness_m=0.5)
    assert ratio * back == pytest.approx(np.ones(3))
    # ForestGALES: from the canopy top at 20 m over a displaced profile down to 10 m in the open.
    assert log_profile_ratio(
        10.0, 20.0, roughness_m=1.2, reference_displacement_m=13.0
    ) == pytest.approx(np.log(10 / 1.2) / np.log(7 / 1.2))
