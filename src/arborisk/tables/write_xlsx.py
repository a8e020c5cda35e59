"""Rows as a workbook of one sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

from arborisk.errors import TableError
from arborisk.tables.fields import LARGEST_EXACT, Field, Row, as_text, plain
from arborisk.tables.table import Cell

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
        sheet.append([_cell(sheet, field.name, name, 1) for field in fields])
        for number, row in enumerate(rows, start=2):
            _refuse_more(number, MOST_ROWS, "rows", name)
            sheet.append([_cell(sheet, row.get(field.name), name, number) for field in fields])
        book.save(path)
    except BaseException:
        with suppress(Exception):
            sheet.close()  # else its half-written file complains when it is collected
        raise


def _cell(sheet: Sheet, cell: Cell, name: str, number: int) -> Cell:
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
