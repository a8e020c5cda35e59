"""Concept sets, and what was found of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import ArboriskError
from arborisk.records import Interval

Standing = Literal["towards", "away", "no more than random", "not readable"]

FEWEST_PICTURES = 12
"""Pictures with a concept below which nothing is fitted: four are held out at each split."""


@dataclass(frozen=True, slots=True)
class ConceptSet:
    """Pictures with and without a concept.

    Attributes:
        title: The concept, in words.
        present: Prepared pictures that show it, shape (n, size, size, channels).
        absent: As many that do not, same shape.
        paired: Whether picture i of both is the same scene, but for the concept.
        drawn: Whether the pictures are of drawn trees.
    """

    title: str
    present: NDArray[np.uint8]
    absent: NDArray[np.uint8]
    paired: bool = True
    drawn: bool = True

    def __post_init__(self) -> None:
        if self.present.shape != self.absent.shape or len(self.present) < FEWEST_PICTURES:
            raise ArboriskError(
                f"at least {FEWEST_PICTURES} pictures with the concept, and as many without",
                f"{len(self.present)} and {len(self.absent)}",
                f"the pictures of {self.title!r}",
                "Add pictures with the concept, or without it, until both are enough.",
            )


@dataclass(frozen=True, slots=True)
class ConceptFinding:
    """One concept at one depth of the network.

    Attributes:
        title: The concept.
        layer: The depth, in words.
        standing: What came out.
        sentence: What came out, in words with figures.
        accuracy: Share of pictures left out that its direction tells right, mean over splits.
        chance_accuracy: The same that 19 of 20 random directions stay below.
        cosine: Cosine of the direction and of the way in which the score grows, mean over splits.
        spread: Smallest and largest of it over splits.
        random_band: Middle 95 % of the cosines of random directions.
        positive_share: Share of photos of the class, and of splits, for which a step along the
            direction raises the score (the TCAV score).
        p_value: Of random directions, as many as reach the cosine, two-sided; None where not
            readable.
        corrected_p: Corrected for the number of concepts and depths (Holm).
        direct: Score with the concept less the score of the same scene without it, in standard
            deviations of the score; None where pictures are not paired.
    """

    title: str
    layer: str
    standing: Standing
    sentence: str
    accuracy: float
    chance_accuracy: float
    cosine: float
    spread: tuple[float, float]
    random_band: tuple[float, float]
    positive_share: float
    p_value: float | None
    corrected_p: float | None
    direct: Interval | None


@dataclass(frozen=True, slots=True)
class Concepts:
    """All concepts of one model.

    Attributes:
        contrast_title: The question to the model, for example ``Probable and not Possible``.
        findings: One a concept and depth, in the order of the concepts.
        constant: Whether the score grows in the same direction for every photo, as under a linear
            last layer: then the share of photos is 0 or 1 for each split, and says no more than
            the sign.
        n_splits: Splits of each concept's pictures.
        n_random: Random directions of each.
        drawn: Whether the pictures of any concept are of drawn trees.
    """

    contrast_title: str
    findings: tuple[ConceptFinding, ...]
    constant: bool
    n_splits: int
    n_random: int
    drawn: bool
