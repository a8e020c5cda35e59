"""Numbers of the shortcut tests, each with an interval over groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.intervals import TOO_FEW
from arborisk.metrics.over_groups import (
    Support,
    effective_groups,
    over_groups,
    share_interval,
    spread_of,
    support_of,
    t_interval,
)
from arborisk.metrics.scores import number_groups
from arborisk.records import Interval

LEVEL = 0.95
Statistic = Callable[[NDArray[np.bool_]], float]
"""A number of the photos (or pairs) that are kept."""


def order_share(
    score: NDArray[np.float64], is_first: NDArray[np.bool_], groups: Sequence[str]
) -> Interval:
    """Share of pairs, a photo of each side, that a score puts in the right order; 0.5 is chance.

    It needs no threshold, so that a picture altered as a whole, which moves all scores alike, is
    not held against the model.

    Args:
        score: Shape (n,).
        is_first: Whether the photo is of the class that should score higher, shape (n,).
        groups: Group of each photo.

    Source: Mann and Whitney (1947), Annals of Mathematical Statistics 18(1), 50-60.
    """
    wins = score[is_first][:, None] - score[~is_first][None]
    right = (wins > 0) + 0.5 * (wins == 0)

    def share(kept: NDArray[np.bool_]) -> float:
        of_first, of_other = kept[is_first], kept[~is_first]
        return float(right[np.ix_(of_first, of_other)].mean())

    number = min(_effective(groups, is_first), _effective(groups, ~is_first))
    return _bounded(
        share, groups, lowest=0.0, n_if_certain=number, support=two_sides(is_first, groups)
    )


def correlation(
    first: NDArray[np.float64], second: NDArray[np.float64], groups: Sequence[str]
) -> Interval:
    """Rank correlation of two numbers of each photo, -1 to 1.

    Source: Spearman (1904), American Journal of Psychology 15(1), 72-101.
    """
    from scipy.stats import rankdata

    def rank_correlation(kept: NDArray[np.bool_]) -> float:
        one, other = rankdata(first[kept]), rankdata(second[kept])
        if np.ptp(one) == 0 or np.ptp(other) == 0:
            return 0.0
        return float(np.corrcoef(one, other)[0, 1])

    return _bounded(
        rank_correlation,
        groups,
        lowest=-1.0,
        n_if_certain=_effective(groups),
        support=support_of(_photos(groups)),
    )


def share(flags: NDArray[np.bool_], groups: Sequence[str]) -> Interval:
    """Share of photos of which something is true."""
    value, support = float(flags.mean()), support_of(_photos(groups))
    number = _effective(groups)
    if not support.enough:
        return Interval(value, None, None, LEVEL, TOO_FEW)
    low, high = share_interval(
        over_groups(lambda kept: float(flags[kept].mean()), groups),
        n_if_certain=number,
        n_most=float(len(flags)),
        level=support.level(LEVEL),
    )
    return Interval(value, low, high, LEVEL)


def of_pairs(statistic: Statistic, groups: Sequence[tuple[str, str]]) -> Interval:
    """A number of pairs of photos; leaving a group out leaves out every pair that touches it.

    A pair counts for two groups, so the interval is wider than it need be.

    Args:
        statistic: The number.
        groups: Groups of both photos of each pair.
    """
    sides = np.asarray(groups, dtype=np.str_)
    value = statistic(np.ones(len(sides), dtype=bool))
    names, count = np.unique(sides, return_counts=True)
    support = support_of(count.astype(np.float64))
    if not support.enough:
        return Interval(value, None, None, LEVEL, TOO_FEW)
    without = np.array([statistic(~(sides == name).any(axis=1)) for name in names])
    return t_interval(spread_of(value, without), LEVEL, drawn_at=support.level(LEVEL))


def difference(statistic: Statistic, groups: Sequence[str], *, support: Support) -> Interval:
    """A difference of two numbers of the same photos, with a t interval over groups.

    Args:
        statistic: The difference, of the photos that are kept.
        groups: Group of each photo.
        support: Groups that decide whether there is an interval.
    """
    if not support.enough:
        value = statistic(np.ones(len(groups), dtype=bool))
        return Interval(value, None, None, LEVEL, TOO_FEW)
    return t_interval(over_groups(statistic, groups), LEVEL, drawn_at=support.level(LEVEL))


def _bounded(
    statistic: Statistic,
    groups: Sequence[str],
    *,
    lowest: float,
    n_if_certain: float,
    support: Support,
) -> Interval:
    """A number between `lowest` and 1."""
    value = statistic(np.ones(len(groups), dtype=bool))
    if not support.enough:
        return Interval(value, None, None, LEVEL, TOO_FEW)
    low, high = share_interval(
        over_groups(statistic, groups),
        lowest=lowest,
        n_if_certain=n_if_certain,
        level=support.level(LEVEL),
    )
    return Interval(value, low, high, LEVEL)


def _photos(groups: Sequence[str], kept: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Photos of each group, of those kept, shape (n_groups,)."""
    number = number_groups(groups)
    weights = np.ones(len(number)) if kept is None else kept.astype(np.float64)
    return np.bincount(number, weights).astype(np.float64)


def _effective(groups: Sequence[str], kept: NDArray[np.bool_] | None = None) -> float:
    """Effective groups of the photos kept."""
    return effective_groups(_photos(groups, kept))


def two_sides(is_first: NDArray[np.bool_], groups: Sequence[str]) -> Support:
    """What an interval rests on that needs both sides: the one that has fewer groups."""
    return support_of(np.column_stack([_photos(groups, is_first), _photos(groups, ~is_first)]))


N_FOLDS = 5


def predict_class(
    numbers: NDArray[np.float64], is_first: NDArray[np.bool_], groups: Sequence[str], *, seed: int
) -> NDArray[np.float64]:
    """Log-odds of a class from a few numbers, by logistic regression out of fold, shape (n,).

    Log-odds of each fold are less their mean, so that folds compare.

    Args:
        numbers: Shape (n, n_numbers).
        is_first: Whether the photo is of the class, shape (n,).
        groups: Group of each photo: kept whole.
        seed: Deals the groups to folds.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    found = np.zeros(len(numbers))
    for train, test in _folds(is_first, groups, seed):
        if len(np.unique(is_first[train])) < 2 or not len(test):
            continue
        model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
        found[test] = model.fit(numbers[train], is_first[train]).decision_function(numbers[test])
    return found


def predict_number(
    numbers: NDArray[np.float64], target: NDArray[np.float64], groups: Sequence[str], *, seed: int
) -> float:
    """Share of the variance of a target that a few numbers explain; below 0 where they mislead.

    By ridge regression, out of fold.
    """
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    found = np.full(len(numbers), target.mean())
    for train, test in _folds(target > np.median(target), groups, seed):
        model = make_pipeline(StandardScaler(), RidgeCV(alphas=(0.1, 1.0, 10.0, 100.0)))
        found[test] = model.fit(numbers[train], target[train]).predict(numbers[test])
    spread = float(((target - target.mean()) ** 2).sum())
    return 1.0 - float(((target - found) ** 2).sum()) / spread if spread > 0 else 0.0


def predict_by_threshold(
    number: NDArray[np.float64], is_first: NDArray[np.bool_], groups: Sequence[str], *, seed: int
) -> NDArray[np.bool_]:
    """Answers of the rule "of the class where the number is above t", t fitted out of fold.

    t is the middle between two values that gives the largest balanced accuracy on the others; the
    rule may also point the other way.

    Args:
        number: One number of each photo, shape (n,).
        is_first: Whether the photo is of the class, shape (n,).
        groups: Group of each photo: kept whole.
        seed: Deals the groups to folds.
    """
    found = np.zeros(len(number), dtype=bool)
    for train, test in _folds(is_first, groups, seed):
        values = np.unique(number[train])
        limits = np.concatenate([[values[0] - 1], (values[1:] + values[:-1]) / 2])
        above = number[train][None] > limits[:, None]
        hits = above[:, is_first[train]].mean(axis=1) - above[:, ~is_first[train]].mean(axis=1)
        best = int(np.argmax(np.abs(hits)))
        found[test] = (number[test] > limits[best]) == (hits[best] >= 0)
    return found


def _folds(
    side: NDArray[np.bool_], groups: Sequence[str], seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Training and test rows, groups whole, sides alike."""
    import warnings

    from sklearn.model_selection import StratifiedGroupKFold

    n_folds = min(N_FOLDS, len(set(groups)), int(side.sum()), int((~side).sum()))
    if n_folds < 2:
        return []
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # fewer groups of a side than folds
        return list(folds.split(np.zeros(len(side)), side, list(groups)))
