"""What the assessor stated beside what follows from the assessor's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.portfolio_rating import RatedInventory, possible_words
from arborisk.scales import EventLikelihood, RiskRating, Scale


@dataclass(frozen=True, slots=True)
class Disagreements:
    """Stated ratings held against ours.

    Attributes:
        said: Index of a row to what differs: ``Risk_Rating says High, found Low``.
        n_compared: Rows with a stated rating or likelihood and one of ours.
        n_unread: Rows whose stated rating cannot be read.
        grave: Rows that have no rating of ours, and whose assessor states High or Extreme.
    """

    said: Mapping[int, str]
    n_compared: int
    n_unread: int
    grave: tuple[int, ...] = ()


def disagreements(rated: RatedInventory) -> Disagreements:
    """Compares rows whose assessor stated a rating, or a likelihood of failure and impact.

    A stated rating may be that of the row or of its tree: it differs where it is neither.
    """
    said: dict[int, list[str]] = {}
    compared: set[int] = set()
    unread: set[int] = set()
    grave: list[int] = []
    asked: tuple[tuple[str, type[Scale], tuple[NDArray[np.bool_], ...]], ...] = (
        ("risk_rating", RiskRating, (rated.rating, rated.tree_rating)),
        ("event", EventLikelihood, (rated.event,)),
    )
    for role, scale, ours in asked:
        if not rated.table.has(role):
            continue
        column = rated.table.words(role, scale)
        unread |= set(column.problems)
        for row, reading in enumerate(column.values):
            if reading is None or reading.missing:
                continue
            if (
                rated.failure[row]
                and scale is RiskRating
                and max(reading.levels) >= RiskRating.HIGH
            ):
                grave.append(row)
            if rated.tree[row] < 0:
                continue
            compared.add(row)
            if not any(can[row][list(reading.levels)].any() for can in ours):
                header = rated.table.header(role)
                found = possible_words(ours[-1][row], scale)
                said.setdefault(row, []).append(f"{header} says {reading.written}, found {found}")
    return Disagreements(
        {row: "; ".join(words) for row, words in sorted(said.items())},
        len(compared),
        len(unread),
        tuple(grave),
    )
