"""All checks of a way to make maps, and what is printed beside every map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.belief.altered import only_last_learnt
from arborisk.explanation.belief.cascade import Cascade, run_cascade
from arborisk.explanation.belief.faithfulness import Faithfulness, measure_faithfulness
from arborisk.explanation.belief.labels import LabelCheck, against_shuffled, refitted_labels
from arborisk.explanation.belief.localisation import (
    DrawnTruth,
    Localisation,
    measure_localisation,
)
from arborisk.explanation.belief.maps import MapMaker
from arborisk.explanation.belief.refit import Embedded
from arborisk.explanation.belief.skill import Skill, log_of, skill_of
from arborisk.explanation.belief.stability import Stability, measure_stability
from arborisk.explanation.belief.verdict import LABELS_NOT_RUN, Verdict, verdict_of
from arborisk.explanation.opened import OpenedModel
from arborisk.records import Progress

N_MAPPED_AGAIN = 8
"""Photos of which maps are made again and again: with other weights, labels, members, shifts."""
N_COVERED = 16
"""Photos that are covered place by place; each is asked some twenty times."""
N_PARTS = 5
"""Parts of the work, for progress."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What a model said of photos while they were held back from its training.

    Attributes:
        probability: Shape (m, n_classes).
        class_index: True class, shape (m,).
        groups: Group of each photo.
    """

    probability: NDArray[np.float64]
    class_index: NDArray[np.int64]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Belief:
    """What the checks of a way to make maps gave.

    Attributes:
        contrast: What the maps explain, in words.
        n_photos: Photos given.
        skill: Whether the model knows anything, or None without labels.
        cascade: Redrawn weights.
        labels: Dealt labels, or None where it was not run.
        faithfulness: Deletion and insertion, or None where no photo speaks for the class.
        stability: Seeds, shifts, light.
        localisation: On drawn trees with masks, or None.
        verdict: What follows from all but the localisation.
    """

    contrast: str
    n_photos: int
    skill: Skill | None
    cascade: Cascade
    labels: LabelCheck | None
    faithfulness: Faithfulness | None
    stability: Stability
    localisation: Localisation | None
    verdict: Verdict

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every check in words, those not run too."""
        parts = (self.skill, self.cascade, self.labels, self.faithfulness, self.stability)
        said = [part.sentence for part in (*parts, self.localisation) if part is not None]
        if self.labels is None:
            said.append(LABELS_NOT_RUN)
        return tuple(said)


def check_maps(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    make_maps: MapMaker,
    *,
    groups: Sequence[str] | None = None,
    class_index: NDArray[np.int64] | None = None,
    held_back: HeldBack | None = None,
    embedded: Embedded | None = None,
    shuffled: OpenedModel | None = None,
    others: Sequence[OpenedModel] = (),
    truth: Sequence[DrawnTruth] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Belief:
    """Puts a way to make maps to the test.

    Give photos that the model takes for the class asked about: only those that speak for it can
    show whether the map marks what speaks for it. Some two dozen will do.

    Args:
        opened: The model.
        arrays: Prepared photos, shape (n, size, size, channels), n at least 1.
        contrast: What the maps explain.
        make_maps: Makes them. It must take all that it needs from the model given to it.
        groups: Group of each photo, by default each its own.
        class_index: True class of each photo, shape (n,), -1 where unknown: used for the skill
            where `held_back` is None.
        held_back: What the model said of photos held back from its training.
        embedded: Labelled photos; a model with a frozen body is fitted to dealt labels on them.
        shuffled: The same network trained on labels dealt at random
            (`arborisk.explanation.belief.shuffled_labels`), for any other model.
        others: The same model trained from other seeds.
        truth: Of drawn photos, for the localisation.
        seed: Of all that is drawn at random.
        progress: Called with the parts done and to do.

    Raises:
        SettingsError: No photo was given.
    """
    if len(arrays) == 0:
        raise SettingsError(
            "at least one photo",
            "none",
            "photos to check maps on",
            "Give at least one photo that the model can read.",
        )
    names = list(groups) if groups is not None else [str(place) for place in range(len(arrays))]
    again, covered = (spread_out(len(arrays), most) for most in (N_MAPPED_AGAIN, N_COVERED))
    few, few_names = arrays[again], [names[place] for place in again]
    told = progress or _silent
    maps = make_maps(opened, arrays, contrast)
    skill = _skill(opened, arrays, contrast, names, class_index, held_back)
    told(1, N_PARTS)
    cascade = run_cascade(opened, few, contrast, make_maps, groups=few_names, seed=seed)
    told(2, N_PARTS)
    labels = _labels(opened, few, contrast, make_maps, few_names, embedded, shuffled, seed)
    told(3, N_PARTS)
    covered_names = [names[place] for place in covered]
    faithfulness = measure_faithfulness(
        opened, arrays[covered], contrast, maps[covered], groups=covered_names, seed=seed
    )
    told(4, N_PARTS)
    stability = measure_stability(opened, few, contrast, make_maps, groups=few_names, others=others)
    told(5, N_PARTS)
    return Belief(
        contrast.title(opened.titles),
        len(arrays),
        skill,
        cascade,
        labels,
        faithfulness,
        stability,
        measure_localisation(maps, truth, groups=names, seed=seed) if truth else None,
        verdict_of(skill, cascade, labels, faithfulness, stability),
    )


def headline(belief: Belief) -> str:
    """Verdict and reasons, for printing beside every map."""
    return " ".join([f"{belief.verdict.title}.", *belief.verdict.against, *belief.verdict.missing])


def spread_out(n_photos: int, most: int) -> NDArray[np.int64]:
    """Rows of at most so many photos, evenly spread.

    >>> spread_out(24, 8).tolist(), spread_out(2, 8).tolist()
    ([0, 3, 7, 10, 13, 16, 20, 23], [0, 1])
    """
    return np.unique(np.rint(np.linspace(0, n_photos - 1, min(most, n_photos))).astype(np.int64))


def _silent(done: int, total: int) -> None:
    """Progress that nobody asked for."""


def _skill(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    groups: Sequence[str],
    class_index: NDArray[np.int64] | None,
    held_back: HeldBack | None,
) -> Skill | None:
    """From photos held back where there are any, else from the photos given."""
    if held_back is not None:
        return skill_of(
            log_of(held_back.probability),
            held_back.class_index,
            held_back.groups,
            contrast,
            opened.titles,
            held_back=True,
        )
    if class_index is None:
        return None
    said = log_of(opened.probability(arrays, batch=4))
    return skill_of(said, class_index, groups, contrast, opened.titles, held_back=False)


def _labels(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    make_maps: MapMaker,
    groups: Sequence[str],
    embedded: Embedded | None,
    shuffled: OpenedModel | None,
    seed: int,
) -> LabelCheck | None:
    """With a refitted last layer where that is all that was learnt, else with what was given."""
    if shuffled is not None:
        return against_shuffled(opened, shuffled, arrays, contrast, make_maps, groups=groups)
    if embedded is None or not only_last_learnt(opened):
        return None
    return refitted_labels(opened, arrays, contrast, make_maps, embedded, groups=groups, seed=seed)
