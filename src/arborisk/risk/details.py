"""What a form says of the tree, the place and the visit, beside the rating.

Fields are those that reports of assessors usually hold; none of them enters the rating.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from arborisk.tables.quantities import Quantity
from arborisk.tables.units import known_unit

SIZES: Final = {"dbh": "cm", "height": "m", "crown_width": "m"}
"""Sizes of a tree with the unit that they are kept in."""
TEXTS: Final = ("client", "species", "address", "qualification", "tools")
DETAIL_KEYS: Final = (*TEXTS, "latitude", "longitude", *SIZES, "notes", "next_inspection")


@dataclass(frozen=True, slots=True)
class Size:
    """A size as typed and as kept.

    Attributes:
        written: As typed, for example ``24 in``.
        quantity: In the unit of `SIZES`.
    """

    written: str
    quantity: Quantity

    @property
    def text(self) -> str:
        """As typed, with the metric value where another unit was typed."""
        if known_unit(self.quantity.unit).name in self.written:
            return self.written
        return f"{self.written} ({self.quantity.words})"


@dataclass(frozen=True, slots=True)
class Details:
    """Everything that describes; "" or None where the form says nothing.

    Attributes:
        client: For whom the report is.
        species: As typed.
        address: Address or place in words.
        latitude: Degrees north, WGS84.
        longitude: Degrees east, WGS84.
        dbh: Diameter of the stem at breast height, kept in cm.
        height: Height of the tree, kept in m.
        crown_width: Width of the crown, kept in m.
        qualification: Qualification and number of the assessor.
        tools: What the assessor used.
        notes: The assessor's notes, in paragraphs.
        next_inspection: Day or interval of the next inspection, as typed.
    """

    client: str = ""
    species: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    dbh: Size | None = None
    height: Size | None = None
    crown_width: Size | None = None
    qualification: str = ""
    tools: str = ""
    notes: tuple[str, ...] = ()
    next_inspection: str = ""

    @property
    def sizes(self) -> Mapping[str, Size]:
        """Sizes that are stated, by key."""
        stated = {key: getattr(self, key) for key in SIZES}
        return {key: size for key, size in stated.items() if size is not None}

    @property
    def place(self) -> str:
        """Address and coordinates in one line; "" where neither is stated."""
        if self.latitude is None:
            return self.address
        point = f"latitude {self.latitude:.10g}, longitude {self.longitude:.10g}"
        return f"{self.address} ({point})" if self.address else point
