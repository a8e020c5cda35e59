"""A small additive model of a score: one smooth curve a measure, added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.over_groups import NO_SPREAD, over_groups, t_reach
from arborisk.records import Interval

Floats = NDArray[np.float64]

QUANTILES = (0.02, 0.25, 0.5, 0.75, 0.98)
"""Knots of a curve, as shares of the photos below them; beyond the outer ones it is flat."""
PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0)
"""Ridge penalties tried by leaving out one photo at a time."""
N_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Curve:
    """How one measure becomes columns.

    Attributes:
        splines: A fitted `sklearn.preprocessing.SplineTransformer`.
        middle: Mean of its columns over the photos measured, (n_columns,).
    """

    splines: Any
    middle: Floats

    def columns(self, values: Floats) -> Floats:
        """Columns of values, shape (n, n_columns); 0, the mean, where a value is NaN."""
        known = np.isfinite(values)
        found = np.zeros((len(values), len(self.middle)))
        if known.any():
            found[known] = self.splines.transform(values[known, None]) - self.middle
        return found


@dataclass(frozen=True, slots=True)
class AdditiveModel:
    """A fitted model of m measures.

    Attributes:
        curves: By measure.
        missing: Whether a measure has a term of its own for photos where it is NaN, (m,).
        coefficients: Of all columns, (n_columns,).
        intercept: Added to all.
        penalty: Ridge penalty chosen.
    """

    curves: tuple[Curve, ...]
    missing: NDArray[np.bool_]
    coefficients: Floats
    intercept: float
    penalty: float

    def design(self, measures: Floats) -> Floats:
        """Columns of measures (n, m): of all curves, then where a measure with gaps is NaN."""
        return _design(self.curves, self.missing, measures)

    def own(self, place: int) -> slice:
        """Which columns belong to the curve of one measure."""
        start = sum(len(curve.middle) for curve in self.curves[:place])
        return slice(start, start + len(self.curves[place].middle))

    def predict(self, measures: Floats) -> Floats:
        """Score expected, shape (n,), of measures (n, m)."""
        return self.design(measures) @ self.coefficients + self.intercept


def fit_additive(measures: Floats, score: Floats) -> AdditiveModel:
    """Fits curves by ridge regression, the penalty chosen by leaving out one photo at a time.

    Args:
        measures: Shape (n, m); NaN where not measurable; every column with two values at least.
        score: Shape (n,).
    """
    from sklearn.linear_model import RidgeCV

    curves = tuple(_curve(column[np.isfinite(column)]) for column in measures.T)
    missing = np.asarray(np.isnan(measures).any(axis=0))
    ridge = RidgeCV(alphas=PENALTIES).fit(_design(curves, missing, measures), score)
    coefficients = np.asarray(ridge.coef_, dtype=np.float64)
    return AdditiveModel(
        curves, missing, coefficients, float(ridge.intercept_), float(ridge.alpha_)
    )


def fit_again(
    model: AdditiveModel, columns: Floats, score: Floats, weight: Floats
) -> tuple[Floats, float]:
    """Coefficients and intercept for photos that count more or less; curves and penalty stay.

    Args:
        model: The model.
        columns: Its design of the photos, shape (n, n_columns).
        score: Shape (n,).
        weight: How often each photo counts, shape (n,).
    """
    total = weight.sum()
    middle, mean = weight @ columns / total, float(weight @ score) / total
    centred = columns - middle
    gram = (centred * weight[:, None]).T @ centred + model.penalty * np.eye(len(middle))
    coefficients = np.linalg.solve(gram, (centred * weight[:, None]).T @ (score - mean))
    return coefficients, mean - float(middle @ coefficients)


def _design(curves: Sequence[Curve], missing: NDArray[np.bool_], measures: Floats) -> Floats:
    columns = [curve.columns(column) for curve, column in zip(curves, measures.T, strict=True)]
    return np.hstack([*columns, np.isnan(measures[:, missing]).astype(np.float64)])


def out_of_fold_r2(measures: Floats, score: Floats, groups: NDArray[np.int64]) -> float:
    """Share of the score's variance that the model explains of groups it was not fitted to.

    Below 0 it explains less than the mean does.

    Args:
        measures: Shape (n, m).
        score: Shape (n,).
        groups: Number of each photo's group, (n,); whole groups are held back.
    """
    from sklearn.model_selection import GroupKFold

    expected = np.zeros(len(score))
    folds = GroupKFold(min(N_FOLDS, len(np.unique(groups))))
    for train, test in folds.split(measures, score, groups):
        kept = _varied(measures[train])
        if not kept.any():
            expected[test] = score[train].mean()
            continue
        model = fit_additive(measures[train][:, kept], score[train])
        expected[test] = model.predict(measures[test][:, kept])
    return float(1.0 - ((score - expected) ** 2).sum() / ((score - score.mean()) ** 2).sum())


def _varied(measures: Floats) -> NDArray[np.bool_]:
    """Measures with two values at least, shape (m,)."""
    return np.array([len(np.unique(column[np.isfinite(column)])) > 1 for column in measures.T])


def _curve(known: Floats) -> Curve:
    """Quadratic splines with knots at quantiles; a straight line where few values differ."""
    from sklearn.preprocessing import SplineTransformer

    knots = np.unique(np.quantile(known, QUANTILES))
    if len(knots) < 2:  # nearly all photos share one value
        knots = np.array([known.min(), known.max()])
    splines = SplineTransformer(
        degree=2 if len(knots) > 2 else 1, knots=knots[:, None], extrapolation="constant"
    )
    columns = splines.fit_transform(known[:, None])
    return Curve(splines, columns.mean(axis=0))


ALL_BUT_ONE = 1.0 - 1e-9
"""Correlations are kept this far from 1, so that their Fisher transform is finite."""


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's correlation.

    Attributes:
        interval: With a 95 % interval over groups.
        p_value: Two-sided, of no correlation, or None where no group moves it.
    """

    interval: Interval
    p_value: float | None


def rank_correlation(
    values: Floats, score: Floats, number: NDArray[np.int64], *, level: float = 0.95
) -> RankCorrelation:
    """Correlation of the ranks where values are known; the unit is the group.

    The interval comes from leaving out one group at a time, on Fisher's scale.

    Args:
        values: Shape (n,); NaN where not known.
        score: Shape (n,).
        number: Number of each photo's group, (n,).
        level: Coverage, in (0, 1).
    """
    from scipy import stats

    known = np.isfinite(values)
    values, score, number = values[known], score[known], number[known]
    spread = over_groups(lambda kept: _fisher(values[kept], score[kept]), number)
    middle = float(np.tanh(spread.value))
    if spread.variance == 0.0:
        return RankCorrelation(Interval(middle, None, None, level, NO_SPREAD), None)
    deviation = np.sqrt(spread.variance)
    half = t_reach(deviation, spread.freedom, level)
    ends = np.tanh([spread.value - half, spread.value + half])
    p_value = 2.0 * float(stats.t.sf(abs(spread.value) / deviation, spread.freedom))
    return RankCorrelation(Interval(middle, float(ends[0]), float(ends[1]), level), p_value)


def _fisher(values: Floats, score: Floats) -> float:
    """Fisher's transform of Spearman's correlation; 0 where either is always the same."""
    from scipy import stats

    first, second = stats.rankdata(values), stats.rankdata(score)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    correlation = float(np.corrcoef(first, second)[0, 1])
    return float(np.arctanh(np.clip(correlation, -ALL_BUT_ONE, ALL_BUT_ONE)))
