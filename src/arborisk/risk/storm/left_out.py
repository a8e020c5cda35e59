"""Rows of an inventory that are in no count: kept, named, and written with their reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.risk.storm.domain import domain_words
from arborisk.risk.storm.row_reasons import Reasons
from arborisk.tables.beside import OutRows, beside
from arborisk.tables.role_table import RoleTable
from arborisk.wording.counts import counted
from arborisk.wording.lists import listed

MOST_NAMED = 12
"""Rows of one kind that are named; all stand in --out and --format json."""


class Status(StrEnum):
    """What became of a row."""

    COMPUTED = "computed"
    REFUSED = "refused"
    OUTSIDE = "outside the domain"
    HISTORY = "earlier inspection"


_WHAT = {
    Status.REFUSED: "could not be computed and are not in any count",
    Status.OUTSIDE: f"lie outside of what the mechanics are made for ({domain_words()}) and are "
    "not in any count: they can fail all the same",
    Status.HISTORY: "are earlier inspections of a tree; its latest counts",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is in no count.

    Attributes:
        place: Its position in the table.
        row: What it is called in the file.
        tree_id: Its name, or "".
        group: Its street, circuit and so on.
        reason: Expected, found, where, what to do.
        status: Whether it could not be computed, lies outside the domain, or is history.
    """

    place: int
    row: str
    tree_id: str
    group: str
    reason: str
    status: Status = Status.REFUSED

    def as_json(self) -> dict[str, str]:
        """What programs are told."""
        return {
            "row": self.row,
            "tree_id": self.tree_id,
            "status": self.status.value,
            "reason": self.reason,
        }


def parted(
    rows: RoleTable,
    reasons: Reasons,
    ids: Sequence[str],
    groups: Sequence[str],
    outside: Sequence[int] = (),
) -> tuple[NDArray[np.int64], tuple[Refused, ...]]:
    """Indices of the rows that can be computed, and the others.

    Args:
        rows: The inventory.
        reasons: Why rows cannot be used.
        ids: Name of the tree of each row.
        groups: Street, circuit and so on of each row.
        outside: Rows that lie outside the domain of the mechanics.

    Raises:
        AssessmentError: No row can be computed.
    """
    apart = dict.fromkeys(reasons.superseded(), Status.HISTORY)
    apart |= dict.fromkeys(outside, Status.OUTSIDE)
    refused = tuple(
        Refused(row, rows.name(row), ids[row], groups[row], why, apart.get(row, Status.REFUSED))
        for row, why in sorted(reasons.of.items())
    )
    good = np.array([row for row in range(len(rows)) if row not in reasons.of], dtype=np.int64)
    if not len(good):
        raise AssessmentError(
            "at least one tree that can be computed",
            f"none of {len(rows)}; the first: {refused[0].reason}",
            rows.table.source,
            "Complete the table.",
        )
    return good, refused


def all_rows(
    rows: RoleTable,
    columns: Sequence[str],
    prefix: str,
    computed: NDArray[np.int64],
    refused: Sequence[Refused],
    cells: Callable[[int], Mapping[str, Any]],
) -> OutRows:
    """The user's table with our columns beside it, rows that were left out with their reason.

    Args:
        rows: The inventory.
        columns: Ours, in order.
        prefix: Begins the names of the columns of status and reason: ``storm`` or ``strike``.
        computed: Index of the row of each tree that was computed.
        refused: The other rows.
        cells: Our other cells of a tree, by its number among those computed.
    """
    status, reason = f"{prefix}_status", f"{prefix}_reason"
    made: dict[int, dict[str, Any]] = {
        one.place: {status: one.status.value, reason: one.reason} for one in refused
    }
    for tree, row in enumerate(computed.tolist()):
        made[row] = {status: Status.COMPUTED.value, reason: "", **cells(tree)}
    return beside(rows, columns, [made[row] for row in range(len(rows))])


def refused_sentences(refused: Sequence[Refused], n_rows: int) -> list[str]:
    """Rows that are in no count, by what became of them."""
    lines = []
    for status, what in _WHAT.items():
        of_status = [one for one in refused if one.status is status]
        if of_status:
            named = listed([one.tree_id for one in of_status], most=MOST_NAMED)
            lines.append(
                f"{len(of_status):,} of {counted(n_rows, 'row')} {what}: {named}. The first: "
                f"{of_status[0].reason}"
            )
    return lines


def five_digits(value: float) -> float | None:
    """A number as it is written; None for what is not defined."""
    return float(f"{value:.5g}") if np.isfinite(value) else None
