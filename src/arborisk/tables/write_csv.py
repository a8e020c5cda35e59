"""Rows as CSV in UTF-8."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from operator import getitem
from pathlib import Path
from typing import TextIO

from arborisk.tables.fields import Field, Kind, Row, as_text, plain
from arborisk.tables.guard import guarded

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


def to_csv_text(fields: Sequence[Field], rows: Iterable[Row]) -> str:
    """The same as text, for standard output."""
    stream = io.StringIO(newline="")
    to_stream(stream, fields, rows)
    return stream.getvalue()


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
            line = [_cell(row.get(name)) for name in names]
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
        text = cell if isinstance(cell, str) and _HARMLESS.fullmatch(cell) else _cell(cell)
        if type(cell) is self._kept and len(self) < _N_SHARED:
            self[cell] = text
        return text


_N_SHARED = 10_000
_HARMLESS = re.compile(r"[A-Za-z0-9][ -~]*|-[0-9]+(?:\.[0-9]+)?")
"""Most cells that come once, such as names and coordinates: nothing to guard or to mend."""


def _cell(cell: object) -> str:
    value = plain(cell)
    return guarded(value) if isinstance(value, str) else as_text(value)
