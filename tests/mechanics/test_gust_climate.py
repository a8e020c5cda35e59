"""Chances of yearly gusts."""

import numpy as np
import pytest

from arborisk.mechanics.wind import (
    gumbel_exceedance,
    gumbel_gust,
    gumbel_through,
    squared_gumbel_exceedance,
    weibull_year_exceedance,
)


def test_the_gust_of_a_return_period_is_exceeded_once_in_it():
    for years in (2.0, 50.0, 1000.0):
        assert gumbel_exceedance(gumbel_gust(22.0, 2.5, years), 22.0, 2.5) == pytest.approx(
            1 / years
        )
    mode, scale = gumbel_through(23.0, 2.0, 31.0, 50.0)
    assert gumbel_gust(mode, scale, 2.0) == pytest.approx(23.0)
    assert gumbel_gust(mode, scale, 50.0) == pytest.approx(31.0)


def test_the_far_tail_is_not_rounded_to_zero():
    assert gumbel_exceedance(120.0, 22.0, 2.0) == pytest.approx(np.exp(-49.0), rel=1e-9)
    assert gumbel_exceedance(0.0, 2200.0, 1.0) == 1.0


def test_strongest_of_weibull_winds_by_simulation():
    rng = np.random.default_rng(3)
    yearly = 6.0 * rng.weibull(1.9, (4000, 500)).max(axis=1)
    for speed in (14.0, 17.0, 20.0):
        assert weibull_year_exceedance(speed, 6.0, 1.9, 500) == pytest.approx(
            np.mean(yearly > speed), abs=0.025
        )
    assert weibull_year_exceedance(0.0, 6.0, 1.9, 500) == 1.0


def test_the_squared_law_by_hand():
    # At v^2 = U the chance is 1 - 1/e; one scale further it is 1 - exp(-1/e).
    assert squared_gumbel_exceedance(20.0, 400.0, 80.0) == pytest.approx(1 - np.exp(-1))
    assert squared_gumbel_exceedance(np.sqrt(480.0), 400.0, 80.0) == pytest.approx(
        1 - np.exp(-np.exp(-1))
    )
