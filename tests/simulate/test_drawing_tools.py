"""Noise and cameras under the drawings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arborisk.simulate.drawing.defects import seen_width
from arborisk.simulate.drawing.noise import Purpose, generator, smooth_noise, tile_noise
from arborisk.simulate.drawing.view import FILL, MAX_ROLL_DEG, choose_view


def test_generators_of_different_purposes_are_independent():
    sky, ground = (
        generator(purpose, 4).standard_normal(2000) for purpose in (Purpose.SKY, Purpose.GROUND)
    )
    assert abs(np.corrcoef(sky, ground)[0, 1]) < 0.08


def test_a_tile_repeats_without_a_seam():
    tile = tile_noise(np.random.default_rng(1), 128, cell=16, octaves=3)
    inner = np.abs(np.diff(tile, axis=1)).mean()
    seam = np.abs(tile[:, 0] - tile[:, -1]).mean()
    assert seam < 1.5 * inner


def test_noise_has_unit_spread_and_its_own_size():
    noise = smooth_noise(np.random.default_rng(2), 200, 300, cell=12)
    assert noise.shape == (200, 300)
    assert noise.std() == pytest.approx(1.0, abs=0.3)


@given(seed=st.integers(0, 2**31 - 1), across=st.floats(-20, 20), up=st.floats(-2, 30))
def test_metres_and_pixels_convert_both_ways(seed, across, up):
    plane = choose_view(504, 672, seed).plane(2.0, 1.5)
    point = np.array([[across, up]])
    assert plane.to_m(plane.to_px(point)) == pytest.approx(point, abs=1e-9)


@given(seed=st.integers(0, 2**31 - 1))
def test_cameras_keep_within_their_limits(seed):
    view = choose_view(504, 672, seed)
    assert abs(view.roll_deg) <= MAX_ROLL_DEG
    assert FILL[0] <= view.fill <= FILL[1]
    assert view.horizon_px < view.foot_px[1] < 672
    assert view.foot_px[1] - view.fill * 672 > 0


def test_an_opening_of_half_the_circumference_takes_the_whole_width():
    assert seen_width(0.5) == pytest.approx(1.0)
    assert seen_width(1 / 6) == pytest.approx(0.5)
