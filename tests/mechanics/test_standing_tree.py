"""Critical gusts and safety factors of a whole tree."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arborisk.mechanics.standing_tree import StandingTree, critical_gusts, safety_factor, withstood
from arborisk.mechanics.wind import Streamlining

few = settings(max_examples=30, deadline=None)
STIFF = Streamlining(0.5, 0.0, 10.0, 30.0)
BENDING = Streamlining.through(10.0, 0.55, 30.0, 0.25)

# HWIND's Scots pine as in test_mechanics_vectors.py: what the sample leaves open is assumed there.
PINE = StandingTree(
    height_m=20.0, stem_diameter_m=0.2, crown_width_m=4.96, crown_base_m=12.0, crown_density=1.0,
    lean_deg=0.0, crown_offset_m=0.0, wall_ratio=1.0, opening_share=0.0, strength_kept=1.0,
    root_kept=1.0, bending_strength_pa=39.1e6, knot_factor=1.0, form_factor=0.45,
    green_density_kg_m3=248.32 / (0.45 * np.pi / 4 * 0.2**2 * 20.0), crown_mass_share=0.3,
    anchorage_nm_per_kg=26_694.58 / 248.32, drag_factor=1.0, amplification=3.55 * 1.136,
    roughness_m=0.5, local_gust_factor=1.0, outline_share=0.5, pressure_share=1 / 3,
)  # fmt: skip


def test_the_hwind_pine_fails_near_hwinds_winds_and_at_its_moments():
    held = withstood(PINE)
    assert held.breaking_nm == pytest.approx(30_709, abs=0.5)
    assert held.overturning_nm == pytest.approx(26_694.58)
    assert held.area_m2 == pytest.approx(0.5 * 4.96 * 8)
    gusts = critical_gusts(PINE, Streamlining.through(11.0, 0.232, 20.0, 0.116))
    assert gusts.root_ms == pytest.approx(13.00, rel=0.1)
    assert gusts.stem_ms == pytest.approx(16.30, rel=0.1)
    assert gusts.first_ms == gusts.root_ms


@few
@given(st.floats(0.3, 3.0), st.floats(0.3, 5.0))
def test_dimensions(length, strength):
    """Without weight and at a fixed drag, ``v^2`` goes with strength, and with no length."""
    lengths = ("height_m", "stem_diameter_m", "crown_width_m", "crown_base_m", "roughness_m")
    scaled = replace(PINE, **{name: getattr(PINE, name) * length for name in lengths})
    # The wind is known at 10 m whatever the tree: the profile alone carries a length.
    lever = np.log(withstood(PINE).lever_m / 0.5) / np.log(10 / 0.5)
    scaled_lever = np.log(withstood(PINE).lever_m / 0.5) / np.log(10 / (0.5 * length))
    one, other = critical_gusts(PINE, STIFF), critical_gusts(scaled, STIFF)
    assert other.stem_ms * scaled_lever == pytest.approx(one.stem_ms * lever)
    assert other.root_ms * scaled_lever == pytest.approx(one.root_ms * lever)
    stronger = replace(PINE, bending_strength_pa=39.1e6 * strength)
    assert critical_gusts(stronger, STIFF).stem_ms == pytest.approx(one.stem_ms * np.sqrt(strength))


@few
@given(st.floats(5.0, 60.0), st.floats(0.05, 1.0), st.floats(0.0, 0.5), st.floats(0.0, 20.0))
def test_the_safety_factor_is_one_at_the_critical_gust_and_falls_with_wind(
    gust, wall, opening, lean
):
    tree = replace(PINE, wall_ratio=wall, opening_share=opening, lean_deg=lean)
    critical = critical_gusts(tree, BENDING).first_ms
    if critical > 0:
        assert safety_factor(tree, BENDING, critical) == pytest.approx(1.0)
    else:
        assert safety_factor(tree, BENDING, 0.0) <= 1.0
    assert safety_factor(tree, BENDING, gust) > safety_factor(tree, BENDING, gust + 1.0)


def test_decay_height_lean_and_lost_roots_never_help():
    def first(**changes):
        return critical_gusts(replace(PINE, **changes), BENDING)

    steps = np.linspace(0.05, 1.0, 20)
    assert np.all(np.diff(first(wall_ratio=steps).stem_ms) >= 0)
    assert np.all(np.diff(first(opening_share=steps[:-1]).stem_ms) < 0)
    assert np.all(np.diff(first(root_kept=steps).root_ms) > 0)
    assert np.all(np.diff(first(lean_deg=np.linspace(0, 30, 20)).first_ms) < 0)
    heights = np.linspace(14.0, 30.0, 20)
    taller = first(height_m=heights, crown_base_m=0.6 * heights)
    assert np.all(np.diff(taller.stem_ms) < 0)


def test_a_low_tree_among_high_obstacles_still_meets_wind():
    low = replace(PINE, height_m=4.0, crown_base_m=0.1, roughness_m=3.0)
    assert withstood(low).gust_at_lever == 0.1
    assert np.isfinite(critical_gusts(low, BENDING).first_ms)
