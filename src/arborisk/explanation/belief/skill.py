"""Does the model know anything? The map of a model that guesses explains nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.belief.interval import NO_SPREAD, above, t_interval
from arborisk.metrics.jackknife import spread_of
from arborisk.metrics.sums import SMALLEST_PROBABILITY
from arborisk.records import Interval
from arborisk.wording.intervals import interval_text

CHANCE: Final = 0.5
"""Area under the ROC curve of a model that guesses."""
FEWEST_GROUPS: Final = 5
"""Groups with a photo of the class, and groups with one of the others, below which no interval is
given. All pairs of five and five come into the right order by luck in 1 of 252 tries."""
TOO_FEW = "too few groups of a class for an interval"


@dataclass(frozen=True, slots=True)
class Skill:
    """How well the score tells the classes of a contrast apart.

    Attributes:
        area: Share of pairs, one photo of the class asked about and one of those against it, of
            which the former scores higher (area under the ROC curve); 0.5 is guessing.
        n_photos: Photos of these classes.
        held_back: Whether the model had not learnt from these photos. On photos it has learnt
            from, only a figure at chance means anything.
        title: The contrast in words.
    """

    area: Interval
    n_photos: int
    held_back: bool
    title: str

    @property
    def passed(self) -> bool | None:
        """Whether it is shown to do better than guess; None where too few groups can show it."""
        if self.area.note == NO_SPREAD:
            return self.area.value > CHANCE
        return above(self.area, CHANCE) if self.area.low is not None else None

    @property
    def sentence(self) -> str:
        """In words."""
        known = "photos held back" if self.held_back else "photos it may have learnt from"
        how = {
            True: "does better than guess",
            False: "is not shown to do better than guess",
            None: "was judged on too few groups",
        }[self.passed]
        return (
            f"The model {how} for {self.title}: it puts {interval_text(self.area)} of pairs in the "
            f"right order, where guessing puts 0.50 ({self.n_photos} {known})."
        )


def skill_of(
    log_probability: NDArray[np.float64],
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    contrast: Contrast,
    titles: Sequence[str],
    *,
    held_back: bool,
    level: float = 0.95,
) -> Skill | None:
    """Area under the ROC curve of a contrast's score, with an interval over groups.

    Args:
        log_probability: Of each class, shape (n, n_classes).
        class_index: True class, shape (n,); -1 where unknown.
        groups: Group of each photo.
        contrast: What the maps explain.
        titles: Titles of the classes.
        held_back: Whether the model had not learnt from these photos.
        level: Coverage aimed at, in (0, 1).

    Returns:
        None where one side of the contrast has no photo.
    """
    score = log_probability @ contrast.weights(len(titles))
    of = class_index == contrast.of
    kept = of | np.isin(class_index, contrast.against)
    if not of.any() or of[kept].all():
        return None
    area = _area_interval(score[kept], of[kept], np.asarray(groups, dtype=str)[kept], level)
    return Skill(area, int(kept.sum()), held_back, contrast.title(titles))


def log_of(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithm of probabilities, finite where one is 0."""
    return np.log(np.maximum(probability, SMALLEST_PROBABILITY))


def area_under_roc(score: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Share of pairs in the right order, ties half.

    Args:
        score: Shape (n,).
        positive: Which photos should score higher, shape (n,); some, but not all.

    Source: Mann and Whitney (1947), Annals of Mathematical Statistics 18(1), 50-60.

    >>> area_under_roc(np.array([1.0, 2.0, 3.0]), np.array([False, True, True]))
    1.0
    """
    from scipy import stats

    n_of = int(positive.sum())
    ranks = stats.rankdata(score)[positive].sum() - n_of * (n_of + 1) / 2
    return float(ranks / (n_of * (len(score) - n_of)))


def _area_interval(
    score: NDArray[np.float64], of: NDArray[np.bool_], groups: NDArray[np.str_], level: float
) -> Interval:
    """The area with a t interval from leaving out one group at a time, within 0 and 1."""
    value = area_under_roc(score, of)
    names, group = np.unique(groups, return_inverse=True)
    if min(len(set(group[of])), len(set(group[~of]))) < FEWEST_GROUPS:
        return Interval(value, None, None, level, TOO_FEW)
    without = np.array(
        [area_under_roc(score[group != one], of[group != one]) for one in range(len(names))]
    )
    return t_interval(spread_of(value, without), level, (0.0, 1.0))
