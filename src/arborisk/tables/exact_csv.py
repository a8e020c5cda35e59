"""CSV files that arborisk wrote itself, read to the letter: names of files stay as they are."""

from __future__ import annotations

import csv
import io

from arborisk.tables.guard import unguarded
from arborisk.wording.counts import counted

_LONGEST = 16 << 20


def exact_rows(text: str, *, guarded: bool = True) -> list[list[str]]:
    """Rows of a CSV text, the headers first; empty lines are passed over.

    Nothing is cleaned but the apostrophe that `arborisk.tables.guard` set.

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


def exact_records(text: str) -> list[dict[str, str]]:
    """Rows of a CSV text by header.

    Raises:
        ValueError: No CSV, no headers, one of them twice, or a row that is shorter or longer.
    """
    rows = exact_rows(text)
    if not rows:
        raise ValueError("an empty file")
    header = rows[0]
    if len(set(header)) < len(header):
        raise ValueError("a header that stands twice")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise ValueError(
                f"{counted(len(row), 'cell')} where the headers are {len(header)}, line {number}"
            )
    return [dict(zip(header, row, strict=True)) for row in rows[1:]]
