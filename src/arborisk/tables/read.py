"""Reads a table of any format; a row of units below the headers belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from arborisk.errors import TableError
from arborisk.tables.csv_text import read_csv
from arborisk.tables.geojson import read_geojson
from arborisk.tables.map_files import ENDINGS, read_map
from arborisk.tables.numbers import NOTE, table_has_decimal_comma
from arborisk.tables.parquet import read_parquet
from arborisk.tables.table import Cell, Table, fold
from arborisk.tables.units import find_unit, unit_in_header
from arborisk.tables.xlsx import read_xlsx
from arborisk.wording.counts import listed

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
    if not table.decimal_comma and table_has_decimal_comma(table.rows, parted_by_commas=True):
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


_NO_UNITS: Final = frozenset(
    {
        "-",
        "--",
        "text",
        "string",
        "id",
        "no",
        "number",
        "unit",
        "units",
        "einheit",
        "decimal degrees",
    }
)
"""What such rows say of columns that have no unit."""
_EDGES: Final = " ()[]{}."


def with_unit_row(table: Table) -> Table:
    """The table with the units of its first row written into its headers, if it is such a row.

    Every filled cell of such a row is a unit, and one at least is a length.
    """
    if not len(table) or 0 in table.problems:
        return table
    units = _units(table.rows[0])
    if not units:
        return table
    headers = tuple(
        f"{header} ({units[place]})" if place in units and not unit_in_header(header) else header
        for place, header in enumerate(table.headers)
    )
    if len(set(headers)) < len(headers):
        return table
    taken = listed([repr(headers[place]) for place in units])
    note = f"{table.name(0).capitalize()} holds units, which are taken into the headers: {taken}."
    return replace(
        table,
        headers=headers,
        rows=table.rows[1:],
        numbers=table.numbers[1:],
        problems={row - 1: why for row, why in table.problems.items()},
        urgent=frozenset(row - 1 for row in table.urgent),
        shapes=None if table.shapes is None else table.shapes[1:],
        notes=(*table.notes, note),
    )


def _units(cells: Sequence[Cell]) -> dict[int, str]:
    """Units by column; none where the row is another."""
    found = {}
    for place, cell in enumerate(cells):
        if cell is None:
            continue
        if not isinstance(cell, str):
            return {}
        unit = find_unit(cell.strip(_EDGES))
        if unit is None and fold(cell).strip(_EDGES) not in _NO_UNITS:
            return {}
        if unit is not None and unit.dimension != "angle":
            found[place] = unit.name
    lengths = (find_unit(one) for one in found.values())
    return found if any(one and one.dimension == "length" for one in lengths) else {}
