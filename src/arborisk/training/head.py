"""A linear head on frozen embeddings, its strength chosen without seeing the test part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.records import Progress
from arborisk.split import inner_folds
from arborisk.training.regression import (
    Reduced,
    fit_path,
    log_loss,
    one_thread,
    reduce,
    softmax,
)
from arborisk.training.settings import HeadSettings


@dataclass(frozen=True, slots=True)
class Head:
    """A linear head.

    Attributes:
        weight: Shape (n_classes, d).
        bias: Shape (n_classes,).
        strength: Penalty used: that of `arborisk.training.regression.fit_path`.
        inner_losses: Log-loss a photo of each strength tried, strong to weak, on the inner folds;
            empty where the groups allow none and the default strength was taken.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    strength: float
    inner_losses: tuple[float, ...]

    def probability(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Class probabilities, shape (n, n_classes), of embeddings, shape (n, d)."""
        return softmax(embeddings.astype(np.float64) @ self.weight.T + self.bias)


def fit_head(
    embeddings: NDArray[np.float32],
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    *,
    n_classes: int,
    settings: HeadSettings,
    seed: int,
    progress: Progress | None = None,
) -> Head:
    """Multinomial logistic regression on the embeddings of a training part.

    Embeddings are centred and scaled as a whole, not feature by feature, so that features keep
    their spreads; this was chosen looking at the park trees (docs/sources.md). Both steps are
    folded back into the head.

    Args:
        embeddings: Of the training part alone, shape (n, d).
        class_index: Shape (n,); every class occurs.
        groups: Group of each photo: the inner folds keep them whole.
        n_classes: Classes told apart.
        settings: Class weights and penalties.
        seed: Of the inner folds.
        progress: Called with the fits done and to do.

    Raises:
        SettingsError: A class has no photo in the training part: use another split or scheme.
    """
    counts = np.bincount(class_index, minlength=n_classes)
    if counts.min() == 0:
        raise SettingsError(
            expected="at least one photo of every class to learn from",
            found=f"counts {counts.tolist()}",
            where="training part",
            remedy="Use another split, or a scheme that joins the rare class with another.",
        )
    weight_of = np.ones(n_classes)
    if settings.class_weights == "balanced":
        weight_of = len(class_index) / (n_classes * counts)
    photo_weight = weight_of[class_index]
    folds = inner_folds(class_index, groups, n_folds=settings.inner_folds, seed=seed)
    strengths = sorted(settings.strengths, reverse=True)
    with one_thread():
        reduced = reduce(embeddings)
        losses = _inner_losses(reduced, class_index, photo_weight, folds, strengths, progress)
        strength = strengths[int(np.argmin(losses))] if losses else settings.default_strength
        path = [tried for tried in strengths if tried > strength] + [strength]
        *_, last = fit_path(reduced.scores, class_index, photo_weight, path)
    weight, bias = reduced.unfold(last)
    if progress is not None:
        progress(len(folds) + 1, len(folds) + 1)
    return Head(weight.astype(np.float32), bias.astype(np.float32), strength, losses)


def _inner_losses(
    reduced: Reduced,
    class_index: NDArray[np.int64],
    photo_weight: NDArray[np.float64],
    folds: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
    strengths: Sequence[float],
    progress: Progress | None,
) -> tuple[float, ...]:
    """Weighted log-loss of each strength, each photo judged by a fit that did not see its group."""
    if not folds:
        return ()
    total = np.zeros(len(strengths))
    for done, (learn, judge) in enumerate(folds):
        path = fit_path(reduced.scores[learn], class_index[learn], photo_weight[learn], strengths)
        for number, fitted in enumerate(path):
            losses = log_loss(fitted.logits(reduced.scores[judge]), class_index[judge])
            total[number] += losses @ photo_weight[judge]
        if progress is not None:
            progress(done + 1, len(folds) + 1)
    return tuple((total / photo_weight.sum()).tolist())
