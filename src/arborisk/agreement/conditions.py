"""Whether a rater saw the model's answer, and which round a rating belongs to."""

from __future__ import annotations

import re

from arborisk.agreement.ratings import BLIND, NOT_STATED, SHOWN
from arborisk.errors import DatasetError
from arborisk.tables.table import fold, is_missing, read_flag, words_of

_YES = {"shown", "seen", "with", "after", "aided", "assisted", "yes", "true"}
_YES |= {"with model", "with the model", "with ai", "model", "ai"}
_NO = {"hidden", "blind", "without", "before", "unaided", "unassisted", "no", "false", "-"}
_NO |= {"without model", "without the model", "without ai", "no model", "no ai"}
_NUMBER = re.compile(r"\d+")


def read_saw_model(text: str, where: str) -> int:
    """`SHOWN`, `BLIND` or `NOT_STATED` from a cell.

    Args:
        text: The cell.
        where: File and row, for messages.

    Raises:
        DatasetError: Neither yes nor no; names the row.
    """
    word = " ".join(fold(text).split())
    if word in _NO or read_flag(word) is False:
        return BLIND
    if is_missing(word):
        return NOT_STATED
    if word in _YES or read_flag(word):
        return SHOWN
    raise DatasetError(
        "yes or no (or blank) for whether the rater saw the model's answer",
        repr(text),
        where,
        "Write yes or no.",
    )


def read_round(text: str) -> tuple[tuple[int, str], int]:
    """Key by which rounds sort, and whether the round's own name tells if the model was shown.

    >>> read_round("round 2")
    ((2, 'round 2'), -1)
    >>> read_round("after")[1]
    1
    """
    word = " ".join(words_of(text))
    if word in _YES:
        return (2, word), SHOWN
    if word in _NO:
        return (1, word), BLIND
    number = _NUMBER.search(word)
    return (int(number[0]) if number else 0, word), NOT_STATED
