"""What a response says, by fixed thresholds: does the score follow physics?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from arborisk.explanation.responses.curves import (
    mean_interval,
    never_steps_back,
    rank_agreement,
    typical_difference,
)
from arborisk.explanation.responses.records import FactorResponse, Floats, Interventions
from arborisk.records import Interval
from arborisk.wording.percent import percent

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
