"""Quantities that can be, and most often are a slip of unit or digit: doubted by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Doubt:
    """Where doubt begins for one quantity.

    Attributes:
        name: As people call it.
        above: Value above which it is doubted.
        unit: Of `above`.
        why: What speaks against it.
    """

    name: str
    above: float
    unit: str
    why: str


DOUBTS: Final[Mapping[str, Doubt]] = {
    "height": Doubt("height", 60.0, "m", "few trees anywhere are taller; is it in feet?"),
    "crown_width": Doubt("crown width", 40.0, "m", "few crowns are wider; is it in feet?"),
    "dbh": Doubt("diameter", 300.0, "cm", "few stems are thicker; is it in mm, or a girth?"),
    "girth": Doubt("girth", 950.0, "cm", "few stems are thicker; is it in mm?"),
    "gust": Doubt(
        "gust", 70.0, "m/s", "above the strongest hurricanes on land; is it in km/h or mph?"
    ),
    "conductor_height": Doubt(
        "conductor height", 60.0, "m", "few lines hang higher; is it in feet?"
    ),
}
"""By role. Sources: 60 m and 300 cm, which few species reach outside the forests of the Pacific
coast (registers of champion trees); 70 m/s as the least of Saffir-Simpson category 5 (NOAA)."""
SLENDERNESS_LOW: Final = 5.0
"""Height over diameter below which a tree is doubted: the stoutest baobabs reach about 5."""
SLENDERNESS_HIGH: Final = 200.0
"""Height over diameter above which a tree is doubted: it would not carry its own weight long."""


def doubtful(role: str, value: float) -> str:
    """A sentence where a value is to be doubted, or "".

    Args:
        role: For example ``height``, ``dbh``, ``gust``.
        value: In the unit of `DOUBTS`: m, cm, m/s.

    >>> doubtful("height", 65)
    'a height of 65 m: few trees anywhere are taller; is it in feet?'
    """
    doubt = DOUBTS.get(role)
    if doubt is None or not value > doubt.above:
        return ""
    return f"a {doubt.name} of {value:.4g} {doubt.unit}: {doubt.why}"


def doubtful_shape(height_m: float, dbh_cm: float) -> str:
    """A sentence where height and diameter do not go together, or "".

    Args:
        height_m: Height, m; NaN where unknown.
        dbh_cm: Diameter, cm; NaN where unknown.

    >>> doubtful_shape(20, 5)
    'a height of 20 m with a diameter of 5 cm: 400 times as tall as thick; is a unit wrong?'
    """
    if not (height_m > 0 and dbh_cm > 0) or math.isinf(height_m * dbh_cm):
        return ""
    ratio = height_m * 100 / dbh_cm
    if SLENDERNESS_LOW <= ratio <= SLENDERNESS_HIGH:
        return ""
    return (
        f"a height of {height_m:.4g} m with a diameter of {dbh_cm:.4g} cm: {ratio:.3g} times as "
        "tall as thick; is a unit wrong?"
    )
