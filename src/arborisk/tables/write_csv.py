"""Rows as CSV in UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from arborisk.tables.fields import Field, Row, as_text, plain
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
    words, numbers = _Cells(), _Cells()
    for row in rows:
        cells = []
        for name in names:
            cell = row.get(name)
            kind = type(cell)
            if kind is str:
                cells.append(words[cell])
            elif kind is float:
                cells.append(numbers[cell])
            else:
                cells.append("" if cell is None else _cell(cell))
        table.writerow(cells)


class _Cells(dict[object, str]):
    """Cells as they are written, those of one type: columns repeat a few values many times."""

    def __missing__(self, cell: object) -> str:
        text = _cell(cell)
        if len(self) < _N_SHARED:
            self[cell] = text
        return text


_N_SHARED = 100_000


def _cell(cell: object) -> str:
    value = plain(cell)
    return guarded(value) if isinstance(value, str) else as_text(value)
