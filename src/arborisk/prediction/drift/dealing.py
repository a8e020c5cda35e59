"""Tests that deal whole groups anew: photos of one outing or tree are not independent.

If new photos are like those of training, which groups are called new is chance. A statistic that is
larger than nearly all that other choices of as many groups give is no chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

N_ARRANGEMENTS = 4999
_MOST_NUMBERS = 20_000_000
"""Of a table of arrangements by groups: the more groups, the fewer arrangements are drawn."""


@dataclass(frozen=True, slots=True)
class ComparisonOutcome:
    """Result of one test.

    Attributes:
        statistic: Of the groups as they are.
        p_value: Share of arrangements, this one among them, with a statistic as large.
        by_luck: Statistic that 19 in 20 arrangements stay below.
        middle: Statistic that half of them stay below.
        apart: Of two clouds: 0 where they are one, 1 where no two photos of them are alike, and
            those of each are all alike; None for means.
    """

    statistic: float
    p_value: float
    by_luck: float
    middle: float
    apart: float | None = None

    @property
    def times_luck(self) -> float:
        """The statistic over what luck gives at most in 19 of 20 cases; 0 where neither varies."""
        return self.statistic / self.by_luck if self.by_luck > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Arrangements:
    """Ways to call as many of all groups new, the true one first.

    Attributes:
        is_new: Shape (arrangements, groups), 1 for a group called new.
        smallest_p: Smallest p value that so many groups can give.
    """

    is_new: NDArray[np.float32]
    smallest_p: float

    @classmethod
    def of(
        cls, n_old: int, n_new: int, *, seed: int, n_drawn: int = N_ARRANGEMENTS
    ) -> Arrangements:
        """Arrangements drawn at random; the old groups come first, then the new ones.

        Args:
            n_old: Groups of training photos, at least 2.
            n_new: Groups of new photos, at least 1.
            seed: Of the draw.
            n_drawn: Arrangements wanted; of very many groups, fewer are drawn.
        """
        n_groups = n_old + n_new
        n_drawn = max(199, min(n_drawn, _MOST_NUMBERS // n_groups))
        is_new = np.zeros((n_drawn + 1, n_groups), dtype=np.float32)
        is_new[0, n_old:] = 1
        lot = np.random.default_rng(seed).random((n_drawn, n_groups))
        called = lot.argpartition(n_new - 1, axis=1)[:, :n_new]
        np.put_along_axis(is_new[1:], called, 1, axis=1)
        return cls(is_new, max(1 / math.comb(n_groups, n_new), 1 / (n_drawn + 1)))

    def means_differ(
        self, values: NDArray[np.float64], *, only_larger: bool = False
    ) -> ComparisonOutcome:
        """Tests the mean over groups.

        Args:
            values: Means of each group, shape (groups,) or (groups, columns).
            only_larger: Whether only larger new values count; for one column.

        The statistic is the difference of new and old means: its size, or its length for several
        columns.
        """
        table = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
        called = self.is_new.astype(np.float64)
        n_new = called[0].sum()
        new = called @ table
        difference = new / n_new - (table.sum(axis=0) - new) / (len(table) - n_new)
        if only_larger:
            return self._outcome(difference[:, 0])
        return self._outcome(np.sqrt((difference**2).sum(axis=1)))

    def clouds_differ(self, distance: NDArray[np.float64]) -> ComparisonOutcome:
        """Tests whether two clouds of groups are one: energy distance.

        Args:
            distance: Mean distance between the photos of two groups, shape (groups, groups); the
                diagonal is not looked at.

        Source: Szekely and Rizzo (2013), Journal of Statistical Planning and Inference 143,
        1249-1272; pairs within a group are left out, so that it is 0 on average without a shift.
        """
        table = distance.astype(np.float32)
        np.fill_diagonal(table, 0)
        n_new = float(self.is_new[0].sum())
        n_old = len(table) - n_new
        towards = self.is_new @ table
        within_new = (towards * self.is_new).sum(axis=1, dtype=np.float64)
        to_all = towards.sum(axis=1, dtype=np.float64)
        between = to_all - within_new
        within_old = table.sum(dtype=np.float64) - to_all - between
        # One group has no pair: its spread is taken to be that of the others.
        mean_old = within_old / (n_old * (n_old - 1)) if n_old > 1 else 0.0
        mean_new = within_new / (n_new * (n_new - 1)) if n_new > 1 else mean_old
        across = 2 * between / (n_new * n_old)
        found = self._outcome(across - mean_new - mean_old)
        apart = max(0.0, found.statistic / float(across[0])) if across[0] > 0 else 0.0
        return replace(found, apart=apart)

    def _outcome(self, statistic: NDArray[np.float64]) -> ComparisonOutcome:
        own = float(statistic[0])
        # Rounding must not make an arrangement that is as large a smaller one.
        as_large = statistic >= own - 1e-6 * max(abs(own), 1e-12)
        share = max(float(as_large.mean()), self.smallest_p)
        middle, high = np.quantile(statistic, [0.5, 0.95])
        return ComparisonOutcome(own, share, float(high), float(middle))


def group_means(values: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean of each group, shape (groups,) or (groups, columns), of values of photos.

    Args:
        values: Shape (n,) or (n, columns).
        group: Number of each photo's group, 0 and up without gaps, shape (n,).
    """
    table = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
    sums = np.zeros((int(group.max()) + 1, table.shape[1]))
    np.add.at(sums, group, table)
    means = sums / np.bincount(group)[:, None]
    return means if np.ndim(values) > 1 else means[:, 0]


def group_distances(points: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean distance between the photos of two groups, shape (groups, groups).

    Args:
        points: Shape (n, r).
        group: As in `group_means`.
    """
    order = np.argsort(group, kind="stable")
    points, size = points[order], np.bincount(group)
    starts = np.cumsum(size) - size
    sums = np.zeros((len(points), len(size)))
    squares = (points**2).sum(axis=1)
    for start in range(0, len(points), 256):
        rows = slice(start, start + 256)
        product = points[rows] @ points.T
        distance = np.sqrt(np.maximum(squares[rows, None] + squares - 2 * product, 0))
        sums[rows] = np.add.reduceat(distance, starts, axis=1)
    return np.asarray(np.add.reduceat(sums, starts, axis=0) / np.outer(size, size))


N_DRAWS: Final = 40
N_ARRANGEMENTS_EACH: Final = 499
MOST_BY_LOT: Final = 0.6
"""Of the variance that is taken off as the lot's. It is itself an estimate, and where the lot
decides nearly all, a little too much taken off would alarm by itself."""

Test = Callable[
    [Arrangements, NDArray[np.int64], NDArray[np.int64], np.random.Generator], ComparisonOutcome
]
"""Of arrangements, rows drawn, the group of each row, and chance for whatever else is drawn."""


@dataclass(frozen=True, slots=True)
class Draws:
    """How photos are drawn from groups that are compared.

    Attributes:
        group: Number of each photo's group, 0 and up without gaps, the old groups first,
            shape (n,).
        n_old: Groups of training photos, at least 2.
        seed: Of all that is drawn.
    """

    group: NDArray[np.int64]
    n_old: int
    seed: int

    @property
    def smallest_p(self) -> float:
        """Smallest p value of one test that so many groups can give."""
        n_groups = int(self.group.max()) + 1
        return max(1 / math.comb(n_groups, self.n_old), 1 / (N_ARRANGEMENTS + 1))

    def outcomes(
        self, *tests: Test, more_is_drawn: bool = False, n_draws: int = N_DRAWS
    ) -> list[ComparisonOutcome]:
        """Results of tests, of many draws where photos are drawn at all.

        Args:
            tests: Each of one draw; all see the same draws.
            more_is_drawn: Whether they draw anything else, so that draws differ anyway.
            n_draws: Draws to put together.
        """
        size = np.bincount(self.group)
        if n_draws == 1 or (size.min() == size.max() and not more_is_drawn):
            n_draws, n_each = 1, N_ARRANGEMENTS
        else:
            n_each = N_ARRANGEMENTS_EACH
        found: list[list[ComparisonOutcome]] = []
        for number in range(n_draws):
            random = np.random.default_rng([self.seed, number])
            dealt = Arrangements.of(
                self.n_old,
                len(size) - self.n_old,
                seed=int(random.integers(2**31)),
                n_drawn=n_each,
            )
            rows = drawn_rows(self.group, random)
            found.append([test(dealt, rows, self.group[rows], random) for test in tests])
        return [together(list(one), self.smallest_p) for one in zip(*found, strict=True)]


def drawn_rows(group: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    """Rows of as many photos of each group as the smallest group has, drawn by lot, ascending.

    Args:
        group: Number of each photo's group, 0 and up without gaps, shape (n,).
        random: The lot.
    """
    lot = random.permutation(len(group))
    order = lot[np.argsort(group[lot], kind="stable")]
    size = np.bincount(group)
    rank = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
    return np.sort(order[rank < size.min()])


def together(outcomes: list[ComparisonOutcome], smallest_p: float) -> ComparisonOutcome:
    """What many draws from the same photos say as one.

    The p value of each draw is turned into a standard normal number. Their mean varies less than
    each of them, by the variance among the draws: it is divided by the root of what is left.

    Args:
        outcomes: Of each draw, one at least.
        smallest_p: Below which no p value may come out.

    Source: Follmann, Proschan and Leifer (2003), Biometrics 59, 420-429 (multiple outputation);
    Hoffman, Sen and Weinberg (2001), Biometrika 88, 1121-1134 (the variance).
    """
    if len(outcomes) == 1:
        return outcomes[0]
    from scipy.special import ndtr, ndtri

    half = 0.5 / (N_ARRANGEMENTS_EACH + 1)
    score = -ndtri(np.clip([one.p_value - half for one in outcomes], half, 1 - half))
    left = math.sqrt(1 - min(float(score.var(ddof=1)), MOST_BY_LOT))
    statistic, by_luck, middle = (
        float(np.mean([getattr(one, name) for one in outcomes]))
        for name in ("statistic", "by_luck", "middle")
    )
    apart = [one.apart for one in outcomes if one.apart is not None]
    return ComparisonOutcome(
        statistic,
        max(smallest_p, float(ndtr(-score.mean() / left))),
        middle + (by_luck - middle) * left,
        middle,
        float(np.mean(apart)) if apart else None,
    )
