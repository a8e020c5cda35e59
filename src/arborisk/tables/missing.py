"""Cells that say nothing: one list for the whole product."""

from __future__ import annotations

from typing import Final

from arborisk.tables.table import Cell
from arborisk.tables.text import clean, fold

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
"""Words under which nothing is known in any column, folded (see `arborisk.tables.text.fold`)."""
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
