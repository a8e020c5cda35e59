"""Rows of a CSV, TSV or text file of any delimiter and encoding."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from arborisk.errors import TableError
from arborisk.tables.encodings import TextFile, examine
from arborisk.tables.numbers import NOTE as DECIMAL_COMMA
from arborisk.tables.numbers import table_has_decimal_comma
from arborisk.tables.rating_words import mentions_imminent
from arborisk.tables.table import (
    MOST_CELLS,
    MOST_ROWS,
    N_ROWS_TO_JUDGE,
    Cell,
    RefusedCellError,
    Table,
    TextCells,
    check_extent,
    clean,
    header_index,
    titles_note,
    unique_headers,
)
from arborisk.wording.counts import counted

_DELIMITERS = ",;\t|"
_N_CHARACTERS_TO_JUDGE = 1 << 18
_MOST_SHOWN = 60
_FAR_TOO_MANY = 1_000
"""Cells beyond the headers from which a row is not looked at cell by cell."""
_LONGEST_FIELD = 16 << 20
"""Characters that a quote may span before it counts as never closed."""
Raw = tuple[int, list[str]]
"""Row number and cells as they stand."""


def read_csv(path: Path) -> Table:
    """Reads a text table; the first row below titles holds the headers.

    Args:
        path: File; packed with gzip where its name ends in ``.gz``.

    Raises:
        TableError: Not text, nothing in it, too large, or a quote that is never closed.
    """
    text = examine(path)
    with text.open() as stream:
        delimiter, shift, head = _delimiter(stream.readlines(_N_CHARACTERS_TO_JUDGE))
        raw = _raw_rows(text, chain(head, stream), delimiter, shift)
        return _table(text, raw, delimiter)


def _table(text: TextFile, raw: Iterator[Raw], delimiter: str) -> Table:
    first = list(islice(_filled(raw), N_ROWS_TO_JUDGE))
    if not first:
        raise TableError("a table with headers", "no filled row", text.path.name, "Check the file.")
    start = header_index([sum(map(bool, map(str.strip, cells))) for _, cells in first])
    cells = TextCells()
    try:
        named = [cells[cell] or "" for cell in first[start][1]]
    except RefusedCellError as error:
        raise TableError(
            "a row of headers", str(error), f"row {first[start][0]} of {text.path.name}",
            "Save the table again as CSV in UTF-8.",
        ) from error  # fmt: skip
    below = first[start + 1 :]
    width = _n_columns(named, [row for _, row in below])
    headers, header_notes = unique_headers(named[:width])
    check_extent(text.path.name, 0, width)
    numbers: list[int] = []
    rows: list[tuple[Cell, ...]] = []
    problems: dict[int, str] = {}
    urgent: set[int] = set()
    least = max((place for place, name in enumerate(named[:width], start=1) if name), default=1)
    most = min(MOST_ROWS, MOST_CELLS // width)
    nothing: tuple[Cell, ...] = (None,) * width
    header_row = tuple(named[:width])
    get = cells.__getitem__
    for number, row in chain(below, _filled(raw)):
        try:
            if len(row) > width + _FAR_TOO_MANY and any(map(str.strip, row[width:])):
                raise RefusedCellError(f"{len(row):,} cells where the headers are {width}")
            found = tuple(map(get, row))
            if len(found) != width:
                found = _fitted(found, width, least)
            if found == header_row:
                raise RefusedCellError("the headers once more")
        except RefusedCellError as error:
            problems[len(rows)] = str(error)
            if any(map(mentions_imminent, set(row))):
                urgent.add(len(rows))
            found = nothing
        rows.append(found)
        numbers.append(number)
        if len(rows) > most:
            check_extent(text.path.name, len(rows), width)
    titles = [row for _, row in first[:start]]
    notes = [*text.notes(), *([titles_note(titles)] if titles else ()), *header_notes]
    has_comma = table_has_decimal_comma(rows, parted_by_commas=delimiter != ";")
    return Table(
        text.path.name,
        headers,
        rows,
        numbers,
        problems=problems,
        decimal_comma=has_comma,
        notes=(*notes, DECIMAL_COMMA) if has_comma else tuple(notes),
        urgent=frozenset(urgent),
    )


def _filled(rows: Iterable[Raw]) -> Iterator[Raw]:
    """Rows in which some cell is not empty."""
    for number, cells in rows:
        for cell in cells:
            if cell and not cell.isspace():
                yield number, cells
                break


def _n_columns(named: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Columns of a table: to the last header, and those beyond it that most rows fill."""
    width = len(named)
    while width and not named[width - 1]:
        n_filled = sum(len(row) >= width and bool(row[width - 1].strip()) for row in rows)
        if 2 * n_filled > len(rows):
            return width
        width -= 1
    return width


def _fitted(found: tuple[Cell, ...], width: int, least: int) -> tuple[Cell, ...]:
    """A row cut to its columns.

    Raises:
        RefusedCellError: It has a filled cell too many, or cells too few, so that what stands
            under which header is a guess.
    """
    if len(found) < least or any(cell is not None for cell in found[width:]):
        raise RefusedCellError(f"{counted(len(found), 'cell')} where the headers are {width}")
    return (*found, *(None,) * width)[:width]


def _raw_rows(text: TextFile, lines: Iterable[str], delimiter: str, shift: int) -> Iterator[Raw]:
    """Row number, as a spreadsheet counts, and cells of each row.

    Raises:
        TableError: A quote that is not closed, which would swallow the rows below.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    if not text.has_quotes:
        yield from enumerate(csv.reader(lines, delimiter=delimiter), start=1 + shift)
        return
    taken = _Lines(lines)
    reader = csv.reader(taken, delimiter=delimiter)
    number = shift
    while True:
        taken.of_row.clear()
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _bad_quotes(text.path, taken, number, str(error)) from error
        if cells is None:
            return
        if taken.is_over:
            raise _bad_quotes(text.path, taken, number, "a quote that is never closed")
        if len(taken.of_row) > 1:
            _check_strictly(text.path, taken, number, delimiter)
        yield number, cells


class _Lines:
    """Lines of a text, and which of them the row now being read has taken.

    Attributes:
        of_row: Lines that this row has taken.
        is_over: Whether the row asked for more lines than there are: a quote is still open.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self.of_row: list[str] = []
        self.is_over = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.of_row.append(line)
            yield line
        self.is_over = True


def _check_strictly(path: Path, lines: _Lines, number: int, delimiter: str) -> None:
    """Refuses a row of several lines whose quotes do not pair: the first one was left open.

    The quote that seems to close it then opens a cell further down, so letters follow it.
    """
    try:
        list(csv.reader(lines.of_row, delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _bad_quotes(path, lines, number, "a quote that is not closed in its row") from error


def _bad_quotes(path: Path, lines: _Lines, number: int, found: str) -> TableError:
    start = clean(lines.of_row[0])[:_MOST_SHOWN] if lines.of_row else ""
    return TableError(
        "quotes in pairs",
        found,
        f"row {number} of {path.name}: {start}",
        "Close the quote there, or complete the row if it was cut short.",
    )


def _delimiter(lines: list[str]) -> tuple[str, int, list[str]]:
    """Delimiter, rows taken by Excel's own hint of it, and the lines below that hint."""
    hint = lines[0].strip() if lines else ""
    if len(hint) == 5 and hint.lower().startswith("sep="):
        return hint[4], 1, lines[1:]
    if lines and lines[0].rstrip("\r\n").lower() == "sep=\t":
        return "\t", 1, lines[1:]
    return max(_DELIMITERS, key=lambda mark: _columns_agreed(lines, mark)), 0, lines


def _columns_agreed(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How well a delimiter fits: rows that agree on a number of cells, and that number."""
    widths: list[int] = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            if any(cells):
                widths.append(len(cells))
            if len(widths) == N_ROWS_TO_JUDGE:
                break
    except csv.Error:
        return 0, 0
    counts = Counter(width for width in widths if width > 1)
    return max(((count, width) for width, count in counts.items()), default=(0, 0))
