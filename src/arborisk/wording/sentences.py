"""The sentences that must be the same wherever they stand: texts, pages, tables and cards.

Whoever needs one imports it. A second wording of the same warning would make a reader ask which one
holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from arborisk.records import Interval
from arborisk.wording.intervals import share_text
from arborisk.wording.numbers import significant
from arborisk.wording.percent import percent

KEEP_AWAY: Final = "keep people away and call an arborist now."
"""What to do about anything Imminent; follows a colon."""
IMMINENT: Final = f"Rated Imminent: {KEEP_AWAY}"
"""Stands first wherever a person rated something Imminent."""
WHEN_TO_CALL: Final = (
    f"Lifted soil or roots, a fresh crack, a hanging limb, a sudden lean: {KEEP_AWAY}"
)
"""Signs that need no rating first."""
NEVER_IMMINENT: Final = f"This model cannot say Imminent. {WHEN_TO_CALL}"
"""Stands with the answers of every model of photos."""

NEAR_WIRES: Final = "Treat as energised; keep clear; qualified line-clearance arborist only."
"""Stands first with every tree that may reach a line, and every photo that shows one."""
WIRES_NOT_RULED_OUT: Final = "Wires are not ruled out: look up before you go near."
"""Stands wherever none was found or looked for; nothing says that there are none."""

DRAWN_TREES: Final = "Drawn trees are never evidence about real ones."
"""Stands with every number that was measured on drawn trees."""
DRAWN_MODEL: Final = "The model was trained on drawn trees: it knows nothing of real ones."
"""Stands with every answer of a model that learnt from drawn trees."""

ONE_SIDE: Final = "at most a Level 1 limited visual assessment of one side"
"""What a photo is, for the middle of a sentence."""
LEVEL_1: Final = (
    f"A photo alone is {ONE_SIDE} of a tree. It gives a likelihood, never a risk rating: that "
    "needs a target and consequences from a person."
)
"""Stands with every answer that comes from a photo."""
LEVEL_1_SHORT: Final = "Level 1 at most, one side, a likelihood, never a risk rating."
"""The same, where a line must do."""

UNSEEN: Final = "roots, far side and inside were not seen"
"""What no photo shows, for the middle of a sentence."""
NOTHING_URGENT: Final = f"nothing in this photo asks for an earlier inspection; {UNSEEN}"
"""The most reassuring thing that a model of photos may say of a tree."""


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


AnswerRule = Literal["most-raised", "likeliest", "cost"]
"""See `RULES`."""
RULES: Final[Mapping[AnswerRule, str]] = {
    "most-raised": (
        "the class that the photo raised most above its share in training, by the network's own "
        "probabilities"
    ),
    "likeliest": "the class with the highest probability",
    "cost": "the class whose errors cost least on average, by the stated table",
}


def rule_sentence(rule: AnswerRule, *, on_a_page: bool = False) -> str:
    """The rule in a sentence, and, but for pages, with how another one is had."""
    if on_a_page:
        return f"The answer is {RULES[rule]}."
    other: AnswerRule = "most-raised" if rule == "likeliest" else "likeliest"
    return f"The answer is {RULES[rule]} (--answer {rule}); --answer {other} gives {RULES[other]}."


def missed_sentence(title: str, missed: Interval) -> str:
    """What a rule of answers misses; `title` is the class that must not be missed."""
    return (
        f"Of trees of {title} held back, {share_text(missed)} got another answer by this rule. An "
        "answer is no ground to leave a tree: go by the referral."
    )


def rise_words(title: str, before: float, after: float) -> str:
    """What the photo did to one class: share before, after, and the rise.

    Args:
        title: Title of the class.
        before: Its share of the training photos, in (0, 1].
        after: Its calibrated probability with the photo, in [0, 1].

    >>> rise_words("Possible", 0.18, 0.32)
    'Possible: 18 % before the photo (its share in training), 32 % after it, 1.8 times'
    """
    return (
        f"{title}: {percent(before)} before the photo (its share in training), {percent(after)} "
        f"after it, {significant(after / before)} times"
    )
