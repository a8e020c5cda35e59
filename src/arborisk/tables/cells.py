"""Cells of text as they are kept: cleaned, the guard of spreadsheets taken off, equal ones once."""

from __future__ import annotations

import re

from arborisk.tables.guard import unguarded
from arborisk.tables.limits import MOST_CHARACTERS
from arborisk.tables.table import Cell
from arborisk.tables.text import clean

_N_SHARED = 200_000
_NUMBER = re.compile(r"'[-+][\d.,]*\d\Z")
_KEPT_AS_TEXT = re.compile(r'="([^"=]*)"\Z')


class RefusedCellError(ValueError):
    """A cell for whose sake its row cannot be used; says why."""


class TextCells(dict[str, Cell]):
    """Cell of each text: cleaned, None where empty.

    Columns repeat a few words many times; each is cleaned and kept once.
    """

    def __missing__(self, text: str) -> Cell:
        cell = text_cell(text)
        if len(self) < _N_SHARED:
            self[text] = cell
        return cell


def text_cell(text: str) -> Cell:
    """Cell of a text: cleaned, None where empty.

    An apostrophe that keeps a spreadsheet from running the cell is taken off, and so is
    ``="007"``, by which programs keep a spreadsheet from dropping the zeros.

    Args:
        text: As it stands in the file.

    Raises:
        RefusedCellError: A NUL byte, or longer than a cell may be.

    >>> text_cell(" '=Oak ")
    '=Oak'
    """
    if len(text) > MOST_CHARACTERS:
        raise RefusedCellError(f"a cell of {len(text):,} characters, more than {MOST_CHARACTERS:,}")
    if "\0" in text:
        raise RefusedCellError("a NUL byte in a cell")
    cell = clean(text)
    if cell[:1] == "'":
        cell = cell[1:] if _NUMBER.match(cell) else clean(unguarded(text.strip(" ")))
    elif cell[:2] == '="':
        kept = _KEPT_AS_TEXT.match(cell)
        cell = kept[1] if kept else cell
    return cell or None
