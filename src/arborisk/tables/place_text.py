"""Places that stand in a cell, and places that cannot be where they say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np

from arborisk.errors import Remedy, TableError, option
from arborisk.tables.numbers import read_number
from arborisk.tables.shape_points import Point, point_of_shape
from arborisk.tables.systems import Floats
from arborisk.tables.table import Cell, is_missing
from arborisk.tables.units import plain_marks

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


Axis = Literal["east", "north"]
_PART = r"(\d+(?:[.,]\d+)?)"
_DEGREES = re.compile(
    rf"([NSEW]?)\s*([+-]?){_PART}\s*(?:(?:\N{{DEGREE SIGN}}|deg|d|:|\s)\s*)?"
    rf"(?:{_PART}\s*(?:'|min|m|:|\s)?\s*)?(?:{_PART}\s*(?:\"|sec|s)?\s*)?([NSEW]?)",
    re.IGNORECASE,
)
_LETTERS: Final = {"east": "EW", "north": "NS"}
_FULL: Final = 60.0


def read_coordinate(cell: Cell, axis: Axis, *, decimal_comma: bool = False) -> float | None:
    r"""A coordinate; None where missing.

    Args:
        cell: A number, or degrees with minutes, seconds and a letter N, S, E or W. The letter O is
            not read: it is west in Spanish and French, and east in German.
        axis: What the column holds.
        decimal_comma: See `arborisk.tables.numbers.read_number`.

    Raises:
        ValueError: Neither; minutes or seconds of 60 or more; a letter of the other axis.

    >>> read_coordinate("42\N{DEGREE SIGN} 22' 12\" N", "north"), read_coordinate("72.52 W", "east")
    (42.37, -72.52)
    """
    try:
        return read_number(cell, decimal_comma=decimal_comma)
    except ValueError:
        found = _DEGREES.fullmatch(plain_marks(cell).strip()) if isinstance(cell, str) else None
        if found is None:
            raise
    before, sign, *parts, behind = found.groups()
    letter = (before or behind or "").upper()
    whole, *smaller = (float((part or "0").replace(",", ".")) for part in parts)
    if max(smaller) >= _FULL or (letter and sign):
        raise ValueError(f"{cell!r} is no place in degrees, minutes and seconds")
    if letter and letter not in _LETTERS[axis]:
        raise ValueError(f"{cell!r} is of the other axis")
    value = whole + smaller[0] / _FULL + smaller[1] / _FULL**2
    return -value if letter in ("S", "W") or sign == "-" else value


NORTHERNMOST, SOUTHERNMOST = 73.5, -56.0
"""Latitudes between which trees grow.

Source: larches of Ary-Mas on the Taymyr Peninsula, 72.5° N, are called the northernmost forest;
beeches near Cape Horn, 56° S, the southernmost; a degree is added to the north.
"""
FEWEST_FOR_BULK = 5
"""Places from which on one can lie outside of them."""
FAR_KM = 150.0
"""Least distance from the middle at which a place can be far: wider than any city."""
FAR_TIMES = 30.0
"""How many times farther out than half of the places are from the middle is far."""
MOST_FAR = 0.2
"""Share of places that may be far; more are another part of the layer."""
_AT_ZERO_DEG = 0.001


def odd_places(longitude: Floats, latitude: Floats) -> dict[int, str]:
    """Rows whose place cannot be right, each with its sentence.

    Args:
        longitude: Degrees; NaN where missing.
        latitude: Degrees; NaN where missing.
    """
    found: dict[int, str] = {}
    off = (np.abs(longitude) > 180) | (np.abs(latitude) > 90)
    known = np.isfinite(longitude) & np.isfinite(latitude)
    bulk = _bulk(longitude, latitude, known & ~off)
    for row in np.flatnonzero(known & off).tolist():
        found[row] = (
            f"longitude {longitude[row]:g}, latitude {latitude[row]:g} is not on Earth"
            + _hint(longitude[row], latitude[row], bulk)
        )
    zero = known & (np.abs(longitude) < _AT_ZERO_DEG) & (np.abs(latitude) < _AT_ZERO_DEG)
    if 0 < zero.sum() < known.sum() and (bulk is None or _distance(0.0, 0.0, bulk) > FAR_KM):
        for row in np.flatnonzero(zero).tolist():
            found[row] = "longitude 0, latitude 0 stands for a missing place"
    if bulk is None:
        return found
    east, north, limit = bulk
    with np.errstate(invalid="ignore"):
        away = _distances(longitude, latitude, east, north)
        far = known & ~off & ~zero & (away > limit)
    if far.sum() <= MOST_FAR * known.sum():
        for row in np.flatnonzero(far).tolist():
            found[row] = (
                f"longitude {longitude[row]:.5g}, latitude {latitude[row]:.5g} lies "
                f"{away[row]:,.0f} km from the middle of the others"
                + _hint(longitude[row], latitude[row], bulk)
            )
    return found


def check_swapped(longitude: Floats, latitude: Floats, where: str) -> None:
    """Refuses a table whose longitudes and latitudes are exchanged, where no tree grows so.

    Raises:
        TableError: Says what to do.
    """
    known = np.isfinite(longitude) & np.isfinite(latitude)
    if not known.any():
        return
    as_is = float(np.median(latitude[known]))
    exchanged = float(np.median(longitude[known]))
    if not SOUTHERNMOST <= as_is <= NORTHERNMOST and SOUTHERNMOST <= exchanged <= NORTHERNMOST:
        raise TableError(
            f"places where trees grow, latitudes from {SOUTHERNMOST:g} to {NORTHERNMOST:g} degrees",
            f"longitude {exchanged:.4g}, latitude {as_is:.4g}: they seem to be exchanged",
            where,
            Remedy(
                "Exchange the two columns with {} {}; in a map file, write longitude before "
                "latitude.",
                option("--column latitude=HEADER"),
                option("--column longitude=HEADER"),
            ),
        )


def _bulk(
    longitude: Floats, latitude: Floats, good: np.ndarray
) -> tuple[float, float, float] | None:
    """Middle of most places, and how far from it in km a place can lie."""
    good = good & ~((np.abs(longitude) < _AT_ZERO_DEG) & (np.abs(latitude) < _AT_ZERO_DEG))
    if good.sum() < FEWEST_FOR_BULK:
        return None
    east, north = float(np.median(longitude[good])), float(np.median(latitude[good]))
    away = _distances(longitude[good], latitude[good], east, north)
    return east, north, max(FAR_KM, FAR_TIMES * float(np.median(away)))


def _distances(longitude: Floats, latitude: Floats, east: float, north: float) -> Floats:
    """Kilometres on a sphere, by the haversine."""
    half_up = np.radians(latitude - north) / 2
    half_across = np.radians(longitude - east) / 2
    level = np.cos(np.radians(latitude)) * np.cos(np.radians(north))
    share = np.sin(half_up) ** 2 + level * np.sin(half_across) ** 2
    found: Floats = 2 * 6371.0 * np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0)))
    return found


def _distance(longitude: float, latitude: float, bulk: tuple[float, float, float]) -> float:
    return float(_distances(np.array([longitude]), np.array([latitude]), *bulk[:2])[0])


def _hint(longitude: float, latitude: float, bulk: tuple[float, float, float] | None) -> str:
    """Whether exchanging the two would bring a place among the others."""
    if bulk is None or abs(longitude) > 90 or abs(latitude) > 180:
        return ""
    if _distance(latitude, longitude, bulk) <= bulk[2]:
        return "; longitude and latitude seem to be exchanged"
    return ""
