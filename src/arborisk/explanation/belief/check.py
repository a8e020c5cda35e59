"""All checks of a way to make maps, and what is printed beside every map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.belief.faithfulness import Faithfulness, measure_faithfulness
from arborisk.explanation.belief.labels import LabelCheck, against_shuffled, refitted_labels
from arborisk.explanation.belief.localisation import (
    CauseTruth,
    Localisation,
    measure_localisation,
)
from arborisk.explanation.belief.maps import MapMaker
from arborisk.explanation.belief.refit import Embedded, Skill, log_of, only_last_learnt, skill_of
from arborisk.explanation.belief.stability import Cascade, Stability, measure_stability, run_cascade
from arborisk.explanation.opened import OpenedModel
from arborisk.records import Progress

Word = Literal["believable", "partly", "not to be believed"]

LABELS_NOT_RUN: Final = (
    "Not tried: the same network trained on labels dealt at random; it costs a training."
)
NOTHING_SPEAKS: Final = "No photo speaks for the class, so that its maps cannot be put to the test."


@dataclass(frozen=True, slots=True)
class MapVerdict:
    """What is printed beside a map.

    Attributes:
        word: Believable, partly, or not to be believed.
        against: What speaks against the map, in sentences; empty where nothing does.
        missing: What was not tried, in sentences.
    """

    word: Word
    against: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def title(self) -> str:
        """The word as a title."""
        return {
            "believable": "The map is believable",
            "partly": "The map is to be believed in part",
            "not to be believed": "The map is not to be believed",
        }[self.word]

    @property
    def line(self) -> str:
        """Title and the first reason, in one line beside a map."""
        reasons = (*self.against, *self.missing)
        if not reasons:
            return f"{self.title}: it passed every check."
        return f"{self.title}: {reasons[0][0].lower()}{reasons[0][1:]}"


def verdict_of(
    skill: Skill | None,
    cascade: Cascade,
    labels: LabelCheck | None,
    faithfulness: Faithfulness | None,
    stability: Stability,
) -> MapVerdict:
    """Applies the rule of this module.

    Args:
        skill: None where no labels were given.
        cascade: Redrawn weights.
        labels: Dealt labels; None where it was not run.
        faithfulness: None where no photo speaks for the class.
        stability: Seeds, shifts, light, and photos against each other.
    """
    fatal = [
        *_skill_fails(skill),
        *([] if cascade.passed else ["It hardly depends on what the network has learnt."]),
        *_labels_fail(labels),
        *([] if stability.of_the_photo else ["It is nearly the same map for every photo."]),
        *_faithfulness_fails(faithfulness, fatal=True),
    ]
    partial = [*_faithfulness_fails(faithfulness, fatal=False), *_unstable(stability)]
    missing = _missing(skill, labels, faithfulness)
    word: Word = "believable"
    if fatal:
        word = "not to be believed"
    elif partial or missing:
        word = "partly"
    return MapVerdict(word, (*fatal, *partial), tuple(missing))


def _skill_fails(skill: Skill | None) -> list[str]:
    """Rule 1."""
    if skill is None or skill.passed is not False:
        return []
    return ["The model is not shown to do better than guess."]


def _labels_fail(labels: LabelCheck | None) -> list[str]:
    """Rule 3."""
    if labels is None or labels.passed:
        return []
    if labels.leaks:
        return ["Labels dealt at random are known on photos held back: their groups are not apart."]
    return ["It is not the map of these labels: labels dealt at random give one as much like it."]


def _faithfulness_fails(found: Faithfulness | None, *, fatal: bool) -> list[str]:
    """Rule 5, or else rule 6."""
    if found is None:
        return []
    standing = found.standing("random" if fatal else "centre")
    if standing in ("better", "too few photos"):
        return []
    than = "places of chance" if fatal else "a blob in the middle of the photo"
    how = "worse than" if standing == "worse" else "not shown to be better than"
    return [f"What it marks moves the score {_MOVES[how]} {than}."]


_MOVES = {
    "worse than": "less than",
    "not shown to be better than": "no more, as far as can be shown, than",
}


def _unstable(stability: Stability) -> list[str]:
    """Rule 7."""
    if stability.stable:
        return []
    name, value = min(stability.figures, key=lambda item: item[1].value)
    return [f"It is not stable: {name}, its rank correlation is {value.value:.2f}."]


def _missing(
    skill: Skill | None, labels: LabelCheck | None, faithfulness: Faithfulness | None
) -> list[str]:
    """Rule 8."""
    missing = []
    if skill is None:
        missing.append("Not asked whether the model does better than guess: no labels were given.")
    elif skill.passed is None:
        missing.append("Too few groups to say whether the model does better than guess.")
    if faithfulness is None:
        missing.append(NOTHING_SPEAKS)
    elif faithfulness.standing("random") == "too few photos":
        missing.append("Too few photos speak for the class to compare the map with chance.")
    if labels is None:
        missing.append(LABELS_NOT_RUN)
    return missing


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
class MapBelief:
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
    verdict: MapVerdict

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
    truth: Sequence[CauseTruth] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> MapBelief:
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
    return MapBelief(
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


def headline(belief: MapBelief) -> str:
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
