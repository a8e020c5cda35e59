"""Tables as people keep them: CSV with any delimiter and encoding, and XLSX."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from arborisk.dataset.csv_rows import csv_rows
from arborisk.errors import DatasetError, MissingDependencyError
from arborisk.tables.text import clean
from arborisk.wording.counts import counted


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cleaned cells of a table.

    Attributes:
        path: File that was read.
        headers: Header of each column; "" for a column without one.
        rows: Row number as a spreadsheet shows it, and one cell a header.
    """

    path: Path
    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(path: Path, *, sheet: str | None = None) -> RawTable:
    """Reads a CSV, TSV, text or XLSX table; its first row that is not empty holds the headers.

    Args:
        path: File.
        sheet: Sheet of an XLSX file; the first one by default.

    Raises:
        DatasetError: No such file, not a table, or a row that does not fit its headers.
        MissingDependencyError: XLSX without openpyxl.
    """
    if not path.is_file():
        raise DatasetError("a CSV or XLSX file", "no file", str(path), "Check the path.")
    suffix = path.suffix.lower()
    if suffix in {".xlsx", ".xlsm"}:
        return _table(path, _xlsx_rows(path, sheet))
    if suffix in {".xls", ".ods", ".numbers"}:
        raise DatasetError("a CSV or XLSX file", f"{suffix}", str(path), "Save it as CSV or XLSX.")
    return _table(path, csv_rows(path))


def _table(path: Path, lines: Iterable[tuple[int, list[str]]]) -> RawTable:
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if not filled:
        raise DatasetError("a table with headers", "no filled row", str(path), "Check the file.")
    # A title above the headers fills one cell; the headers below it fill more.
    while len(filled) > 1 and _n_filled(filled[0][1]) == 1 < _n_filled(filled[1][1]):
        del filled[0]
    headers = filled[0][1]
    while headers and not headers[-1]:
        headers = headers[:-1]
    rows = []
    for number, cells in filled[1:]:
        if any(cells[len(headers) :]):
            raise DatasetError(
                f"{counted(len(headers), 'cell')}, as many as headers",
                f"{len(cells)}",
                f"row {number} of {path.name}",
                "Quote cells that hold the delimiter, or give the extra column a header.",
            )
        padded = (*cells, *[""] * len(headers))[: len(headers)]
        rows.append((number, tuple(padded)))
    return RawTable(path, tuple(headers), tuple(rows))


def _n_filled(cells: list[str]) -> int:
    return sum(bool(cell) for cell in cells)


def _xlsx_rows(path: Path, sheet: str | None) -> Iterable[tuple[int, list[str]]]:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingDependencyError("openpyxl", "tables", "reading XLSX tables") from error
    from zipfile import BadZipFile

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names each Excel feature it leaves out
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError, OSError) as error:
            raise DatasetError("an XLSX file", f"{error}", str(path), "Save it again.") from error
        try:
            if sheet is not None and sheet not in book.sheetnames:
                raise DatasetError(
                    f"a sheet named {sheet!r}",
                    f"the sheets {', '.join(book.sheetnames)}",
                    str(path),
                    "Choose one of these with --sheet.",
                )
            chosen = book[sheet] if sheet is not None else book.worksheets[0]
            chosen.reset_dimensions()  # some writers record a wrong extent
            for number, cells in enumerate(chosen.iter_rows(values_only=True), start=1):
                yield number, [_cell_text(cell) for cell in cells]
        finally:
            book.close()


def _cell_text(cell: object) -> str:
    """Cell as a person reads it: 12, not 12.0; dates in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return clean(str(cell))
