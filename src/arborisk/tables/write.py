"""The one writer of tables: the format by the file's name, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from arborisk.errors import MissingDependencyError, OutputError, TableError
from arborisk.files import check_place, written_whole
from arborisk.tables import write_csv
from arborisk.tables.fields import Field, Kind, Place, Row, as_fields
from arborisk.tables.write_arrow import write_geopackage, write_parquet
from arborisk.tables.write_json import write_geojson, write_jsonl
from arborisk.tables.write_xlsx import write_xlsx

__all__ = ["FORMATS", "Field", "Kind", "check_out", "to_csv_text", "write_table"]

FORMATS = (".csv", ".jsonl", ".parquet", ".geojson", ".gpkg", ".xlsx")
"""Suffixes of the tables that are written."""
NEEDED = {
    ".parquet": (("pyarrow", "tables"),),
    ".gpkg": (("pyogrio", "geo"), ("pyarrow", "tables")),
    ".xlsx": (("openpyxl", "tables"),),
}
"""Packages that a format needs, each with the extra that brings it."""
WGS84_PLACE: Place = ("longitude", "latitude")


def check_out(path: Path, *, inputs: Iterable[Path] = (), formats: Sequence[str] = FORMATS) -> None:
    """Refuses a place or a format that cannot be written, before any work is done.

    Args:
        path: Table to write later.
        inputs: Files that the work reads; none of them is ever the output.
        formats: Suffixes to choose from.

    Raises:
        OutputError: Another suffix (names those there are), a device, a symbolic link, a folder,
            an input, or no leave to write there.
        MissingDependencyError: The format needs a package that is not installed.
    """
    suffix = path.suffix.lower()
    if suffix not in formats:
        raise OutputError(
            f"a file name that ends in {', '.join(formats)}",
            repr(path.name),
            "--out",
            "Change the name.",
        )
    for package, extra in NEEDED.get(suffix, ()):
        if find_spec(package) is None:
            raise MissingDependencyError(package, extra, f"tables as {suffix}")
    check_place(path, inputs=inputs)


def write_table(
    path: Path,
    fields: Sequence[Field | str],
    rows: Iterable[Row],
    *,
    place: Place | None = WGS84_PLACE,
    bom: bool = False,
) -> None:
    """Writes rows in the format that the file's name asks for.

    Numbers, truth values, times, nested values and empty cells keep their type where the format
    has it; CSV has text alone. Rows are written as they come, with flat memory, but for a Parquet
    file, GeoPackage or workbook with fields of any kind, which are held to find their types.

    Args:
        path: File to write or replace, .csv, .jsonl, .parquet, .geojson, .gpkg or .xlsx.
        fields: Columns in order; a bare name is one of any kind.
        rows: Cells by column; one that is missing is empty.
        place: Cells with longitude and latitude in degrees (WGS 84) that become the point of a
            row in GeoJSON and GeoPackage; a row without has none. None for no points.
        bom: Whether a CSV begins with the mark by which Excel tells UTF-8.

    Raises:
        OutputError, MissingDependencyError: See `check_out`; or writing failed: a full disk.
        TableError: A column twice, or more than the format holds.
    """
    check_out(path)
    named = as_fields(fields)
    names = [field.name for field in named]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise TableError("each column once", f"{twice!r} twice", path.name, "Rename one of them.")
    with written_whole(path) as new:
        suffix = path.suffix.lower()
        if suffix == ".csv":
            write_csv.write_csv(new, named, rows, bom=bom)
        elif suffix == ".jsonl":
            write_jsonl(new, named, rows)
        elif suffix == ".geojson":
            write_geojson(new, named, rows, place)
        elif suffix == ".xlsx":
            write_xlsx(new, named, rows, path.name)
        elif suffix == ".parquet":
            write_parquet(new, named, rows)
        else:
            write_geopackage(new, named, rows, place, path.name)


def to_csv_text(fields: Sequence[Field | str], rows: Iterable[Row]) -> str:
    """Rows as CSV for standard output."""
    return write_csv.to_csv_text(as_fields(fields), rows)
