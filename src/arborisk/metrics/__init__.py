"""Scores of predictions, their intervals over groups, and the baselines they stand beside."""

from __future__ import annotations

from arborisk.metrics.baselines import majority_scores, prior_sampling_scores
from arborisk.metrics.degenerate import DEGENERATE_SHARE, degenerate_sentence
from arborisk.metrics.intervals import NO_SPREAD, TOO_FEW, scores_with_intervals
from arborisk.metrics.scores import scores
from arborisk.metrics.sums import confusion_matrix, predicted_class

__all__ = [
    "DEGENERATE_SHARE",
    "NO_SPREAD",
    "TOO_FEW",
    "confusion_matrix",
    "degenerate_sentence",
    "majority_scores",
    "predicted_class",
    "prior_sampling_scores",
    "scores",
    "scores_with_intervals",
]
