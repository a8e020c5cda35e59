"""Words as people type them, as what is known of one input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NoReturn

from arborisk.errors import AssessmentError
from arborisk.risk.belief import Belief, L, chances, one_of, unknown
from arborisk.scales import Occupancy
from arborisk.tables.rating_words import RatingWordError, read_word
from arborisk.tables.table import NO_RATING_WORDS

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
