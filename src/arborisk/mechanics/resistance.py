"""What a stem and a root plate withstand, and what weight alone already asks of them."""

from __future__ import annotations

import numpy as np

from arborisk.mechanics.wind import Floats, Values, floats

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
