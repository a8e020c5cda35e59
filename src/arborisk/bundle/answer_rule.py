"""By which rule a class is called the answer, in words, and which one a bundle follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

from arborisk.records import Interval
from arborisk.wording.intervals import share_text
from arborisk.wording.numbers import significant
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from arborisk.bundle.record import BundleDescription

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


def measured_rule(description: BundleDescription) -> AnswerRule:
    """The rule by which the scores of a bundle were measured.

    A network that was trained as if all classes were equally common says by how much a photo
    raises each; one that leans to the shares of training says how likely each is.
    """
    return "most-raised" if description.lean == "equal_shares" else "likeliest"


def recorded_rule(description: BundleDescription) -> AnswerRule:
    """The rule that a bundle follows unless told otherwise: its maker's, or the measured one."""
    return description.answer_rule or measured_rule(description)


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
