"""An inventory as columns of text: CSV, GeoJSON or GeoPackage."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arborisk.dataset.csv_rows import csv_rows
from arborisk.errors import AssessmentError
from arborisk.mechanics import Floats
from arborisk.risk.storm.places import DEGREES, METRES
from arborisk.tables.text import clean, fold

_PLACES = (
    *(("x_m", "y_m", METRES), ("longitude", "latitude", DEGREES), ("lon", "lat", DEGREES)),
    *(("long", "lat", DEGREES), ("lng", "lat", DEGREES)),
)


@dataclass(frozen=True, slots=True)
class TreeTable:
    """Rows of an inventory.

    Attributes:
        name: File name, for messages.
        columns: Cells of each column by folded header; "" where empty. All of one length.
        rows: What each row is called in messages, for example ``row 7``.
        x: Eastward coordinate, NaN where missing; None when the file has no places.
        y: Northward coordinate.
        system: Of the coordinates, see `arborisk.risk.storm.places`.
    """

    name: str
    columns: Mapping[str, list[str]]
    rows: tuple[str, ...]
    x: Floats | None
    y: Floats | None
    system: str


def read_tree_table(path: Path, *, layer: str | None = None) -> TreeTable:
    """Reads one row a tree.

    Args:
        path: CSV, GeoJSON or GeoPackage; places of the last two are points.
        layer: Table of a GeoPackage; None for its only one.

    Raises:
        AssessmentError: No such file, no rows, two columns of one name, or no readable table.
    """
    if not path.is_file():
        raise AssessmentError("an inventory", "no such file", str(path), "Check the path.")
    ending = path.suffix.lower()
    if ending in (".geojson", ".json"):
        return _geojson(path)
    if ending == ".gpkg":
        return _geopackage(path, layer)
    return _csv(path)


def _csv(path: Path) -> TreeTable:
    rows = iter(csv_rows(path))
    _, header = next(rows, (0, []))
    names = [fold(cell) for cell in header]
    double = sorted({name for name in names if name and names.count(name) > 1})
    if double:
        raise AssessmentError(
            "each column once", f"{', '.join(double)} twice", path.name, "Rename one of them."
        )
    cells, labels = [], []
    for line, row in rows:
        if any(row):
            cells.append([*row, *[""] * (len(names) - len(row))])
            labels.append(f"row {line}")
    columns = {name: [row[place] for row in cells] for place, name in enumerate(names) if name}
    for east, north, system in _PLACES:
        if east in columns and north in columns:
            x, y = (_numbers(columns[name]) for name in (east, north))
            return _table(path, columns, labels, x, y, system)
    return _table(path, columns, labels, None, None, METRES)


def _numbers(cells: Iterable[str]) -> Floats:
    """Cells as numbers; NaN where they are none."""
    found = []
    for cell in cells:
        try:
            value = float(cell)
        except ValueError:
            value = np.nan
        found.append(value if np.isfinite(value) else np.nan)
    return np.array(found, dtype=np.float64)


def _geojson(path: Path) -> TreeTable:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = content["features"]
        rows = [dict(feature.get("properties") or {}) for feature in features]
        points = [_geojson_point(feature.get("geometry")) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AssessmentError(
            "a GeoJSON FeatureCollection", f"{type(error).__name__}: {error}", path.name,
            "Export the layer again.",
        ) from error  # fmt: skip
    return _from_properties(path, rows, points, geojson_system(content))


def geojson_system(content: Mapping[str, object]) -> str:
    """System of a GeoJSON file: degrees, unless an older file names another.

    Source: RFC 7946, section 4; the member "crs" is that of the 2008 format.
    """
    crs = content.get("crs")
    name = ""
    if isinstance(crs, Mapping) and isinstance(crs.get("properties"), Mapping):
        name = str(crs["properties"].get("name", ""))
    code = name.rpartition(":")[2].strip()
    if not name or code in ("4326", "CRS84"):
        return DEGREES
    if name == METRES:  # as our own files say it
        return METRES
    return f"EPSG:{code}"


def _geojson_point(geometry: object) -> tuple[float, float]:
    if isinstance(geometry, Mapping) and geometry.get("type") == "Point":
        place = geometry["coordinates"]
        return float(place[0]), float(place[1])
    return np.nan, np.nan


def _geopackage(path: Path, layer: str | None) -> TreeTable:
    rows, shapes, system = geopackage_rows(path, layer)
    return _from_properties(path, rows, [_wkb_point(shape) for shape in shapes], system)


def geopackage_rows(
    path: Path, layer: str | None
) -> tuple[list[dict[str, object]], list[bytes | None], str]:
    """Properties, geometries as well-known binary, and the system of one layer.

    Args:
        path: GeoPackage.
        layer: Table; None for its only one.

    Raises:
        AssessmentError: Not a GeoPackage, or not exactly one layer where none is named.

    Source: OGC GeoPackage 1.3, annexes C and G.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            found = database.execute(
                "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents c "
                "JOIN gpkg_geometry_columns g USING (table_name) WHERE c.data_type = 'features'"
            ).fetchall()
            layers = {row[0]: row for row in found}
            if layer is None and len(layers) == 1:
                layer = next(iter(layers))
            if layer not in layers:
                raise AssessmentError(
                    "one layer of features, or its name",
                    ", ".join(sorted(layers)) or "none",
                    path.name,
                    "Write the name after the file, as file.gpkg:layer.",
                )
            table, column, code = layers[layer]
            quoted = '"' + table.replace('"', '""') + '"'
            cursor = database.execute(f"SELECT * FROM {quoted}")
            names = [item[0] for item in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
            system = _system(database, code)
    except sqlite3.Error as error:
        raise AssessmentError(
            "a GeoPackage", str(error), path.name, "Export the layer again."
        ) from error
    return rows, [_wkb(row.pop(column)) for row in rows], system


def _system(database: sqlite3.Connection, code: int) -> str:
    """Degrees, a system in metres, or a refusal."""
    row = database.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        (code,),
    ).fetchone()
    organization, number, definition = row or ("", code, "")
    if number == 4326:
        return DEGREES
    if code in (-1, 0):
        return METRES
    units = str(definition).casefold().replace(" ", "")
    last = units.rpartition('unit["')[2]
    if not last.startswith(("metre", "meter")):
        raise AssessmentError(
            "longitude and latitude (EPSG:4326) or a system in metres",
            f"{organization}:{number}",
            "the GeoPackage",
            "Reproject the layer.",
        )
    return f"{str(organization).upper()}:{number}"


def _wkb(blob: object) -> bytes | None:
    """The well-known binary inside a GeoPackage geometry."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP":
        return None
    envelope = (0, 32, 48, 48, 64)[min((blob[3] >> 1) & 7, 4)]
    return blob[8 + envelope :]


def _wkb_point(shape: bytes | None) -> tuple[float, float]:
    if not shape or len(shape) < 21:
        return np.nan, np.nan
    order = "<" if shape[0] else ">"
    kind, x, y = struct.unpack_from(f"{order}Idd", shape, 1)
    return (x, y) if kind % 1000 == 1 else (np.nan, np.nan)


def _from_properties(
    path: Path,
    rows: list[dict[str, object]],
    points: list[tuple[float, float]],
    system: str,
) -> TreeTable:
    names: dict[str, str] = {}
    for row in rows:
        for key in row:
            names.setdefault(key, fold(key))
    columns = {
        folded: ["" if row.get(key) is None else clean(str(row[key])) for row in rows]
        for key, folded in names.items()
    }
    place = np.array(points, dtype=np.float64).reshape(-1, 2)
    labels = [f"feature {number}" for number in range(1, len(rows) + 1)]
    return _table(path, columns, labels, place[:, 0], place[:, 1], system)


def _table(
    path: Path,
    columns: Mapping[str, list[str]],
    labels: list[str],
    x: Floats | None,
    y: Floats | None,
    system: str,
) -> TreeTable:
    if not labels:
        raise AssessmentError(
            "one row a tree below a header", "no rows", path.name, "Add the trees."
        )
    return TreeTable(path.name, columns, tuple(labels), x, y, system)
