"""All concepts of one model: which it has a direction for, and whether its score follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.concepts.layers import Points, embed, layers_of, scores, slopes
from arborisk.explanation.concepts.record import ConceptFinding, Concepts, ConceptSet, Standing
from arborisk.explanation.concepts.vectors import Directions, directions
from arborisk.explanation.concepts.words import sentence_of
from arborisk.explanation.opened import OpenedModel
from arborisk.explanation.shortcuts.measures import difference
from arborisk.metrics.enough import support_of
from arborisk.metrics.multiplicity import holm
from arborisk.records import Interval, Progress

N_SPLITS = 20
N_RANDOM = 400
READABLE = 0.7
"""Accuracy on pictures left out from which on a network is said to have a direction."""
SIGNIFICANT = 0.05


def concept_tests(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    concepts: Sequence[ConceptSet],
    *,
    seed: int = 0,
    n_splits: int = N_SPLITS,
    n_random: int = N_RANDOM,
    progress: Progress | None = None,
) -> Concepts:
    """Sets the direction of each concept beside random directions.

    Args:
        opened: The model; explained is the mean over its members.
        arrays: Photos of the class asked about, shape (n, size, size, channels): where the slope of
            the score is taken, and its spread.
        contrast: What the score asks.
        concepts: Pictures with and without each concept.
        seed: Of splits and random directions.
        n_splits: Splits of the pictures of each concept.
        n_random: Random directions of each concept; the smallest p value is 1 over one more.
        progress: Called as concepts get done.
    """
    photos = embed(opened, arrays)
    slope = slopes(opened, photos, contrast)
    unit = float(scores(opened, photos, contrast).std()) or 1.0
    layers = layers_of(opened)
    found: list[ConceptFinding] = []
    for number, concept in enumerate(concepts):
        sides = embed(opened, concept.present), embed(opened, concept.absent)
        direct = _direct(opened, contrast, concept, sides, unit)
        for title, used in layers.items():
            own, luck = (
                _of_all_bodies(
                    sides, slope, used, concept, number_of, at_random=at_random, seed=seed
                )
                for at_random, number_of in ((False, n_splits), (True, n_random))
            )
            found.append(_finding(concept, title, own, luck, direct))
        if progress is not None:
            progress(number + 1, len(concepts))
    constant = all(_is_constant(one) for one in slope)
    title = contrast.title(opened.titles)
    return Concepts(
        title,
        _worded(found, title),
        constant,
        n_splits,
        n_random,
        any(concept.drawn for concept in concepts),
    )


def _of_all_bodies(
    sides: tuple[list[Points], list[Points]],
    slope: list[Points],
    used: NDArray[np.int64],
    concept: ConceptSet,
    n_splits: int,
    *,
    at_random: bool,
    seed: int,
) -> Directions:
    """Mean over the bodies of a model, each with a direction of its own."""
    each = [
        directions(
            present[:, used],
            absent[:, used],
            grows[:, used],
            n_splits=n_splits,
            paired=concept.paired,
            at_random=at_random,
            seed=seed + at_random,
        )
        for present, absent, grows in zip(*sides, slope, strict=True)
    ]
    return Directions(
        np.mean([one.accuracy for one in each], axis=0),
        np.mean([one.cosine for one in each], axis=0),
        np.mean([one.positive_share for one in each], axis=0),
    )


def _finding(
    concept: ConceptSet, layer: str, own: Directions, luck: Directions, direct: Interval | None
) -> ConceptFinding:
    """What the numbers say before they are corrected for their number; not yet in words."""
    accuracy, cosine = float(own.accuracy.mean()), float(own.cosine.mean())
    chance_accuracy = float(np.quantile(luck.accuracy, 0.95))
    readable = accuracy >= READABLE and accuracy > chance_accuracy
    reached = int((np.abs(luck.cosine) >= abs(cosine)).sum())
    low, high = np.quantile(luck.cosine, [0.025, 0.975])
    return ConceptFinding(
        concept.title,
        layer,
        "no more than random" if readable else "not readable",
        "",
        accuracy,
        chance_accuracy,
        cosine,
        (float(own.cosine.min()), float(own.cosine.max())),
        (float(low), float(high)),
        float(own.positive_share.mean()),
        (1 + reached) / (1 + len(luck.cosine)) if readable else None,
        None,
        direct,
    )


def _worded(found: Sequence[ConceptFinding], contrast_title: str) -> tuple[ConceptFinding, ...]:
    """The same with corrected p values, standings and sentences."""
    done = []
    for one, corrected in zip(found, holm([item.p_value for item in found]), strict=True):
        standing: Standing = one.standing
        if corrected is not None and corrected < SIGNIFICANT:
            standing = "towards" if one.cosine > 0 else "away"
        judged = replace(one, standing=standing, corrected_p=corrected)
        done.append(replace(judged, sentence=sentence_of(judged, contrast_title)))
    return tuple(done)


def _direct(
    opened: OpenedModel,
    contrast: Contrast,
    concept: ConceptSet,
    sides: tuple[list[Points], list[Points]],
    unit: float,
) -> Interval | None:
    """What drawing the concept into a scene does to the score, in its standard deviations."""
    if not concept.paired:
        return None
    present, absent = (scores(opened, side, contrast) for side in sides)
    shift = (present - absent) / unit
    names = [f"pair {number}" for number in range(len(shift))]
    return difference(
        lambda kept: float(shift[kept].mean()), names, support=support_of(np.ones(len(names)))
    )


def _is_constant(slope: Points) -> bool:
    """Whether the score grows in one and the same direction at every photo."""
    centre = slope.mean(axis=0)
    return bool(np.abs(slope - centre).max() <= 1e-4 * max(float(np.abs(centre).max()), 1e-12))
