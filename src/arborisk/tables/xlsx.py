"""Rows of a sheet of a workbook (XLSX)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arborisk.errors import ArboriskError, MissingDependencyError, Remedy, TableError, option
from arborisk.tables.rating_words import mentions_imminent
from arborisk.tables.table import (
    MOST_CELLS,
    MOST_SHEET_ROWS,
    N_ROWS_TO_JUDGE,
    Cell,
    RefusedCellError,
    Table,
    check_extent,
    header_index,
    text_cell,
    titles_note,
    unique_headers,
)
from arborisk.tables.workbook_parts import (
    Merged,
    SheetParts,
    check_size,
    column_letters,
    sheet_parts,
    too_many_rows,
    without_looks,
)

Row = tuple[int, list[Cell]]
"""Number in the sheet, and cells."""


def read_xlsx(path: Path, sheet: str | None) -> Table:
    """Reads a sheet; the first row below titles holds the headers.

    Merged cells are filled down and across. Numbers, dates and truth values keep their types.

    Args:
        path: Workbook.
        sheet: Name of a sheet; None for the first with something in it.

    Raises:
        TableError: No workbook, damaged, too large, no such sheet, or nothing in it.
        MissingDependencyError: openpyxl is not installed.
    """
    try:
        import openpyxl  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError("openpyxl", "tables", "reading XLSX tables") from error
    with _damage_in_a_sentence(path):
        check_size(path)
        book = _open(path, values=True)
        try:
            name, others = _chosen(path, book, sheet)
            parts = sheet_parts(path, book[name]._worksheet_path)
            rows = list(_rows(path, book[name]))
        finally:
            book.close()
        unstored = _without_value(path, name, rows) if parts.has_formulas else {}
    if not rows:
        raise TableError("a table with headers", "no filled row", path.name, "Check the file.")
    source = f"{path.name}:{name}" if sheet is not None else path.name
    note = [f"Read the sheet '{name}'; not read: {others}."] if others else []
    return _table(source, rows, parts, unstored, note)


@contextmanager
def _damage_in_a_sentence(path: Path) -> Iterator[None]:
    """Turns whatever a damaged workbook makes its parsers raise into one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl names each Excel feature it leaves out
            yield
    except ArboriskError:
        raise
    except Exception as error:  # zip, XML and openpyxl raise a dozen kinds between them
        raise TableError(
            "an XLSX workbook",
            f"damage, or another format ({type(error).__name__}: {str(error)[:200]})",
            path.name,
            "Open it in a spreadsheet program and save it as XLSX again, or as CSV.",
        ) from error


def _open(path: Path, *, values: bool) -> Any:  # noqa: ANN401 - openpyxl has no types
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=values)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return openpyxl.load_workbook(without_looks(path), read_only=True, data_only=values)


def _chosen(path: Path, book: Any, sheet: str | None) -> tuple[str, str]:  # noqa: ANN401
    """Sheet to read, and the names of others that hold something too, in words."""
    names = [one.title for one in book.worksheets]
    if sheet is not None:
        if sheet not in names:
            raise TableError(
                f"a sheet named {sheet!r}",
                f"the sheets {', '.join(names)}",
                path.name,
                Remedy("Choose one of these with {}.", option("--sheet", "table")),
            )
        return sheet, ""
    filled = [one.title for one in book.worksheets if next(_rows(path, one), None) is not None]
    if not filled:
        raise TableError("a table with headers", "no filled row", path.name, "Check the file.")
    return filled[0], ", ".join(f"'{name}'" for name in filled[1:])


def _rows(path: Path, sheet: Any) -> Iterator[Row]:  # noqa: ANN401
    """Rows with something in them, each cut behind its last filled cell."""
    sheet.reset_dimensions()  # some writers record a wrong extent
    n_cells = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        n_cells += len(values)
        if number > MOST_SHEET_ROWS:
            # A reader of rows counts through all that a wrong row number leaves out.
            raise too_many_rows(path, f"row number {number:,} or more")
        if n_cells > MOST_CELLS:
            check_extent(path.name, number, 0, n_cells)
        cells = [
            (value.strip() and value) or None if isinstance(value, str) else value
            for value in values
        ]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            check_extent(path.name, 0, len(cells))
            yield number, cells


def _without_value(path: Path, name: str, rows: Sequence[Row]) -> dict[int, str]:
    """Number of each row that has a formula without its value, and which cell that is."""
    values = dict(rows)
    found: dict[int, str] = {}
    book = _open(path, values=False)
    try:
        for number, cells in _rows(path, book[name]):
            have = values.get(number, [])
            for place, cell in enumerate(cells):
                is_formula = isinstance(cell, str) and cell.startswith("=")
                if is_formula and (place >= len(have) or have[place] is None):
                    found[number] = f"{column_letters(place + 1)}{number}"
    finally:
        book.close()
    return found


def _table(
    source: str, rows: list[Row], parts: SheetParts, unstored: dict[int, str], notes: list[str]
) -> Table:
    merged = Merged(parts.merged)
    start = header_index([len(cells) - cells.count(None) for _, cells in rows[:N_ROWS_TO_JUDGE]])
    while merged.spans_columns(rows[start][0]) and start + 1 < len(rows):
        below = rows[start + 1]
        if len(below[1]) - below[1].count(None) <= len(rows[start][1]) - rows[start][1].count(None):
            break
        start += 1  # a line that groups the headers below it
    titles = [cells for _, cells in rows[:start]]
    merged.fill(rows, rows[start][0])
    named = ["" if cell is None else str(text_cell(str(cell)) or "") for cell in rows[start][1]]
    width = max(len(named), *(len(cells) for _, cells in rows[start:]))
    check_extent(source, len(rows), width)
    headers, header_notes = unique_headers([*named, *[""] * (width - len(named))])
    numbers: list[int] = []
    found: list[tuple[Cell, ...]] = []
    problems: dict[int, str] = {}
    urgent: set[int] = set()
    for number, cells in rows[start + 1 :]:
        try:
            if number in unstored:
                raise RefusedCellError(
                    f"cell {unstored[number]} has a formula and no value; open the workbook in a "
                    "spreadsheet program and save it"
                )
            kept = [_cell(cell) for cell in cells]
        except RefusedCellError as error:
            problems[len(found)] = str(error)
            if any(map(mentions_imminent, cells)):
                urgent.add(len(found))
            kept = []
        found.append((*kept, *[None] * (width - len(kept))))
        numbers.append(number)
    if titles:
        notes.append(titles_note(titles))
    notes.extend(header_notes)
    notes.extend(merged.notes())
    return Table(
        source,
        headers,
        found,
        numbers,
        problems=problems,
        notes=tuple(notes),
        urgent=frozenset(urgent),
    )


def _cell(value: object) -> Cell:
    return text_cell(value) if isinstance(value, str) else value
