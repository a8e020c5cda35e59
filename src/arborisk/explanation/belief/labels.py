"""Does the map hang on the labels? The same model is fitted again, to labels dealt at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.belief.maps import (
    CORRELATION,
    MapMaker,
    above,
    mean_interval,
    on_grid,
    rank_correlation,
)
from arborisk.explanation.belief.refit import Embedded, Skill, held_back_skill, refitted
from arborisk.explanation.opened import OpenedModel
from arborisk.records import Interval, Progress
from arborisk.wording.intervals import interval_text

N_TRIED: Final = 50
"""Deals of which one is taken, see `shuffled_labels`."""


def shuffled_labels(
    class_index: NDArray[np.int64], groups: Sequence[str], *, seed: int
) -> NDArray[np.int64]:
    """Labels dealt to other groups, shape (n,); each class as often as before.

    The labels of a group stay together: they are laid out group by group in a random order, and
    handed out to the photos group by group in another. Of `N_TRIED` deals the one is taken that
    has the least to do with the true labels: with few groups a deal can be the truth half over, or
    its opposite, by luck, and would teach it.

    Args:
        class_index: Class of each photo, shape (n,).
        groups: Group of each photo.
        seed: Of the deals.
    """
    _, group = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    rng = np.random.default_rng(seed)
    best, least = class_index, np.inf
    for _ in range(N_TRIED):
        given, taken = (_group_by_group(group, rng) for _ in range(2))
        dealt = np.empty_like(class_index)
        dealt[taken] = class_index[given]
        told = _told_by(class_index, dealt)
        if told < least:
            best, least = dealt, told
    return best


def _group_by_group(group: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows with groups whole, in a random order of groups and of photos within each."""
    place = rng.permutation(group.max() + 1)[group]
    return np.lexsort((rng.random(len(group)), place))


def _told_by(truth: NDArray[np.int64], dealt: NDArray[np.int64]) -> float:
    """How much one labelling tells of another: chi-square of their table; 0 is nothing."""
    table = np.zeros((int(truth.max()) + 1,) * 2)
    np.add.at(table, (truth, dealt), 1.0)
    expected = table.sum(axis=1)[:, None] * table.sum(axis=0) / table.sum()
    apart = np.divide((table - expected) ** 2, expected, out=0 * table, where=expected > 0)
    return float(apart.sum())


N_DEALS: Final = 4
"""Times the labels are dealt. Maps of one deal alone correlate anywhere between -0.6 and 0.7 with
the true ones on 300 drawn trees: a direction of chance is still one direction in all photos."""
MOST_OF_SHUFFLED: Final = 0.5
"""Largest rank correlation between the map and that of a model fitted to dealt labels; as for
redrawn weights, see `arborisk.explanation.belief.stability.MOST_LEFT`."""
LEAST_OF_TRUE: Final = 0.5
"""Least rank correlation with the map of a model fitted again to the true labels: the other side of
the same line."""


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """Maps of the model against those of the same model fitted to dealt labels.

    Attributes:
        shuffled: Rank correlation with the maps of models fitted to dealt labels, over photos.
        true: The same with a model fitted again to the true labels, or None where none was.
        gap: True less shuffled, or None.
        skill_true: Of the model fitted again to the true labels, on photos held back from it.
        skill_shuffled: Of those fitted to dealt labels: it should be at chance.
    """

    shuffled: Interval
    true: Interval | None = None
    gap: Interval | None = None
    skill_true: Skill | None = None
    skill_shuffled: Skill | None = None

    @property
    def passed(self) -> bool:
        """Whether the map is another one without the labels, and the same one with them."""
        if self.shuffled.value > MOST_OF_SHUFFLED or self.leaks:
            return False
        if self.true is None or self.gap is None:
            return True
        return self.true.value >= LEAST_OF_TRUE and above(self.gap)

    @property
    def leaks(self) -> bool:
        """Whether dealt labels are known on photos held back: the groups are not apart."""
        return self.skill_shuffled is not None and self.skill_shuffled.passed is True

    @property
    def sentence(self) -> str:
        """In words."""
        how = "hangs on the labels" if self.passed else "does not hang on the labels"
        text = (
            f"The map {how}: with maps of the same model fitted to labels dealt at random its rank "
            f"correlation is {interval_text(self.shuffled)} (at most {MOST_OF_SHUFFLED:g})"
        )
        if self.true is not None:
            text += (
                f", with one fitted again to the true labels {interval_text(self.true)} "
                f"(at least {LEAST_OF_TRUE:g})"
            )
        if self.skill_true is not None and self.skill_shuffled is not None:
            text += (
                f". On photos held back it puts {interval_text(self.skill_true.area)} of pairs in "
                "the right order when fitted to the true labels, "
                f"{interval_text(self.skill_shuffled.area)} when fitted to dealt ones and asked "
                "for these"
            )
        return text + "."


def refitted_labels(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    make_maps: MapMaker,
    embedded: Embedded,
    *,
    groups: Sequence[str],
    seed: int = 0,
    progress: Progress | None = None,
) -> LabelCheck:
    """Fits the last layer again, once to the true labels and `N_DEALS` times to dealt ones.

    Args:
        opened: A model whose only learnt part is the last layer, over one frozen body.
        arrays: Prepared photos to map, shape (n, size, size, channels).
        contrast: What the maps explain.
        make_maps: Makes them.
        embedded: Photos to learn from.
        groups: Group of each photo mapped.
        seed: Of the deals and folds.
        progress: Called with the fits done and to do.

    Raises:
        SettingsError: A class has no photo among those to learn from.

    Source: Adebayo et al. (2018), Sanity checks for saliency maps, NeurIPS 31, data randomisation.
    """
    original = on_grid(make_maps(opened, arrays, contrast))
    likeness, skills = [], []
    for deal in range(N_DEALS + 1):
        labels = embedded.class_index
        if deal:
            labels = shuffled_labels(labels, embedded.groups, seed=seed * N_DEALS + deal)
        learnt = Embedded(embedded.embeddings, labels, embedded.groups)
        maps = make_maps(refitted(opened, learnt, seed), arrays, contrast)
        likeness.append(rank_correlation(original, on_grid(maps)))
        if deal < 2:  # one deal is enough to see that it is at chance
            skills.append(held_back_skill(opened, learnt, contrast, seed))
        if progress is not None:
            progress(deal + 1, N_DEALS + 1)
    dealt = np.mean(likeness[1:], axis=0)
    return LabelCheck(
        shuffled=mean_interval(dealt, groups, within=CORRELATION),
        true=mean_interval(likeness[0], groups, within=CORRELATION),
        gap=mean_interval(likeness[0] - dealt, groups),
        skill_true=skills[0],
        skill_shuffled=skills[1],
    )


def against_shuffled(
    opened: OpenedModel,
    shuffled: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    make_maps: MapMaker,
    *,
    groups: Sequence[str],
) -> LabelCheck:
    """The check where a whole network was trained on dealt labels, which costs a training.

    Args:
        opened: The model.
        shuffled: The same network trained in the same way on `shuffled_labels`.
        arrays: Prepared photos to map, shape (n, size, size, channels).
        contrast: What the maps explain.
        make_maps: Makes them.
        groups: Group of each photo.
    """
    first, second = (on_grid(make_maps(model, arrays, contrast)) for model in (opened, shuffled))
    return LabelCheck(mean_interval(rank_correlation(first, second), groups, within=CORRELATION))
