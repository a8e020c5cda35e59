"""What somebody rated Imminent, said first: one line for people, one mapping for programs.

Imminent is the one word that cannot wait for a rating, a budget or a calibration. Whatever command
meets it in an input says this line before anything else, and gives `imminent_json` under the first
key, ``imminent``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from arborisk.wording.sentences import IMMINENT

MOST_NAMED: Final = 12
"""Named in the line; what is more is counted. All stand in the mapping."""


def imminent_line(ids: Sequence[str]) -> str:
    """The sentence with what it is about; "" where nothing was rated Imminent.

    Args:
        ids: Trees, rows, photos or findings rated Imminent, as they are called, in order.

    >>> imminent_line(["tree 17", "tree 3"])
    'Rated Imminent: keep people away and call an arborist now. It stands at tree 17; tree 3.'
    >>> imminent_line([])
    ''
    """
    if not ids:
        return ""
    more = len(ids) - MOST_NAMED
    named = "; ".join(ids[:MOST_NAMED]) + (f"; and {more:,} more" if more > 0 else "")
    return f"{IMMINENT} It stands at {named}."


def imminent_json(ids: Sequence[str]) -> dict[str, Any] | None:
    """Under the first key, ``imminent``: the ids and the sentence; None where there are none.

    >>> imminent_json(["17"])
    {'ids': ['17'], 'sentence': 'Rated Imminent: keep people away and call an arborist now.'}
    """
    return {"ids": list(ids), "sentence": IMMINENT} if ids else None
