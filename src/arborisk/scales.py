"""Ordered scales in the words arborists use."""

from __future__ import annotations

from enum import IntEnum


class FailureLikelihood(IntEnum):
    """Likelihood that a tree or part fails within a stated time frame, ascending.

    * ``IMPROBABLE``: not likely in normal weather; may not fail in extreme weather either.
    * ``POSSIBLE``: may be expected in extreme weather, unlikely in normal weather.
    * ``PROBABLE``: may be expected in normal weather.
    * ``IMMINENT``: has started, or most likely soon even without wind; overrides the time frame.
      No model here can say it; a person can.

    Source: definitions paraphrased from Forests 2023, 14(5), 1043 (ISA BMP, 2nd ed., 2017).
    """

    IMPROBABLE = 0
    POSSIBLE = 1
    PROBABLE = 2
    IMMINENT = 3

    @property
    def word(self) -> str:
        """The word as people write it, for example ``Probable``."""
        return self.name.capitalize()
