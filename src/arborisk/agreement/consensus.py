"""One answer for each item: by vote, and by Dawid and Skene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.ratings import MISSING, class_counts
from arborisk.metrics.scores import predicted_class

Array = NDArray[np.float64]

OWN_CLASS = 2.0
"""Ratings of its own class that each class of each rater is taken to have had beforehand."""
OTHER_CLASSES = 1.0
"""Ratings beforehand shared by the other classes. Together: a rater of whom nothing is known says
the true class two times of three. Assumption; `Consensus.n_hanging` says how much hangs on it."""
CLASS_SHARE = 1.0
"""Items of each class taken to have been seen beforehand."""
MOST_STEPS = 500
CLOSE_ENOUGH = 1e-6


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """Estimates.

    Attributes:
        probability: Of each class for each item, rows sum to 1, shape (n_items, k).
        confusion: P(class said | true class) of each rater, shape (n_raters, k, k).
        shares: Share of each class, shape (k,).
        n_steps: Steps of the algorithm.
        settled: Whether it came to rest.
    """

    probability: Array
    confusion: Array
    shares: Array
    n_steps: int
    settled: bool


def dawid_skene(counts: Array, *, prior: float = 1.0) -> DawidSkene:
    """Expectation-maximisation with a Dirichlet prior, begun at the shares of the votes.

    Raters are taken to err independently of each other, given the true class.

    Args:
        counts: How often each rater gave each class to each item, shape (n_items, n_raters, k).
        prior: Factor on `OWN_CLASS`, `OTHER_CLASSES` and `CLASS_SHARE`; 0 for maximum likelihood.

    Source: Dawid and Skene (1979), Applied Statistics 28(1), 20-28; the prior counts are added as
    in Laplace's rule (posterior mean of the rates).
    """
    n_items, n_raters, k = counts.shape
    beforehand = prior * (np.eye(k) * OWN_CLASS + (1 - np.eye(k)) * OTHER_CLASSES / (k - 1))
    flat = counts.reshape(n_items, n_raters * k)
    votes = counts.sum(axis=1)
    probability = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)
    probability[votes.sum(axis=1) == 0] = 1 / k
    confusion, shares = np.zeros((n_raters, k, k)), np.zeros(k)
    for step in range(1, MOST_STEPS + 1):
        shares = probability.sum(axis=0) + prior * CLASS_SHARE
        shares = shares / shares.sum()
        # By rater, true class, class said.
        confusion = (flat.T @ probability).reshape(n_raters, k, k).swapaxes(1, 2) + beforehand
        rows = confusion.sum(axis=2, keepdims=True)
        confusion = np.divide(confusion, rows, out=np.zeros_like(confusion), where=rows > 0)
        with np.errstate(divide="ignore"):
            by_said = np.log(confusion).swapaxes(1, 2).reshape(n_raters * k, k)
            log_share = np.log(shares)
        # 0 times minus infinity is nothing said, not nonsense.
        by_said = np.maximum(by_said, -1e4)
        log_probability = np.maximum(log_share, -1e4) + flat @ by_said
        log_probability -= log_probability.max(axis=1, keepdims=True)
        new = np.exp(log_probability)
        new /= new.sum(axis=1, keepdims=True)
        change = float(np.abs(new - probability).max())
        probability = new
        if change < CLOSE_ENOUGH:
            return DawidSkene(probability, confusion, shares, step, True)
    return DawidSkene(probability, confusion, shares, MOST_STEPS, False)


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
    """Class by vote, as `arborisk import` takes it.

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
