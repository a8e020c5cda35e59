"""By which rule a class is called the answer, what a photo did to it, and what the rule misses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from arborisk.records import Interval
from arborisk.wording.intervals import share_text
from arborisk.wording.numbers import significant
from arborisk.wording.percent import percent

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


def rule_sentence(rule: AnswerRule) -> str:
    """The rule in a sentence, with how another one is had."""
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
