"""Chance that the strongest gust of a year exceeds a speed."""

from __future__ import annotations

import numpy as np

from arborisk.mechanics.wind import Floats, Values, floats


def gumbel_exceedance(speed_ms: Values, mode_ms: Values, scale_ms: Values) -> Floats:
    """Chance that the strongest gust of a year exceeds a speed: ``1 - exp(-exp(-(v - U) / a))``.

    The inverse of `arborisk.mechanics.gumbel_gust`.

    Args:
        speed_ms: Speed v, m/s.
        mode_ms: Mode U of the yearly strongest gust, m/s.
        scale_ms: Scale a, m/s.

    Source: Gumbel (1958), Statistics of Extremes.
    """
    reduced = (floats(speed_ms) - mode_ms) / scale_ms
    return _one_less_double_exponential(reduced)


def squared_gumbel_exceedance(speed_ms: Values, mode_squared: Values, scale: Values) -> Floats:
    """The same for a Gumbel law of the squared speed: ``1 - exp(-exp(-(v^2 - U) / a))``.

    Args:
        speed_ms: Speed v, m/s.
        mode_squared: U, (m/s)².
        scale: a, (m/s)².

    Source: ForestGALES (fgr, ``annual_exceedance_prob``), with U from a Weibull law of the winds.
    """
    reduced = (floats(speed_ms) ** 2 - mode_squared) / scale
    return _one_less_double_exponential(reduced)


def weibull_year_exceedance(
    speed_ms: Values, scale_ms: Values, shape: Values, n_independent: Values
) -> Floats:
    """Chance that a year's strongest wind exceeds a speed, for Weibull winds.

    ``1 - (1 - exp(-(v / A)^k))^n``: the maximum of n independent winds.

    Args:
        speed_ms: Speed v, m/s.
        scale_ms: A of the winds, m/s.
        shape: k of the winds.
        n_independent: Winds of a year that count as independent; hourly winds are alike from one
            hour to the next, so there are fewer than 8,760.

    Source: probability of a maximum.
    """
    log_beyond = -((floats(speed_ms) / scale_ms) ** shape)
    # At speed 0 every wind exceeds: log1p(-1) is -inf, and the answer 1.
    with np.errstate(divide="ignore"):
        return floats(-np.expm1(n_independent * np.log1p(-np.exp(log_beyond))))


def gumbel_through(
    gust_ms: Values, years: float, other_gust_ms: Values, other_years: float
) -> tuple[Floats, Floats]:
    """Mode and scale of yearly gusts from the gusts of two return periods, as on a wind map.

    Args:
        gust_ms: Gust that is exceeded once in ``years``, m/s.
        years: Above 1.
        other_gust_ms: Gust that is exceeded once in ``other_years``, m/s.
        other_years: Above 1, other than ``years``.

    Returns:
        Mode and scale, m/s.
    """
    one, other = (-np.log(-np.log1p(-1.0 / period)) for period in (years, other_years))
    scale = (floats(other_gust_ms) - gust_ms) / (other - one)
    return floats(gust_ms - scale * one), floats(scale)


def _one_less_double_exponential(reduced: Floats) -> Floats:
    """``1 - exp(-exp(-y))``, exact in the far tail and quiet in the near one."""
    return floats(-np.expm1(-np.exp(np.minimum(-reduced, 700.0))))
