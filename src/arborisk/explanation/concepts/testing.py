"""All concepts of one model: which it has a direction for, and whether its score follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.concepts.sets import ConceptFinding, Concepts, ConceptSet, Standing
from arborisk.explanation.concepts.vectors import (
    Directions,
    Points,
    directions,
    embed,
    layers_of,
    scores,
    slopes,
)
from arborisk.explanation.opened import OpenedModel
from arborisk.explanation.shortcuts.measures import difference
from arborisk.metrics.over_groups import support_of
from arborisk.metrics.paired_tests import holm
from arborisk.records import Interval, Progress
from arborisk.wording.intervals import interval_text
from arborisk.wording.numbers import p_text
from arborisk.wording.percent import percent


def sentence_of(finding: ConceptFinding, contrast_title: str) -> str:
    """What was found of a concept, with figures.

    Args:
        finding: The numbers and the standing.
        contrast_title: The question, for example ``Probable and not Possible``.
    """
    read = (
        f"{finding.title[:1].upper()}{finding.title[1:]}: told from the {finding.layer} in "
        f"{percent(finding.accuracy)} of pictures left out"
    )
    direct = _direct_words(finding)
    if finding.standing == "not readable":
        return (
            f"{read}, so there is no direction that can be read, and nothing is said of it.{direct}"
        )
    numbers = (
        f"(cosine {finding.cosine:.2f}; random directions {finding.random_band[0]:.2f} to "
        f"{finding.random_band[1]:.2f}; p {p_text(finding.corrected_p)})"
    )
    if finding.standing == "no more than random":
        return f"{read}; the score follows it no more than a random direction {numbers}.{direct}"
    way = "towards" if finding.standing == "towards" else "away from"
    return f'{read}; more of it moves the score {way} "{contrast_title}" {numbers}.{direct}'


def _direct_words(finding: ConceptFinding) -> str:
    """What the same scenes with and without the concept say, and whether it agrees."""
    direct = finding.direct
    if direct is None or direct.low is None or direct.high is None:
        return ""
    words = (
        " In the same scene, with it and without: "
        f"{interval_text(direct, signed=True, unit=' standard deviations of the score')}."
    )
    sign = {"towards": 1, "away": -1}.get(finding.standing, 0)
    if sign and sign * _sure_sign(direct) < 0:
        words += " That contradicts the direction: trust the scenes."
    return words


def _sure_sign(interval: Interval) -> int:
    """1 or -1 where the interval leaves out 0, else 0."""
    if interval.low is None or interval.high is None:
        return 0
    return (interval.low > 0) - (interval.high < 0)


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
