"""One answer for each item: by vote, and by Dawid and Skene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.dawid_skene import DawidSkene, dawid_skene
from arborisk.agreement.ratings import MISSING, class_counts
from arborisk.metrics.sums import predicted_class

WEAK, STRONG = 0.25, 4.0
"""Factors on the prior under which consensus is made again, to see what hangs on it."""
FEW_RATERS = 3
"""Raters up to which the confusions of raters cannot be told from the ratings alone.

With two raters there are more unknowns than equations; with three and two classes just as many.
Source: counting of unknowns; see Kruskal (1977), Linear Algebra and its Applications 18, 95-138."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """Consensus of every item.

    Attributes:
        counts: Raters by class said, shape (n_items, k).
        vote: Class by vote, `MISSING` on a tie of unordered classes or without ratings.
        model: Dawid and Skene's estimates.
        likeliest: Their likeliest class, shape (n_items,); `MISSING` without ratings.
        n_differ: Items where vote and likeliest class differ.
        n_hanging: Items whose likeliest class changes with the weak or the strong prior.
        n_open: Items whose likeliest class has a probability below 0.8.
    """

    counts: NDArray[np.float64]
    vote: NDArray[np.int64]
    model: DawidSkene
    likeliest: NDArray[np.int64]
    n_differ: int
    n_hanging: int
    n_open: int

    @property
    def entropy(self) -> NDArray[np.float64]:
        """Uncertainty of each item's class in bits, shape (n_items,)."""
        probability = self.model.probability
        logs = np.log2(probability, out=np.zeros_like(probability), where=probability > 0)
        return np.asarray(-(probability * logs).sum(axis=1))


def make_consensus(said: NDArray[np.int64], n_classes: int, *, ordered: bool) -> Consensus:
    """Consensus from one rating a rater and item.

    Args:
        said: Class index or `MISSING`, shape (n_items, n_raters).
        n_classes: Number of classes.
        ordered: Whether the order of the classes means something.
    """
    one_hot = np.stack([said == k for k in range(n_classes)], axis=2).astype(float)
    counts = class_counts(said, n_classes)
    rated = counts.sum(axis=1) > 0
    vote = vote_of(counts, ordered=ordered)
    usual, weak, strong = (dawid_skene(one_hot, prior=factor) for factor in (1.0, WEAK, STRONG))
    likeliest = np.where(rated, predicted_class(usual.probability), MISSING)
    hanging = (predicted_class(weak.probability) != likeliest) | (
        predicted_class(strong.probability) != likeliest
    )
    return Consensus(
        counts,
        vote,
        usual,
        likeliest,
        int((vote != likeliest)[rated].sum()),
        int(hanging[rated].sum()),
        int((usual.probability.max(axis=1) < 0.8)[rated].sum()),
    )


def vote_of(counts: NDArray[np.float64], *, ordered: bool) -> NDArray[np.int64]:
    """Class by vote, as `arborisk dataset import` takes it.

    Ordered classes: the median, and of two middle ratings the likelier, since a missed Probable
    costs more than a needless visit; a majority is always the median. Others: the most frequent.

    Args:
        counts: Raters by class said, shape (n_items, k).
        ordered: Whether the order of the classes means something.

    Returns:
        Class index; `MISSING` without ratings, or on a tie of unordered classes.

    >>> vote_of(np.array([[1.0, 0.0, 1.0], [2.0, 0.0, 1.0]]), ordered=True).tolist()
    [2, 0]
    """
    total = counts.sum(axis=1)
    if ordered:
        middle = (total // 2)[:, None]
        vote = (counts.cumsum(axis=1) <= middle).sum(axis=1)
    else:
        vote = counts.argmax(axis=1)
        vote[(counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1] = MISSING
    return np.asarray(np.where(total > 0, vote, MISSING), dtype=np.int64)
