"""Trees of a list of options that somebody rated Imminent: first, and outside the budget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.tables.imminent import imminent_rows
from arborisk.tables.role_table import RoleTable


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


def urgent_work(table: RoleTable) -> tuple[UrgentWork, ...]:
    """Trees rated Imminent, each once, with the option that leaves least of the risk.

    Where nothing tells options apart, the dearest is named: it is the one to be ready for.
    """
    rows = imminent_rows(table)
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
