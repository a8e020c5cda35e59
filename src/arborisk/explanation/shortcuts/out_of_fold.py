"""Small fits whose answers are given for groups that they did not learn from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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
