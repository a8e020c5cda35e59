"""Places that cannot be where they say: off Earth, at zero, far from all others, exchanged."""

from __future__ import annotations

import numpy as np

from arborisk.errors import Remedy, TableError, option
from arborisk.tables.metres import Floats

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
