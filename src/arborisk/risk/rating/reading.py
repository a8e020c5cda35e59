"""Numbers, texts and days of an assessment, refused where they cannot be."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Final, NoReturn

from arborisk.errors import AssessmentError
from arborisk.risk.rating.assessment import LEVELS, Belief, L, chances, one_of, unknown
from arborisk.scales import Occupancy
from arborisk.tables.rating_words import RatingWordError, read_word
from arborisk.tables.table import NO_RATING_WORDS

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


MISSING = NO_RATING_WORDS
OCCUPANCY_CODES: Final = {str(level + 1): level.word for level in Occupancy}
"""Codes 1 to 4 that the ISA form prints beside the words of occupancy, and beside no others."""
TOLERANCE = 1e-3
"""By how much typed chances may miss 1, as rounding does; they are then scaled."""


def read_belief(
    kind: type[L],
    value: object,
    *,
    name: str,
    by: str,
    where: str,
    codes: Mapping[str, str] | None = None,
) -> Belief[L]:
    """Reads a word, a range, chances, or nothing.

    Args:
        kind: The scale.
        value: ``"Probable"``; ``"Possible | Probable"``, ``"Possible-Probable"``, a list of
            words; ``"Low to High"``; a table of chances, ``{Possible = 0.3, Probable = 0.7}``;
            None or ``"not known"`` for what nobody knows. See
            `arborisk.tables.rating_words.read_word`.
        name: What it is about.
        by: Who gave it.
        where: File and row, for messages.
        codes: Code to word, where numbers stand for words; {} where none is stated but could be,
            None where there is no place for one.

    Raises:
        AssessmentError: An unknown word, with the nearest; chances that do not sum to 1.
    """
    if isinstance(value, Mapping):
        return _chances(kind, value, name=name, by=by, where=where)
    parts = value if isinstance(value, list | tuple) else (value,)
    read = [_levels(kind, part, name, where, codes) for part in parts]
    if not all(read) and any(read):
        _refuse(kind, f"{value!r}, with a word that says nothing", name, where, "")
    levels = {level for found in read for level in found}
    return one_of(kind, levels, name=name, by=by) if levels else unknown(kind, name=name)


def _levels(
    kind: type[L], value: object, name: str, where: str, codes: Mapping[str, str] | None
) -> tuple[L, ...]:
    """Levels of one cell, none where nobody knows it."""
    if isinstance(value, bool | list | tuple | Mapping):
        _refuse(kind, repr(value)[:60], name, where, "")
    try:
        return read_word(kind, value, codes=codes).levels
    except RatingWordError as error:
        remedy = error.remedy
        if error.is_number and codes is None:
            remedy = "Write the word."
        _refuse(kind, error.found, name, where, remedy)


def _chances(
    kind: type[L], table: Mapping[object, object], *, name: str, by: str, where: str
) -> Belief[L]:
    weights: dict[tuple[L, ...], float] = {}
    for words, value in table.items():
        levels = _levels(kind, words, name, where, None)
        if not levels:
            _refuse(kind, f"a chance of {words!r}", name, where, "")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            _refuse(kind, f"{value!r} as the chance of {words!r}", name, where, "")
        if levels in weights:
            _refuse(kind, f"{words!r} twice", name, where, "")
        weights[levels] = float(value)
    total = sum(weights.values())
    if not abs(total - 1) <= TOLERANCE:
        raise AssessmentError(
            f"chances of the {name} that sum to 1",
            f"a sum of {total:.4g}",
            where,
            "Correct them, or write a range of words instead.",
        )
    weights = {levels: weight / total for levels, weight in weights.items() if weight}
    return chances(kind, weights, name=name, by=by)


def _refuse(kind: type[L], found: str, name: str, where: str, remedy: str) -> NoReturn:
    raise AssessmentError(
        f"the {name}: {', '.join(level.word for level in kind)}, a range of them, chances from 0 "
        "to 1 that sum to 1, or nothing",
        found,
        where,
        remedy or "Correct the word, or leave it out if nobody knows it.",
    )
