"""Rows of a table that a person rated Imminent: said first, whatever else is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable

from arborisk.tables.codes import code_of
from arborisk.tables.rating_words import says_imminent
from arborisk.tables.role_table import RoleTable
from arborisk.tables.text import fold

YES = frozenset({"true", "yes", "y", "1", "x", "ja", "oui", "si", "sim", "vrai", "wahr"})


def imminent_rows(rows: RoleTable) -> tuple[int, ...]:
    """Index of each row whose likelihood of failure is, or may be, Imminent.

    In a word, a range that reaches to it, a code, a word that the user maps, or a column
    ``imminent`` that says yes; of a cell that cannot be read, whether it names it. Better said
    once too often.
    """
    mapped = {fold(word): label for word, label in rows.choices.words.items()}
    column = rows.columns.get("failure")
    known: dict[str, bool] = {}
    found = imminent_flags(rows)
    for row, text in enumerate(rows.text("failure")):
        if text not in known:
            meaning = code_of(text, column.codes) if column and column.codes else None
            known[text] = says_imminent(meaning or mapped.get(fold(text), text))
        if known[text]:
            found.add(row)
    return tuple(sorted(found))


def imminent_flags(rows: RoleTable) -> set[int]:
    """Index of each row whose column ``imminent`` says yes."""
    if not rows.has("imminent"):
        return set()
    return {row for row, cell in enumerate(rows.text("imminent")) if fold(cell) in YES}


def names_of(rows: RoleTable, indices: Iterable[int]) -> list[str]:
    """Rows as they are called: the name of the tree, else the row."""
    trees = rows.text("tree")
    return [trees[index] or rows.name(index) for index in indices]
