"""Penalised multinomial logistic regression along a path of strengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TOLERANCE = 1e-5  # largest slope of the mean loss at which the fit counts as done
MAX_STEPS = 2000


@dataclass(frozen=True, slots=True)
class Linear:
    """Logits as a linear function.

    Attributes:
        weight: Shape (n_classes, d).
        bias: Shape (n_classes,).
    """

    weight: Floats
    bias: Floats

    def logits(self, features: Floats) -> Floats:
        """Shape (n, n_classes), of features, shape (n, d)."""
        return features @ self.weight.T + self.bias


@dataclass(frozen=True, slots=True)
class Reduced:
    """Embeddings in as few numbers as there are photos, with the way back.

    Attributes:
        scores: Shape (n, rank).
        axes: Orthonormal rows, shape (rank, d).
        mean: Of the embeddings, shape (d,).
        scale: Root mean squared distance of the embeddings from their mean.
    """

    scores: Floats
    axes: Floats
    mean: Floats
    scale: float

    def unfold(self, fitted: Linear) -> tuple[Floats, Floats]:
        """Weight, shape (n_classes, d), and bias for embeddings as they come."""
        weight = fitted.weight @ self.axes / self.scale
        return weight, fitted.bias - weight @ self.mean


def reduce(embeddings: NDArray[np.float32]) -> Reduced:
    """Centres, scales as a whole and rotates embeddings to their own axes.

    With a penalty on the squared weights this loses nothing: the best weights lie in the span of
    the photos, and rotations leave their length alone.

    Args:
        embeddings: Shape (n, d).

    Source: Hastie and Tibshirani (2004), Biostatistics 5(3), 329-340, section 2.
    """
    mean = embeddings.mean(axis=0, dtype=np.float64)
    centred = embeddings - mean
    scale = float(np.sqrt(np.mean(np.sum(centred**2, axis=1)))) or 1.0
    left, values, axes = np.linalg.svd(centred / scale, full_matrices=False)
    kept = values > 1e-7 * max(values[0], 1.0)  # float32 embeddings carry seven digits
    return Reduced(left[:, kept] * values[kept], axes[kept], mean, scale)


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra on one thread while the context lasts.

    The products here are small: on two cores, threads that wait for each other take several times
    as long. The last digits do not depend on the number of cores either.
    """
    import scipy.optimize  # noqa: F401  its own BLAS can be limited only once it is loaded
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield


def fit_path(
    features: Floats,
    class_index: NDArray[np.int64],
    photo_weight: Floats,
    strengths: Sequence[float],
) -> Iterator[Linear]:
    """Fits that minimise mean loss + strength / 2 x squared weights, each from the one before.

    The mean makes a strength mean the same for a part of the photos as for all of them. Biases are
    not penalised. Minimised by L-BFGS.

    Args:
        features: Shape (n, d).
        class_index: Shape (n,), from 0 to the number of classes less 1, each at least once.
        photo_weight: Shape (n,).
        strengths: Penalties, best from strong to weak.

    Yields:
        One fit a strength.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.4.
    """
    from scipy.optimize import minimize

    n_classes = int(class_index.max()) + 1
    wanted = np.eye(n_classes)[class_index]
    share = photo_weight / photo_weight.sum()
    flat = np.zeros(n_classes * (features.shape[1] + 1))

    def loss_and_slope(flat: Floats, strength: float) -> tuple[float, Floats]:
        table = flat.reshape(n_classes, -1)
        weight, bias = table[:, :-1], table[:, -1]
        logits = features @ weight.T + bias
        error = (softmax(logits) - wanted) * share[:, None]
        slope = np.column_stack([error.T @ features + strength * weight, error.sum(axis=0)])
        loss = log_loss(logits, class_index) @ share + strength / 2 * np.sum(weight**2)
        return float(loss), slope.ravel()

    for strength in strengths:
        found = minimize(
            loss_and_slope,
            flat,
            args=(strength,),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": MAX_STEPS, "gtol": TOLERANCE, "ftol": 0.0, "maxcor": 20},
        )
        flat = found.x
        table = flat.reshape(n_classes, -1)
        yield Linear(table[:, :-1].copy(), table[:, -1].copy())


def softmax(logits: Floats) -> Floats:
    """Probabilities, rows sum to 1, shape (n, n_classes)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def log_loss(logits: Floats, class_index: NDArray[np.int64]) -> Floats:
    """Minus the log probability of the true class, shape (n,)."""
    highest = logits.max(axis=1)
    log_sum = np.log(np.exp(logits - highest[:, None]).sum(axis=1)) + highest
    return np.asarray(log_sum - logits[np.arange(len(logits)), class_index])
