"""A table as it was read: cells with their types, and what the reader must say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = Any
"""A cell: None where empty; text from CSV; else the type that the file keeps (numbers, booleans,
times, nested lists and mappings)."""
Shape = Mapping[str, Any] | bytes
"""A geometry: a GeoJSON object, or well-known binary."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows below headers, from any format.

    Attributes:
        source: File name without its folder, with ``:layer`` or ``:sheet`` where one was chosen.
        headers: Cleaned, each once.
        rows: Cells in the order of the headers, as many as headers in every row.
        numbers: Row or feature number in the file, for messages; one a row.
        row_word: What the file calls a row: ``row`` or ``feature``.
        problems: Index of a row to the sentence why nothing of it can be used: a cell too many or
            too few, a NUL, a null feature. Its cells are all None.
        shapes: Geometry of each row, None where a row has none; None for a table without geometry.
        system: Coordinate system of the shapes, as pyproj reads it; "" where not stated.
        decimal_comma: Whether numbers are written with a decimal comma.
        notes: Sentences on what was passed over, filled down or taken; none is a refusal.
        urgent: Rows of `problems` among whose cells, as they stood, one says Imminent.
    """

    source: str
    headers: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    numbers: Sequence[int]
    row_word: str = "row"
    problems: Mapping[int, str] = field(default_factory=dict)
    shapes: Sequence[Shape | None] | None = None
    system: str = ""
    decimal_comma: bool = False
    notes: tuple[str, ...] = ()
    urgent: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.rows)

    def name(self, index: int) -> str:
        """A row in messages, for example ``row 7``."""
        return f"{self.row_word} {self.numbers[index]}"

    def where(self, index: int) -> str:
        """File and row, for messages."""
        return f"{self.source}, {self.name(index)}"
