"""Features of GeoJSON and Esri JSON, and records of JSON or JSON lines, as rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from arborisk.errors import TableError
from arborisk.tables.encodings import examine
from arborisk.tables.table import (
    MOST_JSON_BYTES,
    Cell,
    Shape,
    Table,
    check_bytes,
    check_extent,
    clean,
    unique_headers,
)

LONGITUDE_LATITUDE = "OGC:CRS84"
"""System of GeoJSON. Source: RFC 7946, section 4."""
CUT_OFF = (
    "The server sent a part of the layer only (exceededTransferLimit): rows are missing; fetch the "
    "other pages too."
)
_SHAPES = {
    *("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"),
    "GeometryCollection",
}


def read_geojson(path: Path) -> Table:
    """Reads features, geometries or records; properties keep their types.

    Args:
        path: GeoJSON; JSON of an Esri server; or JSON with a list of records; or, where the name
            ends in ``.jsonl``, ``.ndjson`` or ``.geojsonl``, one of these a line.

    Raises:
        TableError: No JSON, nested too deep, too large, or neither features nor records.
    """
    text = examine(path)
    check_bytes(path.name, path.stat().st_size, MOST_JSON_BYTES)
    with text.open() as stream:
        content = stream.read()
    if path.suffix.lower() in (".jsonl", ".ndjson", ".geojsonl"):
        return _table(path, _Members(tuple(_json_lines(content)), "row", LONGITUDE_LATITUDE))
    parsed = _parsed(path, content)
    table = _table(path, _members(path, parsed))
    return replace(table, notes=(*table.notes, CUT_OFF)) if _is_cut_off(parsed) else table


def _is_cut_off(content: object) -> bool:
    """Whether a server says that it sent the first features only."""
    if not isinstance(content, Mapping):
        return False
    more = content.get("properties")
    stated = (content, more) if isinstance(more, Mapping) else (content,)
    return any(one.get("exceededTransferLimit") is True for one in stated)


class _Members:
    """Objects that become rows.

    Attributes:
        objects: Features, geometries or records; a string is the reason why one cannot be used.
        word: What a row is called.
        system: Coordinate system of the shapes.
    """

    def __init__(self, objects: Sequence[object], word: str, system: str) -> None:
        self.objects = objects
        self.word = word
        self.system = system


def _parsed(path: Path, content: str) -> object:
    try:
        return json.loads(content)
    except RecursionError as error:
        raise TableError(
            "GeoJSON", "lists within lists without end", path.name, "Export the layer again."
        ) from error
    except ValueError as error:  # JSONDecodeError, and numbers of thousands of digits
        raise TableError("GeoJSON", f"{error}", path.name, "Export the layer again.") from error


def _json_lines(content: str) -> Iterator[object]:
    for line in content.split("\n"):
        line = line.strip().lstrip("\x1e")  # RFC 8142 begins each text with this mark
        if not line:
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield f"no JSON: {error}"
        else:
            yield found if isinstance(found, Mapping) else "no JSON object"


def _members(path: Path, content: object) -> _Members:
    kind = str(content.get("type")) if isinstance(content, Mapping) else ""
    if isinstance(content, Mapping):
        if is_esri(content):
            return _Members(features_of(content), "feature", system_of(content))
        if isinstance(content.get("features"), list):
            return _Members(content["features"], "feature", _system(content))
        if kind == "GeometryCollection" and isinstance(content.get("geometries"), list):
            return _Members(content["geometries"], "feature", _system(content))
        if kind == "Feature" or kind in _SHAPES:
            return _Members([content], "feature", _system(content))
    if isinstance(content, list) and all(
        one is None or isinstance(one, Mapping) for one in content
    ):
        is_features = any(
            isinstance(one, Mapping) and one.get("type") == "Feature" for one in content
        )
        return _Members(content, "feature" if is_features else "row", LONGITUDE_LATITUDE)
    raise TableError(
        "GeoJSON with features, or a list of records",
        f"the type {kind!r}" if kind else "something else",
        path.name,
        "Export the layer again as a FeatureCollection.",
    )


def _system(content: Mapping[str, Any]) -> str:
    """System of a GeoJSON file: longitude and latitude, unless an older file names another.

    Source: RFC 7946, section 4; the member "crs" is that of the 2008 format.
    """
    crs = content.get("crs")
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    text = str(name or "").strip()
    if not text or text.rpartition(":")[2] in ("4326", "CRS84"):
        return LONGITUDE_LATITUDE
    return text


def _table(path: Path, members: _Members) -> Table:
    properties: list[Mapping[str, Any]] = []
    shapes: list[Shape | None] = []
    problems: dict[int, str] = {}
    keys: dict[str, None] = {}
    for index, one in enumerate(members.objects):
        own: Mapping[str, Any] = {}
        shape = None
        if isinstance(one, Mapping):
            own, shape = _parts(one)
            keys.update(dict.fromkeys(own))
            check_extent(path.name, len(members.objects), len(keys))
        elif isinstance(one, str):
            problems[index] = one
        else:
            problems[index] = "null instead of a feature" if one is None else "no feature"
        properties.append(own)
        shapes.append(shape)
    if not properties:
        raise TableError("one feature or more", "none", path.name, "Check the file.")
    headers, notes = unique_headers([_text(key) for key in keys])
    rows = [tuple(_cell(own.get(key)) for key in keys) for own in properties]
    has_shapes = members.word == "feature" or any(shape is not None for shape in shapes)
    return Table(
        path.name,
        headers,
        rows,
        range(1, len(rows) + 1),
        members.word,
        problems,
        shapes if has_shapes else None,
        members.system if has_shapes else "",
        notes=notes,
    )


def _parts(one: Mapping[str, Any]) -> tuple[Mapping[str, Any], Shape | None]:
    """Properties and geometry of a feature, a bare geometry or a record."""
    kind = str(one.get("type"))
    if kind == "Feature":
        properties, shape = one.get("properties"), one.get("geometry")
        own = properties if isinstance(properties, Mapping) else {}
        return own, shape if isinstance(shape, Mapping) else None
    if kind in _SHAPES and ("coordinates" in one or "geometries" in one):
        return {}, one
    for key, value in one.items():
        if (
            isinstance(value, Mapping)
            and str(value.get("type")) in _SHAPES
            and "coordinates" in value
        ):
            return {name: cell for name, cell in one.items() if name != key}, value
    return one, None


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return _text(value) or None
    return None if value != value else value  # NaN, which JSON does not have


def _text(value: str) -> str:
    """Cleaned text; half of a character, which JSON can escape and no file can hold, is lost."""
    return clean(value if value.isascii() else value.encode(errors="replace").decode())


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
