"""Failures counted by street, circuit and so on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.mechanics.wind import Floats
from arborisk.risk.storm.fragility import world_interval
from arborisk.risk.storm.worlds import WorldDraws


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """Failures of each group. Arrays have shape (n_groups,).

    Attributes:
        names: Groups.
        n_trees: Trees that were computed.
        expected: Expected failures.
        expected_low: Lower end of its 95 % interval over worlds: what is not known of all trees.
        expected_high: Upper end.
        low_error: Monte Carlo standard error of the lower end.
        high_error: Of the upper end.
        count_low: Lower end of the 95 % interval of the number that fails: luck included.
        count_high: Upper end.
        p_any: Chance that at least one fails.
    """

    names: tuple[str, ...]
    n_trees: NDArray[np.int64]
    expected: Floats
    expected_low: Floats
    expected_high: Floats
    low_error: Floats
    high_error: Floats
    count_low: Floats
    count_high: Floats
    p_any: Floats


@dataclass(frozen=True, slots=True)
class GroupYears:
    """Failures expected in a year of the site's weather. Arrays have shape (n_groups,).

    Attributes:
        names: Groups.
        n_trees: Trees that were computed.
        expected: Expected failures a year.
        expected_low: Lower end of its 95 % interval over worlds.
        expected_high: Upper end.
        low_error: Monte Carlo standard error of the lower end.
        high_error: Of the upper end.
    """

    names: tuple[str, ...]
    n_trees: NDArray[np.int64]
    expected: Floats
    expected_low: Floats
    expected_high: Floats
    low_error: Floats
    high_error: Floats


class YearTally:
    """Adds up chances of blocks of trees, world by world.

    Args:
        n_groups: Groups.
        draws: How many draws.
    """

    def __init__(self, n_groups: int, draws: WorldDraws) -> None:
        self._sums = np.zeros((n_groups, draws.n_worlds))
        self._noise = np.zeros(n_groups)
        self._n_inner = draws.n_inner

    def add(self, group: NDArray[np.int64], chances: Floats) -> None:
        """Adds trees.

        Args:
            group: Their groups, shape (n,).
            chances: Chances of failure in a year, shape (n, n_worlds, n_inner).
        """
        np.add.at(self._sums, group, chances.mean(axis=2))
        noise = chances.var(axis=2).mean(axis=1) / max(self._n_inner - 1, 1)
        np.add.at(self._noise, group, noise)

    def years(
        self, names: tuple[str, ...], group: NDArray[np.int64]
    ) -> tuple[GroupYears, GroupYears]:
        """Expected failures of each group, and of all trees together."""
        n_trees = np.bincount(group, minlength=len(names)).astype(np.int64)
        return (
            _years(names, n_trees, self._sums, self._noise),
            _years(
                ("all",),
                n_trees.sum(keepdims=True),
                self._sums.sum(axis=0, keepdims=True),
                self._noise.sum(keepdims=True),
            ),
        )


def _years(
    names: tuple[str, ...], n_trees: NDArray[np.int64], sums: Floats, noise: Floats
) -> GroupYears:
    expected = sums.mean(axis=1)
    found = world_interval(sums, noise)
    return GroupYears(
        names,
        n_trees,
        expected,
        np.clip(found.low, 0.0, expected),
        np.clip(found.high, expected, n_trees),
        found.low_error,
        found.high_error,
    )


class GroupTally:
    """Adds up failures of blocks of trees.

    Args:
        n_groups: Groups.
        draws: How many draws.
    """

    def __init__(self, n_groups: int, draws: WorldDraws) -> None:
        self._draws = draws
        self._counts = np.zeros((n_groups, draws.total), dtype=np.int32)
        self._noise = np.zeros(n_groups)

    def add(self, group: NDArray[np.int64], fails: NDArray[np.bool_]) -> None:
        """Adds trees.

        Args:
            group: Their groups, shape (n,).
            fails: Shape (n, n_worlds, n_inner).
        """
        order = np.argsort(group, kind="stable")
        present, starts = np.unique(group[order], return_index=True)
        flat = fails.reshape(len(group), -1)[order]
        self._counts[present] += np.add.reduceat(flat, starts, axis=0, dtype=np.int32)
        share = fails.mean(axis=2)
        noise = (share * (1.0 - share)).mean(axis=1) / max(self._draws.n_inner - 1, 1)
        np.add.at(self._noise, group, noise)

    def counts(
        self, names: tuple[str, ...], group: NDArray[np.int64]
    ) -> tuple[GroupCounts, GroupCounts]:
        """Counts of each group, and of all trees together."""
        n_trees = np.bincount(group, minlength=len(names)).astype(np.int64)
        each = _summary(names, n_trees, self._counts, self._noise, self._draws)
        total = _summary(
            ("all",),
            n_trees.sum(keepdims=True),
            self._counts.sum(axis=0, keepdims=True),
            self._noise.sum(keepdims=True),
            self._draws,
        )
        return each, total


def _summary(
    names: tuple[str, ...],
    n_trees: NDArray[np.int64],
    counts: NDArray[np.int32],
    noise: Floats,
    draws: WorldDraws,
) -> GroupCounts:
    means = counts.reshape(len(names), draws.n_worlds, draws.n_inner).mean(axis=2)
    found = world_interval(means, noise)
    # An interval of whole trees: the ends are counts that occur.
    count_low, count_high = np.quantile(counts, [0.025, 0.975], axis=1, method="inverted_cdf")
    expected = means.mean(axis=1)
    return GroupCounts(
        names,
        n_trees,
        expected,
        np.minimum(np.maximum(found.low, 0.0), expected),
        np.maximum(np.minimum(found.high, n_trees), expected),
        found.low_error,
        found.high_error,
        count_low.astype(np.float64),
        count_high.astype(np.float64),
        (counts > 0).mean(axis=1),
    )
