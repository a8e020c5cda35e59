"""Rows as JSON lines, and as the features of a GeoJSON file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from arborisk.tables.fields import Field, Place, Row, as_json, plain, point_of


def write_jsonl(path: Path, fields: Sequence[Field], rows: Iterable[Row]) -> None:
    """Writes one object a line; an empty cell is null."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(as_json(_properties(fields, row)) + "\n")


def write_geojson(
    path: Path, fields: Sequence[Field], rows: Iterable[Row], place: Place | None
) -> None:
    """Writes a FeatureCollection of points in WGS 84.

    Source: RFC 7946; a feature without a place has a null geometry (section 3.2), and no member
    "crs" is written (section 4).
    """
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write('{"type": "FeatureCollection", "features": [')
        for number, row in enumerate(rows):
            point = point_of(row, place)
            feature = {
                "type": "Feature",
                "geometry": point and {"type": "Point", "coordinates": list(point)},
                "properties": _properties(fields, row),
            }
            stream.write((",\n" if number else "\n") + as_json(feature))
        stream.write("\n]}\n")


def _properties(fields: Sequence[Field], row: Row) -> dict[str, Any]:
    return {field.name: plain(row.get(field.name)) for field in fields}
