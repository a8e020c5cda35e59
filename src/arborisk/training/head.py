"""A last layer on frozen embeddings, its strength chosen without seeing the test part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.models.settings import Output
from arborisk.records import Progress
from arborisk.split.make import inner_folds
from arborisk.training.regression import (
    ROUGHLY,
    CornLikelihood,
    CumulativeLinkLikelihood,
    FittedPath,
    Floats,
    Likelihood,
    Nominal,
    Reduced,
    cross_entropy,
    fit_path,
    one_thread,
    reduce,
)
from arborisk.training.settings import HeadSettings

PAST_THE_BEST = 1
"""Weaker strengths tried after the best one: the loss falls, then rises, and the weakest fits are
the slowest."""


@dataclass(frozen=True, slots=True)
class Head:
    """A last layer.

    Attributes:
        output: Its kind, see `arborisk.models.network`.
        weights: State dict of ``make_head(output, d, n_classes)``, float32.
        strength: Penalty used: that of `arborisk.training.regression.fit_path`.
        inner_losses: Log-loss a photo of each strength tried, strong to weak, on the inner folds;
            ends a little after the lowest; empty where the groups allow no folds and the default
            strength was taken.
    """

    output: Output
    weights: dict[str, NDArray[np.float32]]
    strength: float
    inner_losses: tuple[float, ...]

    def probability(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Class probabilities, shape (n, n_classes), of embeddings, shape (n, d)."""
        weight, *rest = (value.astype(np.float64) for value in self.weights.values())
        offsets = np.concatenate(rest)
        n_classes = len(offsets) + (self.output != "nominal")
        scores = embeddings.astype(np.float64) @ weight.T
        return np.exp(_likelihood(self.output, n_classes).log_probability(scores, offsets))


def fit_head(
    embeddings: NDArray[np.float32],
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    *,
    n_classes: int,
    settings: HeadSettings,
    seed: int,
    output: Output = "nominal",
    class_share: NDArray[np.float64] | None = None,
    parts: Sequence[int] = (),
    progress: Progress | None = None,
) -> Head:
    """Penalised regression of the classes on the embeddings of a training part.

    Embeddings are centred and scaled part by part, not feature by feature, so that features keep
    their spreads; this was chosen looking at the park trees (docs/sources.md). Both steps are
    folded back into the head.

    Args:
        embeddings: Of the training part alone, shape (n, d).
        class_index: Shape (n,); every class occurs.
        groups: Group of each photo: the inner folds keep them whole. A photo's altered copies
            share its group.
        n_classes: Number of classes.
        settings: Class weights and penalties.
        seed: Of the inner folds.
        output: Kind of the last layer; the ordinal ones take classes in ascending order.
        class_share: What is learnt instead of `class_index`: the share of each class in a photo's
            ratings, shape (n, n_classes), rows sum to 1. None means the one class.
        parts: Lengths of the parts of an embedding, see `arborisk.training.regression.reduce`.
        progress: Called with the strengths done and to do at most, and the final fit.

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
    shares = np.eye(n_classes)[class_index] if class_share is None else class_share
    wanted, photo_weight = _weighted(shares, settings)
    folds = inner_folds(class_index, groups, n_folds=settings.inner_folds, seed=seed)
    strengths = sorted(settings.strengths, reverse=True)
    likelihood = _likelihood(output, n_classes)
    with one_thread():
        reduced = reduce(embeddings, parts)
        losses = _inner_losses(
            reduced.scores, wanted, photo_weight, folds, strengths, likelihood, progress
        )
        strength = strengths[int(np.argmin(losses))] if losses else settings.default_strength
        path = [tried for tried in strengths if tried > strength] + [strength]
        *_, last = fit_path(reduced.scores, wanted, photo_weight, path, likelihood)
    if progress is not None:
        progress(len(strengths) + 1, len(strengths) + 1)
    return Head(output, _state_dict(output, reduced, last), strength, losses)


def _weighted(shares: Floats, settings: HeadSettings) -> tuple[Floats, Floats]:
    """Share of each class wanted, shape (n, n_classes), and weight of each photo, shape (n,)."""
    if settings.class_weights == "none":
        return shares, np.ones(len(shares))
    counted = shares * len(shares) / (shares.shape[1] * shares.sum(axis=0))
    photo_weight = counted.sum(axis=1)
    return counted / photo_weight[:, None], photo_weight


def _likelihood(output: Output, n_classes: int) -> Likelihood:
    match output:
        case "nominal":
            return Nominal(n_classes)
        case "cumulative_link":
            return CumulativeLinkLikelihood(n_classes)
        case "corn":
            return CornLikelihood(n_classes)


def _inner_losses(
    features: Floats,
    wanted: Floats,
    photo_weight: Floats,
    folds: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
    strengths: Sequence[float],
    likelihood: Likelihood,
    progress: Progress | None,
) -> tuple[float, ...]:
    """Weighted log-loss of each strength, each photo judged by a fit that did not see its group.

    All folds go down the strengths together, and stop `PAST_THE_BEST` after the lowest loss.
    """
    if not folds:
        return ()
    paths = [
        fit_path(
            features[learn],
            wanted[learn],
            photo_weight[learn],
            strengths,
            likelihood,
            tolerance=ROUGHLY,
        )
        for learn, _ in folds
    ]
    losses: list[float] = []
    for done, fits in enumerate(zip(*paths, strict=True)):
        total = 0.0
        for (_, judge), fitted in zip(folds, fits, strict=True):
            scores = features[judge] @ fitted.weight.T
            said = likelihood.log_probability(scores, fitted.offsets)
            total += float(cross_entropy(said, wanted[judge]) @ photo_weight[judge])
        losses.append(total / float(photo_weight.sum()))
        if progress is not None:
            progress(done + 1, len(strengths) + 1)
        if len(losses) - 1 - int(np.argmin(losses)) == PAST_THE_BEST:
            break
    return tuple(losses)


def _state_dict(
    output: Output, reduced: Reduced, fitted: FittedPath
) -> dict[str, NDArray[np.float32]]:
    """Weights for embeddings as they come, under the names of the last layer's own."""
    weight, at_mean = reduced.unfold(fitted.weight)
    match output:
        case "nominal":
            state = {"weight": weight, "bias": fitted.offsets - at_mean}
        case "corn":
            state = {"questions.weight": weight, "questions.bias": fitted.offsets - at_mean}
        case "cumulative_link":
            first, log_steps = fitted.offsets[:1] + at_mean, fitted.offsets[1:]
            state = {"score.weight": weight, "first": first, "log_steps": log_steps}
    return {name: value.astype(np.float32) for name, value in state.items()}
