"""For which trees and gusts the mechanics are made; what lies outside is named and not counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from arborisk.tables.quantities import doubtful, doubtful_shape


@dataclass(frozen=True, slots=True)
class Range:
    """One side of the domain.

    Attributes:
        what: As people call it.
        low: Least value.
        high: Greatest value.
        unit: Of both.
    """

    what: str
    low: float
    high: float
    unit: str

    @property
    def words(self) -> str:
        """For example ``height 5 to 50 m``."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.what} {self.low:g} to {self.high:g}{unit}"


HEIGHT: Final = Range("height", 5.0, 50.0, "m")
DIAMETER: Final = Range("diameter", 10.0, 200.0, "cm")
SLENDERNESS: Final = Range("height over diameter", 10.0, 120.0, "")
GUST: Final = Range("gust", 0.0, 60.0, "m/s")
"""The domain. Resistance comes from pulled forest trees, which have a stem of wood and a root
plate (Peltola et al. 2000: 115 pines, spruces and birches; Nicoll et al. 2006: about 2,000
conifers); saplings bend to the ground and stakes hold them, and giants were not pulled. Drag was
seen up to 20 to 30 m/s; twice that is as far as its curve is carried. The ends are ours: wider
than the experiments, since street trees are (docs/sources.md).
"""
TREE: Final = (HEIGHT, DIAMETER, SLENDERNESS)


def outside(height_m: float, dbh_cm: float) -> tuple[str, str]:
    """What a tree would have to be for the mechanics, and what it is; ("", "") inside the domain.

    Args:
        height_m: Height, m.
        dbh_cm: Diameter at breast height, cm.

    >>> outside(4.5, 5)
    ('height 5 to 50 m, for which the mechanics are made', 'height 4.5 m')
    >>> outside(22, 75)
    ('', '')
    """
    values = (height_m, dbh_cm, 100 * height_m / dbh_cm)
    for side, value in zip(TREE, values, strict=True):
        if not side.low <= value <= side.high:
            unit = f" {side.unit}" if side.unit else ""
            doubts = (
                doubtful("height", height_m),
                doubtful("dbh", dbh_cm),
                doubtful_shape(height_m, dbh_cm),
            )
            doubt = "; ".join(one for one in doubts if one)
            found = f"{side.what} {value:.4g}{unit}" + (f" ({doubt})" if doubt else "")
            return f"{side.words}, for which the mechanics are made", found
    return "", ""


def domain_words() -> str:
    """The domain of trees in one phrase."""
    return ", ".join(side.words for side in TREE)
