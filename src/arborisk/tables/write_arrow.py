"""Rows as Parquet and GeoPackage: batches of typed columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from arborisk.errors import OutputError, TableError
from arborisk.tables.fields import (
    Field,
    Place,
    Row,
    as_json,
    as_text,
    kind_of,
    plain,
    point_binary,
    point_of,
)
from arborisk.tables.map_files import plain_path
from arborisk.tables.table import Cell

Arrow: TypeAlias = Any
"""Something of pyarrow's, which comes without types."""
ROWS_PER_BATCH = 5_000
GEOMETRY = "geom"
TAKEN_NAMES = (GEOMETRY, "fid")
"""Columns that a GeoPackage has of its own."""
MOST_COLUMNS = 1_990
"""Columns of a GeoPackage: SQLite holds 2,000."""


def write_parquet(path: Path, fields: Sequence[Field], rows: Iterable[Row]) -> None:
    """Writes a group of rows at a time. Fields of any kind hold all rows in memory at once."""
    import pyarrow.parquet as pq

    fields, rows = with_kinds(fields, rows)
    schema = _schema({field.name: field for field in fields})
    with pq.ParquetWriter(path, schema) as table:
        for batch in _batches(schema, {field.name: field for field in fields}, rows, None):
            table.write_batch(batch)


def write_geopackage(
    path: Path, fields: Sequence[Field], rows: Iterable[Row], place: Place | None, name: str
) -> None:
    """Writes points in longitude and latitude (EPSG:4326), and every column with its type.

    A name that a GeoPackage has already (``fid``, ``geom``, or one that differs by case alone)
    gets an underscore behind it.
    """
    import pyarrow as pa
    import pyogrio

    if len(fields) > MOST_COLUMNS:
        raise TableError(
            f"at most {MOST_COLUMNS:,} columns for a GeoPackage", f"{len(fields):,}", name,
            "Write .csv or .parquet.",
        )  # fmt: skip
    fields, rows = with_kinds(fields, rows)
    named = _apart(fields)
    schema = _schema(named).append(pa.field(GEOMETRY, pa.binary()))
    batches = _Kept(_batches(schema, named, rows, place))
    try:
        with plain_path(path) as plain:
            pyogrio.write_arrow(
                pa.RecordBatchReader.from_batches(schema, batches),
                plain,
                layer=Path(name).stem,
                driver="GPKG",
                geometry_name=GEOMETRY,
                geometry_type="Point",
                crs="EPSG:4326",
            )
    except (RuntimeError, ValueError, OSError) as error:
        if batches.error is not None:
            raise batches.error from None
        raise OutputError(
            "room to write a GeoPackage", str(error), name, "Choose another place."
        ) from error


class _Kept:
    """Batches on their way through another library, which would drop the kind of an error."""

    def __init__(self, batches: Iterator[Arrow]) -> None:
        self._batches = batches
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[Arrow]:
        try:
            yield from self._batches
        except BaseException as error:
            self.error = error
            raise


def with_kinds(
    fields: Sequence[Field], rows: Iterable[Row]
) -> tuple[Sequence[Field], Iterable[Row]]:
    """Fields whose kinds are known, found from all rows where one is of any kind."""
    if all(field.kind != "any" for field in fields):
        return fields, rows
    held = list(rows)
    return [
        Field(field.name, kind_of(plain(row.get(field.name)) for row in held))
        if field.kind == "any"
        else field
        for field in fields
    ], held


def _schema(named: Mapping[str, Field]) -> Arrow:
    import pyarrow as pa

    kinds = {
        "text": pa.string(),
        "number": pa.float64(),
        "whole": pa.int64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us"),
        "instant": pa.timestamp("us", "UTC"),
        "date": pa.date32(),
        "nested": pa.json_(),
    }
    return pa.schema([(name, kinds[field.kind]) for name, field in named.items()])


def _batches(
    schema: Arrow, named: Mapping[str, Field], rows: Iterable[Row], place: Place | None
) -> Iterator[Arrow]:
    import pyarrow as pa

    waiting = iter(rows)
    n_before = 0
    while group := list(islice(waiting, ROWS_PER_BATCH)):
        columns = [
            _column(
                schema.field(name).type, field, [row.get(field.name) for row in group], n_before
            )
            for name, field in named.items()
        ]
        if GEOMETRY in schema.names[len(named) :]:
            points = [point_binary(point_of(row, place)) for row in group]
            columns.append(pa.array(points, pa.binary()))
        yield pa.RecordBatch.from_arrays(columns, schema=schema)
        n_before += len(group)


def _column(kind: Arrow, field: Field, cells: Sequence[Cell], n_before: int) -> Arrow:
    """Cells as one typed array.

    Raises:
        TableError: A cell that is not of the kind that the field promised.
    """
    import pyarrow as pa

    values = [as_kind(cell, field) for cell in cells]
    try:
        if field.kind == "nested":
            return pa.ExtensionArray.from_storage(kind, pa.array(values, pa.string()))
        return pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise TableError(
            f"cells of column {field.name!r} as {field.kind}", str(error),
            f"rows {n_before + 1:,} to {n_before + len(cells):,}", "Write .csv or .jsonl.",
        ) from error  # fmt: skip


def as_kind(cell: Cell, field: Field) -> Cell:
    """A cell as its column's type holds it; an empty text in any other column is None."""
    value = plain(cell)
    if value is None or (value == "" and field.kind != "text"):
        return None
    if field.kind == "text":
        return as_text(value)
    if field.kind == "nested":
        return as_json(value)
    if field.kind == "number" and isinstance(value, int):
        return float(value)
    return value.astimezone(UTC) if field.kind == "instant" else value


def _apart(fields: Sequence[Field]) -> dict[str, Field]:
    """Fields by names that differ by more than case, and from the file's own."""
    taken, found = set(TAKEN_NAMES), {}
    for field in fields:
        name = field.name
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        found[name] = field
    return found
