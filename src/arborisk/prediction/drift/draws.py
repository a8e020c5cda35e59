"""Groups of many photos beside groups of few: photos are drawn so that groups can change places.

The mean of six photos varies less than one photo, so that a training tree of six and a new tree of
one are not alike even where nothing has changed. As many photos of each group are therefore drawn
as the smallest has. One such draw wastes what the other photos know, and its answer hangs on the
lot: the answers of many draws are put together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.prediction.drift.arrangements import N_ARRANGEMENTS, Arrangements, Outcome

N_DRAWS: Final = 40
N_ARRANGEMENTS_EACH: Final = 499
MOST_BY_LOT: Final = 0.6
"""Of the variance that is taken off as the lot's. It is itself an estimate, and where the lot
decides nearly all, a little too much taken off would alarm by itself."""

Test = Callable[[Arrangements, NDArray[np.int64], NDArray[np.int64], np.random.Generator], Outcome]
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
    ) -> list[Outcome]:
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
        found: list[list[Outcome]] = []
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


def together(outcomes: list[Outcome], smallest_p: float) -> Outcome:
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
    return Outcome(
        statistic,
        max(smallest_p, float(ndtr(-score.mean() / left))),
        middle + (by_luck - middle) * left,
        middle,
        float(np.mean(apart)) if apart else None,
    )
