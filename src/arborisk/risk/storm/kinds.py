"""Broadleaf or conifer, in the words of inventories."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, option
from arborisk.risk.storm.assumptions import KINDS
from arborisk.risk.storm.row_reasons import Reasons
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import fold, is_missing, words_about


def kinds_of(rows: RoleTable, kind: str | None, reasons: Reasons) -> NDArray[np.int64]:
    """Index into `KINDS` of each row.

    Args:
        rows: The inventory.
        kind: For rows that do not say; None to refuse these.
        reasons: Gets those that cannot be told.

    Raises:
        AssessmentError: Another kind than there are.
    """
    if kind is not None and kind not in KINDS:
        raise AssessmentError(" or ".join(KINDS), repr(kind), "--kind", "Choose one of these.")
    fallback = -1 if kind is None else KINDS.index(kind)
    known = {word: KINDS.index(one) for word, one in words_about("kind").items()}
    cells = rows.text("kind")
    found = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        found[row] = fallback if is_missing(cell) else known.get(fold(cell), -1)
        if found[row] < 0:
            reasons.refuse(
                row,
                "kind, broadleaf or conifer",
                repr(cell) if cell else "nothing",
                Remedy(
                    "Add the column, or say {} for all rows without it.", option("--kind", "storm")
                ),
            )
    return found
