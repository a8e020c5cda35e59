"""What shortcut tests found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.records import Interval

Standing = Literal["found", "noticed", "not found", "not tested"]

STANDING_WORDS: Final[dict[Standing, str]] = {
    "found": "shortcut found",
    "noticed": "worth knowing",
    "not found": "not found",
    "not tested": "not tested",
}
"""A standing in words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One number of a test.

    Attributes:
        title: What it is, in words.
        interval: The number, with its interval over groups.
        baseline: What it stands beside (chance, or the untouched photos), or None.
        baseline_title: What the baseline is.
        signed: Whether it can be negative (a correlation, a difference): else it is a share.
    """

    title: str
    interval: Interval
    baseline: float | None = None
    baseline_title: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A photo as a test altered it.

    Attributes:
        title: What was done.
        array: Bytes, shape (size, size, channels).
    """

    title: str
    array: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Places:
    """How much of the difference between classes travels with each place of the frame.

    Attributes:
        share: Share of the difference, shape (rows, columns); 1 / cells each where all places
            count alike.
        suspect: Row and column of the upper left cell of the block looked at again, and its side
            in cells.
    """

    share: NDArray[np.float64]
    suspect: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One test.

    Attributes:
        name: Short name: ``border``, ``place``, ``background``, ``camera`` or ``dead_wood``.
        title: The question.
        standing: What came out.
        sentence: What came out, in words with figures.
        rule: When the test says "found" and "noticed".
        readings: The numbers.
        examples: Altered photos, one by one.
        places: Map of the frame, for the test of fixed places.
    """

    name: str
    title: str
    standing: Standing
    sentence: str
    rule: str = ""
    readings: tuple[Reading, ...] = ()
    examples: tuple[Example, ...] = ()
    places: Places | None = None


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """All tests of one model.

    Attributes:
        contrast_title: The question to the model, for example ``Probable and not Possible``.
        findings: One a test.
        untouched: How well the model tells the classes apart on the photos as they are.
        n_photos: Photos looked at.
        n_groups: Groups they belong to.
        drawn: Whether the trees are drawn.
    """

    contrast_title: str
    findings: tuple[Finding, ...]
    untouched: Reading
    n_photos: int
    n_groups: int
    drawn: bool = False

    @property
    def found(self) -> tuple[Finding, ...]:
        """Tests that found a shortcut."""
        return tuple(item for item in self.findings if item.standing == "found")

    @property
    def headline(self) -> str:
        """The outcome in a sentence; it never says that there are no shortcuts."""
        if self.found:
            return "Shortcut found: " + "; ".join(item.title for item in self.found) + "."
        left_out = [item.title for item in self.findings if item.standing == "not tested"]
        words = "No shortcut found among those looked for."
        if left_out:
            words += " Not tested: " + "; ".join(left_out) + "."
        return words

    def finding(self, name: str) -> Finding:
        """A test by its short name."""
        return next(item for item in self.findings if item.name == name)
