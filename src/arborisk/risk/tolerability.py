"""Public thresholds for one person's risk of death in a year; never for sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, option
from arborisk.wording.counts import counted

SOURCE = (
    "Health and Safety Executive (2001), Reducing risks, protecting people: limits of tolerability "
    "of an individual risk of death a year (read in excerpts that quote it)."
)
ALARP = (
    "Tolerable if ALARP, as low as reasonably practicable: reduce it unless the cost of doing so "
    "is grossly out of proportion."
)


@dataclass(frozen=True, slots=True)
class Band:
    """One band of risk.

    Attributes:
        name: Short name.
        low: Lowest risk a year that belongs to it.
        words: What is said of it.
    """

    name: str
    low: float
    words: str


BANDS = (
    Band(
        "broadly acceptable",
        0.0,
        "Below 1 in 1,000,000 a year: broadly acceptable; still reduce it where that is easy.",
    ),
    Band("tolerable if ALARP", 1e-6, f"1 in 1,000,000 to 1 in 10,000 a year. {ALARP}"),
    Band(
        "above the limit for the public",
        1e-4,
        "1 in 10,000 to 1 in 1,000 a year: above the limit for a risk imposed on the public in the "
        "wider interest; only for people who accept it, and if ALARP.",
    ),
    Band("not tolerable", 1e-3, "1 in 1,000 a year or more: above the limit even for workers."),
)
"""Ascending. Source: `SOURCE`."""


@dataclass(frozen=True, slots=True)
class Tolerability:
    """Where one person's risk of death in a year lies.

    Attributes:
        person: Whose risk it is.
        band: Band of the expected risk.
        shares: Share of belief in each band of `BANDS`.
    """

    person: str
    band: Band
    shares: tuple[float, ...]


def place(risk: float, draws: NDArray[np.float64], *, person: str, years: float) -> Tolerability:
    """Places one person's risk of death in one year among the bands.

    Args:
        risk: Expected risk a year.
        draws: Draws of it, shape (n,).
        person: Whose risk it is, for example ``one person who waits at the stop each morning``.
        years: Must be 1: the thresholds are for a year.

    Raises:
        AssessmentError: Nobody is named, or another length of time.
    """
    if not person.strip():
        raise AssessmentError(
            "whose risk it is: the thresholds are for one person, the one who is there most",
            "nobody",
            "the person",
            Remedy(
                "Name them, for example {}.",
                option("--person 'one person who walks below twice a day'", "risk annual"),
            ),
        )
    if years != 1:
        raise AssessmentError(
            "a risk in one year: the thresholds are for a year",
            f"{counted(years, 'year')}",
            "the time frame",
            "Ask for one year.",
        )
    edges = [band.low for band in BANDS[1:]]
    in_band = np.bincount(np.digitize(draws, edges), minlength=len(BANDS)) / len(draws)
    return Tolerability(person, BANDS[int(np.digitize(risk, edges))], tuple(map(float, in_band)))
