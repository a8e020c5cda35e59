"""A concept in a sentence."""

from __future__ import annotations

from arborisk.explanation.concepts.record import ConceptFinding
from arborisk.records import Interval
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
