"""The wind at which load meets resistance."""

from __future__ import annotations

import numpy as np

from arborisk.mechanics.wind import (
    AIR_DENSITY_KG_M3,
    Floats,
    Streamlining,
    Values,
    drag_force,
    floats,
)


def wind_moment(
    speed_ms: Values,
    *,
    area_m2: Values,
    lever_m: Values,
    streamlining: Streamlining,
    amplification: Values = 1.0,
) -> Floats:
    """Bending moment of the wind at the stem base, Nm.

    Args:
        speed_ms: Wind speed at the centre of pressure, m/s.
        area_m2: Silhouette area that the wind meets, m².
        lever_m: Height of the centre of pressure above the base, m.
        streamlining: Drag coefficient as a function of speed.
        amplification: Factors on the moment: gusts on a mean wind, weight of the bent crown.
    """
    speed = floats(speed_ms)
    force = drag_force(area_m2, speed, streamlining.drag_coefficient(speed))
    return floats(force * lever_m * amplification)


def critical_wind(
    resisting_moment_nm: Values,
    *,
    area_m2: Values,
    lever_m: Values,
    streamlining: Streamlining,
    amplification: Values = 1.0,
    standing_moment_nm: Values = 0.0,
) -> Floats:
    """Wind speed at the centre of pressure at which the tree fails, m/s, in closed form.

    It solves ``wind_moment(v) + standing moment = resisting moment``, streamlining included.

    Args:
        resisting_moment_nm: Moment that breaks the stem or turns over the root plate, Nm.
        area_m2: See `wind_moment`.
        lever_m: See `wind_moment`.
        streamlining: See `wind_moment`.
        amplification: See `wind_moment`.
        standing_moment_nm: Size of the moment that acts without wind, Nm, at least 0: the sum of
            each part's `gravity_moment`, without its sign, for the wind that adds to it.

    Returns:
        Shape of the broadcast arguments; 0 where the standing moment alone is too much.
    """
    spare = floats(resisting_moment_nm) - standing_moment_nm
    per_drag = 0.5 * AIR_DENSITY_KG_M3 * area_m2 * lever_m * amplification
    return streamlining.speed_for(np.maximum(spare, 0.0) / per_drag)


def turning_moment_coefficient(diameter_m: Values, height_m: Values) -> Floats:
    """Moment at the base per squared canopy-top wind of an uncrowded conifer: ``111.604 d^2 H``.

    Args:
        diameter_m: Diameter at breast height, m.
        height_m: Height, m.

    Returns:
        TMC, Nm per (m/s)².

    Source: Hale et al. (2015), as coded in ForestGALES (fgr). For forest trees.
    """
    diameter = floats(diameter_m)
    return floats(111.604 * diameter**2 * height_m)


def critical_canopy_wind(
    resisting_moment_nm: Values,
    turning_coefficient: Values,
    *,
    deflection_factor: Values = 1.0,
    turning_ratio: Values = 1.0,
    edge_gap_factor: Values = 1.0,
) -> Floats:
    """Mean wind at the canopy top at which a forest tree fails, m/s.

    ``sqrt(M / (TMC DLF TMR f))``

    Args:
        resisting_moment_nm: Resisting moment M, Nm.
        turning_coefficient: TMC, see `turning_moment_coefficient`.
        deflection_factor: DLF, weight of the bent crown, 1 to 2.
        turning_ratio: TMR, change by thinning.
        edge_gap_factor: f, edge and gap.

    Source: Hale et al. (2015), as coded in ForestGALES (fgr).
    """
    load = turning_coefficient * deflection_factor * turning_ratio * edge_gap_factor
    return np.sqrt(floats(resisting_moment_nm) / load)
