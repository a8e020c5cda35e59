"""Words as people type them, as what is known of one input."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NoReturn

from arborisk.errors import AssessmentError
from arborisk.risk.belief import Belief, L, chances, one_of, unknown
from arborisk.tables.text import fold

MISSING = ("", "not known", "unknown", "not stated", "n/a", "na", "?", "-")
_RANGE = re.compile(r"\s+to\s+|\s*\.\.\s*|\s*\N{EN DASH}\s*")
_OR = re.compile(r"\s*[|/,;]\s*|\s+or\s+")
TOLERANCE = 1e-3
"""By how much typed chances may miss 1, as rounding does; they are then scaled."""


def read_belief(kind: type[L], value: object, *, name: str, by: str, where: str) -> Belief[L]:
    """Reads a word, a range, chances, or nothing.

    Args:
        kind: The scale.
        value: ``"Probable"``; ``"Possible | Probable"``, ``"Possible or Probable"``, a list of
            words; ``"Low to High"``; a table of chances, ``{Possible = 0.3, Probable = 0.7}``;
            a code 1 to 4 of the form; None or ``"not known"`` for what nobody knows.
        name: What it is about.
        by: Who gave it.
        where: File and row, for messages.

    Raises:
        AssessmentError: An unknown word, with the nearest; chances that do not sum to 1.
    """
    if value is None or (isinstance(value, str) and fold(value) in MISSING):
        return unknown(kind, name=name)
    if isinstance(value, Mapping):
        return _chances(kind, value, name=name, by=by, where=where)
    if isinstance(value, list | tuple):
        if not value:
            return unknown(kind, name=name)
        return one_of(kind, [_level(kind, one, name, where) for one in value], name=name, by=by)
    return one_of(kind, _levels(kind, value, name, where), name=name, by=by)


def _levels(kind: type[L], value: object, name: str, where: str) -> list[L]:
    """Levels of one cell."""
    text = str(value)
    ends = _RANGE.split(text)
    if len(ends) == 2:
        low, high = (_level(kind, end, name, where) for end in ends)
        if low > high:
            _refuse(kind, f"{text!r}, whose ends are the wrong way round", name, where, "")
        return [level for level in kind if low <= level <= high]
    return [_level(kind, part, name, where) for part in _OR.split(text)]


def _level(kind: type[L], value: object, name: str, where: str) -> L:
    """One level by its word or by its number on the form, 1 for the lowest."""
    key = fold(str(value)).replace("_", " ").replace("-", " ")
    words = {fold(level.word): level for level in kind}
    if key in words:
        return words[key]
    if key.isdigit() and 1 <= int(key) <= len(kind):
        return list(kind)[int(key) - 1]
    near = get_close_matches(key, words, n=1)
    remedy = f"Did you mean {words[near[0]].word!r}? " if near else ""
    _refuse(kind, repr(value), name, where, remedy)


def _chances(
    kind: type[L], table: Mapping[object, object], *, name: str, by: str, where: str
) -> Belief[L]:
    weights: dict[tuple[L, ...], float] = {}
    for words, value in table.items():
        levels = tuple(_levels(kind, words, name, where))
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            _refuse(kind, f"{value!r} as the chance of {words!r}", name, where, "")
        if levels in weights:
            _refuse(kind, f"{words!r} twice", name, where, "")
        weights[levels] = float(value)
    total = sum(weights.values())
    if abs(total - 1) > TOLERANCE:
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
        f"{remedy}Correct the word, or leave it out if nobody knows it.",
    )
