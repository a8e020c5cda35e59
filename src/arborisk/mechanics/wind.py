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
