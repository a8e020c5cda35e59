"""Which tree comes first: Imminent above all, then by rating; and why, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.portfolio_rating import RatedInventory, possible_words
from arborisk.scales import Consequence, FailureLikelihood, ImpactLikelihood, Scale
from arborisk.tables.imminent import headers_with_imminent
from arborisk.tables.table import is_no_rating
from arborisk.wording.lists import listed

IMMINENT_SCORE: Final = 4.0
"""Score of a tree that is rated Imminent: above every rating, whatever the matrices give."""
_DIGITS = 6
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The order of an inventory; arrays hold one entry a row of the table.

    Attributes:
        score: Of the row's tree, from 0 (Low for sure) over 1, 2 and 3 (Extreme for sure) to
            `IMMINENT_SCORE`: the chances of Moderate, High and Extreme or above added up, each in
            the middle between its lowest and highest. NaN for a row that does not count.
        rank: Rank of the row's tree; trees that nothing tells apart share one. 0 for a row that
            does not count.
        order: Rows in order: Imminent, ranked, without rating, history; shape (n_rows,).
        first: Rows of `order` that are each the first of a ranked or Imminent tree.
    """

    score: NDArray[np.float64]
    rank: NDArray[np.int64]
    order: NDArray[np.int64]
    first: NDArray[np.int64]


def rank_inventory(rated: RatedInventory) -> Ranking:
    """Ranks trees, and the rows of a tree by what each of them gives.

    Trees of one score follow by the highest rating that is possible, then by the highest
    likelihood of failure and impact, and then as the table has them.
    """
    n = len(rated.trees)
    counts = rated.tree >= 0
    score = np.round(rated.at_least.mean(axis=2).sum(axis=1), _DIGITS)
    score[rated.imminent] = IMMINENT_SCORE
    highest = np.where(counts, _highest(rated.tree_rating), -1)
    event = np.full(n, -1)
    number = _tree_numbers(rated)
    np.maximum.at(event, number, np.where(counts, _highest(rated.event), -1))
    event = event[number]
    ranked = counts | rated.imminent
    keys = np.stack([-score, -highest, -event], axis=1)
    _, level = np.unique(keys, axis=0, return_inverse=True)
    level = level.reshape(-1)
    rank = np.zeros(n, dtype=np.int64)
    first_row = np.full(n, n, dtype=np.int64)
    np.minimum.at(first_row, number[ranked], np.flatnonzero(ranked))
    trees = np.flatnonzero(first_row < n)
    of_tree = np.sort(level[first_row[trees]])
    rank[ranked] = 1 + np.searchsorted(of_tree, level[ranked])
    row_highest = np.where(counts, _highest(rated.rating), -1)
    history = np.zeros(n, dtype=bool)
    history[list(rated.inspections.history)] = True
    part = np.select([rated.imminent, counts, history], [0, 1, 3], 2)
    order = np.lexsort((np.arange(n), -row_highest, first_row[number], level, part))
    _, places = np.unique(number[order[ranked[order]]], return_index=True)
    first = order[ranked[order]][np.sort(places)]
    return Ranking(np.where(ranked, score, np.nan), rank, order, first)


def reasons(rated: RatedInventory, rows: Sequence[int]) -> list[str]:
    """Why rows are rated as they are: their inputs, and what they are about.

    For example ``Probable failure, High impact, Severe consequences: limb, crack, above path``.
    """
    about = [rated.table.text(role) for role in ("part", "condition_of_concern", "target")]
    number = np.zeros(len(rated.trees), dtype=np.int64)
    for one in rated.inputs.weights["possible"]:
        number = number * 16 + (one > 0) @ (1 << np.arange(4))
    said: dict[int, str] = {}
    found = []
    given = [rated.table.text(role) for _, role in _INPUTS]
    for row, key in zip(rows, number[list(rows)].tolist(), strict=True):
        inputs = key
        for place, shift in enumerate((8, 4, 0)):
            if key >> shift & 15 == 15 and not is_no_rating(given[place][row]):
                inputs += 1 << 12 + place  # the whole scale, and somebody said so
        if inputs not in said:
            said[inputs] = ", ".join(
                _input_words(inputs >> shift & 15, kind, name, stated=bool(inputs >> bit & 1))
                for shift, bit, (kind, name) in zip((8, 4, 0), (12, 13, 14), _INPUTS, strict=True)
            )
        part, condition, target = (cells[row] for cells in about)
        what = ", ".join(filter(None, (part, condition, target and f"above {target}")))
        reason = f"{said[inputs]}: {what}" if what else said[inputs]
        if rated.imminent[row] and (headers := headers_with_imminent(rated.table, row)):
            reason += f"; Imminent stands in {listed(list(map(repr, headers)))}"
        found.append(reason)
    return found


_INPUTS: Final[tuple[tuple[type[Scale], str], ...]] = (
    (FailureLikelihood, "failure"),
    (ImpactLikelihood, "impact"),
    (Consequence, "consequences"),
)


def _input_words(bits: int, kind: type[Scale], name: str, *, stated: bool) -> str:
    can = np.array([bits >> bit & 1 for bit in range(4)]) > 0
    if can.all() and not stated:
        return f"{name} not stated"
    return f"{possible_words(can, kind)} {name}"


def _highest(can: Flags) -> NDArray[np.int64]:
    """Highest possible level of each row, -1 where none is."""
    found = can.shape[1] - 1 - np.argmax(can[:, ::-1], axis=1)
    return np.where(can.any(axis=1), found, -1)


def _tree_numbers(rated: RatedInventory) -> NDArray[np.int64]:
    """A number for the tree of each row; a row without a tree is its own."""
    known: dict[str, int] = {}
    n = len(rated.trees)
    numbers = [known.setdefault(name, row) if name else row for row, name in enumerate(rated.trees)]
    return np.array(numbers, dtype=np.int64).reshape(n)
