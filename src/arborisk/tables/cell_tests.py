"""Whether the cells of a column could be what its header may mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from arborisk.tables.missing import is_missing
from arborisk.tables.numbers import read_number
from arborisk.tables.table import Cell
from arborisk.tables.text import fold
from arborisk.tables.vocabulary import Role

_ENOUGH = 0.5
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ](\d{1,2}|[a-z]{3,})[-/. ]\d{2,4}")
_PLACE = re.compile(
    r"\(?\s*[-+]?\d{1,3}[.,]\d+\s*[,; ]\s*[-+]?\d{1,3}[.,]\d+\s*\)?"
    r'|(srid=\d+;)?\s*(multi)?(point|polygon|linestring)\b.*|\{.*"coordinates".*|[0-9a-f]{42,}',
    re.IGNORECASE | re.DOTALL,
)


def cells_fit(role: Role | None, cells: Sequence[Cell], *, sure: bool) -> bool:
    """Whether half of the filled cells, or more, could be those of a role.

    Args:
        role: The role.
        cells: Some cells of the column.
        sure: Whether the header can mean nothing else; then only places are looked at.
    """
    if role is None:
        return True
    test = _TESTS.get(role.kind)
    if role.words and not sure:
        words = role.words
        test = lambda cell: fold(str(cell)) in words  # noqa: E731
    elif sure and role.kind != "place":
        return True
    filled = [cell for cell in cells if not is_missing(cell)]
    if test is None or not filled:
        return role.kind != "place" or not cells
    return sum(map(test, filled)) >= _ENOUGH * len(filled)


def _is_date(cell: Cell) -> bool:
    if isinstance(cell, date):
        return True
    return isinstance(cell, str) and _DATE.match(fold(cell)) is not None


def _is_place(cell: Cell) -> bool:
    if isinstance(cell, Mapping):
        return "coordinates" in cell or "lat" in cell
    if isinstance(cell, bytes) or (isinstance(cell, list) and len(cell) == 2):
        return True
    return isinstance(cell, str) and _PLACE.fullmatch(cell.strip()) is not None


def _is_number(cell: Cell) -> bool:
    try:
        return read_number(cell) is not None
    except ValueError:
        return False


_TESTS: Final[Mapping[str, Callable[[Cell], bool]]] = {
    "text": lambda cell: not _is_place(cell),
    "date": _is_date,
    "place": _is_place,
    "latitude": _is_number,
    "longitude": _is_number,
    "coordinate": _is_number,
}
