"""Imminent wherever it stands in a table: in notes, in a stated rating, in a column left unread."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from arborisk.tables.table import Cell, Table

_STEMS: Final = ("imm", "inminent", "iminent", "bevorsteh")
"""What every such cell holds."""
_WORD = re.compile(
    r"\b(?:imminent(?:e|es|i|ly)?|inminentes?|iminentes?|unmittelbar bevorstehend\w*)\b"
)
_WHOLE = re.compile(r"\W*imm\W*\Z")
_NEGATED = re.compile(
    r"\b(?:no|not|non|nil|never|without|nicht|keine?[rnms]?|pas|sans|sin|sem|senza|niet|geen)"
    r"(?:[\s-]+(?:an?|the|any|of|or|signs?|risk|risks|danger|evidence|indications?|deemed|"
    r"considered|currently|yet|d|de|immediate))*[\s-]+\Z"
)
OURS: Final = ("arborisk_", "storm_", "strike_")
"""Beginnings of headers that this product writes."""
_WORTH_READING: Final = 1 << 16
"""Characters of a cell that are looked through; more is no note."""


def mentions_imminent(cell: Cell) -> bool:
    """Whether a cell says Imminent, in whatever words surround it, and does not deny it.

    >>> mentions_imminent("IMMINENT failure of limb"), mentions_imminent("imm.")
    (True, True)
    >>> mentions_imminent("no sign of imminent failure"), mentions_imminent("eminent oak")
    (False, False)
    """
    if not isinstance(cell, str):
        return isinstance(cell, (list, tuple, dict)) and mentions_imminent(str(cell))
    text = cell[:_WORTH_READING].casefold()
    if "mm" not in text and "min" not in text and "bevorsteh" not in text:
        return False
    if _WHOLE.match(text):
        return True
    return any(not _NEGATED.search(text[: one.start()]) for one in _WORD.finditer(text))


def rows_that_mention(table: Table, passed_over: Collection[int] = ()) -> set[int]:
    """Index of each row among whose cells one says Imminent; of rows that cannot be used too.

    Args:
        table: The table.
        passed_over: Places of columns that are read otherwise. Columns that this product wrote are
            passed over always: they name all words of the scale where they ask for one.
    """
    found = set(table.urgent)
    for place, header in enumerate(table.headers):
        if place in passed_over or header.startswith(OURS):
            continue
        cells = [row[place] for row in table.rows]
        try:
            said = _said(set(cells))
        except TypeError:  # nested values, which no set takes
            found.update(row for row, cell in enumerate(cells) if mentions_imminent(cell))
            continue
        if said:
            found.update(row for row, cell in enumerate(cells) if cell in said)
    return found


def _said(cells: Iterable[Cell]) -> frozenset[str]:
    """Texts that say it: one search through all of them before one a text."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    together = "\n".join(texts).casefold()
    if not any(stem in together for stem in _STEMS):
        return frozenset()
    return frozenset(filter(mentions_imminent, texts))
