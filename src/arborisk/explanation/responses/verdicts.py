"""What a response says, by fixed thresholds: does the score follow physics?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.explanation.responses.records import FactorResponse, Interventions
from arborisk.metrics.over_groups import t_reach
from arborisk.records import Interval
from arborisk.wording.percent import percent

Floats = NDArray[np.float64]

STEP_BACK = 0.1
"""A curve still counts as monotone if no step back is larger than this share of its whole range:
single leaves fall elsewhere from level to level, which moves any score a little."""
TOO_FEW_TREES = "too few trees for an interval"


def mean_interval(values: Floats, *, level: float = 0.95, most: float = np.inf) -> Interval:
    """Mean over trees with Student's t interval.

    Args:
        values: One a tree, shape (n_trees,); NaN where a tree has none.
        level: Coverage, in (0, 1).
        most: Size that no value can exceed; the interval stays within it.
    """
    known = values[np.isfinite(values)]
    if len(known) < 2:
        value = float(known[0]) if len(known) else float("nan")
        return Interval(value, None, None, level, TOO_FEW_TREES)
    half = t_reach(float(known.std(ddof=1)) / math.sqrt(len(known)), len(known) - 1, level)
    mean = float(known.mean())
    return Interval(mean, max(mean - half, -most), min(mean + half, most), level)


def mean_curve(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean over trees at each level and its 95 % interval: mean, low, high, each (n_levels,).

    Args:
        values: Shape (n_trees, n_levels), at least two trees.
    """
    found = [mean_interval(column) for column in values.T]
    return (
        np.array([one.value for one in found]),
        np.array([one.value if one.low is None else one.low for one in found]),
        np.array([one.value if one.high is None else one.high for one in found]),
    )


def rank_agreement(danger: Floats, critical_gust_ms: Floats) -> Floats:
    """Spearman's correlation, tree by tree, of a score and of how early mechanics fails the tree.

    Args:
        danger: Score that is meant to rise with the likelihood of failure, (n_trees, n_levels).
        critical_gust_ms: Shape (n_trees, n_levels); the lower, the earlier the tree fails.

    Returns:
        Shape (n_trees,): 1 where both put all levels in the same order, -1 where in the opposite
        one, 0 where the score never changes, NaN where the gust never does.
    """
    from scipy import stats

    first = stats.rankdata(danger, axis=1)
    second = stats.rankdata(-critical_gust_ms, axis=1)
    first -= first.mean(axis=1, keepdims=True)
    second -= second.mean(axis=1, keepdims=True)
    size = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    flat = (second**2).sum(axis=1) == 0
    agreement: Floats = (first * second).sum(axis=1) / np.where(size > 0, size, 1.0)
    return np.where(flat, np.nan, np.clip(agreement, -1.0, 1.0))


def never_steps_back(danger: Floats, critical_gust_ms: Floats) -> NDArray[np.bool_]:
    """Whether a tree's score only rises as mechanics fails it earlier, but for `STEP_BACK`.

    Args:
        danger: As in `rank_agreement`.
        critical_gust_ms: As in `rank_agreement`.

    Returns:
        Shape (n_trees,).
    """
    order = np.argsort(-critical_gust_ms, axis=1, kind="stable")
    rising = np.take_along_axis(danger, order, axis=1)
    back = (np.maximum.accumulate(rising, axis=1) - rising).max(axis=1)
    found: NDArray[np.bool_] = (rising[:, -1] > rising[:, 0]) & (
        back <= STEP_BACK * np.ptp(rising, axis=1)
    )
    return found


def typical_difference(values: Floats) -> float:
    """Mean size of the difference between two levels of one tree, all pairs alike.

    Args:
        values: Shape (n_trees, n_levels), at least two levels.
    """
    pairs = np.abs(values[:, :, None] - values[:, None, :])
    n_levels = values.shape[1]
    return float(pairs.sum() / (len(values) * n_levels * (n_levels - 1)))


Verdict = Literal[
    "follows physics",
    "goes against physics",
    "ignores it",
    "unclear",
    "not in the picture",
    "moves",
    "does not move",
]

LEAST_RANK = 0.5
"""Mean rank correlation over trees from which a score counts as following, or going against."""
LEAST_CHANGE = 0.05
"""Change of the class's probability over the range of a factor below which it counts as ignored."""
WIDEST_IGNORED = 0.10
"""An ignored factor's interval must lie within this on either side; else nothing is clear."""
FLAT_GUST = 0.05
"""Change of the mean critical gust, as a share of it, below which mechanics asks for none."""

RULES = (
    f"Follows physics: the rank correlation with the critical gust is at least {LEAST_RANK:g} on "
    f"average over the trees and the class's probability changes by at least {LEAST_CHANGE:g} the "
    "way the gust asks, both with an interval above 0. Goes against physics: the mirror image. "
    f"Ignores it: the probability changes by less than {LEAST_CHANGE:g}, with an interval within "
    f"{WIDEST_IGNORED:g} on either side. Unclear: anything else. Where mechanics asks for no "
    f"change (the gust moves by less than {percent(FLAT_GUST, 'stated')}), or the classes are no "
    "likelihoods of failure, it only says whether the probability moves on average."
)


@dataclass(frozen=True, slots=True)
class FactorSummary:
    """A response in numbers. Intervals are 95 % intervals over the drawn trees.

    Attributes:
        response: What was measured.
        verdict: In words, by `RULES`.
        rank: Mean rank correlation within trees; None where mechanics is flat or the contrast has
            no direction.
        monotone_share: Share of trees that never step back, or None likewise.
        change: Change of the class's probability over the range: from the level at which the mean
            critical gust is highest to that at which it is lowest, counted positive where it goes
            the way mechanics asks; from the lowest to the highest level where there is no such way.
        score_change: The same of the score.
        index_change: The same of the expected class index, or None where classes have no order.
        typical_difference: Mean size of the difference of the probability between two levels.
        gust_ends_ms: Mean critical gust at the lowest and the highest level, m/s.
        is_flat: Whether mechanics asks for no change.
    """

    response: FactorResponse
    verdict: Verdict
    rank: Interval | None
    monotone_share: float | None
    change: Interval
    score_change: Interval
    index_change: Interval | None
    typical_difference: float
    gust_ends_ms: tuple[float, float]
    is_flat: bool


def summarise(found: Interventions) -> tuple[FactorSummary, ...]:
    """Every factor's response in numbers and a verdict."""
    return tuple(_summary(response, found) for response in found.responses)


def _summary(response: FactorResponse, found: Interventions) -> FactorSummary:
    gust = response.critical_gust_ms
    mean_gust = gust.mean(axis=0)
    flat = bool(np.ptp(mean_gust) < FLAT_GUST * mean_gust.max())
    directed = found.direction != 0 and not flat
    sign = found.direction if directed else 1
    ends = (int(mean_gust.argmax()), int(mean_gust.argmin())) if directed else (0, -1)
    of_class = response.probability[:, :, found.contrast.of]

    def change_of(values: Floats) -> Interval:
        return mean_interval(values[:, ends[1]] - values[:, ends[0]])

    change = change_of(sign * of_class)
    danger = found.direction * response.score
    rank = mean_interval(rank_agreement(danger, gust), most=1.0) if directed else None
    return FactorSummary(
        response=response,
        verdict="not in the picture" if response.same_picture else _verdict(change, rank),
        rank=rank,
        monotone_share=float(never_steps_back(danger, gust).mean()) if directed else None,
        change=change,
        score_change=change_of(sign * response.score),
        index_change=change_of(response.expected_index) if found.direction else None,
        typical_difference=typical_difference(of_class),
        gust_ends_ms=(float(mean_gust[0]), float(mean_gust[-1])),
        is_flat=flat,
    )


def _verdict(change: Interval, rank: Interval | None) -> Verdict:
    """The verdict of `RULES` for a factor that the picture shows."""
    low = change.value if change.low is None else change.low
    high = change.value if change.high is None else change.high
    if rank is None:
        moves = abs(change.value) >= LEAST_CHANGE and low * high > 0
        return "moves" if moves else "does not move"
    rank_low = rank.value if rank.low is None else rank.low
    rank_high = rank.value if rank.high is None else rank.high
    if rank.value >= LEAST_RANK and rank_low > 0 and change.value >= LEAST_CHANGE and low > 0:
        return "follows physics"
    if rank.value <= -LEAST_RANK and rank_high < 0 and change.value <= -LEAST_CHANGE and high < 0:
        return "goes against physics"
    if abs(change.value) < LEAST_CHANGE and low >= -WIDEST_IGNORED and high <= WIDEST_IGNORED:
        return "ignores it"
    return "unclear"
