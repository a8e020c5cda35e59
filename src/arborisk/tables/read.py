"""Reads a table of any format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from arborisk.errors import TableError
from arborisk.tables.csv_text import read_csv
from arborisk.tables.decimal_marks import NOTE, has_decimal_comma
from arborisk.tables.geojson import read_geojson
from arborisk.tables.map_files import ENDINGS, read_map
from arborisk.tables.parquet import read_parquet
from arborisk.tables.table import Table
from arborisk.tables.unit_rows import with_unit_row
from arborisk.tables.xlsx import read_xlsx

TEXT = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
JSON = (".geojson", ".json", ".jsonl", ".ndjson", ".geojsonl")


WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".geoparquet")


def read_table(path: Path | str, *, sheet: str | None = None, layer: str | None = None) -> Table:
    """Reads a table; what it is shows in the ending of its name.

    Args:
        path: File, or ``FILE.gpkg:LAYER``, or ``FILE.xlsx:SHEET``.
        sheet: Sheet of a workbook; the first with something in it by default.
        layer: Layer of a map file; its only one by default.

    Raises:
        TableError: No such file, another format, or nothing that can be read as a table.
        MissingDependencyError: A format that needs an extra which is not installed.
    """
    file, part = _file_and_part(Path(path))
    ending = ending_of(file)
    if ending in TEXT:
        table = read_csv(file)
    elif ending in JSON:
        table = read_geojson(file)
    elif ending in WORKBOOKS:
        table = read_xlsx(file, sheet or part)
    elif ending in ENDINGS:
        table = read_map(file, layer or part)
    elif ending in PARQUET:
        table = read_parquet(file)
    else:
        raise TableError(
            "a table: CSV, TSV, XLSX, GeoJSON, GeoPackage, shapefile or Parquet",
            f"the ending {ending!r}" if ending else "a name without an ending",
            file.name,
            "Save it as CSV or XLSX, or export the layer as GeoJSON.",
        )
    table = with_unit_row(table)
    if not table.decimal_comma and has_decimal_comma(table.rows, parted_by_commas=True):
        table = replace(table, decimal_comma=True, notes=(*table.notes, NOTE))
    return table


def ending_of(path: Path) -> str:
    """Ending of a file name in lower case, with that of what is packed: ``.csv.gz``."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return "".join(suffixes[-2:]) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])


def _file_and_part(path: Path) -> tuple[Path, str | None]:
    """File, and the layer or sheet that stands behind a colon; a real file of that name wins."""
    if path.exists():
        file, part = path, None
    else:
        before, _, after = str(path).rpartition(":")
        file, part = (Path(before), after) if before and after else (path, None)
        if not file.exists():
            raise TableError("a table", "no such file", str(path), "Check the path.")
    if not file.is_file() and file.suffix.lower() != ".gdb":
        raise TableError("a table", "a folder or a device", str(path), "Give a file.")
    return file, part
