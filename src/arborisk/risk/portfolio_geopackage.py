"""A GeoPackage of points, in and out, with the standard library alone."""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from arborisk.risk.storm.tree_table import geopackage_rows

WGS84 = 4326
_APPLICATION, _VERSION = 0x47504B47, 10300
_DEFINITION = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
  description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL,
  m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name));
"""
Place = tuple[float, float] | None


def read_geopackage(path: Path) -> tuple[list[dict[str, object]], list[Place], str]:
    """Properties and points of the only layer, and its system (see `geopackage_rows`)."""
    rows, shapes, system = geopackage_rows(path, None)
    return rows, [_point(shape) for shape in shapes], system


def write_geopackage(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], places: Iterable[Place]
) -> None:
    """Writes points in longitude and latitude (EPSG:4326), whole or not at all.

    Args:
        path: File to write or replace.
        columns: Names of the properties; numbers keep their type.
        rows: Cells of each tree.
        places: Longitude and latitude of each, or None.

    Source: OGC GeoPackage 1.3, annexes C and G.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.part")
    new.unlink(missing_ok=True)
    names = [f'"{_quoted(name)}"' for name in _apart(columns)]
    content = list(zip(rows, places, strict=True))
    try:
        with closing(sqlite3.connect(new)) as database:
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {_VERSION}")
            database.executescript(_TABLES)
            database.executemany(
                "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, '')",
                [
                    ("WGS 84", WGS84, "EPSG", WGS84, _DEFINITION),
                    ("Undefined cartesian", -1, "NONE", -1, "undefined"),
                    ("Undefined geographic", 0, "NONE", 0, "undefined"),
                ],
            )
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, "
                "max_x, max_y, srs_id) VALUES ('trees', 'features', 'trees', ?, ?, ?, ?, ?)",
                (*_extent([place for _, place in content]), WGS84),
            )
            database.execute(
                "INSERT INTO gpkg_geometry_columns VALUES ('trees', 'geom', 'POINT', ?, 0, 0)",
                (WGS84,),
            )
            kinds = [_kind([row[index] for row, _ in content]) for index in range(len(columns))]
            fields = ", ".join(f"{name} {kind}" for name, kind in zip(names, kinds, strict=True))
            comma = ", " if fields else ""
            database.execute(
                "CREATE TABLE trees (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT"
                f"{comma}{fields})"
            )
            marks = ", ".join("?" for _ in range(len(columns) + 1))
            database.executemany(
                f"INSERT INTO trees (geom{comma}{', '.join(names)}) VALUES ({marks})",
                (
                    (_blob(place), *(None if cell == "" else cell for cell in row))
                    for row, place in content
                ),
            )
            database.commit()
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def _apart(columns: Sequence[str]) -> list[str]:
    """Names that do not clash with the file's own, nor with each other in another case."""
    taken, found = {"fid", "geom"}, []
    for column in columns:
        name = column
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        found.append(name)
    return found


def _quoted(name: str) -> str:
    return name.replace('"', '""')


def _kind(cells: Sequence[Any]) -> str:
    some = [cell for cell in cells if cell != ""]
    return "DOUBLE" if some and all(isinstance(one, int | float) for one in some) else "TEXT"


def _extent(places: Sequence[Place]) -> tuple[float | None, ...]:
    some = [place for place in places if place is not None]
    if not some:
        return (None,) * 4
    across, up = zip(*some, strict=True)
    return min(across), min(up), max(across), max(up)


def _blob(place: Place) -> bytes | None:
    """Header of little-endian geometry without envelope, then well-known binary."""
    if place is None:
        return None
    return b"GP\x00\x01" + struct.pack("<i", WGS84) + struct.pack("<BIdd", 1, 1, *place)


def _point(shape: bytes | None) -> Place:
    if not shape or len(shape) < 21:
        return None
    order = "<" if shape[0] else ">"
    kind, x, y = struct.unpack_from(f"{order}Idd", shape, 1)
    return (float(x), float(y)) if kind % 1000 == 1 else None
