"""How many trees to send a person to, and how many of a class that would catch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    n_samples: int = 300,
    seed: int = 0,
) -> WorkloadCurve | None:
    """The curve of trees held back; None without any tree of the class.

    Equal scores are taken in the share that chance would take of them.

    Args:
        score: What speaks for the class, shape (n_trees,).
        is_of_class: Whether each tree is of the class, or of a likelier one.
        group: Group of each tree.
        n_samples: Redraws of groups for the band.
        seed: Of the redraws.
    """
    if not is_of_class.any():
        return None
    grid = np.linspace(0, 1, N_POINTS)
    everything = np.ones(len(score))
    _, number = np.unique(group, return_inverse=True)
    low = high = None
    if len(np.unique(number[is_of_class])) >= FEWEST_GROUPS:
        generator = np.random.default_rng(seed)
        n_groups = int(number.max()) + 1
        drawn = []
        for _ in range(n_samples):
            times = np.bincount(generator.integers(n_groups, size=n_groups), minlength=n_groups)
            weight = times[number].astype(np.float64)
            if weight[is_of_class].sum() > 0:
                drawn.append(_caught(score, is_of_class, weight, grid))
        tail = (1 - LEVEL) / 2
        low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    caught = _caught(score, is_of_class, everything, grid)
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
