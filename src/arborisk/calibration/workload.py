"""How many trees to send a person to, and how many of a class that would catch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.jackknife import spread_of
from arborisk.metrics.proportions import effective_groups, share_interval

LEVEL = 0.95
N_POINTS = 101
FEWEST_GROUPS = 15
"""Groups with such trees below which no band is given; as for intervals."""


@dataclass(frozen=True, slots=True)
class WorkloadCurve:
    """Share caught against share referred, the most worrying trees first.

    Attributes:
        referred: Share of all trees, from 0 to 1, shape (101,).
        caught: Share of the trees of the class among those, shape (101,).
        low: Lower end of a 95 % band over groups, shape (101,), or None with too few groups.
        high: Upper end likewise.
        n_trees: Trees behind it.
        n_of_class: Of these, trees of the class.
    """

    referred: NDArray[np.float64]
    caught: NDArray[np.float64]
    low: NDArray[np.float64] | None
    high: NDArray[np.float64] | None
    n_trees: int
    n_of_class: int

    def caught_at(self, share: float) -> float:
        """Share caught when this share is referred."""
        return float(np.interp(share, self.referred, self.caught))


def workload_curve(
    score: NDArray[np.float64],
    is_of_class: NDArray[np.bool_],
    group: NDArray[np.int64],
    *,
    level: float = LEVEL,
) -> WorkloadCurve | None:
    """The curve of trees held back; None without any tree of the class.

    Equal scores are taken in the share that chance would take of them.

    Args:
        score: What speaks for the class, shape (n_trees,).
        is_of_class: Whether each tree is of the class, or of a likelier one.
        group: Group of each tree.
        level: Coverage aimed at by the band at each share referred, in (0, 1).

    The band is that of a share over groups, as for scores (docs/decisions/0003-intervals.md): each
    group is left out in turn, and with it moves the score from which on a tree is referred.
    """
    if not is_of_class.any():
        return None
    grid = np.linspace(0, 1, N_POINTS)
    everything = np.ones(len(score))
    _, number = np.unique(group, return_inverse=True)
    caught = _caught(score, is_of_class, everything, grid)
    low = high = None
    of_class = np.bincount(number[is_of_class], minlength=int(number.max()) + 1)
    if (of_class > 0).sum() >= FEWEST_GROUPS:
        without = np.stack(
            [
                _caught(score, is_of_class, (number != one) * 1.0, grid)
                for one in range(len(of_class))
            ]
        )
        n_groups = effective_groups(of_class.astype(np.float64))
        ends = [
            share_interval(
                spread_of(float(value), column),
                n_if_certain=n_groups,
                n_fewest=1.0,
                n_most=float(of_class.sum()),
                level=level,
            )
            for value, column in zip(caught, without.T, strict=True)
        ]
        low, high = np.array(ends).T
        low[0] = high[0] = 0.0  # nobody is sent, nothing is caught; everybody, everything
        low[-1] = high[-1] = 1.0
    return WorkloadCurve(grid, caught, low, high, len(score), int(is_of_class.sum()))


def _caught(
    score: NDArray[np.float64],
    is_of_class: NDArray[np.bool_],
    weight: NDArray[np.float64],
    grid: NDArray[np.float64],
) -> NDArray[np.float64]:
    values, place = np.unique(-score, return_inverse=True)
    all_trees = np.bincount(place, weight, len(values))
    of_class = np.bincount(place, weight * is_of_class, len(values))
    referred = np.concatenate([[0.0], np.cumsum(all_trees) / weight.sum()])
    caught = np.concatenate([[0.0], np.cumsum(of_class) / of_class.sum()])
    return np.asarray(np.interp(grid, referred, caught))
