"""A table as it was read: its cells, headers and notes, and the text of a cell made comparable.

Also what every reader shares: limits, the guard against formulas, the header row, cells that say
nothing, and words for yes, no, living and dead.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from arborisk.errors import TableError
from arborisk.wording.counts import counted

Cell = Any
"""A cell: None where empty; text from CSV; else the type that the file keeps (numbers, booleans,
times, nested lists and mappings)."""
Shape = Mapping[str, Any] | bytes
"""A geometry: a GeoJSON object, or well-known binary."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows below headers, from any format.

    Attributes:
        source: File name without its folder, with ``:layer`` or ``:sheet`` where one was chosen.
        headers: Cleaned, each once.
        rows: Cells in the order of the headers, as many as headers in every row.
        numbers: Row or feature number in the file, for messages; one a row.
        row_word: What the file calls a row: ``row`` or ``feature``.
        problems: Index of a row to the sentence why nothing of it can be used: a cell too many or
            too few, a NUL, a null feature. Its cells are all None.
        shapes: Geometry of each row, None where a row has none; None for a table without geometry.
        system: Coordinate system of the shapes, as pyproj reads it; "" where not stated.
        decimal_comma: Whether numbers are written with a decimal comma.
        notes: Sentences on what was passed over, filled down or taken; none is a refusal.
        urgent: Rows of `problems` among whose cells, as they stood, one says Imminent.
    """

    source: str
    headers: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    numbers: Sequence[int]
    row_word: str = "row"
    problems: Mapping[int, str] = field(default_factory=dict)
    shapes: Sequence[Shape | None] | None = None
    system: str = ""
    decimal_comma: bool = False
    notes: tuple[str, ...] = ()
    urgent: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.rows)

    def name(self, index: int) -> str:
        """A row in messages, for example ``row 7``."""
        return f"{self.row_word} {self.numbers[index]}"

    def where(self, index: int) -> str:
        """File and row, for messages."""
        return f"{self.source}, {self.name(index)}"


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


MOST_ROWS = 2_000_000
"""Rows. The largest inventories published have about 700,000, a large utility's about a million."""
MOST_COLUMNS = 2_000
"""Columns. Exports of inventory programs have up to about 200."""
MOST_CELLS = 40_000_000
"""Cells, empty ones counted: 700,000 trees of 50 columns fit."""
MOST_CHARACTERS = 131_072
"""Characters of a cell: the outline of a park as text fits. Excel keeps 32,767."""
MOST_BYTES = 1 << 30
"""Bytes of a file, and of what is packed in it."""
MOST_JSON_BYTES = 256 << 20
"""Bytes of a JSON file, which is read as a whole and takes several times as much memory."""
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS = 1_048_576, 16_384
"""Rows and columns of a sheet of XLSX. Source: ECMA-376, part 1, section 18.3.1.73, as Excel has
it; a higher number in a file is damage."""


def check_extent(where: str, n_rows: int, n_columns: int, n_cells: int = 0) -> None:
    """Refuses more rows, columns or cells than a table may hold.

    Args:
        where: File, for the message.
        n_rows: Rows found, at least.
        n_columns: Columns found, at least.
        n_cells: Cells found, at least, where rows differ in length.

    Raises:
        TableError: Too many.
    """
    for most, found, word in (
        (MOST_COLUMNS, n_columns, "columns"),
        (MOST_ROWS, n_rows, "rows"),
        (MOST_CELLS, max(n_cells, n_rows * n_columns), "cells"),
    ):
        if found > most:
            raise TableError(
                f"at most {most:,} {word}",
                f"{found:,} or more",
                where,
                "Cut the table into parts, or leave out what is not needed.",
            )


def check_bytes(where: str, n_bytes: int, most: int = MOST_BYTES) -> None:
    """Refuses a file that is larger than a table may be, unpacked.

    Raises:
        TableError: Too large.
    """
    if n_bytes > most:
        raise TableError(
            f"at most {most >> 20:,} MB, unpacked",
            f"{n_bytes >> 20:,} MB or more",
            where,
            "Cut the table into parts, or leave out what is not needed.",
        )


_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def clean(text: str) -> str:
    r"""Text without invisible characters, odd spaces or spaces at its ends.

    >>> clean("Improbable\xa0")
    'Improbable'
    """
    if not (text.isascii() and text.isprintable()):  # most cells are plain, and there are millions
        text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return " ".join(text.split())


def fold(text: str) -> str:
    """Key under which spellings that differ in case or spaces are the same."""
    return clean(text).casefold()


def words_of(text: str) -> tuple[str, ...]:
    """Words and numbers of a name, in order: letters and digits part ways, all else separates.

    >>> words_of("IMG_0033 Improbable-2")
    ('img', '0033', 'improbable', '2')
    """
    return tuple(_WORDS.findall(fold(text)))


_RUN = re.compile(r"\s*'*\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
"""Those four in full width too, which some spreadsheets take for the same."""
_A_NUMBER = re.compile(r"[+-]?[\d.,]*\d(?:[eE][+-]?\d+)?")


def guarded(text: str) -> str:
    """Text as a CSV cell that no spreadsheet runs; a number such as ``-5`` stays as it is."""
    if _RUN.match(text) and not _A_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(text: str) -> str:
    """The text of a cell that `guarded` wrote."""
    if text.startswith("'") and guarded(text[1:]) != text[1:]:
        return text[1:]
    return text


_EVERYWHERE = """
- -- --- . / // ? ?? ??? \u2013 \u2014 * n/a n.a n.a. n\\a na #n/a <na> <null> nan null nil k.a. k.a
s/o s.o. s/d s.d. n.d. n/d n.v.t. n.b. unknown unk undetermined unspecified unrecorded tbd tba
not known|not stated|not recorded|not applicable|not available|not assessed|not measured|no data
not specified|not determined|not given|to be determined|(null)|(blank)|(empty)|(none)|missing|blank
keine angabe|ohne angabe|unbekannt|nicht bekannt|nicht erfasst|non renseigne|non renseign\u00e9
sans objet|inconnu|inconnue|sin dato|sin datos|desconocido|desconocida|no consta|non disponibile
sconosciuto|sconosciuta|onbekend|niet bekend|niet van toepassing|desconhecido|sem dados
-999|-999.0|-9999|-9999.0|-99999|-99999.0|0000-00-00
"""
_NO_RATING = """
x nr none unrated skip skipped unsure dk keine aucun aucune ninguno ninguna nessuno
not rated|can't tell|cant tell|cannot tell|can not tell
could not tell|couldn't tell|not sure|don't know|dont know|no opinion|can't see|cannot see
not visible|no answer|nicht beurteilbar|nicht sichtbar
"""


def _words(text: str) -> frozenset[str]:
    """Words between spaces, or phrases between bars on lines that have bars."""
    lines = text.strip().splitlines()
    return frozenset(
        fold(word)
        for line in lines
        for part in [line.split("|") if "|" in line else line.split()]
        for word in part
    )


MISSING_WORDS: Final = _words(_EVERYWHERE) | {""}
"""Words under which nothing is known in any column, folded (see `arborisk.tables.table.fold`)."""
_NONE: Final = frozenset({"none", "keine", "aucun", "aucune", "ninguno", "ninguna", "nessuno"})
NO_RATING_WORDS: Final = MISSING_WORDS | _words(_NO_RATING)
"""Words that say, in a column of ratings, that there is none. Some are an answer elsewhere: a tree
"X", defects "none"."""
_CURLED = "\N{RIGHT SINGLE QUOTATION MARK}"


def is_missing(cell: Cell, *, none_is_an_answer: bool = False) -> bool:
    """Whether a cell says nothing.

    Args:
        cell: From a table of any format.
        none_is_an_answer: Whether "none" says something, as "no defects" does.

    >>> is_missing("n/a"), is_missing("None"), is_missing("None", none_is_an_answer=True)
    (True, True, False)
    """
    if cell is None:
        return True
    if isinstance(cell, str):
        if len(cell) > _LONGEST:
            return not clean(cell)
        word = fold(cell)
        return word in MISSING_WORDS or (not none_is_an_answer and word in _NONE)
    return isinstance(cell, int | float) and (cell != cell or cell in (-999, -9999, -99999))


def is_no_rating(cell: Cell) -> bool:
    """Whether a cell of a column of ratings says that there is none.

    >>> is_no_rating("Can\u2019t tell")
    True
    """
    if not isinstance(cell, str):
        return is_missing(cell)
    return len(cell) <= _LONGEST and fold(cell).replace(_CURLED, "'") in NO_RATING_WORDS


_LONGEST: Final = max(map(len, NO_RATING_WORDS)) + 20
"""Characters above which a cell is text, with room for spaces around a word."""


@cache
def words_about(subject: str) -> Mapping[str, str]:
    """Folded words of a subject with what each means.

    Args:
        subject: Table of ``cell_words.toml``: flag, condition, kind ...
    """
    content = tomllib.loads(Path(__file__).with_name("cell_words.toml").read_text(encoding="utf-8"))
    return {
        fold(word): meaning for meaning, words in content.get(subject, {}).items() for word in words
    }


def read_flag(text: str, subject: str = "") -> bool | None:
    """Whether a cell says yes; None where it says neither yes nor no.

    Args:
        text: The cell.
        subject: Table of words that say yes or no of this alone.

    >>> read_flag("Ja"), read_flag("no"), read_flag("failed"), read_flag("failed", "storm_outcome")
    (True, False, None, True)
    """
    word = fold(text)
    meaning = words_about("flag").get(word) or words_about(subject).get(word)
    return None if meaning is None else meaning == "yes"


N_ROWS_TO_JUDGE = 60
"""Filled rows from which headers, delimiter and unnamed columns are judged."""
_MOST_SHOWN = 60


def header_index(n_filled: Sequence[int]) -> int:
    """Index of the row of headers among the first rows that are filled.

    Titles fill far fewer cells than most rows of the table that begins below them.

    Args:
        n_filled: Filled cells of each of these rows.

    >>> header_index([1, 1, 8, 8, 7])
    2
    >>> header_index([1, 2, 1])
    0
    """
    for index, n_cells in enumerate(n_filled):
        below = n_filled[index + 1 :]
        first = next((place for place, n_below in enumerate(below) if n_below > n_cells), None)
        table = sorted(below[first:] if first is not None else [])
        usual = table[(len(table) - 1) // 2] if table else 0
        if n_cells > max(1, usual // 3) or n_cells >= usual:
            return index
    return 0


def titles_note(titles: Sequence[Sequence[object]]) -> str:
    """Sentence on the rows above the headers."""
    texts = [" ".join(clean(str(cell)) for cell in row if cell not in (None, "")) for row in titles]
    shown = ", ".join(f"'{text[:_MOST_SHOWN]}'" for text in texts[:3])
    more = ", ..." if len(texts) > 3 else ""
    return f"Passed over {counted(len(texts), 'row')} above the headers: {shown}{more}."


def unique_headers(headers: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Headers, each once and none empty, and sentences on what was changed.

    >>> unique_headers(["file", "rating", "", "rating"])[0]
    ('file', 'rating', 'column 3', 'rating (2)')
    """
    found: list[str] = []
    taken = set(headers)
    seen: Counter[str] = Counter()
    notes = []
    for number, header in enumerate(headers, start=1):
        name = header or f"column {number}"
        seen[name] += 1
        if seen[name] > 1 or (not header and name in taken):
            count = max(2, seen[name])
            while (new := f"{name} ({count})") in taken:
                count += 1
            notes.append(f"Two columns are called '{name}'; the one further right is '{new}'.")
            name = new
        if not header:
            notes.append(f"Column {number} has no header; it is called '{name}'.")
        taken.add(name)
        found.append(name)
    return tuple(found), tuple(notes)
