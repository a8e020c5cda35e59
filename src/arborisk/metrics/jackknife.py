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

Floats = NDArray[np.float64]


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
    shift: Floats
    variance: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Spreads:
    """The same for many samples of as many groups at once.

    Attributes:
        value: Shape (n_samples,).
        shift: Shape (n_samples, n_groups).
        variance: Shape (n_samples,).
        freedom: Shape (n_samples,).
    """

    value: Floats
    shift: Floats
    variance: Floats
    freedom: Floats


def jackknife(by_group: Sums, *, class_names: Sequence[str], ordered: bool) -> dict[str, Spreads]:
    """Spread of every score, in every sample.

    Args:
        by_group: Sums of each group of each sample, shape (n_samples, n_groups, ...).
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something.

    Returns:
        One entry a score; names as in `arborisk.metrics.scores.scores`.
    """
    value = score_table(by_group.total(), class_names=class_names, ordered=ordered)
    without = score_table(by_group.without_each(), class_names=class_names, ordered=ordered)
    return {name: spreads_of(value[name], without[name]) for name in value}


def spreads_of(value: Floats, without: Floats) -> Spreads:
    """Spreads of one score from its values without each group.

    Degrees of freedom: the variance is a sum of squared shifts, so its own variance follows from
    their fourth powers, and the chi-square of the same relative variance, 2 / freedom, is matched
    to it. Where few groups carry the uncertainty, as with a rare class, few degrees are left.

    Args:
        value: Score of all photos of a sample, shape (n_samples,).
        without: Score without each group, shape (n_samples, n_groups).

    Source: jackknife variance, Efron and Stein (1981), Annals of Statistics 9(3), 586-596; matching
    of moments, Satterthwaite (1946), Biometrics Bulletin 2(6), 110-114, here with the fourth moment
    of the data instead of that of a normal distribution.
    """
    n_groups = without.shape[-1]
    shift = (n_groups - 1) * (without.mean(axis=-1, keepdims=True) - without)
    squares = (shift**2).sum(axis=-1)
    moves = squares > n_groups * ROUNDING**2
    shift = np.where(moves[..., None], shift, 0.0)
    squares = np.where(moves, squares, 0.0)
    excess = (shift**4).sum(axis=-1) - squares**2 / n_groups
    freedom = np.divide(
        2 * squares**2, excess, out=np.full(squares.shape, np.inf), where=excess > 0
    )
    freedom = np.where(moves, np.clip(freedom, 1.0, max(n_groups - 1.0, 1.0)), 1.0)
    return Spreads(value, shift, squares / max(n_groups * (n_groups - 1), 1), freedom)


def spread_of(value: float, without: Floats) -> Spread:
    """`spreads_of` for one sample: the score, and its values without each group, (n_groups,)."""
    one = spreads_of(np.array([value], dtype=np.float64), without[None])
    return Spread(value, one.shift[0], float(one.variance[0]), float(one.freedom[0]))
