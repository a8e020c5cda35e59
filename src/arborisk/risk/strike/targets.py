"""Lines, roads and buildings that a tree may fall on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.mechanics import Floats
from arborisk.risk.storm.places import Frame
from arborisk.risk.strike.vector_files import Feature, Layer

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

TargetKind = Literal["line", "road", "building"]
KINDS: tuple[TargetKind, ...] = ("line", "road", "building")
NEAR_WIRES = "Treat as energised; keep clear; qualified line-clearance arborist only."
"""Stands wherever a line is within reach."""

_NAMES: dict[TargetKind, tuple[str, ...]] = {
    "line": ("circuit", "name", "id", "fid"),
    "road": ("name", "street", "id", "fid"),
    "building": ("name", "address", "id", "fid"),
}
_LOWEST_M, _HIGHEST_M = 2.0, 80.0
_NARROWEST_M, _WIDEST_M = 0.5, 60.0


@dataclass(frozen=True, slots=True)
class Doubted:
    """A value with its standard deviation."""

    value: float
    deviation: float


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
    """

    targets: tuple[Target, ...]
    ends_m: Floats
    target: NDArray[np.int64]
    height_m: Floats
    height_deviation_m: Floats
    areas: tuple[BaseGeometry, ...]
    area_target: NDArray[np.int64]
    refused: tuple[str, ...]


def make_targets(
    layers: Mapping[TargetKind, Layer],
    frame: Frame,
    *,
    conductor_height: Doubted | None = None,
    road_width_m: float | None = None,
) -> Targets:
    """Pieces and areas of the layers.

    Args:
        layers: A layer for each kind of target.
        frame: Metres of the trees.
        conductor_height: Of lines whose features state none; None to refuse these.
        road_width_m: Of roads that are drawn as lines without a width; None to refuse these.

    Raises:
        AssessmentError: Another coordinate system, or no target that can be used.
    """
    collected = _Collected()
    for kind, layer in layers.items():
        frame.check_same(layer.system, layer.name)
        for feature in layer.features:
            try:
                _add(collected, kind, feature, layer.name, frame, conductor_height, road_width_m)
            except AssessmentError as error:
                collected.refused.append(str(error))
    if not collected.pieces:
        first = collected.refused[0] if collected.refused else "no features"
        raise AssessmentError(
            "at least one line, road or building", first, "the targets", "Correct the layers."
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
    )


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
        self.refused: list[str] = []

    def number(self, kind: TargetKind, name: str, feature: Feature) -> int:
        """Number of a target; a new one where the name is new."""
        self.targets.setdefault((kind, name), Target(kind, name, feature.properties))
        return self.order.setdefault((kind, name), len(self.order))


def _add(
    collected: _Collected,
    kind: TargetKind,
    feature: Feature,
    file: str,
    frame: Frame,
    conductor_height: Doubted | None,
    road_width_m: float | None,
) -> None:
    """Adds a feature's pieces, or refuses it."""
    from shapely import make_valid, transform

    where = f"{feature.label} of {file}"
    if feature.shape is None:
        raise AssessmentError(f"the shape of a {kind}", "none", where, "Draw it.")
    shape = transform(feature.shape, lambda xy: np.column_stack(frame.metres(xy[:, 0], xy[:, 1])))
    height = Doubted(0.0, 0.0)
    if kind == "line":
        if shape.geom_type not in ("LineString", "MultiLineString"):
            raise AssessmentError("a line", shape.geom_type, where, "Draw its conductors.")
        height = _conductor_height(feature, where, conductor_height)
    elif kind == "road" and shape.geom_type in ("LineString", "MultiLineString"):
        width = _road_width(feature, where, road_width_m)
        shape = shape.buffer(width / 2.0, cap_style="flat")
    elif shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise AssessmentError(f"the outline of a {kind}", shape.geom_type, where, "Draw it.")
    name = next(
        (str(feature.properties[key]) for key in _NAMES[kind] if feature.properties.get(key)),
        f"{kind} {feature.label.rpartition(' ')[2]}",
    )
    number = collected.number(kind, name, feature)
    if kind != "line":
        shape = make_valid(shape)
        collected.areas.append(shape)
        collected.area_target.append(number)
    for ring in _chains(shape):
        pieces = np.hstack([ring[:-1], ring[1:]])
        collected.pieces += [tuple(piece) for piece in pieces.tolist()]
        collected.piece_target += [number] * len(pieces)
        collected.heights += [(height.value, height.deviation)] * len(pieces)


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


def _value(feature: Feature, names: tuple[str, ...]) -> float | None:
    """A number among the properties; NaN for what is none."""
    for name in names:
        said = feature.properties.get(name)
        if said not in (None, ""):
            try:
                return float(said)
            except (TypeError, ValueError):
                return float("nan")
    return None


def _conductor_height(feature: Feature, where: str, fallback: Doubted | None) -> Doubted:
    value = _value(feature, ("conductor_height_m",))
    deviation = _value(feature, ("conductor_height_sd_m", "conductor_height_m_sd"))
    found = fallback
    if value is not None and deviation is not None:
        found = Doubted(value, deviation)
    elif value is not None and fallback is not None:
        found = Doubted(value, fallback.deviation)
    if found is None:
        raise AssessmentError(
            "conductor_height_m and conductor_height_sd_m, of the lowest conductor",
            "not both",
            where,
            "Add them, or say --conductor-height, such as 9±1.",
        )
    if not (_LOWEST_M <= found.value <= _HIGHEST_M and 0 <= found.deviation < found.value):
        raise AssessmentError(
            f"a conductor height from {_LOWEST_M:g} to {_HIGHEST_M:g} m with its deviation",
            f"{found.value:g}±{found.deviation:g} m",
            where,
            "Correct it.",
        )
    return found


def _road_width(feature: Feature, where: str, fallback: float | None) -> float:
    value = _value(feature, ("width_m",))
    width = fallback if value is None else value
    if width is None or not _NARROWEST_M <= width <= _WIDEST_M:
        raise AssessmentError(
            f"width_m of a road that is drawn as a line, {_NARROWEST_M:g} to {_WIDEST_M:g} m",
            "none" if width is None else f"{width:g}",
            where,
            "Add it, say --road-width, or draw the road's outline.",
        )
    return width
