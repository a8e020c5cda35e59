"""Living or dead, in the words of inventories: dead and brittle trees throw parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, option
from arborisk.risk.storm.row_reasons import Reasons
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import fold, is_missing, words_about

CONDITIONS = ("living", "dead")
_SHOWN = ("living", "good", "fair", "poor", "dead", "brittle")


def brittle_trees(rows: RoleTable, fallback: str | None, reasons: Reasons) -> NDArray[np.bool_]:
    """Whether each tree is dead or brittle.

    Args:
        rows: The inventory.
        fallback: ``living`` or ``dead`` for rows that do not say; None to refuse these.
        reasons: Gets those that cannot be told.

    Raises:
        AssessmentError: Another fallback.
    """
    if fallback is not None and fallback not in CONDITIONS:
        raise AssessmentError(
            " or ".join(CONDITIONS), repr(fallback), "--condition", "Choose one of these."
        )
    found = np.zeros(len(rows), dtype=np.bool_)
    for row, cell in enumerate(rows.text("condition")):
        word = (fallback or "") if is_missing(cell) else fold(cell)
        meaning = words_about("condition").get(word)
        found[row] = meaning == "brittle"
        if meaning is None:
            reasons.refuse(
                row,
                f"a condition: {', '.join(_SHOWN)}",
                repr(cell) if cell else "nothing",
                Remedy(
                    "Add it (dead and brittle trees reach further), or say {}.",
                    option("--condition", "strike"),
                ),
            )
    return found
