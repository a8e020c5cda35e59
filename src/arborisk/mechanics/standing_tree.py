"""A standing tree in the wind: which of stem and root plate gives way first, and at which gust."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.mechanics.strength import (
    breaking_moment,
    critical_wind,
    gravity_moment,
    overturning_moment,
    stem_mass,
    strength_ratio,
    wind_moment,
)
from arborisk.mechanics.wind import Floats, Streamlining, Values, floats, log_profile_ratio

STEM_CENTRE_SHARE = 0.4
"""Height of the stem's centre of mass over the tree's height. Between 1/4 of a cone and 1/2 of a
cylinder (assumption)."""

LEAST_PROFILE_RATIO = 0.1
"""Least wind at the centre of pressure over that at 10 m: near the roughness length the logarithmic
profile goes through 0, and says nothing (assumption)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingTree:
    """What load and strength follow from. Numbers or arrays that broadcast.

    Attributes:
        height_m: Height of the top, m.
        stem_diameter_m: At breast height, m.
        crown_width_m: Widest extent of the crown, m.
        crown_base_m: Height at which the crown begins, m.
        crown_density: Share of the crown's outline that hides the sky, 0 to 1.
        lean_deg: Lean of the stem, degrees, positive to one side.
        crown_offset_m: Crown centroid sideways of the stem's line, m, positive to the same side.
        wall_ratio: Sound wall over stem radius, t/R, above 0; 1 is sound.
        opening_share: Opening over circumference, 0 to 1; 0 is closed.
        strength_kept: Share of the wood's bending strength that it still has, 0 to 1.
        root_kept: Share of its anchorage that the root plate still has, 0 to 1.
        bending_strength_pa: Of the sound green wood, Pa.
        knot_factor: Strength left by knots, 0 to 1.
        green_density_kg_m3: Of wood with bark, kg/m³.
        form_factor: Stem volume over that of a cylinder of diameter and height.
        crown_mass_share: Mass of the crown over that of the stem.
        anchorage_nm_per_kg: Overturning moment of a whole root plate per stem mass, Nm/kg.
        drag_factor: Factor on the drag coefficient.
        amplification: Factor on the wind moment: sway, weight of the bent crown.
        roughness_m: Roughness length of the surroundings, m.
        local_gust_factor: Gust in front of the tree over the gust of the area, both at 10 m.
        outline_share: Crown outline over width x length: pi/4 for an ellipse, 1/2 for a triangle.
        pressure_share: Height of the centre of pressure in the crown over the crown's length.
    """

    height_m: Values
    stem_diameter_m: Values
    crown_width_m: Values
    crown_base_m: Values
    crown_density: Values
    lean_deg: Values
    crown_offset_m: Values
    wall_ratio: Values
    opening_share: Values
    strength_kept: Values
    root_kept: Values
    bending_strength_pa: Values
    knot_factor: Values
    green_density_kg_m3: Values
    form_factor: Values
    crown_mass_share: Values
    anchorage_nm_per_kg: Values
    drag_factor: Values
    amplification: Values
    roughness_m: Values
    local_gust_factor: Values
    outline_share: float
    pressure_share: float


@dataclass(frozen=True, slots=True)
class Withstood:
    """What a tree offers to the wind, and moments at its base without it.

    Arrays have the shape of the broadcast attributes of the tree.

    Attributes:
        area_m2: Silhouette that the wind meets.
        lever_m: Height of the centre of pressure.
        standing_nm: Size of the moment of the tree's own weight; the wind that adds to it is meant.
        breaking_nm: Moment that breaks the stem as it is.
        overturning_nm: Moment that turns over the root plate as it is.
        gust_at_lever: Gust at the centre of pressure over the gust of the area at 10 m.
    """

    area_m2: Floats
    lever_m: Floats
    standing_nm: Floats
    breaking_nm: Floats
    overturning_nm: Floats
    gust_at_lever: Floats


@dataclass(frozen=True, slots=True)
class CriticalGusts:
    """Gusts of the area at 10 m at which a tree fails, m/s; 0 where its weight alone is too much.

    Attributes:
        stem_ms: The stem breaks.
        root_ms: The root plate turns over.
    """

    stem_ms: Floats
    root_ms: Floats

    @property
    def first_ms(self) -> Floats:
        """The lower of the two."""
        return np.minimum(self.stem_ms, self.root_ms)


def withstood(tree: StandingTree) -> Withstood:
    """Silhouette, lever and resisting moments.

    Source: the formulas of `arborisk.mechanics`; crown outline and centre of pressure as stated in
    the tree.
    """
    length = np.maximum(floats(tree.height_m) - tree.crown_base_m, 0.0)
    lever = tree.crown_base_m + length * tree.pressure_share
    stem = tree.form_factor * stem_mass(
        tree.stem_diameter_m,
        tree.height_m,
        green_density_kg_m3=tree.green_density_kg_m3,
        form_factor=1.0,
    )
    weight = gravity_moment(stem, STEM_CENTRE_SHARE * floats(tree.height_m), tree.lean_deg)
    weight = weight + gravity_moment(
        tree.crown_mass_share * stem, lever, tree.lean_deg, tree.crown_offset_m
    )
    sound = tree.knot_factor * breaking_moment(tree.stem_diameter_m, tree.bending_strength_pa)
    kept = strength_ratio(tree.wall_ratio, tree.opening_share) * tree.strength_kept
    profile = log_profile_ratio(lever, 10.0, roughness_m=tree.roughness_m)
    return Withstood(
        area_m2=floats(tree.outline_share * tree.crown_width_m * length * tree.crown_density),
        lever_m=floats(lever),
        standing_nm=np.abs(weight),
        breaking_nm=floats(sound * kept),
        overturning_nm=floats(overturning_moment(stem, tree.anchorage_nm_per_kg) * tree.root_kept),
        gust_at_lever=floats(tree.local_gust_factor * np.maximum(profile, LEAST_PROFILE_RATIO)),
    )


def critical_gusts(
    tree: StandingTree, streamlining: Streamlining, held: Withstood | None = None
) -> CriticalGusts:
    """Gust of the area, at 10 m, at which the stem breaks and at which the roots give way.

    Args:
        tree: One tree or an array of them.
        streamlining: Drag coefficient of this kind of crown.
        held: `withstood` of the same tree, where already known.
    """
    held = withstood(tree) if held is None else held
    to_lever = held.gust_at_lever
    stem, root = (
        critical_wind(
            resisting,
            area_m2=held.area_m2,
            lever_m=held.lever_m,
            streamlining=streamlining,
            amplification=tree.amplification * floats(tree.drag_factor),
            standing_moment_nm=held.standing_nm,
        )
        / to_lever
        for resisting in (held.breaking_nm, held.overturning_nm)
    )
    return CriticalGusts(stem, root)


def safety_factor(
    tree: StandingTree,
    streamlining: Streamlining,
    gust_ms: Values,
    held: Withstood | None = None,
) -> Floats:
    """Resisting moment over the moment of wind and weight in a gust; failure is at 1 and below.

    Args:
        tree: One tree or an array of them.
        streamlining: Drag coefficient of this kind of crown.
        gust_ms: Gust of the area at 10 m, m/s; broadcasts with the tree.
        held: `withstood` of the same tree, where already known.

    Source: ``SF = M_crit / (M_w + M_g)``.
    """
    held = withstood(tree) if held is None else held
    wind = wind_moment(
        floats(gust_ms) * held.gust_at_lever,
        area_m2=held.area_m2,
        lever_m=held.lever_m,
        streamlining=streamlining,
        amplification=tree.amplification * floats(tree.drag_factor),
    )
    resisting = np.minimum(held.breaking_nm, held.overturning_nm)
    with np.errstate(divide="ignore"):
        return floats(resisting / (wind + held.standing_nm))
