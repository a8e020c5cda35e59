"""The records a drawn stand is made of: a site and a tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from arborisk.mechanics.wind import Floats, gumbel_gust

TreeKind = Literal["broadleaf", "conifer"]
GroundKind = Literal["grass", "pavement", "soil"]


@dataclass(frozen=True, slots=True)
class Site:
    """A place with several trees; what it shows has nothing to do with how its trees stand.

    Attributes:
        site_id: Unique in the stand, for example ``site-007``.
        latitude: Degrees north.
        longitude: Degrees east.
        has_house: Whether a house stands in the background.
        has_pole: Whether a utility pole stands in the picture.
        has_wires: Whether wires cross the picture; only where there is a pole.
        n_other_trees: Trees in the background, 0 to 5.
        ground: What the trees stand on.
        leaf_on: Whether broadleaves are in leaf on the day of the visit.
        seed: Seed of everything else that the photos of one site share (sky, light, colours).
    """

    site_id: str
    latitude: float
    longitude: float
    has_house: bool
    has_pole: bool
    has_wires: bool
    n_other_trees: int
    ground: GroundKind
    leaf_on: bool
    seed: int


@dataclass(frozen=True, slots=True)
class DrawnTree:
    """One drawn tree: first what a photo can show, then what it cannot.

    Attributes:
        tree_id: Unique in the stand, for example ``tree-0042``.
        site_id: Site it stands on.
        kind: Broadleaf (rounded crown) or conifer (pointed crown).
        height_m: Height of the top above ground, along the vertical.
        stem_diameter_m: Diameter of the stem at breast height (1.3 m).
        crown_width_m: Widest extent of the crown.
        crown_base_m: Height at which the crown begins.
        crown_density: Share of the live crown's outline that hides the sky, 0 to 1.
        lean_deg: Lean of the stem in the picture plane, positive to the right.
        crown_offset_m: Crown centroid sideways from the stem's line, positive to the right.
        dead_crown_share: Share of the crown that is dead, 0 to 1.
        n_stems: 1, or 2 when codominant.
        cavity_share: Visible opening as a share of the stem's circumference; 0 is none.
        n_conks: Fungus brackets at the stem base.
        root_plate_lift_deg: Lift of the root plate, 0 is flat.
        decay_wall_ratio: Sound wall over stem radius (t/R), 1 is sound. Hidden.
        root_hold: Factor on the anchorage that the stem mass suggests. Hidden.
        normal_gust_ms: Strongest gust of a year's normal weather at the site, m/s. Hidden.
        extreme_gust_ms: Gust of the site's extreme weather, m/s. Hidden.
    """

    tree_id: str
    site_id: str
    kind: TreeKind
    height_m: float
    stem_diameter_m: float
    crown_width_m: float
    crown_base_m: float
    crown_density: float
    lean_deg: float
    crown_offset_m: float
    dead_crown_share: float
    n_stems: int
    cavity_share: float
    n_conks: int
    root_plate_lift_deg: float
    decay_wall_ratio: float
    root_hold: float
    normal_gust_ms: float
    extreme_gust_ms: float


TOWN_LATITUDE, TOWN_LONGITUDE = 42.37, -72.52
"""Middle of the made-up town; it lies in New England, where the first photos were taken."""

NORMAL_RETURN_YEARS = 2.0
"""Normal weather reaches the gust that every second year exceeds (assumption: local definitions
differ, and ISA gives none)."""

EXTREME_RETURN_YEARS = 50.0
"""Extreme weather reaches the gust that one year in fifty exceeds, as a design gust (assumption;
from memory, not checked)."""

WIND_DEFINITION = (
    f"3-s gusts at 10 m; normal: exceeded once in {NORMAL_RETURN_YEARS:g} years; "
    f"extreme: exceeded once in {EXTREME_RETURN_YEARS:g} years; Gumbel yearly maxima"
)


@dataclass(frozen=True, slots=True)
class WindClimates:
    """Gusts of n sites, m/s. Shape (..., n).

    Attributes:
        normal_gust_ms: Strongest gust of normal weather.
        extreme_gust_ms: Strongest gust of extreme weather.
    """

    normal_gust_ms: Floats
    extreme_gust_ms: Floats


def draw_wind_climates(shape: tuple[int, ...], rng: np.random.Generator) -> WindClimates:
    """Wind climates of sites: hidden, and unrelated to anything a photo shows."""
    mode = rng.normal(21.5, 0.9, shape)
    scale = 2.5 * rng.lognormal(0.0, 0.1, shape)
    return WindClimates(
        gumbel_gust(mode, scale, NORMAL_RETURN_YEARS),
        gumbel_gust(mode, scale, EXTREME_RETURN_YEARS),
    )


def draw_sites(n_sites: int, rng: np.random.Generator) -> tuple[Site, ...]:
    """Sites within a few kilometres of the town, furnished without regard to any tree."""
    return tuple(_draw_site(number, rng) for number in range(1, n_sites + 1))


def _draw_site(number: int, rng: np.random.Generator) -> Site:
    has_pole = bool(rng.random() < 0.5)
    kinds: Sequence[GroundKind] = get_args(GroundKind)
    return Site(
        site_id=f"site-{number:03d}",
        latitude=round(TOWN_LATITUDE + float(rng.normal(0.0, 0.02)), 6),
        longitude=round(TOWN_LONGITUDE + float(rng.normal(0.0, 0.025)), 6),
        has_house=bool(rng.random() < 0.55),
        has_pole=has_pole,
        has_wires=has_pole and bool(rng.random() < 0.8),
        n_other_trees=int(rng.integers(0, 6)),
        ground=kinds[int(rng.choice(3, p=[0.6, 0.25, 0.15]))],
        leaf_on=bool(rng.random() < 0.85),
        seed=int(rng.integers(0, 2**31)),
    )
