"""Heads that `benchmarks/skill.py` tries beside the default; all choose inside their part."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from arborisk.split.make import inner_folds
from arborisk.training.regression import (
    ROUGHLY,
    Nominal,
    Reduced,
    fit_path,
    one_thread,
    reduce,
)
from arborisk.training.settings import HeadSettings

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Head = Callable[
    [NDArray[np.float32], Rows, Sequence[str], Sequence[int], NDArray[np.float32]], Floats
]
"""From embeddings, classes and groups to learn from, lengths of the parts, and embeddings to
judge, to log-probabilities, shape (n_judged, n_classes)."""
STRENGTHS = HeadSettings().strengths
SHRINKAGES = (0.5, 0.3, 0.1, 0.03, 0.01, 0.003)
TEMPERATURES = np.geomspace(0.01, 3, 30)
SHARES_GIVEN_BACK = np.linspace(0, 1, 11)


class _Learnt:
    """A training part turned to its own axes, with answers held back on inner folds."""

    def __init__(
        self,
        embeddings: NDArray[np.float32],
        classes: Rows,
        groups: Sequence[str],
        parts: Sequence[int],
        *,
        power: float = 1.0,
        smoothing: float = 0.0,
        whitened: float = 0.0,
    ) -> None:
        self.classes, self.n_classes = classes, int(classes.max()) + 1
        self.reduced: Reduced = reduce(embeddings, parts)
        self.folds = inner_folds(classes, groups, n_folds=5, seed=0)
        spread = self.reduced.scores.std(axis=0)
        unit = np.maximum((spread / spread.max()) ** whitened, 1e-3)
        self.unit = unit * np.sqrt(((self.reduced.scores / unit) ** 2).mean(axis=0).sum())
        self.points = self.reduced.scores / self.unit
        counts = np.bincount(classes)
        self.weight = (len(classes) / (self.n_classes * counts))[classes] ** power
        self.wanted = np.eye(self.n_classes)[classes] * (1 - smoothing) + smoothing / self.n_classes
        self.log_share = np.log(counts / counts.sum())

    def turned(self, judged: NDArray[np.float32]) -> Floats:
        """Points of pictures to judge."""
        scores = ((judged - self.reduced.mean) / self.reduced.scale) @ self.reduced.axes.T
        return np.asarray(scores / self.unit)

    def held_back(self) -> list[Floats]:
        """Log-probabilities of each strength, strong to weak, each photo by a fit without it."""
        paths = [
            fit_path(
                self.points[learn],
                self.wanted[learn],
                self.weight[learn],
                STRENGTHS,
                Nominal(self.n_classes),
                tolerance=ROUGHLY,
            )
            for learn, _ in self.folds
        ]
        found = []
        for fits in zip(*paths, strict=True):
            said = np.zeros(self.wanted.shape)
            for (_, judge), fit in zip(self.folds, fits, strict=True):
                said[judge] = _log_softmax(self.points[judge] @ fit.weight.T + fit.offsets)
            found.append(said)
            if len(found) > 2 and self.loss(found[-1]) > self.loss(found[-2]) + 0.1:
                break
        return found

    def loss(self, said: Floats) -> float:
        """Weighted log-loss."""
        own = said[np.arange(len(said)), self.classes]
        return float(-(self.weight * own).sum() / self.weight.sum())

    def f1(self, said: Floats) -> float:
        """Macro-F1."""
        return float(f1_score(self.classes, said.argmax(axis=1), average="macro", zero_division=0))

    def fit(self, strength: float, judged: NDArray[np.float32]) -> Floats:
        """Answers of the fit to the whole part."""
        path = [tried for tried in STRENGTHS if tried > strength] + [strength]
        *_, last = fit_path(self.points, self.wanted, self.weight, path, Nominal(self.n_classes))
        return _log_softmax(self.turned(judged) @ last.weight.T + last.offsets)


def _log_softmax(scores: Floats) -> Floats:
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


def _head(*, by_f1: bool = False, given_back: float | None = 0.0, **choices: float) -> Head:
    """A logistic head.

    Args:
        by_f1: Whether macro-F1 chooses the strength, instead of the weighted log-loss.
        given_back: Power of the class shares that is multiplied back; None means the one of the
            best macro-F1 on the inner folds.
        choices: See `_Learnt`.
    """

    def head(
        embeddings: NDArray[np.float32],
        classes: Rows,
        groups: Sequence[str],
        parts: Sequence[int],
        judged: NDArray[np.float32],
    ) -> Floats:
        with one_thread():
            learnt = _Learnt(embeddings, classes, groups, parts, **choices)
            said = learnt.held_back()
            best = np.argmin([-learnt.f1(one) if by_f1 else learnt.loss(one) for one in said])
            power = given_back
            if power is None:
                scores = [
                    learnt.f1(said[best] + tried * learnt.log_share) for tried in SHARES_GIVEN_BACK
                ]
                smooth = np.convolve(np.pad(scores, 1, mode="edge"), [1 / 3] * 3, "valid")
                power = float(SHARES_GIVEN_BACK[smooth.argmax()])
            return _log_softmax(learnt.fit(STRENGTHS[best], judged) + power * learnt.log_share)

    return head


def _discriminant(
    embeddings: NDArray[np.float32],
    classes: Rows,
    groups: Sequence[str],
    parts: Sequence[int],
    judged: NDArray[np.float32],
) -> Floats:
    """Linear discriminant analysis, all classes alike; shrinkage and temperature by log-loss."""
    with one_thread():
        learnt = _Learnt(embeddings, classes, groups, parts)
        tried = []
        for shrinkage in SHRINKAGES:
            said = np.zeros((len(classes), learnt.n_classes))
            for learn, judge in learnt.folds:
                weight, offset = _directions(learnt.points[learn], classes[learn], shrinkage)
                said[judge] = learnt.points[judge] @ weight.T + offset
            losses = [learnt.loss(_log_softmax(one * said)) for one in TEMPERATURES]
            tried.append((min(losses), shrinkage, TEMPERATURES[int(np.argmin(losses))]))
        _, shrinkage, temperature = min(tried)
        weight, offset = _directions(learnt.points, classes, shrinkage)
        return _log_softmax((learnt.turned(judged) @ weight.T + offset) * temperature)


def _directions(points: Floats, classes: Rows, shrinkage: float) -> tuple[Floats, Floats]:
    """Weights and offsets of the classes' scores."""
    counts = np.bincount(classes)
    means = np.stack([points[classes == one].mean(axis=0) for one in range(len(counts))])
    apart = (points - means[classes]) * np.sqrt(1 / counts[classes] / len(counts))[:, None]
    values, axes = np.linalg.eigh(apart.T @ apart)
    widths = values * (1 - shrinkage) + shrinkage * values.mean()
    weight = (means @ axes / widths) @ axes.T
    return weight, -np.einsum("kd,kd->k", weight, means) / 2


def _both(*given: object) -> Floats:
    """Mean log-probability of the default head's like and of discriminant analysis."""
    return _log_softmax((_discriminant(*given) + _head()(*given)) / 2)  # type: ignore[arg-type]


HEADS: dict[str, Head] = {
    "strength by macro-F1": _head(by_f1=True),
    "shares half given back": _head(given_back=0.5),
    "shares chosen by F1": _head(given_back=None),
    "weights n^-1/2": _head(power=0.5),
    "weights, then alike": _head(power=0.5, given_back=-0.5),
    "no weights": _head(power=0.0),
    "no weights, then alike": _head(power=0.0, given_back=-1.0),
    "label smoothing 0.1": _head(smoothing=0.1),
    "partly whitened": _head(whitened=0.25),
    "discriminant": _discriminant,
    "discriminant and default": _both,
}
"""By name: what differs from the default head."""
