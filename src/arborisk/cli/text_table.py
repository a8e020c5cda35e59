"""A plain table in characters, as wide as its content and no wider."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from arborisk.errors import escaped

GAP = "  "


def text_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Collection[str] = (),
    gap: str = GAP,
) -> str:
    """Lines under headings; words to the left, numbers to the right.

    Args:
        columns: Headings.
        rows: Cells, as many as columns in each row.
        numbers: Headings whose cells are numbers.
        gap: Between columns.

    >>> print(text_table(["tree", "dbh_cm"], [["oak", "9"], ["birch", "102"]], numbers=["dbh_cm"]))
    tree   dbh_cm
    oak         9
    birch     102
    """
    rows = [[escaped(cell) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    lines = []
    for row in (columns, *rows):
        cells = [
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, cell, width in zip(columns, row, widths, strict=True)
        ]
        lines.append(gap.join(cells).rstrip())
    return "\n".join(lines)
