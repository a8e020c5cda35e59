"""Trees of a list of options that somebody rated Imminent: first, and outside the budget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.risk.urgent import says_imminent
from arborisk.tables.codes import code_of
from arborisk.tables.role_table import RoleTable
from arborisk.tables.text import fold

YES = frozenset({"true", "yes", "y", "1", "x", "ja", "oui", "si", "sim", "vrai", "wahr"})


@dataclass(frozen=True, slots=True)
class UrgentWork:
    """One tree that is rated Imminent.

    Attributes:
        tree: Its name, or the row where it has none.
        option: What the table proposes, or "".
        cost: Cost of it; None where none is stated.
        row: Row of the table.
    """

    tree: str
    option: str
    cost: float | None
    row: int


def imminent_rows(table: RoleTable) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows that call their failure Imminent: in a word, a range, a code or a mark of their own.

    Of what cannot be read, whether it names it.
    """
    mapped = {fold(word): label for word, label in table.choices.words.items()}
    column = table.columns.get("failure")
    known: dict[str, bool] = {}
    found = np.zeros(len(table), dtype=bool)
    for row, text in enumerate(table.text("failure")):
        if text not in known:
            meaning = code_of(text, column.codes) if column and column.codes else None
            known[text] = says_imminent(meaning or mapped.get(fold(text), text))
        found[row] = known[text]
    if table.has("imminent"):
        found |= [fold(cell) in YES for cell in table.text("imminent")]
    return found


def urgent_work(table: RoleTable) -> tuple[UrgentWork, ...]:
    """Trees rated Imminent, each once, with the option that leaves least of the risk.

    Where nothing tells options apart, the dearest is named: it is the one to be ready for.
    """
    rows = np.flatnonzero(imminent_rows(table)).tolist()
    if not rows:
        return ()
    trees = table.text("tree")
    names = dict.fromkeys(trees[row] or table.name(row) for row in rows)
    options, cost = table.text("option"), table.number("cost").value
    left = table.number("risk_after").value
    of_tree: dict[str, list[int]] = {name: [] for name in names}
    for row, tree in enumerate(trees):
        if (tree or table.name(row)) in of_tree:
            of_tree[tree or table.name(row)].append(row)
    found = []
    for name, theirs in of_tree.items():
        row = min(
            theirs, key=lambda one: (_or(float(left[one]), np.inf), -_or(float(cost[one]), 0.0))
        )
        stated = float(cost[row])
        found.append(UrgentWork(name, options[row], None if np.isnan(stated) else stated, row))
    return tuple(found)


def _or(value: float, otherwise: float) -> float:
    return otherwise if np.isnan(value) else value
