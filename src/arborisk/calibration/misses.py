"""From which score on a tree is referred, so that few of a class are missed, or why none can be.

A tree is missed when it is of the class (or a likelier one) and is not referred. Thresholds are
tested from "refer everything" upwards, each with the exact binomial bound, and the last that passes
is taken (fixed-sequence testing). The unit is the group, and it counts as missed if any of its
photos of such a tree, taken alone, would not be referred: so the promise holds for a tree with a
single photo too, and a further photo only adds to it.

A new tree is scored by each member and referred if any member asks for it: it is then missed less
often than by the members one by one, which is what was measured.

Source: Angelopoulos, Bates, Candes, Jordan and Lei (2021), Learn then Test (fixed-sequence
testing); Clopper and Pearson (1934), Biometrika 26(4), 404-413 (the bound).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.attainable import groups_needed, misses_allowed, percent
from arborisk.calibration.scores import chance_at_or_above
from arborisk.calibration.table import CalibrationTable

ROUNDING = 1e-6
"""Taken off the threshold: probabilities are kept with six decimals."""


@dataclass(frozen=True, slots=True)
class MissRule:
    """A threshold with its promise.

    Attributes:
        class_number: Class that must not be missed, or likelier ones where classes are ordered.
        miss_rate: Largest share of groups with such trees in which any may be missed, by any of
            its photos alone.
        confidence: Least chance, over calibration samples, that the promise holds.
        threshold: A tree is referred from this score on, in [0, 1].
        n_groups: Groups with such trees that proved it.
        n_missed: Of these, how many the threshold misses.
        n_allowed: Most that could be missed.
    """

    class_number: int
    miss_rate: float
    confidence: float
    threshold: float
    n_groups: int
    n_missed: int
    n_allowed: int

    def refers(self, score: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether trees are referred, of their scores as `referral_scores` gives them."""
        return np.asarray(score >= self.threshold)


@dataclass(frozen=True, slots=True)
class MissRuleRefused:
    """Why no threshold can be promised.

    Attributes:
        class_number: Class that must not be missed.
        miss_rate: Share asked for.
        confidence: Confidence asked for.
        n_groups: Groups with such trees.
        n_needed: Fewest groups that could prove it, with no miss among them.
    """

    class_number: int
    miss_rate: float
    confidence: float
    n_groups: int
    n_needed: int

    def sentence(self, title: str, unit: str = "groups") -> str:
        """The refusal in words.

        Args:
            title: Title of the class, for example ``Probable``.
            unit: What the groups are.
        """
        return (
            f"At most {percent(self.miss_rate)} of {unit} with {title} missed cannot be promised "
            f"with {percent(self.confidence)} confidence: {self.n_groups} {unit} with {title} were "
            f"held back, and at least {self.n_needed} are needed, none of them missed."
        )


def find_miss_rule(
    table: CalibrationTable,
    class_number: int,
    *,
    miss_rate: float,
    confidence: float,
    ordered: bool,
) -> MissRule | MissRuleRefused:
    """Highest threshold that keeps the promise, or the refusal.

    Args:
        table: What was said of photos held back.
        class_number: Class that must not be missed, or likelier ones where `ordered`.
        miss_rate: Largest share that may be missed, in (0, 1).
        confidence: Least chance that the promise holds, in (0, 1).
        ordered: Whether the order of the classes means something.
    """
    weakest = weakest_scores(table, class_number, ordered=ordered)
    allowed = misses_allowed(len(weakest), miss_rate, confidence)
    if allowed < 0:
        return MissRuleRefused(
            class_number, miss_rate, confidence, len(weakest), groups_needed(miss_rate, confidence)
        )
    # Every group scores at least 0, so that the strictest promise refers every tree.
    threshold = float(weakest[allowed]) - ROUNDING if allowed < len(weakest) else 1.0
    return MissRule(
        class_number,
        miss_rate,
        confidence,
        max(threshold, 0.0),
        len(weakest),
        int((weakest < threshold).sum()),
        allowed,
    )


def referral_scores(
    probability: NDArray[np.float64], class_number: int, *, ordered: bool
) -> NDArray[np.float64]:
    """How much speaks for a class (or likelier ones): what the most worried member says, (n,).

    Args:
        probability: What each member says, shape (n, n_members, k).
        class_number: The class.
        ordered: Whether the order of the classes means something.
    """
    return np.asarray(chance_at_or_above(probability, class_number, ordered=ordered).max(axis=1))


def tree_scores(
    table: CalibrationTable, class_number: int, *, ordered: bool
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """Score, whether it is of the class, and group of each tree; arrays of shape (n_trees,).

    A tree scores what its most worrying photo scores, so that a photo more never hides a tree.
    """
    score = chance_at_or_above(table.probability, class_number, ordered=ordered)
    is_so = table.class_index >= class_number if ordered else table.class_index == class_number
    _, first, tree = np.unique(table.tree, return_index=True, return_inverse=True)
    highest = np.full(len(first), -np.inf)
    np.maximum.at(highest, tree, score)
    any_so = np.zeros(len(first), dtype=np.bool_)
    np.logical_or.at(any_so, tree, is_so)
    return highest, any_so, table.group[first]


def weakest_scores(
    table: CalibrationTable, class_number: int, *, ordered: bool
) -> NDArray[np.float64]:
    """Lowest score of a photo of the class in each group that has one, ascending."""
    score = chance_at_or_above(table.probability, class_number, ordered=ordered)
    is_so = table.class_index >= class_number if ordered else table.class_index == class_number
    group = table.group
    _, number = np.unique(group[is_so], return_inverse=True)
    lowest = np.full(int(number.max()) + 1 if len(number) else 0, np.inf)
    np.minimum.at(lowest, number, score[is_so])
    return np.sort(lowest)
