"""Rows of a CSV file of any delimiter and encoding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from arborisk.errors import DatasetError
from arborisk.tables.text import clean

_DELIMITERS = ",;\t|"
_N_ROWS_TO_JUDGE = 20
_MAX_SHOWN = 60


def csv_rows(path: Path) -> Iterable[tuple[int, list[str]]]:
    """Line number at the end of each row, and its cleaned cells.

    Args:
        path: File.

    Raises:
        DatasetError: Not text, or a quote that is not closed, which would swallow the rows below.
    """
    text = _decode(path)
    first, _, rest = text.partition("\n")
    shift = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text, shift = first.strip()[4], rest, 1  # Excel's own hint
    else:
        delimiter = max(_DELIMITERS, key=lambda mark: _columns_agreed(text, mark))
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.of_row.clear()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _bad_quotes(path, lines, shift, str(error)) from error
        if cells is None:
            return
        if lines.is_over:
            raise _bad_quotes(path, lines, shift, "a quote that is never closed")
        if len(lines.of_row) > 1:
            _check_strictly(path, lines, shift, delimiter)
        yield lines.n_read + shift, [clean(cell) for cell in cells]


class _Lines:
    """Lines of a text, and which of them the row now being read has taken.

    Attributes:
        of_row: Lines that this row has taken.
        n_read: Lines taken so far.
        is_over: Whether the row asked for more lines than there are: a quote is still open.
    """

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.of_row: list[str] = []
        self.n_read = 0
        self.is_over = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.of_row.append(line)
            self.n_read += 1
            yield line
        self.is_over = True


def _check_strictly(path: Path, lines: _Lines, shift: int, delimiter: str) -> None:
    """Refuses a row of several lines whose quotes do not pair: the first one was left open.

    The quote that seems to close it then opens a cell further down, so letters follow it.
    """
    try:
        list(csv.reader(lines.of_row, delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _bad_quotes(path, lines, shift, "a quote that is not closed in its row") from error


def _bad_quotes(path: Path, lines: _Lines, shift: int, found: str) -> DatasetError:
    row = lines.n_read - len(lines.of_row) + 1 + shift
    start = clean(lines.of_row[0])[:_MAX_SHOWN] if lines.of_row else ""
    return DatasetError(
        "quotes in pairs",
        found,
        f"row {row} of {path.name}: {start}",
        "Close the quote there, or complete the row if it was cut short.",
    )


def _decode(path: Path) -> str:
    """Text of a file in UTF-8, UTF-16 with a byte-order mark, or Excel's Western code page."""
    content = path.read_bytes()
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DatasetError("a text table", "other bytes", str(path), "Save it as CSV in UTF-8.")


def _columns_agreed(text: str, delimiter: str) -> tuple[int, int]:
    """How well a delimiter fits: rows that have as many cells as the headers, and that number."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    widths: list[int] = []
    try:
        for cells in reader:
            if any(cells):
                widths.append(len(cells))
            if len(widths) == _N_ROWS_TO_JUDGE:
                break
    except csv.Error:
        return 0, 0
    if not widths or widths[0] == 1:
        return 0, 0
    return sum(width == widths[0] for width in widths), widths[0]
