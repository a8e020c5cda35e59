"""What likelihood sets cost: how little they say, measured on photos held back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.fitting import inner_folds
from arborisk.calibration.sets import SetRule
from arborisk.calibration.table import CalibrationTable
from arborisk.wording.percent import counted_part


@dataclass(frozen=True, slots=True)
class SetPrice:
    """How little the sets say, over the photos held back.

    Attributes:
        mean_size: Classes in a set on average.
        whole: Share of sets that hold every class and so say nothing, in [0, 1].
        with_last: Share of sets that hold the last class, the likeliest of ordered ones, in [0, 1].
    """

    mean_size: float
    whole: float
    with_last: float

    @classmethod
    def of(cls, inside: NDArray[np.bool_] | None) -> SetPrice | None:
        """Price of sets, shape (n, k); None where there are none."""
        if inside is None:
            return None
        size = inside.sum(axis=1)
        whole = size == inside.shape[1]
        return cls(float(size.mean()), float(whole.mean()), float(inside[:, -1].mean()))

    def sentence(self, last: str) -> str:
        """In words; `last` is the title of the last class."""
        return (
            f"A set of the photos held back holds {self.mean_size:.2f} classes on average: every "
            f"class for {counted_part(self.whole)} of them, {last} for "
            f"{counted_part(self.with_last)}."
        )


def sets_held_back(
    table: CalibrationTable, *, coverage: float, ordered: bool
) -> NDArray[np.bool_] | None:
    """Class-conditional sets of the photos held back, each made without the photo's own fold.

    Args:
        table: What was said of photos held back.
        coverage: Share of sets that shall hold the true class, in (0, 1).
        ordered: Whether the order of the classes means something.

    Returns:
        Whether each class is in the set of each photo, shape (n, k); None with a single fold.
    """
    fold = inner_folds(table)
    if len(np.unique(fold)) < 2:
        return None
    inside = np.ones((len(fold), table.n_classes), dtype=np.bool_)
    for number in np.unique(fold):
        out = fold == number
        others = SetRule.of(
            table.rows(~out), coverage=coverage, ordered=ordered, kind="class_conditional"
        )
        said = np.repeat(table.probability[out][:, None], others.n_members, axis=1)
        inside[out] = others.sets(said)
    return inside
