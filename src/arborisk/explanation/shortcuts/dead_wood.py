"""Is the model only a detector of dead trees?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.explanation.shortcuts.material import Material
from arborisk.explanation.shortcuts.measures import (
    correlation,
    difference,
    order_share,
    two_sides,
)
from arborisk.explanation.shortcuts.out_of_fold import predict_by_threshold
from arborisk.explanation.shortcuts.record import Finding, Reading, Standing
from arborisk.records import Interval
from arborisk.wording.intervals import interval_text, points_text, share_text
from arborisk.wording.percent import percent

LOW_DEAD_SHARE = 0.15
"""A tree with less dead wood than this counts as living here."""
FOLLOWS = 0.7
DEAD_WOOD_RULE = (
    "Found: the model orders the photos no better than this share does (the difference is not "
    "above 0 at the lower end); among trees with little of it no better than chance, though "
    f"there are enough of them; and its score follows it (rank correlation beyond {FOLLOWS:g} "
    "at the near end of the interval). Worth knowing: the first or the last of these."
)
NO_SHARE = "Its share is not known for these photos."
TOO_FEW = "Too few photos of one of the classes have a known share of it."


def dead_wood_test(material: Material) -> Finding:
    """Sets the model beside the share of dead wood alone, and looks at living trees alone."""
    dead, wood = material.photos.dead_share, material.photos.wood
    title = f"{wood} alone"
    if dead is None:
        return Finding("dead_wood", title, "not tested", NO_SHARE, DEAD_WOOD_RULE)
    rows = material.rows[np.isfinite(dead[material.rows])]
    is_first = material.photos.class_index[rows] == material.contrast.of
    if min(is_first.sum(), (~is_first).sum()) < 5:
        return Finding("dead_wood", title, "not tested", TOO_FEW, DEAD_WOOD_RULE)
    score, groups = material.score(material.plain[rows]), material.photos.group_names(rows)
    follows = correlation(score, dead[rows], groups)
    sign = 1.0 if follows.value >= 0 else -1.0
    model, rule = material.order_of(score, rows), order_share(sign * dead[rows], is_first, groups)
    more = _more(score, sign * dead[rows], is_first, groups)
    living = _living(material, rows, dead)
    standing = _standing(follows, more, living)
    return Finding(
        "dead_wood",
        title,
        standing,
        f"The score follows the share of {wood} with a rank correlation of "
        f"{interval_text(follows)}. {_rule_sentence(material, dead, rows, model, rule, more)} "
        f"{_living_sentence(living, wood)}",
        DEAD_WOOD_RULE,
        (
            Reading("the model on these photos", model, 0.5, "chance"),
            Reading(f"share of {wood} alone: order right", rule, 0.5, "chance"),
            Reading(f"the model beyond {wood} alone", more, 0.0, "no better", signed=True),
            *(
                [Reading(f"with little {wood}: order right", living, 0.5, "chance")]
                if living
                else []
            ),
            Reading(f"rank correlation of score and {wood}", follows, 0.0, "none", signed=True),
        ),
    )


def _standing(follows: Interval, more: Interval, living: Interval | None) -> Standing:
    """What the numbers say; see `DEAD_WOOD_RULE`."""
    near = None
    if follows.low is not None and follows.high is not None:
        near = min(abs(follows.low), abs(follows.high)) if follows.low * follows.high > 0 else 0.0
    tight = near is not None and near > FOLLOWS
    no_better = more.low is not None and more.low <= 0
    blind = living is not None and living.low is not None and living.low <= 0.5
    if near is None:
        return "not tested"
    if no_better and blind and tight:
        return "found"
    return "noticed" if no_better or tight else "not found"


def _more(
    score: NDArray[np.float64],
    dead: NDArray[np.float64],
    is_first: NDArray[np.bool_],
    groups: list[str],
) -> Interval:
    """How much better the score orders photos than dead wood does."""

    def statistic(kept: NDArray[np.bool_]) -> float:
        first = is_first[kept]
        return _order(score[kept], first) - _order(dead[kept], first)

    return difference(statistic, groups, support=two_sides(is_first, groups))


def _order(score: NDArray[np.float64], is_first: NDArray[np.bool_]) -> float:
    wins = score[is_first][:, None] - score[~is_first][None]
    return float(((wins > 0) + 0.5 * (wins == 0)).mean())


def _living(
    material: Material, rows: NDArray[np.int64], dead: NDArray[np.float64]
) -> Interval | None:
    """How well the model orders trees with little dead wood; None where a class has none."""
    alive = rows[dead[rows] < LOW_DEAD_SHARE]
    is_first = material.photos.class_index[alive] == material.contrast.of
    if min(is_first.sum(), (~is_first).sum()) < 5:
        return None
    return material.order_of(material.score(material.plain[alive]), alive)


def _rule_sentence(
    material: Material,
    dead: NDArray[np.float64],
    rows: NDArray[np.int64],
    model: Interval,
    rule: Interval,
    more: Interval,
) -> str:
    is_first = material.photos.class_index[rows] == material.contrast.of
    wood = material.photos.wood
    said = predict_by_threshold(
        dead[rows], is_first, material.photos.group_names(rows), seed=material.seed
    )
    balanced = (said[is_first].mean() + (~said[~is_first]).mean()) / 2
    return (
        f"{wood.capitalize()} alone puts {share_text(rule)} of pairs in the right order, the model "
        f"{share_text(model)}: {points_text(more)}. As a rule with one limit, fitted on other "
        f"groups, it has a balanced accuracy of {percent(balanced)} on this question."
    )


def _living_sentence(living: Interval | None, wood: str) -> str:
    little = f"trees with less than {percent(LOW_DEAD_SHARE, 'stated')} {wood}"
    if living is None:
        return f"Too few {little} in one of the classes to see whether it tells them apart."
    return f"Among {little} the model puts {share_text(living)} of pairs in the right order."
