"""Numbers of an assessment, refused where they cannot be."""

from __future__ import annotations

import math

from arborisk.errors import AssessmentError
from arborisk.risk.assessment import LEVELS

LONGEST_TIME_FRAME_YEARS = 100.0


def checked_number(
    value: object, name: str, where: str, *, low: float = -math.inf, high: float = math.inf
) -> float:
    """A number from `low` to `high`.

    Raises:
        AssessmentError: Another value, or none at all.
    """
    try:
        number = float(str(value)) if not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not low <= number <= high or math.isinf(number):
        ends = f" from {low:g} to {high:g}" if high < math.inf else f", {low:g} or more"
        raise AssessmentError(
            f"{name}: a number{ends if low > -math.inf else ''}",
            repr(value),
            where,
            "Correct the value and its unit.",
        )
    return number


def checked_years(value: object, where: str) -> float:
    """A time frame in years; there is no default.

    Raises:
        AssessmentError: None, or impossible.
    """
    if value is None or value == "":
        raise AssessmentError(
            "the time frame that the likelihoods are about, often 1, 3 or 5 years",
            "none",
            f"{where}, time_frame_years",
            "State it: a likelihood without a time frame means nothing.",
        )
    years = checked_number(value, "time_frame_years", where, high=LONGEST_TIME_FRAME_YEARS)
    if years <= 0:
        raise AssessmentError("a time frame above 0 years", repr(value), where, "Correct it.")
    return years


def checked_level(value: object, where: str) -> int:
    """Level of the assessment, 1 to 3; there is no default.

    Raises:
        AssessmentError: None, or another.
    """
    if isinstance(value, bool) or str(value) not in {str(level) for level in LEVELS}:
        raise AssessmentError(
            f"the level of the assessment ({'; '.join(LEVELS.values())})",
            repr(value),
            f"{where}, level",
            "State 1, 2 or 3: what was looked at decides what may be said.",
        )
    return int(str(value))
