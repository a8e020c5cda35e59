"""How a model's score follows each measure over photos, with intervals over groups of photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.explanation.responses.additive import (
    AdditiveModel,
    Floats,
    RankCorrelation,
    fit_additive,
    fit_again,
    out_of_fold_r2,
    rank_correlation,
)
from arborisk.metrics.drawn import drawn_quantiles
from arborisk.metrics.paired_tests import holm
from arborisk.metrics.scores import number_groups
from arborisk.records import Interval
from arborisk.wording.counts import counted

N_RESAMPLES = 400
N_POINTS = 25
SHOWN = (0.05, 0.95)
"""Curves are drawn between these quantiles of a measure: beyond there are too few photos."""
RANGE = (0.1, 0.9)
"""The change of the score is taken between these quantiles."""
FEWEST_PHOTOS, FEWEST_GROUPS = 30, 10
"""Photos and groups in which a measure must be known."""


@dataclass(frozen=True, slots=True)
class MeasureEffect:
    """How the score follows one measure. Intervals are 95 % intervals over groups.

    Attributes:
        name: Of the measure.
        n_measured: Photos in which it is known.
        rank: Spearman's correlation with the score, nothing else allowed for.
        p_value: Of that correlation, or None where it cannot be told.
        corrected_p: The same, corrected for the number of measures (Holm).
        values: Values of the measure, shape (n_points,).
        curve: Partial dependence: score expected at each value, the other measures as they are.
        low: Lower ends of its interval, point by point.
        high: Upper ends.
        range: The tenth and the ninetieth percentile of the measure.
        change: Change of the curve from the one to the other.
    """

    name: str
    n_measured: int
    rank: Interval
    p_value: float | None
    corrected_p: float | None
    values: Floats
    curve: Floats
    low: Floats
    high: Floats
    range: tuple[float, float]
    change: Interval


@dataclass(frozen=True, slots=True)
class Dependence:
    """How a score follows several measures.

    Attributes:
        effects: By measure, in the order given.
        left_out: Names of measures known in too few photos or groups, or always the same.
        r2: Share of the score's variance that all curves together explain in groups left out.
        score_spread: Standard deviation of the score over the photos.
        n_photos: Photos.
        n_groups: Groups of photos that are not independent.
    """

    effects: tuple[MeasureEffect, ...]
    left_out: tuple[str, ...]
    r2: float
    score_spread: float
    n_photos: int
    n_groups: int


def dependence(
    score: Floats,
    measures: Floats,
    names: Sequence[str],
    groups: Sequence[str],
    *,
    seed: int,
    n_resamples: int = N_RESAMPLES,
) -> Dependence:
    """Partial dependence of a score on each measure, from an additive model of it.

    Measures that go together share what they explain; a curve says what the score does with one
    measure among photos like these, not what would happen if that measure were changed.

    Args:
        score: Score of each photo, best by a model that did not learn from it, shape (n_photos,).
        measures: Shape (n_photos, n_measures); NaN where not measurable.
        names: Of the measures.
        groups: Group of each photo (tree, site, outing): photos of one are not independent.
        seed: Of the resampled groups.
        n_resamples: How often groups are drawn again for the curves' intervals.

    Raises:
        SettingsError: Shapes do not fit, a score is not finite, or no measure can be used.
    """
    score, measures = np.asarray(score, np.float64), np.asarray(measures, np.float64)
    _check(score, measures, names, groups)
    number = number_groups(groups)
    usable = np.array([_usable(column, number) for column in measures.T])
    if not usable.any() or np.ptp(score) == 0:
        raise SettingsError(
            f"a score that varies and a measure known in {FEWEST_PHOTOS} photos of "
            f"{FEWEST_GROUPS} groups",
            f"{counted(len(score), 'photo')} of {counted(number.max() + 1, 'group')}, none of the "
            "measures usable"
            if not usable.any()
            else "one score for all photos",
            "dependence of a score on measures",
            "Give more photos, or other measures.",
        )
    kept = measures[:, usable]
    kept_names = [name for name, use in zip(names, usable, strict=True) if use]
    ranks = [rank_correlation(column, score, number) for column in kept.T]
    effects = _effects(score, kept, kept_names, number, ranks, seed, n_resamples)
    return Dependence(
        effects=effects,
        left_out=tuple(name for name, use in zip(names, usable, strict=True) if not use),
        r2=out_of_fold_r2(kept, score, number),
        score_spread=float(score.std()),
        n_photos=len(score),
        n_groups=int(number.max()) + 1,
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The model, then models of groups drawn again, r in all.

    Attributes:
        coefficients: Shape (r, n_columns).
        mean: Mean score expected over the photos as they are, shape (r,).
    """

    coefficients: Floats
    mean: Floats

    @classmethod
    def again(
        cls,
        model: AdditiveModel,
        measures: Floats,
        score: Floats,
        number: NDArray[np.int64],
        seed: int,
        n_resamples: int,
    ) -> _Drawn:
        rng = np.random.default_rng(seed)
        columns = model.design(measures)
        n_groups = int(number.max()) + 1
        coefficients, intercepts = [model.coefficients], [model.intercept]
        for _ in range(n_resamples):
            drawn = rng.multinomial(n_groups, np.full(n_groups, 1.0 / n_groups))
            one, intercept = fit_again(model, columns, score, drawn[number].astype(np.float64))
            coefficients.append(one)
            intercepts.append(intercept)
        stacked = np.stack(coefficients)
        return cls(stacked, stacked @ columns.mean(axis=0) + np.array(intercepts))


def _effects(
    score: Floats,
    measures: Floats,
    names: Sequence[str],
    number: NDArray[np.int64],
    ranks: Sequence[RankCorrelation],
    seed: int,
    n_resamples: int,
) -> tuple[MeasureEffect, ...]:
    """Curves of the fitted model, and of models of groups drawn again."""
    model = fit_additive(measures, score)
    drawn = _Drawn.again(model, measures, score, number, seed, n_resamples)
    effects = [
        _effect(name, place, measures, rank, model, drawn)
        for place, (name, rank) in enumerate(zip(names, ranks, strict=True))
    ]
    corrected = holm([effect.p_value for effect in effects])
    return tuple(
        replace(effect, corrected_p=p) for effect, p in zip(effects, corrected, strict=True)
    )


def _effect(
    name: str,
    place: int,
    measures: Floats,
    rank: RankCorrelation,
    model: AdditiveModel,
    drawn: _Drawn,
) -> MeasureEffect:
    """The curve of one measure; the first row of `drawn` is the model itself."""
    column = measures[:, place]
    known = column[np.isfinite(column)]
    ends = np.quantile(known, RANGE)
    first, last = (float(end) for end in np.quantile(known, SHOWN))
    values = np.linspace(first, last, N_POINTS)
    own, curve = model.own(place), model.curves[place]
    coefficients = drawn.coefficients[:, own]
    added = coefficients @ curve.columns(values).T
    usual = coefficients @ curve.columns(column).mean(axis=0)
    curves = added + (drawn.mean - usual)[:, None]
    changes = np.diff(coefficients @ curve.columns(ends).T, axis=1)[:, 0]
    low, high = np.quantile(curves[1:], (0.025, 0.975), axis=0)
    (fewest, most), errors = drawn_quantiles(changes[1:], (0.025, 0.975))
    return MeasureEffect(
        name=name,
        n_measured=len(known),
        rank=rank.interval,
        p_value=rank.p_value,
        corrected_p=None,
        values=values,
        curve=curves[0],
        low=low,
        high=high,
        range=(float(ends[0]), float(ends[1])),
        change=Interval(
            float(changes[0]),
            float(fewest),
            float(most),
            errors=(float(errors[0]), float(errors[1])),
        ),
    )


def _usable(column: Floats, number: NDArray[np.int64]) -> bool:
    """Whether a measure is known often enough, and not always the same."""
    known = np.isfinite(column)
    enough = known.sum() >= FEWEST_PHOTOS and len(np.unique(number[known])) >= FEWEST_GROUPS
    return bool(enough and np.ptp(column[known]) > 0)


def _check(score: Floats, measures: Floats, names: Sequence[str], groups: Sequence[str]) -> None:
    """Refuses what does not belong together."""
    fits = score.ndim == 1 and measures.shape == (len(score), len(names))
    if not fits or len(groups) != len(score) or not np.isfinite(score).all():
        raise SettingsError(
            "a finite score and a group for each photo, and a column for each name",
            f"scores {score.shape}, measures {measures.shape}, {len(names)} names, "
            f"{counted(len(groups), 'group')}",
            "dependence of a score on measures",
            "Give one row of measures for each photo.",
        )
