"""Delete-one-group jackknife: how far each score moves when one group is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.scores import score_table
from arborisk.metrics.sums import Sums

ROUNDING = 1e-10
"""Shifts this small, root mean square, are rounding of a score that cannot move."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A score and its uncertainty.

    Attributes:
        value: The score of all photos.
        shift: Influence of each group: (n_groups - 1) times what the score loses when the group
            is left out, centred; shape (n_groups,).
        variance: Jackknife variance of the score; 0 where no group moves it.
        freedom: Degrees of freedom of that variance, from 1 to n_groups - 1.
    """

    value: float
    shift: NDArray[np.float64]
    variance: float
    freedom: float


def jackknife(by_group: Sums, *, class_names: Sequence[str], ordered: bool) -> dict[str, Spread]:
    """Spread of every score.

    Args:
        by_group: Sums of each group, shape (n_groups, ...).
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something.

    Returns:
        One `Spread` a score; names as in `arborisk.metrics.scores.scores`.
    """
    total = by_group.total()
    value = score_table(total, class_names=class_names, ordered=ordered)
    without = score_table(total.minus(by_group), class_names=class_names, ordered=ordered)
    return {name: spread_of(float(value[name]), without[name]) for name in value}


def spread_of(value: float, without: NDArray[np.float64]) -> Spread:
    """Spread of one score from its values without each group, shape (n_groups,).

    Degrees of freedom: the variance is a sum of squared shifts, so its own variance follows from
    their fourth powers, and the chi-square of the same relative variance, 2 / freedom, is matched
    to it. Where few groups carry the uncertainty, as with a rare class, few degrees are left.

    Source: jackknife variance, Efron and Stein (1981), Annals of Statistics 9(3), 586-596; matching
    of moments, Satterthwaite (1946), Biometrics Bulletin 2(6), 110-114, here with the fourth moment
    of the data instead of that of a normal distribution.
    """
    n_groups = len(without)
    shift = (n_groups - 1) * (without.mean() - without)
    squares = float((shift**2).sum())
    if squares <= n_groups * ROUNDING**2:
        return Spread(value, np.zeros(n_groups), 0.0, 1.0)
    variance = squares / (n_groups * (n_groups - 1))
    excess = float((shift**4).sum()) - squares**2 / n_groups
    freedom = 2 * squares**2 / excess if excess > 0 else np.inf
    return Spread(value, shift, variance, min(max(freedom, 1.0), n_groups - 1.0))
