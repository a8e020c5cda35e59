"""The quantities of a tree: how files name them, their units, and what is impossible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scale = Literal["positive", "share", "signed"]
"""How a quantity varies. ``positive``: by a factor (lognormal). ``share``: by a sum, held between
its limits (what lies outside is put on the limit). ``signed``: by a sum (normal)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One quantity.

    Attributes:
        name: Name in files, with its unit.
        attribute: Attribute of `arborisk.mechanics.StandingTree`.
        scale: How it varies.
        low: Least value that is not refused.
        high: Greatest value that is not refused.
        unit: As printed; "" for a pure number.
        to_si: Factor from the file's unit to that of the attribute.
        meaning: What it is.
        of_tree: Whether it is measured at a tree; the others are properties of wood, crown, ground
            and wind that an assumption set states.
        required: Whether a tree without it is refused whatever is assumed.
        other_names: Other headers, each with its factor to the unit of ``name``.
    """

    name: str
    attribute: str
    scale: Scale
    low: float
    high: float
    unit: str
    meaning: str
    to_si: float = 1.0
    of_tree: bool = True
    required: bool = False
    other_names: tuple[tuple[str, float], ...] = ()


_OF_TREE = (
    Measure("height_m", "height_m", "positive", 4.0, 116.0, "m", "height of the top",
            required=True, other_names=(("height", 1.0), ("tree_height_m", 1.0))),
    Measure("dbh_cm", "stem_diameter_m", "positive", 3.0, 1200.0, "cm",
            "stem diameter at breast height", 0.01, required=True,
            other_names=(("stem_diameter_cm", 1.0), ("stem_diameter_m", 100.0), ("dbh_m", 100.0))),
    Measure("crown_width_m", "crown_width_m", "positive", 0.3, 70.0, "m", "widest crown extent"),
    Measure("crown_base_m", "crown_base_m", "positive", 0.01, 80.0, "m",
            "height at which the crown begins"),
    Measure("crown_density", "crown_density", "share", 0.02, 1.0, "",
            "share of the crown's outline that hides the sky"),
    Measure("lean_deg", "lean_deg", "signed", -80.0, 80.0, "°", "lean of the stem"),
    Measure("crown_offset_m", "crown_offset_m", "signed", -30.0, 30.0, "m",
            "crown centroid sideways of the stem's line"),
    Measure("wall_ratio", "wall_ratio", "share", 0.02, 1.0, "",
            "sound wall over stem radius, t/R; 1 is sound",
            other_names=(("decay_wall_ratio", 1.0), ("t_over_r", 1.0))),
    Measure("opening_share", "opening_share", "share", 0.0, 0.9, "",
            "opening over circumference; 0 is closed", other_names=(("cavity_share", 1.0),)),
    Measure("strength_kept", "strength_kept", "share", 0.01, 1.0, "",
            "share of its bending strength that the wood still has"),
    Measure("root_kept", "root_kept", "share", 0.01, 1.0, "",
            "share of its anchorage that the root plate still has"),
)  # fmt: skip

_ASSUMED = (
    Measure("bending_strength_mpa", "bending_strength_pa", "positive", 5.0, 200.0, "MPa",
            "bending strength of green wood", 1e6, of_tree=False),
    Measure("knot_factor", "knot_factor", "share", 0.3, 1.0, "", "strength left by knots",
            of_tree=False),
    Measure("green_density_kg_m3", "green_density_kg_m3", "positive", 300.0, 1500.0, "kg/m³",
            "density of green wood with bark", of_tree=False),
    Measure("form_factor", "form_factor", "positive", 0.2, 1.0, "",
            "stem volume over that of a cylinder", of_tree=False),
    Measure("crown_mass_share", "crown_mass_share", "positive", 0.02, 3.0, "",
            "crown mass over stem mass", of_tree=False),
    Measure("anchorage_nm_per_kg", "anchorage_nm_per_kg", "positive", 10.0, 3000.0, "Nm/kg",
            "overturning moment of a whole root plate per stem mass", of_tree=False),
    Measure("drag_factor", "drag_factor", "positive", 0.1, 5.0, "",
            "factor on the drag coefficient", of_tree=False),
    Measure("amplification", "amplification", "positive", 1.0, 4.0, "",
            "factor on the wind moment: sway, weight of the bent crown", of_tree=False),
    Measure("roughness_m", "roughness_m", "positive", 0.005, 1.5, "m",
            "roughness length of the surroundings", of_tree=False),
    Measure("local_gust_factor", "local_gust_factor", "positive", 0.3, 3.0, "",
            "gust at the tree over the gust of the area", of_tree=False),
)  # fmt: skip

MEASURES: dict[str, Measure] = {measure.name: measure for measure in (*_OF_TREE, *_ASSUMED)}
"""All quantities by name. Limits are wide: they catch slips of unit and sign, not odd trees. The
tallest and thickest known trees stand at 116 m and 11.6 m; below 4 m the wind profile of a town
says nothing."""
