"""The one writer of tables: the format by the file's name, whole or not at all."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from importlib.util import find_spec
from operator import getitem
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from arborisk.errors import MissingDependencyError, OutputError, TableError
from arborisk.files import check_place, written_whole
from arborisk.tables.fields import (
    LARGEST_EXACT,
    Field,
    Kind,
    Place,
    Row,
    as_fields,
    as_json,
    as_text,
    plain,
    point_of,
)
from arborisk.tables.table import Cell, guarded, unguarded
from arborisk.tables.write_arrow import write_geopackage, write_parquet

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
            write_csv(new, named, rows, bom=bom)
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
    stream = io.StringIO(newline="")
    to_stream(stream, as_fields(fields), rows)
    return stream.getvalue()


BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""First character by which Excel tells UTF-8."""


class _LineFeeds:
    """Line ends of one character; the module csv quotes a CR only where lines end in CR LF."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> int:
        return self._stream.write(line.removesuffix("\r\n") + "\n")


def write_csv(path: Path, fields: Sequence[Field], rows: Iterable[Row], *, bom: bool) -> None:
    """Writes headers and rows one by one; see `to_stream`."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        if bom:
            stream.write(BYTE_ORDER_MARK)
        to_stream(stream, fields, rows)


def to_stream(stream: TextIO, fields: Sequence[Field], rows: Iterable[Row]) -> None:
    """Headers, then a line a row; text that a spreadsheet would run is guarded."""
    table = csv.writer(_LineFeeds(stream), lineterminator="\r\n")
    table.writerow([guarded(field.name) for field in fields])
    names = [field.name for field in fields]
    columns = [_Cells(field.kind) for field in fields]
    for row in rows:
        try:
            line = [*map(getitem, columns, map(row.get, names))]
        except TypeError:  # a nested cell, which no table of cells can look up
            line = [_csv_cell(row.get(name)) for name in names]
        table.writerow(line)


class _Cells(dict[object, str]):
    """Cells of a column as they are written: columns repeat a few values many times.

    Numbers are kept only where the column says that all are of one type: 1, 1.0 and true are one
    key.
    """

    def __init__(self, kind: Kind) -> None:
        super().__init__({None: ""})
        self._kept = {"number": float, "whole": int, "flag": bool}.get(kind, str)

    def __missing__(self, cell: object) -> str:
        if type(cell) is int:
            return repr(cell)
        text = cell if isinstance(cell, str) and _HARMLESS.fullmatch(cell) else _csv_cell(cell)
        if type(cell) is self._kept and len(self) < _N_SHARED:
            self[cell] = text
        return text


_N_SHARED = 10_000
_HARMLESS = re.compile(r"[A-Za-z0-9][ -~]*|-[0-9]+(?:\.[0-9]+)?")
"""Most cells that come once, such as names and coordinates: nothing to guard or to mend."""


def _csv_cell(cell: object) -> str:
    value = plain(cell)
    return guarded(value) if isinstance(value, str) else as_text(value)


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


Sheet: TypeAlias = Any
"""A sheet of openpyxl, which comes without types."""
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 1_048_576, 16_384, 32_767
"""Limits of a sheet.

Source: Microsoft, "Excel specifications and limits".
"""
FIRST_YEAR = 1900
"""Dates before it are text: a spreadsheet counts days from there."""
SHEET = "rows"


def write_xlsx(path: Path, fields: Sequence[Field], rows: Iterable[Row], name: str) -> None:
    """Writes headers and rows; numbers, truth values and times keep their type.

    Text is always text, also where it looks like a formula. A time with a zone and a whole number
    beyond 2⁵³ are text: a sheet would lose part of them.

    Raises:
        TableError: More rows, columns or characters in a cell than a sheet holds.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    _refuse_more(len(fields), MOST_COLUMNS, "columns", name)
    try:
        sheet.append([_in_sheet(sheet, field.name, name, 1) for field in fields])
        for number, row in enumerate(rows, start=2):
            _refuse_more(number, MOST_ROWS, "rows", name)
            sheet.append([_in_sheet(sheet, row.get(field.name), name, number) for field in fields])
        book.save(path)
    except BaseException:
        with suppress(Exception):
            sheet.close()  # else its half-written file complains when it is collected
        raise


def _in_sheet(sheet: Sheet, cell: Cell, name: str, number: int) -> Cell:
    value = plain(cell)
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int) and abs(value) <= LARGEST_EXACT:
        return value
    has_zone = isinstance(value, datetime) and value.tzinfo is not None
    if isinstance(value, date) and value.year >= FIRST_YEAR and not has_zone:
        return value
    text = _visible(as_text(value))
    _refuse_more(len(text), MOST_CHARACTERS, f"characters in a cell of row {number}", name)
    if not text.startswith(("=", "#")):
        return text
    from openpyxl.cell import WriteOnlyCell

    written = WriteOnlyCell(sheet, text)
    written.data_type = "s"  # else a formula or an error
    return written


def _visible(text: str) -> str:
    """Text without the characters that XML forbids."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return str(ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text))


def _refuse_more(count: int, most: int, what: str, name: str) -> None:
    if count > most:
        raise TableError(
            f"at most {most:,} {what} for a workbook", f"{count:,}", name,
            "Write .csv or .parquet.",
        )  # fmt: skip


_LONGEST = 16 << 20


def exact_rows(text: str, *, guarded: bool = True) -> list[list[str]]:
    """Rows of a CSV text, the headers first; empty lines are passed over.

    Nothing is cleaned but the apostrophe that `arborisk.tables.table` set.

    Args:
        text: Content of the file.
        guarded: Whether it was written with that apostrophe.

    Raises:
        ValueError: No CSV; says why, in words that follow the file's name.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST))
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if not guarded:
        return rows
    return [[unguarded(cell) if cell[:1] == "'" else cell for cell in row] for row in rows]
