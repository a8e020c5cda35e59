"""Lines, roads and buildings that a tree may fall on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, option
from arborisk.mechanics.wind import Floats
from arborisk.tables.layers import Ground, Shapes
from arborisk.tables.quantities import doubtful
from arborisk.tables.role_table import RoleTable

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["KINDS", "Doubted", "Target", "TargetKind", "TargetLayer", "Targets"]

TargetKind = Literal["line", "road", "building"]
KINDS: tuple[TargetKind, ...] = ("line", "road", "building")
_NAMES: dict[TargetKind, tuple[str, ...]] = {
    "line": ("circuit", "name"),
    "road": ("name", "street"),
    "building": ("name", "address"),
}
"""Roles that may hold a target's name, the first that a feature fills."""
PROPERTIES = (
    *("customers", "repair_cost_low", "repair_cost_high", "outage_hours_low"),
    *("outage_hours_high", "fire_ground", "people_below"),
)
"""Roles of what the owner of a line states."""
_LOWEST_M, _HIGHEST_M = 2.0, 80.0
_NARROWEST_M, _WIDEST_M = 0.5, 60.0


@dataclass(frozen=True, slots=True)
class Doubted:
    """A value with its standard deviation."""

    value: float
    deviation: float


@dataclass(frozen=True, slots=True, eq=False)
class TargetLayer:
    """One layer of targets.

    Attributes:
        rows: Its features by what their columns hold.
        shapes: Their shapes.
    """

    rows: RoleTable
    shapes: Shapes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A feature that was left out.

    Attributes:
        kind: Line, road or building.
        name: Circuit, street, address, or its number.
        reason: Expected, found, where, what to do.
    """

    kind: TargetKind
    name: str
    reason: str

    @property
    def words(self) -> str:
        """For example ``line A12``."""
        return self.name if self.name.startswith(self.kind) else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Target:
    """What one name stands for: features of one kind and name are one target.

    Attributes:
        kind: Line, road or building.
        name: Circuit, street, address, or the feature's number.
        properties: Of its first feature.
    """

    kind: TargetKind
    name: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets, as straight pieces and areas, in metres.

    Attributes:
        targets: The targets.
        ends_m: Ends of each piece, x1, y1, x2, y2, shape (n_pieces, 4).
        target: Target of each piece, shape (n_pieces,).
        height_m: Height of each piece above ground, 0 for roads and buildings, shape (n_pieces,).
        height_deviation_m: Its standard deviation.
        areas: Polygons, in which a tree may stand.
        area_target: Target of each.
        refused: Features left out, each with the reason.
        doubts: Sentences on values that were taken and are to be doubted.
    """

    targets: tuple[Target, ...]
    ends_m: Floats
    target: NDArray[np.int64]
    height_m: Floats
    height_deviation_m: Floats
    areas: tuple[BaseGeometry, ...]
    area_target: NDArray[np.int64]
    refused: tuple[LeftOut, ...]
    doubts: tuple[str, ...] = ()

    def left_out(self, kind: TargetKind) -> tuple[LeftOut, ...]:
        """Features of a kind that were left out: a count of them may be too low."""
        return tuple(one for one in self.refused if one.kind == kind)


def make_targets(
    layers: Mapping[TargetKind, TargetLayer],
    ground: Ground,
    *,
    conductor_height: Doubted | None = None,
    road_width_m: float | None = None,
) -> Targets:
    """Pieces and areas of the layers.

    Args:
        layers: A layer for each kind of target.
        ground: Metres of the trees.
        conductor_height: Of lines whose features state none; None to refuse these.
        road_width_m: Of roads that are drawn as lines without a width; None to refuse these.

    Raises:
        AssessmentError: No target that can be used.
        TableError: Heights or widths whose unit nobody states.
    """
    collected = _Collected()
    for kind, layer in layers.items():
        measured = _Measured(layer, kind, conductor_height, road_width_m)
        for row, name in enumerate(_names(layer.rows, kind)):
            try:
                _add(collected, kind, name, row, layer, ground, measured)
            except AssessmentError as error:
                collected.refused.append(LeftOut(kind, name, str(error)))
        collected.doubts += measured.doubts
    if not collected.pieces:
        first = f". The first: {collected.refused[0].reason}" if collected.refused else ""
        raise AssessmentError(
            "at least one line, road or building that can be used",
            f"none of {len(collected.refused):,}{first.rstrip('.')}",
            "the layers of targets",
            "Mend what the first reason names: it may name an option that states it.",
        )
    heights = np.array(collected.heights)
    return Targets(
        tuple(collected.targets.values()),
        np.array(collected.pieces),
        np.array(collected.piece_target, dtype=np.int64),
        heights[:, 0],
        heights[:, 1],
        tuple(collected.areas),
        np.array(collected.area_target, dtype=np.int64),
        tuple(collected.refused),
        tuple(dict.fromkeys(collected.doubts)),
    )


def _names(rows: RoleTable, kind: TargetKind) -> list[str]:
    """What each feature is called: its circuit, street or address, else its number."""
    names = [f"{kind} {number}" for number in rows.table.numbers]
    for role in reversed(_NAMES[kind]):
        names = [said or name for said, name in zip(rows.text(role), names, strict=True)]
    return names


class _Collected:
    """Pieces as they are found."""

    def __init__(self) -> None:
        self.targets: dict[tuple[str, str], Target] = {}
        self.order: dict[tuple[str, str], int] = {}
        self.pieces: list[tuple[float, float, float, float]] = []
        self.piece_target: list[int] = []
        self.heights: list[tuple[float, float]] = []
        self.areas: list[BaseGeometry] = []
        self.area_target: list[int] = []
        self.refused: list[LeftOut] = []
        self.doubts: list[str] = []

    def number(self, kind: TargetKind, name: str, properties: Mapping[str, Any]) -> int:
        """Number of a target; a new one where the name is new."""
        self.targets.setdefault((kind, name), Target(kind, name, properties))
        return self.order.setdefault((kind, name), len(self.order))


class _Measured:
    """Heights and widths of a layer's features, read once."""

    def __init__(
        self,
        layer: TargetLayer,
        kind: TargetKind,
        conductor_height: Doubted | None,
        road_width_m: float | None,
    ) -> None:
        self.fallback, self.fallback_width = conductor_height, road_width_m
        role = {"line": "conductor_height", "road": "width"}.get(kind)
        self.read = None if role is None else layer.rows.quantity(role)
        self.rows = layer.rows
        self.doubts: list[str] = []

    def conductor(self, row: int, where: str) -> Doubted:
        """Height of the lowest conductor of a line."""
        value, deviation = self._stated(row, "conductor height", where)
        found = self.fallback
        if not np.isnan(value) and not np.isnan(deviation):
            found = Doubted(value, deviation)
        elif not np.isnan(value) and found is not None:
            found = Doubted(value, found.deviation)
        if found is None:
            raise AssessmentError(
                "conductor_height_m and conductor_height_sd_m, of the lowest conductor",
                "not both",
                where,
                Remedy("Add them, or say {}.", option("--conductor-height 9±1", "risk strike")),
            )
        if not (_LOWEST_M <= found.value <= _HIGHEST_M and 0 <= found.deviation < found.value):
            raise AssessmentError(
                f"a conductor height from {_LOWEST_M:g} to {_HIGHEST_M:g} m with its deviation",
                f"{found.value:g}±{found.deviation:g} m",
                where,
                "Correct it or its unit.",
            )
        doubt = doubtful("conductor_height", found.value)
        self.doubts += [f"{where}: {doubt}"] if doubt else []
        return found

    def width(self, row: int, where: str) -> float:
        """Width of a road that is drawn as a line."""
        value, _ = self._stated(row, "road width", where)
        width = self.fallback_width if np.isnan(value) else value
        if width is None or not _NARROWEST_M <= width <= _WIDEST_M:
            raise AssessmentError(
                f"width_m of a road that is drawn as a line, {_NARROWEST_M:g} to {_WIDEST_M:g} m",
                "none" if width is None else f"{width:g} m",
                where,
                Remedy("Add it, say {}, or draw the road's outline.",
                       option("--road-width", "risk strike")),
            )  # fmt: skip
        return width

    def _stated(self, row: int, what: str, where: str) -> tuple[float, float]:
        assert self.read is not None
        if row in self.read.problems:
            raise AssessmentError(
                f"a readable {what}", self.read.problems[row], where, "Correct the cell."
            )
        return float(self.read.value[row]), float(self.read.deviation[row])


def _add(
    collected: _Collected,
    kind: TargetKind,
    name: str,
    row: int,
    layer: TargetLayer,
    ground: Ground,
    measured: _Measured,
) -> None:
    """Adds a feature's pieces, or refuses it."""
    from shapely import make_valid, transform

    where = f"{layer.rows.name(row)} of {layer.rows.table.source}"
    drawn = layer.shapes.shapes[row]
    if drawn is None:
        found = layer.shapes.problems.get(row, "none")
        raise AssessmentError(
            f"the shape of a {kind}, every corner of it a place", found, where, "Draw it again."
        )
    shape = transform(drawn, lambda xy: np.column_stack(ground.to(xy[:, 0], xy[:, 1])))
    height = Doubted(0.0, 0.0)
    if kind == "line":
        if shape.geom_type not in ("LineString", "MultiLineString"):
            raise AssessmentError("a line", shape.geom_type, where, "Draw its conductors.")
        height = measured.conductor(row, where)
    elif kind == "road" and shape.geom_type in ("LineString", "MultiLineString"):
        shape = shape.buffer(measured.width(row, where) / 2.0, cap_style="flat")
    elif shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise AssessmentError(
            f"the outline of a {kind}", shape.geom_type, where, "Draw its outline as a polygon."
        )
    number = collected.number(kind, name, _properties(layer.rows, row))
    if kind != "line":
        shape = make_valid(shape)
        collected.areas.append(shape)
        collected.area_target.append(number)
    for ring in _chains(shape):
        pieces = np.hstack([ring[:-1], ring[1:]])
        collected.pieces += [tuple(piece) for piece in pieces.tolist()]
        collected.piece_target += [number] * len(pieces)
        collected.heights += [(height.value, height.deviation)] * len(pieces)


def _properties(rows: RoleTable, row: int) -> dict[str, Any]:
    """What the owner states of a target."""
    return {
        role: rows.table.rows[row][rows.columns[role].index]
        for role in PROPERTIES
        if rows.has(role)
    }


def _chains(shape: BaseGeometry) -> list[Floats]:
    """Coordinates of every line and ring of a shape."""
    parts = getattr(shape, "geoms", [shape])
    chains: list[Floats] = []
    for part in parts:
        if part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
            chains += [np.asarray(ring.coords)[:, :2] for ring in rings]
        elif part.geom_type in ("LineString", "LinearRing"):
            chains.append(np.asarray(part.coords)[:, :2])
        elif hasattr(part, "geoms"):
            chains += _chains(part)
    return chains
