"""Numbers, texts and days of an assessment, refused where they cannot be."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata

from arborisk.errors import AssessmentError
from arborisk.risk.assessment import LEVELS

LONGEST_TIME_FRAME_YEARS = 100.0
LONGEST_TEXT = 10_000
"""Letters of one text of a form; more is a file pasted by mistake."""
_ISO_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


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
        raise AssessmentError(
            "a time frame above 0 years",
            repr(value),
            where,
            "Write a number of years above 0, for example 3.",
        )
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


def checked_text(value: object, name: str, where: str) -> str:
    """A text of a form, on one line; "" for none. Numbers and days count as text.

    Raises:
        AssessmentError: A list, a table or a truth value, too long, or with control characters.
    """
    if value is None:
        return ""
    known = isinstance(value, str | int | float | datetime.date | datetime.time)
    if isinstance(value, bool) or not known or value != value:
        raise AssessmentError(f"{name}: text", repr(value)[:80], where, "Write it in quotes.")
    text = str(value)
    if len(text) > LONGEST_TEXT:
        raise AssessmentError(
            f"{name}: at most {LONGEST_TEXT:,} letters", f"{len(text):,}", where, "Shorten it."
        )
    text = " ".join(text.split())
    strange = [one for one in text if unicodedata.category(one) in ("Cc", "Cs")]
    if strange:
        raise AssessmentError(
            f"{name}: letters", f"the control character {strange[0]!r}", where, "Leave it out."
        )
    return text


def checked_texts(value: object, name: str, where: str) -> tuple[str, ...]:
    """A list of texts; one text counts as a list of one, and empty ones are left out.

    Raises:
        AssessmentError: See `checked_text`.
    """
    several = value if isinstance(value, list | tuple) else [value]
    texts = [checked_text(one, name, where) for one in several]
    return tuple(text for text in texts if text)


def checked_flag(value: object, name: str, where: str) -> bool:
    """True or false; false where it is left out.

    Raises:
        AssessmentError: Another value: the text "false" would otherwise count as true.
    """
    if value is not None and not isinstance(value, bool):
        raise AssessmentError(
            f"{name}: true or false", repr(value)[:80], where, "Write it without quotes."
        )
    return bool(value)


def checked_day(value: object, name: str, where: str) -> str:
    """A day as it was typed; one written as year-month-day must exist.

    Raises:
        AssessmentError: A day that no calendar has, or no text.
    """
    if isinstance(value, datetime.datetime):
        value = value.date() if value.time() == datetime.time() else value
    text = checked_text(value, name, where)
    if _ISO_DAY.match(text) and day_of(text) is None:
        raise AssessmentError(
            f"{name}: a day that exists, for example 2026-05-04",
            repr(text),
            where,
            "Write a day as year-month-day.",
        )
    return text


def day_of(text: str) -> datetime.date | None:
    """The day that a text begins with, as year-month-day; None where it says none so."""
    found = _ISO_DAY.match(text)
    if found is None:
        return None
    try:
        return datetime.date(*map(int, found.group().split("-")))
    except ValueError:
        return None
