"""One point for a shape, whatever kind of shape it is."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from arborisk.tables.table import Shape

Point = tuple[float, float]
_HEADS = {1: "<", 0: ">"}
_POINT_BYTES = 21
_KINDS = dict(
    enumerate(
        ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
         "GeometryCollection"),
        start=1,
    )
)  # fmt: skip
"""Codes of well-known binary. Source: OGC Simple Features 1.2.1, table 7."""


def point_of_shape(shape: Shape | None) -> tuple[Point | None, str, str]:
    """A point of a shape, the kind of shape, and what is wrong with it.

    A point is itself; several points, a line or an area give their middle.

    Args:
        shape: GeoJSON geometry, or well-known binary.

    Returns:
        The point or None; the kind, ``Point`` for a plain one; and a problem or "". A shape that
        is not there has neither point nor problem.
    """
    if shape is None:
        return None, "", ""
    if isinstance(shape, bytes):
        return _binary(shape)
    kind = str(shape.get("type"))
    try:
        point = _middle(kind, shape)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError, RecursionError):
        return None, kind, f"its {kind} has no readable coordinates"
    if point is None:
        return None, kind, f"its {kind} is empty"
    if not (isfinite(point[0]) and isfinite(point[1])):
        return None, kind, f"its {kind} has a coordinate that is not finite"
    return point, kind, ""


def kind_of_shape(shape: Shape | None) -> str:
    """Kind of a shape, such as ``Polygon``; "" for none, or one that cannot be told."""
    if isinstance(shape, Mapping):
        return str(shape.get("type", ""))
    if shape is None or len(shape) < 5 or shape[0] not in _HEADS:
        return ""
    (code,) = struct.unpack_from(f"{_HEADS[shape[0]]}I", shape, 1)
    return _KINDS.get((code & 0x0FFFFFFF) % 1000, "")


def _binary(shape: bytes) -> tuple[Point | None, str, str]:
    """Points are read here, thousands a second; the rest by shapely."""
    if len(shape) >= _POINT_BYTES and shape[0] in _HEADS:
        kind, x, y = struct.unpack_from(f"{_HEADS[shape[0]]}Idd", shape, 1)
        if (kind & 0x0FFFFFFF) % 1000 == 1 and not kind & 0x20000000:
            if x != x and y != y:  # how an empty point is written
                return None, "Point", "its Point is empty"
            if not (isfinite(x) and isfinite(y)):
                return None, "Point", "its Point has a coordinate that is not finite"
            return (x, y), "Point", ""
    import shapely

    read = shapely.from_wkb(shape, on_invalid="ignore")
    if read is None:
        return None, "", "its shape is damaged"
    return point_of_shape(shapely.geometry.mapping(read))


def _middle(kind: str, shape: Mapping[str, Any]) -> Point | None:
    if kind == "GeometryCollection":
        points = [point_of_shape(one)[0] for one in shape["geometries"]]
        return _mean(point for point in points if point is not None)
    content = shape["coordinates"]
    if not content:
        return None
    if kind == "Point":
        return _xy(content)
    if kind in ("MultiPoint", "LineString"):
        return _mean(map(_xy, content)) if kind == "MultiPoint" else _along([content])
    if kind == "MultiLineString":
        return _along(content)
    if kind == "Polygon":
        return _area_middle([content])
    if kind == "MultiPolygon":
        return _area_middle(content)
    raise ValueError(kind)


def _xy(pair: Sequence[Any]) -> Point:
    if any(isinstance(one, bool | str) for one in pair[:2]):
        raise ValueError(pair)
    return float(pair[0]), float(pair[1])


def _mean(points: Iterable[Point]) -> Point | None:
    found = list(points)
    if not found:
        return None
    x, y = zip(*found, strict=True)
    return sum(x) / len(found), sum(y) / len(found)


def _along(lines: Sequence[Any]) -> Point | None:
    """Middle of lines, each stretch by its length."""
    pieces = []
    for line in lines:
        points = [_xy(pair) for pair in line]
        for (x, y), (to_x, to_y) in pairwise(points):
            length = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
            pieces.append((length, (x + to_x) / 2, (y + to_y) / 2))
    return _weighted(pieces) or _mean(_xy(pair) for line in lines for pair in line)


def _area_middle(polygons: Sequence[Any]) -> Point | None:
    """Middle of areas by their outlines; holes do not count."""
    pieces = []
    outlines = [[_xy(pair) for pair in rings[0]] for rings in polygons if rings]
    for points in outlines:
        # From the first corner, for coordinates of many digits.
        (first_x, first_y) = points[0]
        near = [(x - first_x, y - first_y) for x, y in points]
        double = middle_x = middle_y = 0.0
        for (x, y), (to_x, to_y) in zip(near, near[1:] + near[:1], strict=True):
            cross = x * to_y - to_x * y
            double += cross
            middle_x += (x + to_x) * cross
            middle_y += (y + to_y) * cross
        if double:
            pieces.append(
                (
                    abs(double),
                    first_x + middle_x / (3 * double),
                    first_y + middle_y / (3 * double),
                )
            )
    return _weighted(pieces) or _mean(point for points in outlines for point in points)


def _weighted(pieces: Sequence[tuple[float, float, float]]) -> Point | None:
    total = sum(weight for weight, _, _ in pieces)
    if not total > 0:
        return None
    return (
        sum(weight * x for weight, x, _ in pieces) / total,
        sum(weight * y for weight, _, y in pieces) / total,
    )
