"""Whether a rater saw the model's answer, and which round a rating belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from arborisk.agreement.ratings import BLIND, NOT_STATED, SHOWN
from arborisk.dataset.tables import RawTable
from arborisk.errors import DatasetError
from arborisk.tables.text import fold, words_of

SAW_MODEL_HEADERS = (
    *("saw model", "saw the model", "model shown", "model seen", "with model", "saw ai"),
    *("ai shown", "with ai", "model visible", "aided", "assisted"),
)
ROUND_HEADERS = ("round", "pass", "session", "attempt", "phase", "repeat", "round no", "condition")

_YES = {"yes", "y", "true", "t", "1", "shown", "seen", "with", "x", "after", "aided", "assisted"}
_YES |= {"with model", "with the model", "with ai", "model", "ai"}
_NO = {"no", "n", "false", "f", "0", "hidden", "blind", "without", "before", "unaided", "-"}
_NO |= {"without model", "without the model", "without ai", "no model", "no ai", "unassisted"}
_NUMBER = re.compile(r"\d+")


def find_header(table: RawTable, names: Sequence[str]) -> int | None:
    """The one column with one of these headers, in words, or None.

    Raises:
        DatasetError: Several columns fit.
    """
    headers = [" ".join(words_of(header)) for header in table.headers]
    hits = [index for index, header in enumerate(headers) if header in names]
    if len(hits) > 1:
        listed = ", ".join(repr(table.headers[index]) for index in hits)
        remedy = "Rename the others."
        raise DatasetError(f"one column {names[0]!r}", listed, table.path.name, remedy)
    return hits[0] if hits else None


def read_saw_model(text: str, row: int, table: RawTable) -> int:
    """`SHOWN`, `BLIND` or `NOT_STATED` from a cell.

    Raises:
        DatasetError: Neither yes nor no; names the row.
    """
    word = " ".join(fold(text).split())
    if not word:
        return NOT_STATED
    if word in _YES:
        return SHOWN
    if word in _NO:
        return BLIND
    raise DatasetError(
        "yes or no (or blank) for whether the rater saw the model's answer",
        repr(text),
        f"row {row} of {table.path.name}",
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
    if word in _YES - {"1", "x", "y", "t"}:
        return (2, word), SHOWN
    if word in _NO - {"0", "n", "f"}:
        return (1, word), BLIND
    number = _NUMBER.search(word)
    return (int(number[0]) if number else 0, word), NOT_STATED
