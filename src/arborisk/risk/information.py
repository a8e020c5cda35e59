"""Which single input, were it known, would narrow the rating most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.assessment import Assessment
from arborisk.risk.belief import Belief
from arborisk.risk.rating import rating_of
from arborisk.risk.rules import RuleSet, load_rules
from arborisk.risk.spread import Spread
from arborisk.risk.views import highest_of


@dataclass(frozen=True, slots=True)
class Information:
    """What knowing one input would do to the rating.

    Attributes:
        name: The input, for example ``occupancy of the footpath``.
        words: What is known of it now.
        bits: Expected fall of the rating's entropy, in bits, with the words of a range counted
            alike; for the order only.
        ratings_left: Most ratings that would remain possible, whatever the answer.
        by_answer: Rating for each answer, in words.
    """

    name: str
    words: str
    bits: float
    ratings_left: int
    by_answer: tuple[tuple[str, str], ...]


def value_of_information(
    assessment: Assessment, rules: RuleSet | None = None
) -> tuple[Information, ...]:
    """Every uncertain input with what it would tell, most telling first.

    Exact: the rating is worked out again for each word that the input may have. Inputs that leave
    the rating as it is are listed too, with 0 bits: nobody needs to go and look for them.

    Args:
        assessment: What is known.
        rules: Rule set; `isa_bmp_2017` without one.
    """
    rules = rules or load_rules()
    now = _entropy(_equal_weights(assessment, rules))
    found = [
        _about(assessment, belief, rules, now)
        for belief in assessment.inputs
        if not belief.is_certain
    ]
    return tuple(sorted(found, key=lambda one: (-round(one.bits, 9), one.ratings_left, one.name)))


def _about(assessment: Assessment, belief: Belief[Any], rules: RuleSet, now: float) -> Information:
    weights = belief.array("equal")
    after, left, answers = 0.0, 0, []
    for level in belief.possible:
        known = assessment.knowing(belief.known_as(level))
        rating: Spread = rating_of(known, rules)
        after += float(weights[level]) * _entropy(_equal_weights(known, rules))
        left = max(left, len(rating.possible))
        answers.append((level.word, rating.text))
    return Information(belief.name, belief.words, max(0.0, now - after), left, tuple(answers))


def _equal_weights(assessment: Assessment, rules: RuleSet) -> NDArray[np.float64]:
    return highest_of(assessment, rules, rules.outcome, "equal")


def _entropy(weights: NDArray[np.float64]) -> float:
    some = weights[weights > 0]
    return abs(float((some * np.log2(some)).sum()))
