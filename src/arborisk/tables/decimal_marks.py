"""Whether a table writes its numbers with a decimal comma, by what stands in its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from arborisk.tables.table import Cell

_COMMA = re.compile(r"[-+]?\d+,\d+\Z")
_POINT = re.compile(r"[-+]?\d+\.\d+\Z")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}[,.]\d{3}\Z")


_N_ROWS_TO_JUDGE = 2_000
NOTE = "Numbers have a decimal comma and are read so."


def has_decimal_comma(rows: Sequence[Sequence[Cell]], *, parted_by_commas: bool) -> bool:
    """Whether more numbers have a decimal comma than a decimal point.

    ``1,234`` may be a thousand or one and a bit: it counts only where nothing else does, and only
    for a file whose cells are parted by something else than commas, as programs that write decimal
    commas do.

    Args:
        rows: Rows of the table; the first ones are judged.
        parted_by_commas: Whether the comma parts cells, or nothing does.
    """
    commas = points = unsure = 0
    for row in rows[:_N_ROWS_TO_JUDGE]:
        for cell in row:
            if not isinstance(cell, str):
                continue
            if "," in cell and _COMMA.match(cell):
                if _THOUSANDS.match(cell):
                    unsure += 1
                else:
                    commas += 1
            elif "." in cell and _POINT.match(cell) and not _THOUSANDS.match(cell):
                points += 1
    if commas or points:
        return commas > points
    return unsure > 0 and not parted_by_commas
