"""Critical gusts and classes of drawn trees."""

from dataclasses import replace

import numpy as np
import pytest

from arborisk.mechanics.strength import wind_moment
from arborisk.simulate.failure import (
    BENT_CROWN_FACTOR,
    BROADLEAF_DRAG,
    CROWN_MASS_SHARE,
    class_of,
    critical_gust_ms,
    crown_silhouette_m2,
    loads_of,
)
from arborisk.simulate.parameters import HiddenParts, draw_hidden, draw_visible

TREES = draw_visible(400, np.random.default_rng(3))
HIDDEN = draw_hidden(TREES, np.random.default_rng(4))


def test_classes_follow_the_definitions():
    critical = np.array([10.0, 21.9, 22.0, 29.9, 30.0, 80.0])
    assert class_of(critical, 22.0, 30.0).tolist() == [2, 2, 1, 1, 0, 0]


def test_broadleaf_silhouette_by_hand():
    tree = replace(
        draw_visible(1, np.random.default_rng(0)),
        is_conifer=np.array([False]),
        height_m=np.array([14.0]),
        crown_base_m=np.array([4.0]),
        crown_width_m=np.array([8.0]),
        crown_density=np.array([0.5]),
        dead_crown_share=np.array([0.0]),
    )
    assert crown_silhouette_m2(tree) == pytest.approx(np.pi / 4 * 8 * 10 * 0.5)


def test_at_the_critical_gust_load_meets_the_weaker_resistance():
    sound = HiddenParts(np.ones(400), np.ones(400))
    upright = replace(TREES, is_conifer=np.zeros(400, bool), cavity_share=np.zeros(400))
    loads = loads_of(upright)
    gust = critical_gust_ms(upright, sound)
    moment = wind_moment(
        gust * loads.profile_ratio,
        area_m2=loads.area_m2,
        lever_m=loads.lever_m,
        streamlining=BROADLEAF_DRAG,
        amplification=BENT_CROWN_FACTOR,
    )
    stands = gust > 0
    weaker = np.minimum(loads.breaking_nm, loads.overturning_nm)
    assert moment[stands] + loads.standing_nm[stands] == pytest.approx(weaker[stands])
    assert np.all(loads.standing_nm[~stands] >= weaker[~stands])


@pytest.mark.parametrize(
    ("column", "worse"),
    [
        ("lean_deg", TREES.lean_deg * 2),
        ("cavity_share", TREES.cavity_share + 0.2),
        ("stem_diameter_m", TREES.stem_diameter_m * 0.8),
        ("crown_width_m", TREES.crown_width_m * 1.3),
    ],
)
def test_a_worse_sign_never_raises_the_critical_gust(column, worse):
    centred = replace(TREES, crown_offset_m=np.zeros(400))  # else a lean can balance a crown
    before = critical_gust_ms(centred, HIDDEN)
    after = critical_gust_ms(replace(centred, **{column: worse}), HIDDEN)
    assert np.all(after <= before + 1e-9)
    assert np.any(after < before)


def test_a_crown_to_the_other_side_relieves_a_leaning_stem_and_mirroring_changes_nothing():
    leaning = replace(TREES, lean_deg=np.full(400, 10.0), crown_offset_m=np.zeros(400))
    plumb = loads_of(leaning)
    arm = 0.4 * leaning.height_m / CROWN_MASS_SHARE + plumb.lever_m
    balance = replace(leaning, crown_offset_m=-arm * np.sin(np.radians(10.0)))
    assert np.all(np.abs(loads_of(balance).standing_nm) < 1e-9 * plumb.standing_nm)
    assert np.all(critical_gust_ms(balance, HIDDEN) >= critical_gust_ms(leaning, HIDDEN))
    mirrored = replace(TREES, lean_deg=-TREES.lean_deg, crown_offset_m=-TREES.crown_offset_m)
    assert critical_gust_ms(mirrored, HIDDEN) == pytest.approx(critical_gust_ms(TREES, HIDDEN))


def test_hidden_parameters_matter_with_the_visible_ones_held():
    held = {name: getattr(HIDDEN, name) for name in ("decay_wall_ratio", "root_hold")}
    base = critical_gust_ms(TREES, HIDDEN)
    for name, value in held.items():
        weaker = critical_gust_ms(TREES, replace(HIDDEN, **{name: value * 0.3}))
        assert np.all(weaker <= base + 1e-9)
        assert np.any(weaker < base - 1.0)


def test_redraws_keep_their_shape_and_their_tree():
    redrawn = draw_hidden(TREES, np.random.default_rng(0), n_redraws=7)
    assert critical_gust_ms(TREES, redrawn).shape == (7, 400)
    repeated = HiddenParts(
        np.tile(HIDDEN.decay_wall_ratio, (7, 1)), np.tile(HIDDEN.root_hold, (7, 1))
    )
    assert np.array_equal(critical_gust_ms(TREES, repeated)[5], critical_gust_ms(TREES, HIDDEN))
