"""Tests of two models by their answers on the same photos."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.intervals import TOO_FEW
from arborisk.metrics.over_groups import spread_of, support_of, t_interval, t_reach
from arborisk.metrics.scores import Sums, score_table
from arborisk.records import Interval


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """P values corrected so that the chance of even one false finding stays below the level.

    Args:
        p_values: P values of one family of comparisons; None where a test says nothing. Such a
            comparison stays None and does not count in the family.

    Returns:
        Corrected p values in the order given, at most 1.

    Source: Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(known):
        largest = max(largest, min(1.0, (len(known) - rank) * p))
        corrected[place] = largest
    return corrected


FOLD_ROUNDING = 1e-9
"""A spread below this share of the largest score is rounding: the scores are all equal."""


@dataclass(frozen=True, slots=True)
class FoldDifference:
    """Mean difference of paired folds, with its test and interval.

    Attributes:
        value: Mean difference, in the unit of the scores.
        low: Lower end of the interval, or None where the differences have no spread.
        high: Upper end, or None likewise.
        p: Two-sided p value: 1 where all differences are 0, None where they are all the same other
            value (no spread to judge it by), or where there is one pair only.
    """

    value: float
    low: float | None
    high: float | None
    p: float | None


def welch_p(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Two-sided p value of Welch's t-test, which allows unequal variances.

    It takes the scores for independent. Folds of one split are not: it is given because the paper
    that followed the deck prints it, beside `corrected_resampled_test`.

    Args:
        first: Scores of one setting, shape (n_first,), n_first >= 2.
        second: Scores of the other, shape (n_second,), n_second >= 2.

    Returns:
        The p value; 1 where neither varies and their means agree, None where neither varies and
        their means differ.

    Source: Welch (1947), Biometrika 34(1/2), 28-35. Same as ``scipy.stats.ttest_ind`` with
    ``equal_var=False``.
    """
    from scipy import special

    scale = _scale(first, second)
    gap = float(first.mean() - second.mean())
    parts = [_variance(one, scale) / len(one) for one in (first, second)]
    total = sum(parts)
    if total == 0:
        return 1.0 if abs(gap) <= FOLD_ROUNDING * scale else None
    freedom = total**2 / sum(
        part**2 / (len(one) - 1) for part, one in zip(parts, (first, second), strict=True)
    )
    return float(2 * special.stdtr(freedom, -abs(gap) / math.sqrt(total)))


def corrected_resampled_test(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    *,
    test_to_train: float,
    level: float = 0.95,
) -> FoldDifference:
    """Test and interval of ``second - first`` for folds that share training data.

    With d the J paired differences, t = mean(d) / sqrt((1 / J + n_test / n_train) var(d)) has
    J - 1 degrees of freedom. The ratio in it stands for the correlation that shared training photos
    give to the scores of two folds.

    Args:
        first: Scores of one setting in each fold (and repeat), shape (n_folds,).
        second: Scores of the other in the same folds, shape (n_folds,).
        test_to_train: Photos tested by photos trained on, n_test / n_train; 1 / (K - 1) for K
            folds.
        level: Coverage aimed at, in (0, 1).

    Source: Nadeau and Bengio (2003), Machine Learning 52(3), 239-281; for repeated folds as in
    Bouckaert and Frank (2004), PAKDD, LNCS 3056, 3-12.
    """
    from scipy import special

    difference = second - first
    value = float(difference.mean())
    n_folds, scale = len(difference), _scale(first, second)
    variance = _variance(difference, scale) if n_folds > 1 else 0.0
    if variance == 0:
        same = n_folds > 1 and abs(value) <= FOLD_ROUNDING * scale
        return FoldDifference(value, None, None, 1.0 if same else None)
    error = math.sqrt((1 / n_folds + test_to_train) * variance)
    reach = t_reach(error, n_folds - 1, level)
    p = float(2 * special.stdtr(n_folds - 1, -abs(value) / error))
    return FoldDifference(value, value - reach, value + reach, p)


def _scale(*scores: NDArray[np.float64]) -> float:
    """Largest score, by which rounding is told from spread."""
    return max(float(np.abs(values).max()) for values in scores)


def _variance(values: NDArray[np.float64], scale: float) -> float:
    """Variance with n - 1, and exactly 0 where only rounding varies."""
    spread = float(values.std(ddof=1))
    return 0.0 if spread <= FOLD_ROUNDING * scale else spread**2


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
        first: Sums of one model, shape (n_groups, ...); see `arborisk.metrics.scores`.
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
    `arborisk.metrics.over_groups.spread_of`: whole groups are left out, from both models at once.

    Args:
        pair: Sums of both models.
        level: Coverage aimed at, in (0, 1).

    Returns:
        By name of the score. The ends are None, and the note says why, where the rarest class (all
        photos, for accuracy) has too few groups by `arborisk.metrics.over_groups`, or where no
        group tells the models apart.
    """
    first, second = pair.first.total(), pair.second.total()
    whole = {name: (pair.scores(first)[name], pair.scores(second)[name]) for name in _names(pair)}
    less_first = pair.scores(first.minus(pair.first))
    less_second = pair.scores(second.minus(pair.second))
    true = pair.first.confusion.sum(axis=2)
    overall, rarest = support_of(true.sum(axis=1)), support_of(true)
    intervals = {}
    for name, (of_first, of_second) in whole.items():
        spread = spread_of(float(of_second - of_first), less_second[name] - less_first[name])
        support, drawn = (overall, level) if name == "accuracy" else (rarest, rarest.level(level))
        intervals[name] = (
            t_interval(spread, level, drawn_at=drawn)
            if support.enough
            else Interval(spread.value, None, None, level, TOO_FEW)
        )
    return intervals


def _names(pair: PairedSums) -> list[str]:
    """Names of all scores."""
    return list(pair.scores(pair.first.total()))
