"""Parts of a workbook, looked at before its cells are read: size, damage, merged cells."""

from __future__ import annotations

import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile

from arborisk.errors import TableError
from arborisk.tables.table import MOST_SHEET_ROWS, Cell, check_bytes, check_extent
from arborisk.wording.counts import listed

_BLOCK = 1 << 20
_LONGEST_TAG = 200
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]{0,150}?\br="(\d+)"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]{0,100}?\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, slots=True)
class SheetParts:
    """What stands in the file of a sheet beside its values.

    Attributes:
        merged: Ranges of merged cells: first row, first column, last row, last column, from 1.
        has_formulas: Whether a cell has a formula.
    """

    merged: tuple[tuple[int, int, int, int], ...]
    has_formulas: bool


def check_size(path: Path) -> None:
    """Refuses a workbook that unpacks to more than a table may be.

    Raises:
        TableError: Too large.
        BadZipFile: No workbook.
    """
    with ZipFile(path) as packed:
        check_bytes(path.name, sum(part.file_size for part in packed.infolist()))


def sheet_parts(path: Path, inside: str) -> SheetParts:
    """Looks through the file of a sheet once, without building its cells.

    Args:
        path: Workbook.
        inside: File of the sheet in it, for example ``xl/worksheets/sheet1.xml``.

    Raises:
        TableError: A row number beyond those that a sheet has.
    """
    merged: list[tuple[int, int, int, int]] = []
    has_formulas, end = False, b""
    with ZipFile(path) as packed, packed.open(inside) as stream:
        while block := stream.read(_BLOCK):
            # A tag cut in two by the end of a block is found with the next one.
            text = end + block
            cut = len(text)
            if len(block) == _BLOCK:
                near = text.rfind(b"<", cut - 2 * _LONGEST_TAG, cut - _LONGEST_TAG + 1)
                cut = near if near >= 0 else cut - _LONGEST_TAG
            end, text = text[cut:], text[:cut]
            has_formulas = has_formulas or _FORMULA.search(text) is not None
            for found in _ROW.finditer(text):
                if len(found[1]) > 7 or int(found[1]) > MOST_SHEET_ROWS:
                    raise too_many_rows(path, f"row number {found[1][:20].decode()}")
            merged.extend(_range(found.groups()) for found in _MERGED.finditer(text))
    return SheetParts(tuple(merged), has_formulas)


def too_many_rows(path: Path, found: str) -> TableError:
    """The refusal of a row number beyond those that a sheet has."""
    return TableError(
        f"row numbers up to {MOST_SHEET_ROWS:,}",
        found,
        path.name,
        "The workbook is damaged: save it again, or as CSV.",
    )


def _range(corner: tuple[bytes, ...]) -> tuple[int, int, int, int]:
    first, top, last, bottom = corner
    return int(top), _column(first), int(bottom), _column(last)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """Letters of a column, from 1.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def without_looks(path: Path) -> io.BytesIO:
    """The workbook without fonts, fills and borders; formats of numbers and dates stay.

    Some programs write looks that openpyxl refuses, and the values do not depend on them.

    Args:
        path: Workbook.
    """
    copy = io.BytesIO()
    with ZipFile(path) as packed, ZipFile(copy, "w", ZIP_DEFLATED) as kept:
        for part in packed.infolist():
            content = packed.read(part)
            if part.filename == "xl/styles.xml":
                content = _formats_only(content)
            kept.writestr(part.filename, content)
    copy.seek(0)
    return copy


def _formats_only(styles: bytes) -> bytes:
    old = ElementTree.fromstring(styles)
    new = ElementTree.Element(f"{_NAMESPACE}styleSheet")
    formats = ElementTree.SubElement(new, f"{_NAMESPACE}numFmts")
    for one in old.iter(f"{_NAMESPACE}numFmt"):
        ElementTree.SubElement(formats, one.tag, one.attrib)
    ElementTree.SubElement(ElementTree.SubElement(new, f"{_NAMESPACE}fonts"), f"{_NAMESPACE}font")
    fills = ElementTree.SubElement(new, f"{_NAMESPACE}fills")
    fill = ElementTree.SubElement(fills, f"{_NAMESPACE}fill")
    ElementTree.SubElement(fill, f"{_NAMESPACE}patternFill", patternType="none")
    borders = ElementTree.SubElement(new, f"{_NAMESPACE}borders")
    ElementTree.SubElement(borders, f"{_NAMESPACE}border")
    cells = ElementTree.SubElement(new, f"{_NAMESPACE}cellXfs")
    for parent in old.iter(f"{_NAMESPACE}cellXfs"):
        for one in parent.iter(f"{_NAMESPACE}xf"):
            number = one.get("numFmtId", "0")
            ElementTree.SubElement(cells, f"{_NAMESPACE}xf", numFmtId=number)
    if not len(formats):
        new.remove(formats)
    return bytes(ElementTree.tostring(new))


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
