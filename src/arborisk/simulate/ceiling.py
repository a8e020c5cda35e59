"""How well anyone could do who sees all of a tree that a photo can show: the Bayes ceiling.

The hidden parameters are redrawn with the visible ones held. Two things need care:

* The stand was sampled to class shares q, not as nature deals them. A tree of class c in a wind
  climate w was kept with chance q(c) / p(c | w), so each redraw counts with that weight.
* p(c | w) is the share of class c among all trees in that wind: read off one large bank of critical
  gusts, since trees and winds are unrelated.

A photo shows less than the parameters do (perspective, twigs, no scale): real readers of photos,
people or networks, stay below this ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.mechanics.wind import Floats
from arborisk.simulate.failure import class_of, critical_gust_ms, loads_of
from arborisk.simulate.parameters import VisibleParts, draw_hidden, draw_visible
from arborisk.simulate.sites import WindClimates, draw_wind_climates

N_REDRAWS = 1000
BANK_TREES = 200_000
CHUNK_REDRAWS = 100
N_CLASSES = 3


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the best reader of the visible parameters would score on a stand.

    Attributes:
        probability: P(class | visible), rows sum to 1, shape (n_trees, 3), Improbable first.
        balanced_accuracy: Expected balanced accuracy of the best decision for it: the class whose
            probability exceeds its share most.
        balanced_accuracy_plug_in: The same for the likeliest class: what a well-calibrated model
            without class weights reaches.
        accuracy: Expected accuracy of the likeliest class.
        n_redraws: Redraws of the hidden parameters of each tree.
    """

    probability: Floats
    balanced_accuracy: float
    balanced_accuracy_plug_in: float
    accuracy: float
    n_redraws: int


def bayes_ceiling(
    visible: VisibleParts,
    class_shares: Floats,
    rng: np.random.Generator,
    *,
    n_redraws: int = N_REDRAWS,
) -> Ceiling:
    """Redraws the hidden parameters of every tree and says what the best reader would score.

    Args:
        visible: The n trees of a stand.
        class_shares: Shares of the three classes in the stand, q, shape (3,).
        rng: Source of randomness.
        n_redraws: Redraws for each tree.
    """
    weights = class_weights(visible, class_shares, rng, n_redraws=n_redraws)
    probability = weights / weights.sum(axis=1, keepdims=True)
    by_share = probability / class_shares
    likeliest = probability.argmax(axis=1)
    return Ceiling(
        probability=probability,
        balanced_accuracy=expected_balanced_accuracy(probability, by_share.argmax(axis=1)),
        balanced_accuracy_plug_in=expected_balanced_accuracy(probability, likeliest),
        accuracy=float(probability.max(axis=1).mean()),
        n_redraws=n_redraws,
    )


def class_weights(
    visible: VisibleParts, class_shares: Floats, rng: np.random.Generator, *, n_redraws: int
) -> Floats:
    """Unnormalised P(class | visible) in the stand as it was sampled, shape (n_trees, 3)."""
    bank_trees = draw_visible(BANK_TREES, rng)
    bank = np.sort(critical_gust_ms(bank_trees, draw_hidden(bank_trees, rng)))
    loads = loads_of(visible)
    totals = np.zeros((len(visible.height_m), N_CLASSES))
    for start in range(0, n_redraws, CHUNK_REDRAWS):
        n_now = min(CHUNK_REDRAWS, n_redraws - start)
        hidden = draw_hidden(visible, rng, n_redraws=n_now)
        winds = draw_wind_climates(hidden.root_hold.shape, rng)
        critical = critical_gust_ms(visible, hidden, loads)
        drawn = class_of(critical, winds.normal_gust_ms, winds.extreme_gust_ms)
        weight = class_shares / natural_shares(bank, winds)
        for index in range(N_CLASSES):
            totals[:, index] += np.where(drawn == index, weight[..., index], 0.0).sum(axis=0)
    return totals


def natural_shares(sorted_critical_ms: Floats, winds: WindClimates) -> Floats:
    """Shares of the three classes among all trees in each wind climate, shape (..., 3).

    Args:
        sorted_critical_ms: Critical gusts of a large sample of trees, ascending.
        winds: Wind climates, shape (...).
    """
    n_trees = len(sorted_critical_ms)
    probable = np.searchsorted(sorted_critical_ms, winds.normal_gust_ms) / n_trees
    failing = np.searchsorted(sorted_critical_ms, winds.extreme_gust_ms) / n_trees
    shares = np.stack([1.0 - failing, failing - probable, probable], axis=-1)
    return np.maximum(shares, 1.0 / n_trees)


def expected_balanced_accuracy(probability: Floats, decision: NDArray[np.int64]) -> float:
    """Mean over classes of the share of a class that a decision finds, in expectation.

    Args:
        probability: P(class | visible), shape (n_trees, 3).
        decision: Class index given to each tree, shape (n_trees,).
    """
    found = probability * (decision[:, None] == np.arange(probability.shape[1]))
    return float((found.sum(axis=0) / probability.sum(axis=0)).mean())
