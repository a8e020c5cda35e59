"""Features as servers of Esri send them (``f=json``), as GeoJSON.

Source: ArcGIS REST API, "Geometry objects": outer rings turn clockwise, holes the other way.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

_WEB_MERCATOR = {102100, 102113, 900913}
"""Esri's own numbers of EPSG:3857."""


def is_esri(content: Mapping[str, Any]) -> bool:
    """Whether a JSON object holds features of Esri."""
    features = content.get("features")
    if not isinstance(features, list) or "type" in content:
        return False
    return any(isinstance(one, Mapping) and "attributes" in one for one in features)


def system_of(content: Mapping[str, Any]) -> str:
    """Coordinate system; "" where none is stated."""
    stated = content.get("spatialReference")
    if not isinstance(stated, Mapping):
        return ""
    number = stated.get("latestWkid") or stated.get("wkid")
    if number in _WEB_MERCATOR:
        return "EPSG:3857"
    return f"EPSG:{number}" if isinstance(number, int) else str(stated.get("wkt") or "")


def features_of(content: Mapping[str, Any]) -> list[object]:
    """Features as those of GeoJSON; what is none stays as it is."""
    return [
        {
            "type": "Feature",
            "properties": one.get("attributes"),
            "geometry": _shape(one.get("geometry")),
        }
        if isinstance(one, Mapping)
        else one
        for one in content["features"]
    ]


def _shape(geometry: object) -> dict[str, Any] | None:
    if not isinstance(geometry, Mapping):
        return None
    if "x" in geometry and "y" in geometry:
        return {"type": "Point", "coordinates": [geometry["x"], geometry["y"]]}
    for key, kind in (("points", "MultiPoint"), ("paths", "MultiLineString")):
        if isinstance(geometry.get(key), list):
            return {"type": kind, "coordinates": geometry[key]}
    if isinstance(geometry.get("rings"), list):
        return {"type": "MultiPolygon", "coordinates": _polygons(geometry["rings"])}
    return None


def _polygons(rings: list[Any]) -> list[list[Any]]:
    """Rings of each area, the outer one first."""
    found: list[list[Any]] = []
    for ring in rings:
        if found and not _is_clockwise(ring):
            found[-1].append(ring)
        else:
            found.append([ring])
    return found


def _is_clockwise(ring: Any) -> bool:  # noqa: ANN401 - from a file
    try:
        pairs = [(float(place[0]), float(place[1])) for place in ring]
    except (TypeError, ValueError, IndexError):
        return True
    return sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(pairs)) >= 0
