"""Rows of a Parquet or GeoParquet file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from arborisk.errors import ArboriskError, MissingDependencyError, TableError
from arborisk.tables.geojson import LONGITUDE_LATITUDE
from arborisk.tables.rating_words import mentions_imminent
from arborisk.tables.table import (
    Cell,
    RefusedCellError,
    Shape,
    Table,
    check_bytes,
    check_extent,
    text_cell,
    unique_headers,
)

_BATCH = 4096
_SHAPE_NAMES = ("geometry", "geom", "wkb_geometry", "shape")


def read_parquet(path: Path) -> Table:
    """Reads all rows; values keep their types.

    Args:
        path: Parquet; shapes as GeoParquet keeps them, in well-known binary.

    Raises:
        TableError: Damaged, too large, or nothing in it.
        MissingDependencyError: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise MissingDependencyError("pyarrow", "tables", "reading Parquet tables") from error
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            check_extent(path.name, file.metadata.num_rows, len(file.schema_arrow.names))
            about = file.schema_arrow.metadata or {}
            columns = _columns(path, file)
    except ArboriskError:
        raise
    except Exception as error:  # pyarrow raises its own kinds, OSError, ValueError and more
        raise TableError(
            "a Parquet file",
            f"damage, or another format ({str(error)[:200]})",
            path.name,
            "Export the table again.",
        ) from error
    geometry, system = _geometry(about.get(b"geo", b"{}"), columns)
    shapes: list[Shape | None] | None = columns.pop(geometry) if geometry else None
    notes = []
    for name in [name for name, cells in columns.items() if _is_binary(cells)]:
        del columns[name]
        notes.append(f"The column '{name}' holds bytes, not words or numbers, and is left out.")
    n_rows = len(shapes) if shapes is not None else max(map(len, columns.values()), default=0)
    if not n_rows:
        raise TableError("one row or more", "none", path.name, "Check the file.")
    headers, more = unique_headers(list(columns))
    problems: dict[int, str] = {}
    cells = [_cells(column, problems) for column in columns.values()]
    rows: list[tuple[Cell, ...]] = list(zip(*cells, strict=True)) if cells else [()] * n_rows
    urgent = frozenset(row for row in problems if any(map(mentions_imminent, rows[row])))
    for index in problems:
        rows[index] = (None,) * len(headers)
    word = "row" if shapes is None else "feature"
    numbers = range(1, n_rows + 1)
    return Table(
        path.name,
        headers,
        rows,
        numbers,
        word,
        problems,
        shapes,
        system,
        notes=(*notes, *more),
        urgent=urgent,
    )


def _columns(path: Path, file: Any) -> dict[str, list[Any]]:  # noqa: ANN401 - no types in pyarrow
    columns: dict[str, list[Any]] = {name: [] for name in file.schema_arrow.names}
    n_bytes = 0
    for batch in file.iter_batches(batch_size=_BATCH):
        n_bytes += batch.nbytes
        check_bytes(path.name, n_bytes)
        for name, column in zip(columns, batch.columns, strict=True):
            columns[name].extend(column.to_pylist())
    return columns


def _geometry(about: bytes, columns: Mapping[str, list[Any]]) -> tuple[str | None, str]:
    """Column of the shapes and their system.

    Source: GeoParquet 1.1: "crs" is PROJJSON, null where unknown, and longitude and latitude where
    it is left out.
    """
    try:
        geo = json.loads(about)
        name = str(geo["primary_column"])
        system = geo["columns"][name].get("crs", LONGITUDE_LATITUDE)
    except (ValueError, KeyError, TypeError, AttributeError):
        names = [name for name in columns if name.lower() in _SHAPE_NAMES]
        return next((name for name in names if _is_binary(columns[name])), None), ""
    if name not in columns or not _is_binary(columns[name]):
        return None, ""
    return name, system if isinstance(system, str) else json.dumps(system) if system else ""


def _is_binary(cells: list[Any]) -> bool:
    first = next((cell for cell in cells if cell is not None), None)
    return isinstance(first, bytes)


def _cells(values: list[Any], problems: dict[int, str]) -> list[Cell]:
    for index, value in enumerate(values):
        if isinstance(value, str):
            try:
                values[index] = text_cell(value)
            except RefusedCellError as error:
                problems[index] = str(error)
        elif isinstance(value, Decimal):
            values[index] = float(value)
        elif isinstance(value, float) and value != value:
            values[index] = None
    return values
