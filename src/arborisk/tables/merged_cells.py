"""Merged cells of a sheet, filled down and across."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from arborisk.tables.limits import check_extent
from arborisk.tables.table import Cell
from arborisk.tables.workbook_parts import column_letters
from arborisk.wording.lists import listed

_N_SHOWN = 3


class Merged:
    """Ranges of merged cells of a sheet.

    Args:
        ranges: First row, first column, last row and last column of each, from 1.
    """

    def __init__(self, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        self._ranges = sorted(ranges)
        self._filled: list[str] = []

    def spans_columns(self, row: int) -> bool:
        """Whether a cell of a row covers several columns of that row."""
        return any(top <= row <= last and left < right for top, left, last, right in self._ranges)

    def fill(self, rows: Sequence[tuple[int, list[Cell]]], header_number: int) -> None:
        """Writes the value of each merged cell into all rows and columns that it covers.

        Args:
            rows: Number in the sheet and cells of each filled row, ascending. No row and no column
                beyond theirs is made.
            header_number: Number of the row of headers; what lies above it needs no mention.

        Raises:
            TableError: They cover more cells than a table may hold.
        """
        numbers = [number for number, _ in rows]
        width = max((len(cells) for _, cells in rows), default=0)
        n_filled = 0
        for top, left, last, right in self._ranges:
            first = bisect_left(numbers, top)
            covered = rows[first : bisect_right(numbers, last)]
            value = _value(rows[first], top, left) if covered else None
            if value is None:
                continue
            n_filled += len(covered) * max(min(right, width) - left + 1, 0)
            check_extent("merged cells", 0, 0, n_filled)
            for _, cells in covered:
                for column in range(left, min(right, width) + 1):
                    cells.extend([None] * (column - len(cells)))
                    cells[column - 1] = value
            if last >= header_number:
                letters = column_letters(left), column_letters(right)
                self._filled.append(f"{letters[0]}{top}:{letters[1]}{last}")

    def notes(self) -> list[str]:
        """Sentence on what was filled."""
        if not self._filled:
            return []
        shown = listed(self._filled, last="", most=_N_SHOWN)
        return [f"Merged cells hold one value for all that they cover: {shown}."]


def _value(row: tuple[int, list[Cell]], top: int, left: int) -> Cell:
    number, cells = row
    return cells[left - 1] if number == top and 0 < left <= len(cells) else None
