"""The records a drawn stand is made of: a site and a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
