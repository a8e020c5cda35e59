"""A split as a table that people read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.split.plan import Split


def describe(split: Split, class_index: NDArray[np.int64], class_names: Sequence[str]) -> str:
    """Photos of each class, photos in all and groups of each part, one line a part.

    Args:
        split: The split.
        class_index: Class of each row of the split, shape (n_rows,).
        class_names: Names of the classes in class order.
    """
    parts = np.array([row.part for row in split.rows])
    groups = np.array([row.group for row in split.rows])
    lines = [["part", *class_names, "photos", "groups"]]
    for part in dict.fromkeys(sorted(parts.tolist(), key=lambda name: (len(name), name))):
        own = parts == part
        counts = np.bincount(class_index[own], minlength=len(class_names))
        cells = [*counts, own.sum(), len(np.unique(groups[own]))]
        lines.append([part, *(str(cell) for cell in cells)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
