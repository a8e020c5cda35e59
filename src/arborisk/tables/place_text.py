"""Places that stand in one cell: two numbers, well-known text or GeoJSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import numpy as np

from arborisk.tables.metres import Floats
from arborisk.tables.missing import is_missing
from arborisk.tables.shape_points import Point, point_of_shape
from arborisk.tables.table import Cell

_NUMBER = r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_PAIR = re.compile(rf"[(\[]?\s*{_NUMBER}\s*[,;\s]\s*{_NUMBER}\s*[)\]]?")
_WKT_POINT = re.compile(
    rf"(?:SRID=\d+;)?\s*POINT\s*(?:ZM?|M)?\s*\(\s*{_NUMBER}\s+{_NUMBER}.*\)", re.I
)


def points_of_texts(cells: Sequence[Cell]) -> tuple[Floats, Floats, dict[int, str]]:
    """Longitudes, latitudes and problems by row.

    Two bare numbers are latitude and longitude, as maps on the web write them, unless a first
    number in the column is no latitude; text and GeoJSON name the longitude first, as their
    standards do.

    Args:
        cells: Of one column.
    """
    place = np.full((len(cells), 2), np.nan)
    problems: dict[int, str] = {}
    pairs = []
    for row, cell in enumerate(cells):
        if is_missing(cell):
            continue
        pair = _pair(cell)
        if pair is not None:
            pairs.append(row)
            place[row] = pair
            continue
        point, why = _named(cell)
        if point is None:
            problems[row] = why
        else:
            place[row] = point
    if pairs and not np.any(np.abs(place[pairs, 0]) > 90):
        place[pairs] = place[pairs][:, ::-1]
    return place[:, 0], place[:, 1], problems


def _pair(cell: Cell) -> Point | None:
    if isinstance(cell, Sequence) and not isinstance(cell, str) and len(cell) == 2:
        cell = f"{cell[0]}, {cell[1]}"
    match = _PAIR.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return (float(match[1]), float(match[2])) if match else None


def _named(cell: Cell) -> tuple[Point | None, str]:
    """The point of well-known text or GeoJSON, or why there is none."""
    if isinstance(cell, str):
        text = cell.strip()
        match = _WKT_POINT.fullmatch(text)
        if match:
            return (float(match[1]), float(match[2])), ""
        if text.startswith("{"):
            try:
                cell = json.loads(text)
            except (ValueError, RecursionError):
                return None, "its place is no readable GeoJSON"
    if isinstance(cell, Mapping):
        if "coordinates" not in cell:
            names = [{"lon", "lng", "longitude"}, {"lat", "latitude"}]
            found = [next((cell[key] for key in cell if str(key).lower() in set_), None)
                     for set_ in names]  # fmt: skip
            cell = {"type": "Point", "coordinates": found}
        point, _, why = point_of_shape(cell)
        return point, why
    return None, f"its place {str(cell)[:40]!r} is not two numbers"
