"""The quantities of a tree: how files name them, their units, and what is impossible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from arborisk.tables.vocabulary import role_of

Scale = Literal["positive", "share", "signed"]
"""How a quantity varies. ``positive``: by a factor (lognormal). ``share``: by a sum, held between
its limits (what lies outside is put on the limit). ``signed``: by a sum (normal)."""


@dataclass(frozen=True, slots=True)
class TreeQuantity:
    """One quantity.

    Attributes:
        name: Name in results and sets of assumptions, with its unit.
        role: Role of its column, see `arborisk.tables.vocabulary`.
        attribute: Attribute of `arborisk.mechanics.StandingTree`.
        scale: How it varies.
        low: Least value that is not refused.
        high: Greatest value that is not refused.
        unit: As printed; "" for a pure number.
        to_si: Factor from the unit of the name to that of the attribute.
        meaning: What it is.
        of_tree: Whether it is measured at a tree; the others are properties of wood, crown, ground
            and wind that an assumption set states.
        required: Whether a tree without it is refused whatever is assumed.
    """

    name: str
    role: str
    attribute: str
    scale: Scale
    low: float
    high: float
    unit: str
    meaning: str
    to_si: float = 1.0
    of_tree: bool = True
    required: bool = False

    @property
    def is_quantity(self) -> bool:
        """Whether its cells have a unit or are shares; the others are plain numbers."""
        role = role_of(self.role)
        return role is not None and role.kind in ("quantity", "share")


_OF_TREE = (
    TreeQuantity(
        "height_m",
        "height",
        "height_m",
        "positive",
        0.3,
        130.0,
        "m",
        "height of the top",
        required=True,
    ),
    TreeQuantity(
        "dbh_cm",
        "dbh",
        "stem_diameter_m",
        "positive",
        0.3,
        1200.0,
        "cm",
        "stem diameter at breast height",
        0.01,
        required=True,
    ),
    TreeQuantity(
        "crown_width_m",
        "crown_width",
        "crown_width_m",
        "positive",
        0.3,
        70.0,
        "m",
        "widest crown extent",
    ),
    TreeQuantity(
        "crown_base_m",
        "crown_base",
        "crown_base_m",
        "positive",
        0.01,
        80.0,
        "m",
        "height at which the crown begins",
    ),
    TreeQuantity(
        "crown_density",
        "crown_density",
        "crown_density",
        "share",
        0.02,
        1.0,
        "",
        "share of the crown's outline that hides the sky",
    ),
    TreeQuantity("lean_deg", "lean", "lean_deg", "signed", -80.0, 80.0, "°", "lean of the stem"),
    TreeQuantity(
        "crown_offset_m",
        "crown_offset",
        "crown_offset_m",
        "signed",
        -30.0,
        30.0,
        "m",
        "crown centroid sideways of the stem's line",
    ),
    TreeQuantity(
        "wall_ratio",
        "wall_ratio",
        "wall_ratio",
        "share",
        0.02,
        1.0,
        "",
        "sound wall over stem radius, t/R; 1 is sound",
    ),
    TreeQuantity(
        "opening_share",
        "opening_share",
        "opening_share",
        "share",
        0.0,
        0.9,
        "",
        "opening over circumference; 0 is closed",
    ),
    TreeQuantity(
        "strength_kept",
        "strength_kept",
        "strength_kept",
        "share",
        0.01,
        1.0,
        "",
        "share of its bending strength that the wood still has",
    ),
    TreeQuantity(
        "root_kept",
        "root_kept",
        "root_kept",
        "share",
        0.01,
        1.0,
        "",
        "share of its anchorage that the root plate still has",
    ),
)

_ASSUMED = (
    TreeQuantity(
        "bending_strength_mpa",
        "bending_strength",
        "bending_strength_pa",
        "positive",
        5.0,
        200.0,
        "MPa",
        "bending strength of green wood",
        1e6,
        of_tree=False,
    ),
    TreeQuantity(
        "knot_factor",
        "knot_factor",
        "knot_factor",
        "share",
        0.3,
        1.0,
        "",
        "strength left by knots",
        of_tree=False,
    ),
    TreeQuantity(
        "green_density_kg_m3",
        "green_density",
        "green_density_kg_m3",
        "positive",
        300.0,
        1500.0,
        "kg/m³",
        "density of green wood with bark",
        of_tree=False,
    ),
    TreeQuantity(
        "form_factor",
        "form_factor",
        "form_factor",
        "positive",
        0.2,
        1.0,
        "",
        "stem volume over that of a cylinder",
        of_tree=False,
    ),
    TreeQuantity(
        "crown_mass_share",
        "crown_mass_share",
        "crown_mass_share",
        "positive",
        0.02,
        3.0,
        "",
        "crown mass over stem mass",
        of_tree=False,
    ),
    TreeQuantity(
        "anchorage_nm_per_kg",
        "anchorage",
        "anchorage_nm_per_kg",
        "positive",
        10.0,
        3000.0,
        "Nm/kg",
        "overturning moment of a whole root plate per stem mass",
        of_tree=False,
    ),
    TreeQuantity(
        "drag_factor",
        "drag_factor",
        "drag_factor",
        "positive",
        0.1,
        5.0,
        "",
        "factor on the drag coefficient",
        of_tree=False,
    ),
    TreeQuantity(
        "amplification",
        "amplification",
        "amplification",
        "positive",
        1.0,
        4.0,
        "",
        "factor on the wind moment: sway, weight of the bent crown",
        of_tree=False,
    ),
    TreeQuantity(
        "roughness_m",
        "roughness",
        "roughness_m",
        "positive",
        0.005,
        1.5,
        "m",
        "roughness length of the surroundings",
        of_tree=False,
    ),
    TreeQuantity(
        "local_gust_factor",
        "local_gust_factor",
        "local_gust_factor",
        "positive",
        0.3,
        3.0,
        "",
        "gust at the tree over the gust of the area",
        of_tree=False,
    ),
)

MEASURES: dict[str, TreeQuantity] = {measure.name: measure for measure in (*_OF_TREE, *_ASSUMED)}
"""All quantities by name. Limits are wide: they catch slips of unit and sign, not odd trees. The
tallest and thickest known trees stand at 116 m and 11.6 m. Which trees are computed is said in
`arborisk.risk.storm.left_out`."""
