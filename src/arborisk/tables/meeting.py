"""Whether two layers can belong together: a count of zero means nothing where they cannot."""

from __future__ import annotations

import numpy as np

from arborisk.tables.metres import Floats
from arborisk.tables.places import Places

MEET_M = 1_000.0
"""Gap in metres from which two layers do not belong together: no tree reaches a tenth of it."""
METRES_A_DEGREE = 111_200.0
"""Of latitude, to half a percent."""


def do_not_meet(first: Places, second: Places, names: tuple[str, str]) -> str:
    """Why two layers cannot belong together, as a sentence; "" where they can.

    Args:
        first: Places of one, trees for example.
        second: Places or corners of the other.
        names: What stands there, for example ``("trees", "lines")``.
    """
    one, other = names
    if (first.plane is None) != (second.plane is None):
        plane = names[first.plane is None]
        return (
            f"The {plane} are in metres of a plane of their own and the other layer on Earth: "
            "state the system of both, for example with --places EPSG:2261."
        )
    gap_km = _gap_km(first, second)
    if not gap_km > MEET_M / 1000:
        return ""
    told = f"The {one} and the {other} lie {_kilometres(gap_km)} apart"
    if first.plane is None:
        for swapped, name in ((first, one), (second, other)):
            turned = Places(swapped.latitude, swapped.longitude)
            pair = (turned, second) if swapped is first else (first, turned)
            if np.nanmax(np.abs(turned.latitude)) <= 90 and _gap_km(*pair) <= MEET_M / 1000:
                return (
                    f"{told}, and meet once longitude and latitude of the {name} are exchanged: "
                    f"correct the columns or coordinates of the {name}."
                )
    return f"{told}: they do not belong together. Check the files and their coordinate systems."


def _kilometres(gap_km: float) -> str:
    return f"{gap_km:,.0f} km" if gap_km >= 10 else f"{gap_km:.1f} km"


def _gap_km(first: Places, second: Places) -> float:
    """Gap between the rectangles around two layers, in kilometres; 0 where one has no place."""
    boxes = []
    for places in (first, second):
        known = places.known
        if not known.any():
            return 0.0
        east, north = places.plane or (places.longitude, places.latitude)
        boxes.append((east[known], north[known]))
    if first.plane is None:
        middle = float(np.median(boxes[0][0])), float(np.median(boxes[0][1]))
        boxes = [_rough_metres(*middle, *box) for box in boxes]
    (east, north), (other_east, other_north) = boxes
    return float(np.hypot(_gap(east, other_east), _gap(north, other_north))) / 1000


def _gap(one: Floats, other: Floats) -> float:
    """How far two ranges lie apart; 0 where they meet."""
    return max(0.0, float(one.min() - other.max()), float(other.min() - one.max()))


def _rough_metres(
    east_deg: float, north_deg: float, longitude: Floats, latitude: Floats
) -> tuple[Floats, Floats]:
    """East and north of a middle on a sphere, over any distance."""
    east = (longitude - east_deg + 180) % 360 - 180
    scale = np.cos(np.radians(np.clip((latitude + north_deg) / 2, -89, 89)))
    return east * METRES_A_DEGREE * scale, (latitude - north_deg) * METRES_A_DEGREE
