"""A storm: one gust for all, or a map of gusts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, SettingsError, option
from arborisk.mechanics.wind import Floats
from arborisk.risk.storm.left_out import GUST
from arborisk.risk.storm.trees import Trees
from arborisk.risk.storm.worlds import WorldDraws
from arborisk.tables.choices import TableChoices
from arborisk.tables.commands import COMMANDS
from arborisk.tables.layers import Ground, do_not_meet, shapes_of
from arborisk.tables.places import Places
from arborisk.tables.quantities import doubtful, read_option
from arborisk.tables.role_table import RoleTable, read_role_table
from arborisk.tables.shape_points import kind_of_shape

HIGHEST_GUST_MS = 150.0
"""Gusts above are refused: the strongest measured outside tornadoes was 113 m/s (WMO)."""


@dataclass(frozen=True, slots=True)
class Storm:
    """Gust of the area around each tree, at 10 m above ground, 3 s.

    Attributes:
        gust_ms: Shape (n_trees,) or (1,), m/s.
        deviation_ms: Its standard deviation, same shape. All trees err together: a forecast or an
            analysis is too high or too low over a whole town.
        words: For people.
        doubts: Why it is to be doubted.
    """

    gust_ms: Floats
    deviation_ms: Floats
    words: str
    doubts: tuple[str, ...] = ()

    def in_worlds(self, places: NDArray[np.int64], draws: WorldDraws) -> Floats:
        """Gusts of some trees in each world, shape (tree or 1, n_worlds, 1); lognormal."""
        one = len(self.gust_ms) == 1
        gust = self.gust_ms if one else self.gust_ms[places]
        deviation = self.deviation_ms if one else self.deviation_ms[places]
        spread = np.sqrt(np.log1p((deviation / gust) ** 2))[:, None, None]
        of_world = draws.generator(4).standard_normal((1, draws.n_worlds, 1))
        return np.asarray(gust[:, None, None] * np.exp(spread * of_world))


def one_gust(text: str) -> Storm:
    """Reads a gust with its doubt: ``32±2`` m/s, ``32+-2``, ``67±5 mph``, ``28-36``.

    Raises:
        SettingsError: It cannot be read, or no doubt is stated.
        AssessmentError: An impossible gust.
    """
    read = read_option(text, "speed", unit="m/s", name="--gust")
    if math.isnan(read.deviation):
        raise SettingsError(
            "a gust in m/s with its standard deviation, such as 32±2",
            repr(text),
            "--gust",
            Remedy(
                "Write {} for a what-if of exactly 32 m/s.", option("--gust 32±0", "risk storm")
            ),
        )
    gust, deviation = np.array([read.value]), np.array([read.deviation])
    check_gusts(gust, deviation, "--gust")
    taken = f" ({read.note})" if read.note else ""
    words = f"a gust of {read.value:.4g}±{read.deviation:.3g} m/s{taken} at 10 m, everywhere"
    return Storm(gust, deviation, words, doubts_of(read.value))


def doubts_of(gust_ms: float) -> tuple[str, ...]:
    """Why a gust is to be doubted, or lies outside of what the mechanics are made for."""
    found = [doubtful("gust", gust_ms)]
    if gust_ms > GUST.high:
        found.append(
            f"a gust of {gust_ms:.4g} m/s lies outside of what the mechanics are made for "
            f"({GUST.words}): chances in it are carried on from weaker gusts"
        )
    return tuple(one for one in found if one)


def check_gusts(gust_ms: Floats, deviation_ms: Floats, where: str) -> None:
    """Refuses impossible gusts.

    Raises:
        AssessmentError: Says which.
    """
    bad = ~((gust_ms > 0) & (gust_ms <= HIGHEST_GUST_MS))
    bad |= ~((deviation_ms >= 0) & (deviation_ms < gust_ms))
    if np.any(bad):
        place = int(np.argmax(bad))
        raise AssessmentError(
            f"gusts above 0 and at most {HIGHEST_GUST_MS:g} m/s, with a smaller deviation",
            f"{gust_ms[place]:g}±{deviation_ms[place]:g} m/s",
            where,
            "Correct it; gusts are in metres a second, 1 m/s = 3.6 km/h = 2.24 mph = 1.94 knots.",
        )


def read_gust_map(path: str | Path, trees: Trees, choices: TableChoices | None = None) -> Storm:
    """Gusts of trees from a map; NaN where the map says nothing.

    Args:
        path: Points with ``gust_ms`` and ``gust_sd_ms`` (another unit in the headers will do),
            between which gusts are interpolated; or areas with these two columns.
        trees: The trees; they need places.
        choices: What the user says of columns and units.

    Raises:
        AssessmentError: No places, impossible gusts, or no tree on the map.
        TableError: The map cannot be read, or gusts without a unit.
        MissingDependencyError: shapely is not installed, for areas.
    """
    if trees.places is None:
        raise AssessmentError(
            "places of the trees, to find them on the map",
            "none",
            "the inventory",
            Remedy(
                "Add longitude and latitude; or give one gust with {}.",
                option("--gust", "risk storm"),
            ),
        )
    rows = read_role_table(
        path, (choices or TableChoices()).only(COMMANDS["gusts"].roles), command="gusts"
    )
    where = rows.table.source
    ground = Ground.around(trees.places, "the inventory")
    values = _gusts(rows)
    if any(kind_of_shape(shape).endswith("Polygon") for shape in rows.table.shapes or ()):
        gust, deviation, corners = _areas(rows, ground, trees.places, values)
    else:
        gust, deviation, corners = _points(rows, ground, trees.places, values)
    on_map = ~np.isnan(gust)
    if not on_map.any():
        raise AssessmentError(
            "trees on the map",
            do_not_meet(trees.places, corners, ("trees", "gusts")) or "none of them",
            where,
            "Check that both are of the same place.",
        )
    low, high = float(gust[on_map].min()), float(gust[on_map].max())
    words = f"gusts of {low:.3g} to {high:.3g} m/s at 10 m, by the map {where}"
    return Storm(gust, deviation, words, doubts_of(high))


def _gusts(rows: RoleTable) -> Floats:
    """Gusts and their deviations, shape (n_rows, 2); NaN in rows without.

    Raises:
        AssessmentError: Cells that cannot be read, a gust without its deviation, or no gust.
    """
    read = rows.quantity("gust")
    where = rows.table.source
    if read.problems:
        row, problem = next(iter(read.problems.items()))
        raise AssessmentError("gusts", problem, rows.where(row), "Correct the cell.")
    lacking = np.flatnonzero(~np.isnan(read.value) & np.isnan(read.deviation))
    if len(lacking) or np.isnan(read.value).all():
        raise AssessmentError(
            "gusts with their standard deviations, gust_ms and gust_sd_ms",
            "a gust without one" if len(lacking) else "no gust",
            rows.where(int(lacking[0])) if len(lacking) else where,
            "Complete both columns.",
        )
    known = ~np.isnan(read.value)
    check_gusts(read.value[known], read.deviation[known], where)
    return np.column_stack([read.value, read.deviation])


def _points(
    rows: RoleTable, ground: Ground, trees: Places, values: Floats
) -> tuple[Floats, Floats, Places]:
    """Linear between points, nothing outside them."""
    from scipy.interpolate import LinearNDInterpolator
    from scipy.spatial import QhullError

    used = np.flatnonzero(rows.places.known & ~np.isnan(values[:, 0]))
    points = rows.places.take(used)
    x_m, y_m = ground.of(points)
    try:
        between = LinearNDInterpolator(np.column_stack([x_m, y_m]), values[used])
    except (QhullError, ValueError) as error:
        raise AssessmentError(
            "at least three points with places that are not on one line",
            f"{len(x_m)} points",
            rows.table.source,
            "Add points around the trees, with longitude and latitude.",
        ) from error
    found = np.asarray(between(np.nan_to_num(np.column_stack(ground.of(trees)), nan=1e12)))
    return found[:, 0], found[:, 1], points


def _areas(
    rows: RoleTable, ground: Ground, trees: Places, values: Floats
) -> tuple[Floats, Floats, Places]:
    """The area a tree stands in; the stronger gust where two meet."""
    layer = shapes_of(rows.table)
    from shapely import STRtree, points, transform

    kept = [row for row, shape in enumerate(layer.shapes) if shape is not None]
    shapes = transform(
        np.array([layer.shapes[row] for row in kept], dtype=object),
        lambda xy: np.column_stack(ground.to(xy[:, 0], xy[:, 1])),
    )
    stand = points(np.nan_to_num(np.column_stack(ground.of(trees)), nan=1e12))
    tree, area = STRtree(shapes).query(stand, "intersects")
    of_area = values[kept]
    gust, deviation = np.full(len(stand), np.nan), np.full(len(stand), np.nan)
    order = np.argsort(of_area[area, 0], kind="stable")  # the strongest is written last
    gust[tree[order]] = of_area[area[order], 0]
    deviation[tree[order]] = of_area[area[order], 1]
    return gust, deviation, layer.corners()
