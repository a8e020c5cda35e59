"""Tests of two models by their answers on the same photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.enough import support_of
from arborisk.metrics.intervals import NO_SPREAD, TOO_FEW
from arborisk.metrics.jackknife import spread_of
from arborisk.metrics.scores import score_table
from arborisk.metrics.sums import Sums
from arborisk.records import Interval

MOST_EXACT_GROUPS = 12
"""Up to so many groups that tell the models apart, all 2^12 patterns of swaps are gone through."""
N_RANDOM_PATTERNS = 10_000
"""Patterns drawn otherwise; the smallest p value is then about 0.0001."""
ROUNDING = 1e-10
"""Differences this close to the observed one count as just as large."""
_AT_ONCE = 1_000  # patterns scored together, so that memory stays small


def mcnemar_p(only_first_right: int, only_second_right: int) -> float:
    """Exact two-sided p value of McNemar's test.

    It asks whether photos that just one of two models tells right fall to either model by the toss
    of a coin. It takes photos for independent; photos of one tree are not, so it is too sure of
    itself where trees have several: `sign_flip_p` is the test to go by.

    Args:
        only_first_right: Photos that only the first model tells right.
        only_second_right: Photos that only the second tells right.

    Source: McNemar (1947), Psychometrika 12(2), 153-157; exact binomial form.

    >>> mcnemar_p(1, 8)
    0.0390625
    """
    from scipy import special

    n = only_first_right + only_second_right
    fewer = min(only_first_right, only_second_right)
    return min(1.0, float(2 * special.bdtr(fewer, n, 0.5))) if n else 1.0


@dataclass(frozen=True, slots=True)
class PairedSums:
    """Sums of two models over the same photos, by group.

    Attributes:
        first: Sums of one model, shape (n_groups, ...); see `arborisk.metrics.sums`.
        second: Sums of the other over the same photos of the same groups.
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something.
    """

    first: Sums
    second: Sums
    class_names: Sequence[str]
    ordered: bool

    def scores(self, sums: Sums) -> dict[str, NDArray[np.float64]]:
        """All scores of sums, by name."""
        return score_table(sums, class_names=self.class_names, ordered=self.ordered)


def sign_flip_p(pair: PairedSums, *, seed: int = 0) -> dict[str, float]:
    """P value of the difference in each score, by swapping the models' answers group by group.

    If the models were alike, it would not matter which of them gave which of the two sets of
    answers to a tree. So each tree's two sets are swapped or not, in every pattern of swaps, the
    scores of all photos are computed anew, and p is the share of patterns whose difference is at
    least as large as the observed one. Photos of a tree move together: they are not taken for
    independent.

    Args:
        pair: Sums of both models.
        seed: For the patterns drawn where there are more than 2^12; same seed, same p values.

    Returns:
        Two-sided p values by name of the score: exact with up to `MOST_EXACT_GROUPS` groups on
        which the models differ, else from `N_RANDOM_PATTERNS` patterns, the observed one counted.

    Source: sign-flip (paired permutation) test, Good (2005), Permutation, Parametric and Bootstrap
    Tests of Hypotheses, 3.2; the observed pattern counts as one more, so that p is never 0: Phipson
    and Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9(1), 39.
    """
    excess = pair.second.minus(pair.first)
    differs = _flat(excess).any(axis=1)
    n_groups = int(differs.sum())
    rows = _flat(excess)[differs]
    observed = _differences(pair, rows, np.zeros((1, n_groups)))
    exact = n_groups <= MOST_EXACT_GROUPS
    if exact:
        patterns = (np.arange(2**n_groups)[:, None] >> np.arange(n_groups)) & 1
    else:
        generator = np.random.default_rng(seed)
        patterns = generator.integers(0, 2, (N_RANDOM_PATTERNS, n_groups), dtype=np.int8)
    as_large = dict.fromkeys(observed, 0)
    for start in range(0, len(patterns), _AT_ONCE):
        swapped = patterns[start : start + _AT_ONCE].astype(np.float64)
        for name, values in _differences(pair, rows, swapped).items():
            far = np.abs(values) >= abs(float(observed[name][0])) - ROUNDING
            as_large[name] += int(far.sum())
    more = 0 if exact else 1
    return {name: (count + more) / (len(patterns) + more) for name, count in as_large.items()}


def _flat(sums: Sums) -> NDArray[np.float64]:
    """Sums as one row a group: confusion matrix, log-loss, Brier score."""
    confusion = sums.confusion.reshape(len(sums.confusion), -1)
    return np.column_stack([confusion, sums.log_loss, sums.brier])


def _differences(
    pair: PairedSums, rows: NDArray[np.float64], swapped: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Scores of the second model minus those of the first, for patterns of swaps.

    Args:
        pair: Sums of both models.
        rows: What the second model's sums exceed the first's by, in the groups where they differ,
            shape (n_groups, k * k + 2).
        swapped: 1 where the models' answers change places, shape (n_patterns, n_groups).
    """
    moved, n_classes = swapped @ rows, len(pair.class_names)
    of_first = pair.scores(pair.first.total().minus(_as_sums(-moved, n_classes)))
    of_second = pair.scores(pair.second.total().minus(_as_sums(moved, n_classes)))
    return {name: of_second[name] - of_first[name] for name in of_first}


def _as_sums(rows: NDArray[np.float64], n_classes: int) -> Sums:
    """Rows of `_flat` as sums."""
    return Sums(rows[:, :-2].reshape(-1, n_classes, n_classes), rows[:, -2], rows[:, -1])


def paired_differences(pair: PairedSums, *, level: float = 0.95) -> dict[str, Interval]:
    """Scores of the second model minus those of the first, each with an interval over groups.

    The interval is that of the delete-one-group jackknife with the degrees of freedom of
    `arborisk.metrics.jackknife.spread_of`: whole groups are left out, from both models at once.

    Args:
        pair: Sums of both models.
        level: Coverage aimed at, in (0, 1).

    Returns:
        By name of the score. The ends are None, and the note says why, where the rarest class (all
        photos, for accuracy) has too few groups by `arborisk.metrics.enough`, or where no group
        tells the models apart.
    """
    from scipy import special

    first, second = pair.first.total(), pair.second.total()
    whole = {name: (pair.scores(first)[name], pair.scores(second)[name]) for name in _names(pair)}
    less_first = pair.scores(first.minus(pair.first))
    less_second = pair.scores(second.minus(pair.second))
    true = pair.first.confusion.sum(axis=2)
    overall, rarest = support_of(true.sum(axis=1)), support_of(true)
    found = {}
    for name, (of_first, of_second) in whole.items():
        spread = spread_of(float(of_second - of_first), less_second[name] - less_first[name])
        support, drawn = (overall, level) if name == "accuracy" else (rarest, rarest.level(level))
        if not support.enough or spread.variance == 0:
            note = NO_SPREAD if support.enough else TOO_FEW
            found[name] = Interval(spread.value, None, None, level, note)
            continue
        reach = float(special.stdtrit(spread.freedom, (1 + drawn) / 2)) * spread.variance**0.5
        found[name] = Interval(spread.value, spread.value - reach, spread.value + reach, level)
    return found


def _names(pair: PairedSums) -> list[str]:
    """Names of all scores."""
    return list(pair.scores(pair.first.total()))
