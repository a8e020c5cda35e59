"""Rows of a table that a person rated Imminent: said first, whatever else is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable

from arborisk.tables.crosswalks import code_of
from arborisk.tables.rating_words import OURS, mentions_imminent, rows_that_mention, says_imminent
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import fold, read_flag


def imminent_rows(rows: RoleTable) -> tuple[int, ...]:
    """Index of each row that somebody calls, or may call, Imminent."""
    return rows.imminent


def find_imminent(rows: RoleTable) -> tuple[int, ...]:
    """Index of each row that says Imminent, wherever it stands.

    As the likelihood of failure: in a word, a range that reaches to it, a code, a word that the
    user maps; of a cell that cannot be read, whether it names it. In a column ``imminent`` that
    says yes. In any other cell that does not deny it: a note, a stated rating, a second column of
    one name, a row that cannot be used. Better said once too often.
    """
    mapped = {fold(word): label for word, label in rows.choices.words.items()}
    column = rows.columns.get("failure")
    known: dict[str, bool] = {}
    found = imminent_flags(rows) | rows_that_mention(rows.table, _read_otherwise(rows))
    for row, text in enumerate(rows.text("failure")):
        if text not in known:
            meaning = code_of(text, column.codes) if column and column.codes else None
            stated = meaning or mapped.get(fold(text))
            known[text] = says_imminent(stated or text) or (
                stated is None and mentions_imminent(text)
            )
        if known[text]:
            found.add(row)
    return tuple(sorted(found))


def _read_otherwise(rows: RoleTable) -> set[int]:
    """Columns that are read word by word: of the failure now, and those of `imminent_flags`."""
    roles = [role for role in ("failure", "imminent") if role in rows.columns]
    places = {rows.columns[role].index for role in roles}
    warned = {place for place, one in enumerate(rows.table.headers) if one == "warning"}
    return places | (warned if "imminent" in roles else set())


def imminent_flags(rows: RoleTable) -> set[int]:
    """Index of each row whose column ``imminent`` says yes."""
    if not rows.has("imminent"):
        return set()
    return {row for row, cell in enumerate(rows.text("imminent")) if read_flag(cell)}


def headers_with_imminent(rows: RoleTable, index: int) -> list[str]:
    """Headers of the cells of a row that say Imminent, but for the likelihood of failure."""
    read = _read_otherwise(rows)
    return [
        header
        for place, header in enumerate(rows.table.headers)
        if place not in read
        and not header.startswith(OURS)
        and mentions_imminent(rows.table.rows[index][place])
    ]


def names_of(rows: RoleTable, indices: Iterable[int]) -> list[str]:
    """Rows as they are called: the name of the tree, else the row."""
    trees = rows.text("tree")
    return [trees[index] or rows.name(index) for index in indices]


def called(rows: RoleTable, indices: Iterable[int]) -> list[str]:
    """Rows as sentences call them, each once: ``tree 7``, or the row of a tree without a name."""
    trees = rows.text("tree")
    named = (f"tree {trees[index]}" if trees[index] else rows.name(index) for index in indices)
    return list(dict.fromkeys(named))
