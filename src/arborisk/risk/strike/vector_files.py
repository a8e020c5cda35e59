"""Shapes with properties from GeoJSON and GeoPackage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arborisk.errors import AssessmentError, MissingDependencyError
from arborisk.risk.storm.tree_table import geojson_system, geopackage_rows
from arborisk.tables.text import fold

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Feature:
    """One shape.

    Attributes:
        label: What it is called in messages, for example ``feature 3``.
        shape: Its geometry, or None.
        properties: By folded name.
    """

    label: str
    shape: BaseGeometry | None
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """Shapes of one file.

    Attributes:
        name: File name, for messages.
        features: Its shapes.
        system: Of the coordinates, see `arborisk.risk.storm.places`.
    """

    name: str
    features: tuple[Feature, ...]
    system: str


def require_shapely() -> None:
    """Says how to install shapely where it is missing.

    Raises:
        MissingDependencyError: It is not installed.
    """
    try:
        import shapely  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError("shapely", "geo", "shapes of lines and buildings") from error


def read_layer(path: str | Path) -> Layer:
    """Reads a file, or ``file.gpkg:layer``.

    Raises:
        AssessmentError: No such file, or not one of these formats.
        MissingDependencyError: shapely is not installed.
    """
    require_shapely()
    text, layer = str(path), None
    if ".gpkg:" in text:
        text, _, layer = text.rpartition(":")
    file = Path(text)
    if not file.is_file():
        raise AssessmentError("a layer of shapes", "no such file", text, "Check the path.")
    ending = file.suffix.lower()
    if ending == ".gpkg":
        return _geopackage(file, layer)
    if ending in (".geojson", ".json"):
        return _geojson(file)
    raise AssessmentError(
        "GeoJSON or GeoPackage", repr(ending), file.name, "Export the layer as one of these."
    )


def _geojson(path: Path) -> Layer:
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        members = [
            (feature.get("geometry"), feature.get("properties") or {})
            for feature in content["features"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AssessmentError(
            "a GeoJSON FeatureCollection",
            f"{type(error).__name__}: {error}",
            path.name,
            "Export the layer again.",
        ) from error
    features = []
    for number, (geometry, properties) in enumerate(members, start=1):
        try:
            found = shape(geometry) if geometry else None
        except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            found = None
        features.append(_feature(number, found, properties))
    return Layer(path.name, tuple(features), geojson_system(content))


def _geopackage(path: Path, layer: str | None) -> Layer:
    from shapely import from_wkb

    rows, shapes, system = geopackage_rows(path, layer)
    features = (
        _feature(number, from_wkb(shape, on_invalid="ignore") if shape else None, row)
        for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1)
    )
    return Layer(path.name, tuple(features), system)


def _feature(number: int, shape: BaseGeometry | None, properties: Mapping[str, object]) -> Feature:
    empty = shape is None or shape.is_empty
    named = {fold(name): value for name, value in properties.items()}
    return Feature(f"feature {number}", None if empty else shape, named)
