"""How much a table may hold: whatever is larger is refused in a sentence, before it fills memory.

A city has up to a million trees and a few hundred columns at most; a mistake or an attack has a
million columns, or a view without an end.
"""

from __future__ import annotations

from arborisk.errors import TableError

MOST_ROWS = 2_000_000
"""Rows. The largest inventories published have about 700,000, a large utility's about a million."""
MOST_COLUMNS = 2_000
"""Columns. Exports of inventory programs have up to about 200."""
MOST_CELLS = 40_000_000
"""Cells, empty ones counted: 700,000 trees of 50 columns fit."""
MOST_CHARACTERS = 131_072
"""Characters of a cell: the outline of a park as text fits. Excel keeps 32,767."""
MOST_BYTES = 1 << 30
"""Bytes of a file, and of what is packed in it."""
MOST_JSON_BYTES = 256 << 20
"""Bytes of a JSON file, which is read as a whole and takes several times as much memory."""
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS = 1_048_576, 16_384
"""Rows and columns of a sheet of XLSX. Source: ECMA-376, part 1, section 18.3.1.73, as Excel has
it; a higher number in a file is damage."""


def check_extent(where: str, n_rows: int, n_columns: int, n_cells: int = 0) -> None:
    """Refuses more rows, columns or cells than a table may hold.

    Args:
        where: File, for the message.
        n_rows: Rows found, at least.
        n_columns: Columns found, at least.
        n_cells: Cells found, at least, where rows differ in length.

    Raises:
        TableError: Too many.
    """
    for most, found, word in (
        (MOST_COLUMNS, n_columns, "columns"),
        (MOST_ROWS, n_rows, "rows"),
        (MOST_CELLS, max(n_cells, n_rows * n_columns), "cells"),
    ):
        if found > most:
            raise TableError(
                f"at most {most:,} {word}",
                f"{found:,} or more",
                where,
                "Cut the table into parts, or leave out what is not needed.",
            )


def check_bytes(where: str, n_bytes: int, most: int = MOST_BYTES) -> None:
    """Refuses a file that is larger than a table may be, unpacked.

    Raises:
        TableError: Too large.
    """
    if n_bytes > most:
        raise TableError(
            f"at most {most >> 20:,} MB, unpacked",
            f"{n_bytes >> 20:,} MB or more",
            where,
            "Cut the table into parts, or leave out what is not needed.",
        )
