"""The four file formats of a table of predictions, written row by row."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TextIO

from arborisk.errors import MissingDependencyError, SettingsError
from arborisk.prediction.rows import Row

Writer = Callable[[Path, list[str], Iterator[Row]], None]

ROWS_PER_GROUP = 5_000
NUMBERS = (
    "p_",
    "training_share_",
    "prevalence_",
    "latitude",
    "longitude",
    "priority",
    "n_photos",
    "n_silent",
)
"""Beginnings of the names of columns that hold numbers."""


def writer_for(out: Path) -> Writer:
    """The writer that a file name asks for.

    Raises:
        SettingsError: Another suffix; names those there are.
        MissingDependencyError: Parquet without pyarrow; names the extra.
    """
    suffix = out.suffix.lower()
    if suffix not in _WRITERS:
        raise SettingsError(
            f"a file name that ends in {', '.join(_WRITERS)}",
            repr(out.name),
            "--out",
            "Change the name.",
        )
    if suffix == ".parquet":
        _pyarrow_or_refuse()
    return _WRITERS[suffix]


def write_table(out: Path, columns: list[str], rows: Iterable[Row]) -> None:
    """Writes all rows under a temporary name, then gives the file its own.

    Raises:
        SettingsError, MissingDependencyError: See `writer_for`.
    """
    write = writer_for(out)
    new = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        write(new, columns, iter(rows))
        os.replace(new, out)
    finally:
        new.unlink(missing_ok=True)


def _write_csv(path: Path, columns: list[str], rows: Iterator[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _write_jsonl(path: Path, columns: list[str], rows: Iterator[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(_json(row) + "\n")


def _write_geojson(path: Path, columns: list[str], rows: Iterator[Row]) -> None:
    """Source: RFC 7946; a feature without a place has a null geometry (section 3.2)."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write('{"type": "FeatureCollection", "features": [')
        _write_features(stream, rows)
        stream.write("\n]}\n")


def _write_features(stream: TextIO, rows: Iterator[Row]) -> None:
    for number, row in enumerate(rows):
        point = None
        if row.get("latitude") is not None and row.get("longitude") is not None:
            point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
        feature = {"type": "Feature", "geometry": point, "properties": row}
        stream.write((",\n" if number else "\n") + _json(feature))


def _write_parquet(path: Path, columns: list[str], rows: Iterator[Row]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [(name, pa.float64() if name.startswith(NUMBERS) else pa.string()) for name in columns]
    )
    with pq.ParquetWriter(path, schema) as table:
        while group := list(islice(rows, ROWS_PER_GROUP)):
            table.write_table(pa.Table.from_pylist(group, schema=schema))


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def _pyarrow_or_refuse() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError("pyarrow", "tables", "tables in Parquet") from error


_WRITERS: dict[str, Writer] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
    ".geojson": _write_geojson,
}
OUT_SUFFIXES = tuple(_WRITERS)
