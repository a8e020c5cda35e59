"""A made-up town for drawn trees: streets, roads, circuits and houses, by rule, without luck.

Every street runs east. Four sites of the stand make a street; trees stand alternately on its two
kerbs. Every second street has a circuit along its north kerb; houses stand on the north side.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STREETS = ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Holly", "Ivy", "Juniper")
SITES_PER_STREET = 4
LATITUDE, LONGITUDE = 42.37, -72.52  # where the town is made up to lie
METRES_PER_DEGREE = 111_320.0
BETWEEN_TREES_M, BETWEEN_STREETS_M = 14.0, 75.0
KERB_M, ROAD_WIDTH_M = 5.0, 7.0
LINE_M, LINE_HEIGHT_M, LINE_HEIGHT_SD_M = 7.0, 9.0, 0.7  # north of the road's middle; above ground
HOUSE_M, HOUSE_WIDTH_M, HOUSE_DEPTH_M, BETWEEN_HOUSES_M = 15.0, 12.0, 9.0, 35.0


@dataclass(frozen=True, slots=True)
class Town:
    """Where everything stands, in longitude and latitude.

    Attributes:
        street: Street of each tree, shape (n_trees,).
        place: Longitude and latitude of each tree, shape (n_trees, 2).
        layers: Features of ``roads``, ``lines`` and ``houses``.
    """

    street: tuple[str, ...]
    place: tuple[tuple[float, float], ...]
    layers: dict[str, list[dict[str, Any]]]


def lay_out(sites: Sequence[str]) -> Town:
    """The town of trees at these sites, one entry a tree.

    Raises:
        ValueError: More sites than there are streets for.
    """
    order = {site: number for number, site in enumerate(sorted(set(sites)))}
    if len(order) > SITES_PER_STREET * len(STREETS):
        raise ValueError(f"{len(order)} sites; there are streets for 40. Draw fewer trees.")
    on_street = [order[site] // SITES_PER_STREET for site in sites]
    n_trees = [0] * len(STREETS)
    street, place = [], []
    for number in on_street:
        along, side = n_trees[number] * BETWEEN_TREES_M, 1 if n_trees[number] % 2 else -1
        n_trees[number] += 1
        street.append(f"{STREETS[number]} Street")
        place.append(_degrees(along, number * BETWEEN_STREETS_M + side * KERB_M))
    layers: dict[str, list[dict[str, Any]]] = {"roads": [], "lines": [], "houses": []}
    for number, n in enumerate(n_trees):
        if n:
            _furnish(layers, number, n * BETWEEN_TREES_M)
    return Town(tuple(street), tuple(place), layers)


def _furnish(layers: dict[str, list[dict[str, Any]]], number: int, length_m: float) -> None:
    """Road, circuit and houses of one street."""
    name, north = f"{STREETS[number]} Street", number * BETWEEN_STREETS_M
    ends = [(-10.0, north), (length_m, north)]
    layers["roads"].append(_feature("LineString", ends, name=name, width_m=ROAD_WIDTH_M))
    if number % 2 == 0:
        wire = [(east, north + LINE_M) for east, _ in ends]
        layers["lines"].append(
            _feature(
                "LineString",
                wire,
                circuit=f"circuit {number // 2 + 1}",
                conductor_height_m=LINE_HEIGHT_M,
                conductor_height_sd_m=LINE_HEIGHT_SD_M,
            )
        )
    for house in range(max(1, int(length_m // BETWEEN_HOUSES_M))):
        west, south = house * BETWEEN_HOUSES_M, north + HOUSE_M
        east, back = west + HOUSE_WIDTH_M, south + HOUSE_DEPTH_M
        corners = [(west, south), (east, south), (east, back), (west, back), (west, south)]
        layers["houses"].append(_feature("Polygon", corners, address=f"{2 * house + 1} {name}"))


def _feature(kind: str, corners_m: Sequence[tuple[float, float]], **said: object) -> dict[str, Any]:
    line = [list(_degrees(east, north)) for east, north in corners_m]
    shape = {"type": kind, "coordinates": [line] if kind == "Polygon" else line}
    return {"type": "Feature", "properties": said, "geometry": shape}


def _degrees(east_m: float, north_m: float) -> tuple[float, float]:
    """Longitude and latitude of a place in metres from the town's corner."""
    per_degree_east = METRES_PER_DEGREE * math.cos(math.radians(LATITUDE))
    return (
        round(LONGITUDE + east_m / per_degree_east, 7),
        round(LATITUDE + north_m / METRES_PER_DEGREE, 7),
    )


def write_layers(town: Town, folder: Path) -> None:
    """Writes ``roads.geojson``, ``lines.geojson`` and ``houses.geojson``."""
    for name, features in town.layers.items():
        content = {"type": "FeatureCollection", "features": features}
        (folder / f"{name}.geojson").write_text(json.dumps(content), encoding="utf-8")
