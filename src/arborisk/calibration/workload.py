"""How many trees to send a person to, and how many of a class that would catch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.over_groups import (
    FEWEST_GROUPS,
    effective_groups,
    ratio_over_groups,
    share_interval,
    share_intervals,
    spreads_of,
)

LEVEL = 0.95
N_POINTS = 101


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
    group is left out in turn, and with it moves the score from which on a tree is referred. Where
    the curve bends, as a good ranking does once the share referred reaches the class's share, that
    share decides: so the band also reaches to the curves that either end of its interval gives. It
    holds point by point (benchmarks/promises_others.py), not for the whole curve at once.
    """
    if not is_of_class.any():
        return None
    grid = np.linspace(0, 1, N_POINTS)
    _, number = np.unique(group, return_inverse=True)
    everything = np.ones(len(score))
    ranked = _Ranked.of(score, is_of_class)
    caught = ranked.caught(everything, grid)
    low = high = None
    of_class = np.bincount(number[is_of_class], minlength=int(number.max()) + 1)
    if (of_class > 0).sum() >= FEWEST_GROUPS:
        without = np.stack(
            [ranked.caught((number != one) * 1.0, grid) for one in range(len(of_class))]
        )
        n_groups = effective_groups(of_class.astype(np.float64))
        low, high = share_intervals(
            spreads_of(caught, without.T),
            n_if_certain=n_groups,
            n_most=float(of_class.sum()),
            level=level,
        )
        for weight in _weights_of_share(of_class, np.bincount(number), level):
            moved = ranked.caught(np.where(is_of_class, weight, 1.0), grid)
            low, high = np.minimum(low, moved), np.maximum(high, moved)
        low[0] = high[0] = 0.0  # nobody is sent, nothing is caught; everybody, everything
        low[-1] = high[-1] = 1.0
    return WorkloadCurve(grid, caught, low, high, len(score), int(is_of_class.sum()))


def _weights_of_share(
    of_class: NDArray[np.int64], trees: NDArray[np.int64], level: float
) -> list[float]:
    """Weights on the trees of the class that give it the share of either end of its interval.

    Args:
        of_class: Trees of the class in each group, shape (n_groups,).
        trees: Trees in each group.
        level: Coverage aimed at.
    """
    rest, n_groups = trees - of_class, effective_groups(trees.astype(np.float64))
    if not rest.sum():
        return []
    ends = share_interval(
        ratio_over_groups(of_class, trees),
        n_if_certain=n_groups,
        n_most=float(trees.sum()),
        level=level,
    )
    odds = of_class.sum() / rest.sum()
    return [end / (1 - end) / odds for end in ends if 0 < end < 1]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Trees in order of score, ranked once.

    Attributes:
        place: Place of each tree among the different scores, the most worrying first.
        n_places: Different scores.
        is_of_class: Whether each tree is of the class.
    """

    place: NDArray[np.int64]
    n_places: int
    is_of_class: NDArray[np.bool_]

    @staticmethod
    def of(score: NDArray[np.float64], is_of_class: NDArray[np.bool_]) -> _Ranked:
        values, place = np.unique(-score, return_inverse=True)
        return _Ranked(place, len(values), is_of_class)

    def caught(self, weight: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share of the class caught at each share referred, of weighted trees."""
        all_trees = np.bincount(self.place, weight, self.n_places)
        of_class = np.bincount(self.place, weight * self.is_of_class, self.n_places)
        referred = np.concatenate([[0.0], np.cumsum(all_trees) / weight.sum()])
        caught = np.concatenate([[0.0], np.cumsum(of_class) / of_class.sum()])
        return np.asarray(np.interp(grid, referred, caught))
