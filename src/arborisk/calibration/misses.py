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

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.table import CalibrationTable, chance_at_or_above
from arborisk.wording.percent import percent

BISECTIONS = 60
"""Halvings of an interval of length 1: far below the rounding of a float."""
RANGE = 0.9
"""Share of calibration samples whose coverage lies inside `attainable_coverage`."""


def binomial_at_most(successes: int, trials: int, chance: float) -> float:
    """P(X <= successes) of a binomial X.

    >>> round(binomial_at_most(0, 59, 0.05), 4)
    0.0485
    """
    if successes >= trials or chance <= 0:
        return 1.0
    if successes < 0 or chance >= 1:
        return 0.0
    return min(1.0, float(_chances(trials, chance)[: successes + 1].sum()))


def _chances(trials: int, chance: float) -> NDArray[np.float64]:
    """P(X = 0), P(X = 1), ... of a binomial X, shape (trials + 1,); `chance` in (0, 1)."""
    number = np.arange(trials + 1)
    logs = _log_choices(trials) + number * math.log(chance)
    return np.asarray(np.exp(logs + (trials - number) * math.log1p(-chance)))


@lru_cache(maxsize=64)
def _log_choices(trials: int) -> NDArray[np.float64]:
    """Log of the number of ways to choose 0, 1, ... of so many, shape (trials + 1,)."""
    number = np.arange(1, trials + 1)
    return np.concatenate([[0.0], np.cumsum(np.log((trials - number + 1) / number))])


def order_statistic_quantile(rank: int, sample: int, level: float) -> float:
    """Quantile of Beta(rank, sample + 1 - rank): the rank-th smallest of ``sample`` uniforms.

    Args:
        rank: 1 to ``sample``.
        sample: Numbers drawn.
        level: Quantile asked for, in (0, 1).
    """
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        # The rank-th smallest is at most x when at least ``rank`` numbers are at most x.
        if 1 - binomial_at_most(rank - 1, sample, middle) < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def attainable_coverage(n_groups: int, coverage: float) -> tuple[float, float]:
    """Range of the coverage that sets really have when so many groups calibrated them.

    Asked for 90 %, sets cover 90 % on average over all calibration samples that might have been
    drawn; the one sample at hand is luckier or not. The range holds 9 in 10 of such samples.

    Args:
        n_groups: Groups that calibrate.
        coverage: Coverage asked for, in (0, 1).

    Returns:
        Lower and upper end; (1, 1) where so few groups leave sets that hold every class.

    Source: Vovk (2012), Conditional validity of inductive conformal predictors, section 3:
    the coverage of a split-conformal set is that of an order statistic.

    >>> [round(end, 2) for end in attainable_coverage(30, 0.9)]
    [0.8, 0.97]
    """
    rank = math.ceil((n_groups + 1) * coverage - 1e-9)
    if rank > n_groups:
        return 1.0, 1.0
    tail = (1 - RANGE) / 2
    return (
        order_statistic_quantile(rank, n_groups, tail),
        order_statistic_quantile(rank, n_groups, 1 - tail),
    )


def groups_needed(miss_rate: float, confidence: float) -> int:
    """Fewest groups of a class from which a miss rate can be promised: those with no miss at all.

    >>> groups_needed(0.05, 0.95)
    59
    """
    return math.ceil(math.log(1 - confidence) / math.log1p(-miss_rate) - 1e-12)


def misses_allowed(n_groups: int, miss_rate: float, confidence: float) -> int:
    """Most misses among so many groups that still prove a miss rate; -1 where none are few enough.

    Args:
        n_groups: Groups of the class that must not be missed.
        miss_rate: Largest share of them that may be missed, in (0, 1).
        confidence: Least chance that the promise holds, in (0, 1).

    >>> misses_allowed(58, 0.05, 0.95), misses_allowed(59, 0.05, 0.95)
    (-1, 0)
    >>> misses_allowed(93, 0.05, 0.95)
    1
    """
    at_most = np.cumsum(_chances(n_groups, miss_rate))
    return int(np.searchsorted(at_most, 1 - confidence, side="right")) - 1


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
