"""Strength that a hollow stem keeps, as a share of the sound section's (W/W0)."""

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


def concentric_strength_ratio(wall_ratio: Values) -> Floats:
    """Bending strength kept by a closed, concentric hollow: ``1 - (1 - t/R)^4``.

    At t/R = 0.3 it is 0.76: the "t/R rule" is no threshold of strength.

    Args:
        wall_ratio: Sound wall over stem radius, t/R, 0 to 1.

    Source: section modulus of a tube; 0.760 at 0.3 as in Huang et al. (2017), R. Soc. Open Sci.
    """
    return floats(1.0 - (1.0 - floats(wall_ratio)) ** 4)


def wagener_loss(wall_ratio: Values) -> Floats:
    """Strength loss after Wagener, ``(d_i / D)^3``. Source: Wagener (1963); assumed, unverified."""
    return floats((1.0 - floats(wall_ratio)) ** 3)


def coder_loss(wall_ratio: Values) -> Floats:
    """Strength loss after Coder, ``(d_i / D)^4``. Source: Coder (1989); assumed, unverified."""
    return floats((1.0 - floats(wall_ratio)) ** 4)


def smiley_fraedrich_loss(wall_ratio: Values, opening_share: Values) -> Floats:
    """Strength loss of a hollow with an opening: ``(d_i^3 + r_o (D^3 - d_i^3)) / D^3``.

    Args:
        wall_ratio: Sound wall over stem radius, t/R, 0 to 1.
        opening_share: Opening over circumference, r_o, 0 to 1.

    Source: Smiley & Fraedrich (1992); assumed, not verified against the paper.
    """
    closed = wagener_loss(wall_ratio)
    return floats(closed + floats(opening_share) * (1.0 - closed))


def strength_ratio(wall_ratio: Values, opening_share: Values) -> Floats:
    """Bending strength kept: the tube where closed, Smiley-Fraedrich where open.

    The two do not meet at an opening of 0, because Smiley-Fraedrich rests on the cube: an opening
    always costs something. The result never exceeds the tube's.

    Args:
        wall_ratio: t/R, 0 to 1.
        opening_share: Opening over circumference, 0 to 1; broadcasts with ``wall_ratio``.
    """
    wall, opening = np.broadcast_arrays(floats(wall_ratio), floats(opening_share))
    return np.where(
        opening > 0, 1.0 - smiley_fraedrich_loss(wall, opening), concentric_strength_ratio(wall)
    )


GRAVITY_M_S2 = 9.81
"""Acceleration of free fall. Source: standard gravity, 9.80665, rounded."""


def bending_stress(moment_nm: Values, diameter_m: Values) -> Floats:
    """Highest stress in a sound round stem, Pa: ``32 M / (pi d^3)``.

    Source: beam theory, ``M y / I`` of a solid circle.
    """
    diameter = floats(diameter_m)
    return floats(32.0 * moment_nm / (np.pi * diameter**3))


def breaking_moment(
    diameter_m: Values, modulus_of_rupture_pa: Values, *, knot_factor: float = 1.0
) -> Floats:
    """Moment that breaks a sound stem, Nm: ``pi / 32 f_knot MOR d^3``.

    Args:
        diameter_m: Stem diameter, m.
        modulus_of_rupture_pa: Bending strength of the green wood, Pa.
        knot_factor: Strength left by knots, 0 to 1; 0.8 to 1 in ForestGALES (assumption; from
            memory, not checked).

    Source: ForestGALES (fgr vignette); HWIND has the same without knots.
    """
    diameter = floats(diameter_m)
    return floats(np.pi / 32.0 * knot_factor * modulus_of_rupture_pa * diameter**3)


def overturning_moment(stem_mass_kg: Values, anchorage_nm_per_kg: Values) -> Floats:
    """Moment that turns over the root plate, Nm: ``C_reg SW``.

    Args:
        stem_mass_kg: Green mass of the stem, kg.
        anchorage_nm_per_kg: C_reg, by species, soil and rooting depth; scaled by what is known of
            the roots.

    Source: ForestGALES (fgr, ``critical_moments``), from about 2,000 pulled forest trees; trees
    grown in the open are outside that calibration.
    """
    return floats(floats(stem_mass_kg) * anchorage_nm_per_kg)


def stem_mass(
    diameter_m: Values,
    height_m: Values,
    *,
    green_density_kg_m3: Values,
    form_factor: float = 0.45,
) -> Floats:
    """Green mass of a stem, kg: form factor x basal area x height x density.

    Args:
        diameter_m: Diameter at breast height, m.
        height_m: Tree height, m.
        green_density_kg_m3: Density of green wood with bark, kg/m³.
        form_factor: Volume over that of a cylinder; 0.45 is the usual rule of thumb (assumption).
    """
    diameter = floats(diameter_m)
    volume = form_factor * np.pi / 4.0 * diameter**2 * height_m
    return floats(volume * green_density_kg_m3)


def gravity_moment(
    mass_kg: Values, centre_height_m: Values, lean_deg: Values, offset_m: Values = 0.0
) -> Floats:
    """Moment of the weight of a leaning or lopsided part at the tree's base, Nm, with its sign.

    ``m g (h sin(lean) + e)``, positive to the side to which lean and offset are. The parts of one
    tree are added with their signs: a crown to the other side relieves a leaning stem.

    Args:
        mass_kg: Mass, kg.
        centre_height_m: Distance of the centre of mass from the base along the stem, m.
        lean_deg: Lean from the vertical, degrees, positive to one side.
        offset_m: Centre of mass sideways of the stem's line, m, positive to the same side.

    Source: statics (the domain notes mark its use for trees as an assumption).
    """
    lever = centre_height_m * np.sin(np.radians(lean_deg)) + offset_m
    return floats(floats(mass_kg) * GRAVITY_M_S2 * lever)


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
