"""Tables of trees, in and out: CSV, GeoJSON or GeoPackage, with the headers that cities use."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arborisk.dataset.csv_rows import csv_rows
from arborisk.errors import AssessmentError
from arborisk.files import write_text_whole
from arborisk.risk.portfolio_geopackage import Place, read_geopackage, write_geopackage
from arborisk.risk.storm.places import DEGREES
from arborisk.tables.text import fold

ROLES: Mapping[str, tuple[str, ...]] = {
    "tree": ("tree", "tree_id", "treeid", "tree no.", "tree_no", "id", "objectid", "globalid"),
    "street": ("street", "address", "circuit", "site", "location"),
    "latitude": ("latitude", "lat", "y"),
    "longitude": ("longitude", "lon", "lng", "x"),
    "part": ("part", "tree_part"),
    "condition": ("condition_of_concern", "defects", "defect"),
    "target": ("target", "target_description"),
    "failure": ("failure", "likelihood_of_failure"),
    "impact": ("impact", "likelihood_of_impact", "likelihood_of_impacting_target"),
    "occupancy": ("occupancy", "occupancy_rate"),
    "protection": ("protection", "target_protection"),
    "zone": ("zone", "target_zone"),
    "fall_direction": ("fall_direction",),
    "consequences": ("consequences", "consequence"),
    "by": ("by", "assessor", "inspector"),
    "dbh_cm": ("dbh_cm",),
    "height_m": ("height_m",),
    "option": ("option", "mitigation"),
    "cost": ("cost",),
    "risk": ("risk",),
    "risk_after": ("risk_after",),
    "failure_after": ("failure_after",),
    "impact_chance": ("impact_chance",),
    "loss": ("loss",),
    "crew": ("crew",),
    "hours": ("hours",),
    "needs": ("needs",),
}
"""Roles of columns and the headers they go by, in any case. ``Likelihood_of_Failure`` and its like
are the names of city layers, cut to 31 characters. Source: docs/sources.md."""
CITY_HEADER = "likelihood_of_failure"
CITY_NAMES = {"failure_and_impact": "Likelihood_of_Failure_and_Impac", "risk_rating": "Risk_Rating"}


@dataclass(frozen=True, slots=True, eq=False)
class TreeTable:
    """A table as it was read.

    Attributes:
        source: File name, for messages.
        headers: As in the file; a GeoJSON's coordinates stand under longitude and latitude.
        rows: Cells as text, in the order of the headers.
        numbers: Row number in the file, for messages.
        place: Role to the index of its column.
    """

    source: str
    headers: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    place: Mapping[str, int]

    def column(self, role: str) -> list[str]:
        """Cells of a role, "" where there is no such column."""
        if role not in self.place:
            return [""] * len(self.rows)
        index = self.place[role]
        return [row[index] for row in self.rows]

    def where(self, row: int) -> str:
        """File and row, for messages."""
        return f"{self.source}, row {self.numbers[row]}"


def read_trees(path: Path, *, needed: Iterable[str] = ("tree",)) -> TreeTable:
    """Reads a CSV, or a GeoJSON or GeoPackage of points.

    Args:
        path: File.
        needed: Roles without which nothing can be done.

    Raises:
        AssessmentError: Another format, or a missing column; says how it may be called.
    """
    if path.suffix.lower() in (".geojson", ".json"):
        headers, rows, numbers = _read_geojson(path)
    elif path.suffix.lower() == ".gpkg":
        headers, rows, numbers = _read_geopackage(path)
    else:
        lines = [(number, cells) for number, cells in csv_rows(path) if any(cells)]
        if not lines:
            raise AssessmentError("a table with headers", "nothing", str(path), "Fill it.")
        headers = lines[0][1]
        width = len(headers)
        rows = [(cells + [""] * width)[:width] for _, cells in lines[1:]]
        numbers = [number for number, _ in lines[1:]]
    place: dict[str, int] = {}
    for index, header in enumerate(headers):
        for role, names in ROLES.items():
            if fold(header).replace(" ", "_") in [name.replace(" ", "_") for name in names]:
                place.setdefault(role, index)
    for role in needed:
        if role not in place:
            raise AssessmentError(
                f"a column for the {role.replace('_', ' ')}: {', '.join(ROLES[role])}",
                ", ".join(headers),
                str(path),
                "Name one of the columns so.",
            )
    return TreeTable(path.name, tuple(headers), rows, numbers, place)


def write_trees(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes a CSV, or a GeoJSON or GeoPackage of points from the columns latitude and longitude.

    Raises:
        AssessmentError: Another suffix.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        write_text_whole(path, stream.getvalue())
    elif suffix == ".geojson":
        features = ",\n".join(_feature(dict(zip(columns, row, strict=True))) for row in rows)
        write_text_whole(path, f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n')
    elif suffix == ".gpkg":
        content = [list(row) for row in rows]
        places = [_place(dict(zip(columns, row, strict=True))) for row in content]
        write_geopackage(path, columns, content, places)
    else:
        raise AssessmentError(
            "a name that ends in .csv, .geojson or .gpkg",
            path.name,
            "--out",
            "Give the file a name with one of these endings.",
        )


def _feature(row: dict[str, Any]) -> str:
    """One feature; without a place its geometry is null (RFC 7946, section 3.2)."""
    place = _place(row)
    point = None if place is None else {"type": "Point", "coordinates": list(place)}
    feature = {"type": "Feature", "geometry": point, "properties": row}
    return json.dumps(feature, ensure_ascii=False, allow_nan=False)


def _place(row: Mapping[str, Any]) -> Place:
    """Longitude and latitude of a row; None where they are missing or are no degrees."""
    where = {fold(key): value for key, value in row.items()}
    found = [
        next((where[name] for name in ROLES[role] if where.get(name) not in (None, "")), "")
        for role in ("longitude", "latitude")
    ]
    try:
        longitude, latitude = (float(str(value)) for value in found)
    except ValueError:
        return None
    return (longitude, latitude) if abs(longitude) <= 180 and abs(latitude) <= 90 else None


def _read_geojson(path: Path) -> tuple[list[str], list[list[str]], list[int]]:
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        properties = [dict(one["properties"] or {}) for one in features]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise AssessmentError(
            "a GeoJSON FeatureCollection", f"{error!r}", str(path), "Export it again."
        ) from error
    for one, feature in zip(properties, features, strict=True):
        shape = feature.get("geometry") or {}
        if shape.get("type") == "Point":
            one["longitude"], one["latitude"] = shape["coordinates"][:2]
    return _as_cells(properties)


def _read_geopackage(path: Path) -> tuple[list[str], list[list[str]], list[int]]:
    properties, places, system = read_geopackage(path)
    if system != DEGREES:
        raise AssessmentError(
            "longitude and latitude (EPSG:4326)", system, path.name, "Reproject the layer."
        )
    for one, place in zip(properties, places, strict=True):
        if place is not None:
            one["longitude"], one["latitude"] = place
    return _as_cells(properties)


def _as_cells(
    properties: Sequence[Mapping[str, object]],
) -> tuple[list[str], list[list[str]], list[int]]:
    """Headers, cells as text, and row numbers."""
    headers = list(dict.fromkeys(key for one in properties for key in one))
    rows = [[_cell(one.get(key)) for key in headers] for one in properties]
    return headers, rows, list(range(1, len(rows) + 1))


def _cell(value: object) -> str:
    return "" if value is None else str(value)
