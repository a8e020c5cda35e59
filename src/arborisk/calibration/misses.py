"""From which score on a tree is referred, so that few of a class are missed, or why none can be.

A tree is missed when it is of the class (or a likelier one) and is not referred. Thresholds are
tested from "refer everything" upwards, each with the exact binomial bound, and the last that passes
is taken (fixed-sequence testing). The unit is the group: of each that holds such a tree one tree
and one of its photos are drawn by lot, always the same, and it is missed if that photo alone would
not be referred. So the promise is for a tree of a new group seen in a single photo; a further photo
of it can only add to a referral.

A new tree is scored by each member and referred if any member asks for it: it is then missed less
often than by the members one by one, which is what was measured.

Source: Angelopoulos, Bates, Candes, Jordan and Lei (2021), Learn then Test (fixed-sequence
testing); Clopper and Pearson (1934), Biometrika 26(4), 404-413 (the bound).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.attainable import groups_needed, misses_allowed
from arborisk.calibration.scores import chance_at_or_above
from arborisk.calibration.table import CalibrationTable
from arborisk.wording.percent import percent

LOT = 20201202
"""Seed of the lot: the date of the deck."""
ROUNDING = 1e-6
"""Taken off the threshold: probabilities are kept with six decimals."""


@dataclass(frozen=True, slots=True)
class MissRule:
    """A threshold with its promise.

    Attributes:
        class_number: Class that must not be missed, or likelier ones where classes are ordered.
        miss_rate: Largest share of such trees, one of each new group, that may be missed.
        confidence: Least chance, over calibration samples, that the promise holds.
        threshold: A tree is referred from this score on, in [0, 1].
        n_groups: Groups with such trees that proved it, one photo of each.
        n_missed: Of these, how many the threshold misses, by the photo drawn.
        n_allowed: Most that could be missed.
        referred: Its price: share of all trees held back that it refers, in [0, 1].
    """

    class_number: int
    miss_rate: float
    confidence: float
    threshold: float
    n_groups: int
    n_missed: int
    n_allowed: int
    referred: float

    def refers(self, score: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether trees are referred, of their scores as `referral_scores` gives them."""
        return np.asarray(score >= self.threshold)

    def sentence(self, title: str) -> str:
        """The promise in words, with its price; `title` is the class, for example ``Probable``."""
        return (
            f"{title}: at most {percent(self.miss_rate, 'stated')} of such trees, one of each new "
            f"group, missed with {percent(self.confidence, 'stated')} confidence, if a person is "
            f"sent from a score of {self.threshold:.3f} on; that sends a person to "
            f"{percent(self.referred)} of the trees held back ({self.n_missed} of {self.n_groups} "
            "drawn by lot missed)."
        )


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
            f"At most {percent(self.miss_rate, 'stated')} of {unit} with {title} missed cannot be "
            f"promised with {percent(self.confidence, 'stated')} confidence: {self.n_groups} "
            f"{unit} with {title} were held back, and at least {self.n_needed} are needed, none of "
            "them missed."
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
    drawn = drawn_scores(table, class_number, ordered=ordered)
    allowed = misses_allowed(len(drawn), miss_rate, confidence)
    if allowed < 0:
        return MissRuleRefused(
            class_number, miss_rate, confidence, len(drawn), groups_needed(miss_rate, confidence)
        )
    # Every group scores at least 0, so that the strictest promise refers every tree.
    threshold = float(drawn[allowed]) - ROUNDING if allowed < len(drawn) else 1.0
    threshold = max(threshold, 0.0)
    of_trees, _, _ = tree_scores(table, class_number, ordered=ordered)
    return MissRule(
        class_number,
        miss_rate,
        confidence,
        threshold,
        len(drawn),
        int((drawn < threshold).sum()),
        allowed,
        float((of_trees >= threshold).mean()),
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


def drawn_scores(
    table: CalibrationTable, class_number: int, *, ordered: bool
) -> NDArray[np.float64]:
    """Score of one photo of one tree of the class in each group that has one, ascending.

    Tree and photo are drawn by a lot that hangs on nothing but the order of the rows.
    """
    is_so = table.class_index >= class_number if ordered else table.class_index == class_number
    rows = np.random.default_rng(LOT).permutation(np.flatnonzero(is_so))
    # The first row of a tree in this order is its photo, the first of a group would favour trees
    # of many photos: trees are therefore dealt anew.
    _, first = np.unique(table.tree[rows], return_index=True)
    photos = np.random.default_rng(LOT + 1).permutation(rows[first])
    _, one_each = np.unique(table.group[photos], return_index=True)
    score = chance_at_or_above(table.probability, class_number, ordered=ordered)
    return np.sort(score[photos[one_each]])
