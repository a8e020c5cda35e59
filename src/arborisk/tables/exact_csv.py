"""CSV files that arborisk wrote itself, read to the letter: names of files stay as they are."""

from __future__ import annotations

import csv
import io

from arborisk.tables.guard import unguarded

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
