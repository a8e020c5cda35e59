"""A map of gusts: the gust of the area around each tree."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from arborisk.errors import AssessmentError
from arborisk.mechanics import Floats
from arborisk.risk.storm.places import Frame
from arborisk.risk.storm.scenario import Storm, check_gusts
from arborisk.risk.storm.tree_table import read_tree_table
from arborisk.risk.storm.trees import Trees

_NAMES = ("gust_ms", "gust_sd_ms")


def read_gust_map(path: str | Path, trees: Trees) -> Storm:
    """Gusts of trees from a map; NaN where the map says nothing.

    Args:
        path: CSV of points (places, ``gust_ms`` and ``gust_sd_ms``), between which gusts are
            interpolated; or GeoJSON or GeoPackage of areas with these two properties.
        trees: The trees; they need places.

    Raises:
        AssessmentError: No places, other coordinates, impossible gusts, or no tree on the map.
        MissingDependencyError: shapely is not installed, for areas.
    """
    where = Path(path).name
    if trees.x is None or trees.y is None:
        raise AssessmentError(
            "places of the trees, to find them on the map",
            "none",
            "the inventory",
            "Add longitude and latitude, or x_m and y_m; or give one gust with --gust.",
        )
    known = ~np.isnan(trees.x) & ~np.isnan(trees.y)
    frame = Frame.around(trees.system, trees.x[known], trees.y[known], "the inventory")
    x_m, y_m = frame.metres(trees.x, trees.y)
    found = _points if str(path).lower().endswith((".csv", ".txt", ".tsv")) else _areas
    gust, deviation = found(path, frame, np.column_stack([x_m, y_m]), where)
    on_map = ~np.isnan(gust)
    if not on_map.any():
        raise AssessmentError(
            "trees on the map", "none of them", where, "Check that both are of the same place."
        )
    low, high = gust[on_map].min(), gust[on_map].max()
    words = f"gusts of {low:.3g} to {high:.3g} m/s at 10 m, by the map {where}"
    return Storm(gust, deviation, words)


def _points(path: str | Path, frame: Frame, places: Floats, where: str) -> tuple[Floats, Floats]:
    """Linear between points, nothing outside them."""
    from scipy.interpolate import LinearNDInterpolator
    from scipy.spatial import QhullError

    table = read_tree_table(Path(path))
    missing = [name for name in _NAMES if name not in table.columns]
    if table.x is None or table.y is None or missing:
        raise AssessmentError(
            "points with places, gust_ms and gust_sd_ms",
            f"no {', '.join(missing) or 'places'}",
            where,
            "Add these columns.",
        )
    frame.check_same(table.system, where)
    values = _numbers([table.columns[name] for name in _NAMES], where)
    x_m, y_m = frame.metres(table.x, table.y)
    try:
        between = LinearNDInterpolator(np.column_stack([x_m, y_m]), values)
    except (QhullError, ValueError) as error:
        raise AssessmentError(
            "at least three points that are not on one line",
            f"{len(x_m)} points",
            where,
            "Add points around the trees.",
        ) from error
    found = np.asarray(between(np.nan_to_num(places, nan=1e12)))
    return found[:, 0], found[:, 1]


def _areas(path: str | Path, frame: Frame, places: Floats, where: str) -> tuple[Floats, Floats]:
    """The area a tree stands in; the stronger gust where two meet."""
    from arborisk.risk.strike.vector_files import read_layer

    layer = read_layer(path)
    from shapely import STRtree, points, transform

    frame.check_same(layer.system, where)
    kept = [feature for feature in layer.features if feature.shape is not None]
    cells = [[str(feature.properties.get(name, "")) for feature in kept] for name in _NAMES]
    values = _numbers(cells, where)
    shapes = [
        transform(feature.shape, lambda xy: np.column_stack(frame.metres(xy[:, 0], xy[:, 1])))
        for feature in kept
    ]
    tree, area = STRtree(shapes).query(points(np.nan_to_num(places, nan=1e12)), "intersects")
    gust, deviation = np.full(len(places), np.nan), np.full(len(places), np.nan)
    order = np.argsort(values[area, 0], kind="stable")  # the strongest is written last
    gust[tree[order]] = values[area[order], 0]
    deviation[tree[order]] = values[area[order], 1]
    return gust, deviation


def _numbers(columns: list[list[str]], where: str) -> Floats:
    """Gusts and their deviations, shape (n, 2)."""
    try:
        values = np.array([[float(cell) for cell in column] for column in columns]).T
    except ValueError as error:
        raise AssessmentError(
            "numbers in gust_ms and gust_sd_ms", str(error), where, "Complete both columns."
        ) from error
    if not len(values):
        raise AssessmentError("gusts", "none", where, "Add rows.")
    check_gusts(values[:, 0], values[:, 1], where)
    return np.asarray(values, dtype=np.float64)
