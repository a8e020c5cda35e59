"""Fits the heads of the gates, and puts them into the form in which they are shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from arborisk.models.table import DEFAULT_MODEL
from arborisk.prediction.gates.gating import GATES, GateHeads

PENALTY_C = 0.003
N_DIRECTIONS, LEAST_SCALE = 10, 1e-3
"""Directions of trees beside which the residual is measured, and a floor under its scales."""


def fit(embedding: NDArray[np.float32], yes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights and, last, the bias of a logistic regression on standardised embeddings."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = embedding.mean(axis=0), embedding.std(axis=0) + 1e-6
    model = LogisticRegression(C=PENALTY_C, max_iter=3000, class_weight="balanced")
    model.fit((embedding - mean) / scale, yes)
    weight = model.coef_[0] / scale
    return np.append(weight, model.intercept_[0] - weight @ mean)


@dataclass(frozen=True)
class Head:
    """A fitted head: weights with the bias last, and of "tree" what the residual needs."""

    weight: NDArray[np.float64]
    mean: NDArray[np.float64] | None = None
    scale: NDArray[np.float64] | None = None
    directions: NDArray[np.float64] | None = None
    per_residual: float = 0.0

    def score(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log-odds, less the residual where the head has one, shape (n,)."""
        logit = np.asarray(x @ self.weight[:-1] + self.weight[-1])
        return logit if self.mean is None else logit - self.per_residual * self.residual(x)

    def residual(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """What is left of standardised embeddings beside the directions of trees, shape (n,)."""
        assert self.scale is not None and self.directions is not None
        standard = (x - self.mean) / self.scale
        left = standard - standard @ self.directions.T @ self.directions
        return np.asarray(np.linalg.norm(left, axis=1))


def fit_head(
    gate: str, x: NDArray[np.float32], yes: NDArray[np.bool_], promised: NDArray[np.bool_]
) -> Head:
    """The head of a gate; of "tree" with a residual from the photos of which much is promised."""
    weight = fit(x, yes)
    if gate != "tree":
        return Head(weight)
    own = x[promised].astype(np.float64)
    mean, scale = own.mean(axis=0), own.std(axis=0) + LEAST_SCALE
    _, _, directions = np.linalg.svd((own - mean) / scale, full_matrices=False)
    bare = Head(weight, mean, scale, directions[:N_DIRECTIONS])
    logit = own @ weight[:-1] + weight[-1]
    return replace(bare, per_residual=float(logit.std() / bare.residual(x[promised]).std()))


def to_ship(
    fitted: Sequence[Head], probe: NDArray[np.float32], facts: Mapping[str, Mapping[str, object]]
) -> GateHeads:
    """The heads as they are kept: half as exact, with what they make of the probe."""
    tree = fitted[GATES.index("tree")]
    kept = [np.array([one.weight[:-1] for one in fitted]), tree.mean, tree.scale, tree.directions]
    weight, mean, scale, directions = (
        np.asarray(one, dtype=np.float16).astype(np.float32) for one in kept
    )
    bias = np.array([one.weight[-1] for one in fitted], dtype=np.float32)
    content = {
        "trained_on": "498 park photos (CC BY 4.0, see NOTICE), patches of them, drawn trees, "
        "drawings of eight more kinds, screens, text, plain colours and noise",
        "command": "python benchmarks/gates.py PARKTREES --write",
        "model": DEFAULT_MODEL,
        "probe_logits": (weight @ probe + bias).tolist(),
        "per_residual": tree.per_residual,
        "gates": facts,
    }
    return GateHeads(weight, bias, mean, scale, directions, content)
