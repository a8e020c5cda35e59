"""Ordered scales in the words arborists use."""

from __future__ import annotations

from enum import IntEnum


class Scale(IntEnum):
    """Words in ascending order; each knows how people write it."""

    @property
    def word(self) -> str:
        """The word as people write it, for example ``Very low``."""
        return self.name.capitalize().replace("_", " ")


class FailureLikelihood(Scale):
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


class Occupancy(Scale):
    """How often a target is there to be hit, ascending; a building or a line is always there.

    Source: ISA basic tree risk assessment form, codes 1 to 4, paraphrased.
    """

    RARE = 0
    OCCASIONAL = 1
    FREQUENT = 2
    CONSTANT = 3


class Protection(Scale):
    """How little stands between tree and target, from well protected to exposed."""

    WELL_PROTECTED = 0
    PARTLY_PROTECTED = 1
    EXPOSED = 2


class TargetZone(Scale):
    """Whether the part would reach the target when it falls."""

    OUTSIDE = 0
    WITHIN = 1


class FallDirection(Scale):
    """Whether the part is known to fall away from the target or toward it."""

    AWAY = 0
    NEITHER = 1
    TOWARD = 2


class ImpactLikelihood(Scale):
    """Likelihood that the failed part strikes the target, ascending."""

    VERY_LOW = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class EventLikelihood(Scale):
    """Likelihood of failure and impact together, ascending: what the first matrix gives."""

    UNLIKELY = 0
    SOMEWHAT_LIKELY = 1
    LIKELY = 2
    VERY_LIKELY = 3


class Consequence(Scale):
    """What would follow an impact, ascending."""

    NEGLIGIBLE = 0
    MINOR = 1
    SIGNIFICANT = 2
    SEVERE = 3


class RiskRating(Scale):
    """Risk of a tree, ascending: what the second matrix gives. Low is not absent."""

    LOW = 0
    MODERATE = 1
    HIGH = 2
    EXTREME = 3
