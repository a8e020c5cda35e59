"""Consensus by Dawid and Skene: raters count by how well they are estimated to tell the classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
