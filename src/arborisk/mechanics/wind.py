"""Wind: its load on a crown, its profile with height, and the way crowns bend out of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Values = float | Floats
"""What the formulas take: a number or an array; they broadcast."""


def floats(values: Values) -> Floats:
    """The values as an array of 64-bit floats."""
    return np.asarray(values, dtype=np.float64)


AIR_DENSITY_KG_M3 = 1.226
"""Air at 15 °C and sea level. Source: ISO 2533 standard atmosphere, 1.225; the 1.226 is HWIND's
(assumption; from memory, not checked)."""


@dataclass(frozen=True, slots=True)
class Streamlining:
    """Drag coefficient ``C v^-n`` that falls with wind speed as a crown bends and narrows.

    Below ``low_ms`` and above ``high_ms`` it stays what it is at that limit.

    Attributes:
        scale: C, with v in m/s.
        exponent: n, in [0, 2): at 2 the force would no longer grow with the wind.
        low_ms: Speed below which the crown keeps its shape, m/s.
        high_ms: Speed above which it narrows no further, m/s.

    Source: the form of ForestGALES (fgr, ``drag_fun``); the values belong to the caller.
    """

    scale: float
    exponent: float
    low_ms: float
    high_ms: float

    @classmethod
    def through(
        cls, low_ms: float, drag_at_low: float, high_ms: float, drag_at_high: float
    ) -> Streamlining:
        """The curve through two points, constant outside them.

        Args:
            low_ms: Lower speed, m/s.
            drag_at_low: Drag coefficient there.
            high_ms: Higher speed, m/s.
            drag_at_high: Drag coefficient there.
        """
        exponent = float(np.log(drag_at_low / drag_at_high) / np.log(high_ms / low_ms))
        return cls(drag_at_low * low_ms**exponent, exponent, low_ms, high_ms)

    def drag_coefficient(self, speed_ms: Values) -> Floats:
        """Drag coefficient at each speed, shape of ``speed_ms``."""
        bounded = np.clip(floats(speed_ms), self.low_ms, self.high_ms)
        return floats(self.scale * bounded**-self.exponent)

    def speed_for(self, drag_times_speed_squared: Values) -> Floats:
        """Speed at which ``C(v) v^2`` reaches a value, in closed form; shape of the argument, m/s.

        ``C(v) v^2`` grows with v as long as the exponent is below 2, so there is one answer.
        """
        wanted = np.maximum(floats(drag_times_speed_squared), 0.0)
        between = (wanted / self.scale) ** (1.0 / (2.0 - self.exponent))
        below = np.sqrt(wanted / self.drag_coefficient(self.low_ms))
        above = np.sqrt(wanted / self.drag_coefficient(self.high_ms))
        return np.where(
            between < self.low_ms, below, np.where(between > self.high_ms, above, between)
        )


def drag_force(
    area_m2: Values,
    speed_ms: Values,
    drag_coefficient: Values,
    *,
    air_density_kg_m3: float = AIR_DENSITY_KG_M3,
) -> Floats:
    """Force of the wind on a body, N: ``F = 1/2 rho C_D A v^2``.

    Args:
        area_m2: Silhouette area facing the wind, m².
        speed_ms: Wind speed at the centre of pressure, m/s.
        drag_coefficient: C_D; see `Streamlining.drag_coefficient`.
        air_density_kg_m3: Density of the air, kg/m³.

    Source: quasi-static wind load, as in ForestGALES and HWIND.
    """
    area, speed = floats(area_m2), floats(speed_ms)
    return floats(0.5 * air_density_kg_m3 * drag_coefficient * area * speed**2)


def log_profile_ratio(
    height_m: Values,
    reference_height_m: Values,
    *,
    roughness_m: Values,
    displacement_m: Values = 0.0,
    reference_displacement_m: Values = 0.0,
) -> Floats:
    """Wind speed at a height over the speed at a reference height.

    ``ln((z - d) / z0) / ln((z_ref - d_ref) / z0)``

    Args:
        height_m: Height asked for, m; above displacement plus roughness.
        reference_height_m: Height of the known speed, m, usually 10.
        roughness_m: Roughness length z0, m.
        displacement_m: Zero-plane displacement at the height asked for, m.
        reference_displacement_m: The same at the reference; 0 for a station in the open.

    Source: logarithmic wind profile; with the second displacement 0 and the heights swapped it is
    ForestGALES' conversion of a canopy-top wind to 10 m.
    """
    above = floats(height_m) - displacement_m
    reference = floats(reference_height_m) - reference_displacement_m
    return floats(np.log(above / roughness_m) / np.log(reference / roughness_m))


def gumbel_gust(mode_ms: Values, scale_ms: Values, return_period_years: float) -> Floats:
    """Gust that is exceeded once in a return period, m/s, for Gumbel yearly maxima.

    Args:
        mode_ms: Mode of the yearly strongest gust, m/s.
        scale_ms: Scale of the distribution, m/s.
        return_period_years: Above 1.

    Source: Gumbel (1958), Statistics of Extremes: ``U - a ln(-ln(1 - 1/T))``.
    """
    reduced = -np.log(-np.log1p(-1.0 / return_period_years))
    return floats(mode_ms + scale_ms * reduced)


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
