"""Penalised regression of class probabilities along a path of strengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TOLERANCE = 1e-5  # largest slope of the mean loss at which the fit counts as done
ROUGHLY = 1e-4  # the same where fits are only compared: losses differ in the fourth digit
MAX_STEPS = 2000


class Likelihood(Protocol):
    """How linear scores and offsets become class probabilities, and how that is learnt.

    Attributes:
        n_classes: Number of classes, K.
        n_scores: Linear scores of a photo, m.
        n_offsets: Numbers beside the weights: biases or thresholds; not penalised.
        penalty: Share of the squared weights that is penalised: 1 where each class has a score of
            its own. A score that alone parts two sides does the work of two opposite ones of half
            its length, whose squares sum to half, so there it is 1/2, and with two classes all
            likelihoods agree.
    """

    @property
    def n_classes(self) -> int:
        """Number of classes."""

    @property
    def n_scores(self) -> int:
        """Linear scores of a photo."""

    @property
    def n_offsets(self) -> int:
        """Biases or thresholds."""

    @property
    def penalty(self) -> float:
        """1 or 1/2, see above."""

    def start(self) -> Floats:
        """Offsets to begin with, shape (n_offsets,)."""

    def log_probability(self, scores: Floats, offsets: Floats) -> Floats:
        """Shape (n, K), of scores, shape (n, m)."""

    def slopes(self, scores: Floats, offsets: Floats, wanted: Floats) -> tuple[Floats, Floats]:
        """Slopes of each photo's cross-entropy.

        Args:
            scores: Shape (n, m).
            offsets: Shape (n_offsets,).
            wanted: Share of each class, shape (n, K); rows sum to 1.

        Returns:
            By score, shape (n, m), and by offset, shape (n, n_offsets).
        """


@dataclass(frozen=True, slots=True)
class Nominal:
    """Classes without order: multinomial logistic regression, offsets are biases.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.4.
    """

    n_classes: int
    penalty: float = 1.0

    @property
    def n_scores(self) -> int:
        """One a class."""
        return self.n_classes

    @property
    def n_offsets(self) -> int:
        """One a class."""
        return self.n_classes

    def start(self) -> Floats:
        """All classes alike."""
        return np.zeros(self.n_classes)

    def log_probability(self, scores: Floats, offsets: Floats) -> Floats:
        """See `Likelihood`."""
        logits = scores + offsets
        logits = logits - logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))

    def slopes(self, scores: Floats, offsets: Floats, wanted: Floats) -> tuple[Floats, Floats]:
        """See `Likelihood`."""
        error = np.exp(self.log_probability(scores, offsets)) - wanted
        return error, error


@dataclass(frozen=True, slots=True)
class FittedPath:
    """A fit on reduced embeddings.

    Attributes:
        weight: Shape (m, rank).
        offsets: Shape (n_offsets,).
    """

    weight: Floats
    offsets: Floats


@dataclass(frozen=True, slots=True)
class Reduced:
    """Embeddings in as few numbers as there are photos, with the way back.

    Attributes:
        scores: Shape (n, rank).
        axes: Orthonormal rows, shape (rank, d).
        mean: Of the embeddings, shape (d,).
        scale: What each number of an embedding is divided by, shape (d,).
    """

    scores: Floats
    axes: Floats
    mean: Floats
    scale: Floats

    def unfold(self, weight: Floats) -> tuple[Floats, Floats]:
        """Weights for embeddings as they come, shape (m, d), and what they give at the mean."""
        unfolded = weight @ self.axes / self.scale
        return unfolded, unfolded @ self.mean


def reduce(embeddings: NDArray[np.float32], parts: Sequence[int] = ()) -> Reduced:
    """Centres, scales and rotates embeddings to their own axes.

    With a penalty on the squared weights the rotation loses nothing: the best weights lie in the
    span of the photos, and rotations leave their length alone.

    Args:
        embeddings: Shape (n, d).
        parts: Lengths of the parts that an embedding is made of, d in all; each is scaled as a
            whole, so that none outweighs another. Empty means one part.

    Source: Hastie and Tibshirani (2004), Biostatistics 5(3), 329-340, section 2.
    """
    mean = embeddings.mean(axis=0, dtype=np.float64)
    centred = embeddings - mean
    scale = _scale(centred, parts or (centred.shape[1],))
    centred /= scale
    # The smaller of the two products has the squared lengths along the axes as its eigenvalues;
    # a third of the time of a decomposition of the embeddings themselves.
    wide = centred.shape[0] < centred.shape[1]
    squares, vectors = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    kept = squares > 1e-12 * max(squares[-1], 1.0)  # lengths as exact as float32 carries them
    vectors = vectors[:, kept][:, ::-1]
    axes = ((centred.T @ vectors) / np.sqrt(squares[kept][::-1]) if wide else vectors).T
    return Reduced(centred @ axes.T, axes, mean, scale)


def _scale(centred: Floats, parts: Sequence[int]) -> Floats:
    """Makes the mean squared length of each part 1 / number of parts, and of all parts 1."""
    spread = np.mean(centred**2, axis=0)
    ends = np.cumsum(parts)
    squares = [spread[end - length : end].sum() for end, length in zip(ends, parts, strict=True)]
    scale = np.sqrt(np.repeat(squares, parts) * len(parts))
    return np.where(scale > 0, scale, 1.0)


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
    wanted: Floats,
    photo_weight: Floats,
    strengths: Sequence[float],
    likelihood: Likelihood,
    *,
    tolerance: float = TOLERANCE,
) -> Iterator[FittedPath]:
    """Fits that minimise mean loss + penalty x strength / 2 x squared weights.

    Each starts from the one before. The mean makes a strength mean the same for a part of the
    photos as for all of them. Minimised by L-BFGS, in units in which the loss is about equally
    curved along every axis: an axis along which photos differ more is stretched.

    Args:
        features: Shape (n, d), best along axes that are not correlated, see `reduce`.
        wanted: Share of each class, shape (n, K); rows sum to 1.
        photo_weight: Shape (n,).
        strengths: Best from strong to weak.
        likelihood: What is fitted.
        tolerance: Largest slope of the mean loss, in those units, at which a fit is done.

    Yields:
        One fit a strength.
    """
    from scipy.optimize import minimize

    share = photo_weight / photo_weight.sum()
    n_scores, n_features = likelihood.n_scores, features.shape[1]
    n_weights = n_scores * n_features
    spread = share @ features**2
    weight, offsets = np.zeros((n_scores, n_features)), likelihood.start()

    def loss_and_slope(flat: Floats, strength: float, unit: Floats) -> tuple[float, Floats]:
        weight, offsets = flat[:n_weights].reshape(n_scores, -1) * unit, flat[n_weights:]
        scores = features @ weight.T
        said = likelihood.log_probability(scores, offsets)
        loss = cross_entropy(said, wanted) @ share + strength / 2 * np.sum(weight**2)
        by_score, by_offset = likelihood.slopes(scores, offsets, wanted)
        by_weight = (by_score * share[:, None]).T @ features + strength * weight
        return float(loss), np.concatenate([(by_weight * unit).ravel(), share @ by_offset])

    for asked in strengths:
        strength = asked * likelihood.penalty
        # 1/4 is the most that a logistic loss curves; bias terms are left in their own unit.
        unit = 1 / np.sqrt(spread + 4 * strength)
        found = minimize(
            loss_and_slope,
            np.concatenate([(weight / unit).ravel(), offsets]),
            args=(strength, unit),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": MAX_STEPS, "gtol": tolerance, "ftol": 0.0},
        )
        weight = found.x[:n_weights].reshape(n_scores, -1) * unit
        offsets = found.x[n_weights:]
        yield FittedPath(weight, offsets)


def cross_entropy(log_probability: Floats, wanted: Floats) -> Floats:
    """Of each photo, shape (n,); a class that is not wanted at all costs nothing.

    Args:
        log_probability: Shape (n, K).
        wanted: Share of each class, shape (n, K).
    """
    return np.asarray(-np.sum(wanted * np.where(wanted > 0, log_probability, 0.0), axis=1))


@dataclass(frozen=True, slots=True)
class CumulativeLinkLikelihood:
    """One score against ordered thresholds: P(class > k) = sigmoid(score - threshold_k).

    Offsets are the first threshold and the logarithms of the steps to the next ones, so that they
    stay in order.

    Source: McCullagh (1980), Journal of the Royal Statistical Society B 42(2), 109-142
    (proportional odds).
    """

    n_classes: int
    n_scores: int = 1
    penalty: float = 0.5

    @property
    def n_offsets(self) -> int:
        """One a threshold."""
        return self.n_classes - 1

    def start(self) -> Floats:
        """All classes alike at a score of 0."""
        even = np.arange(1, self.n_classes) / self.n_classes
        thresholds = np.log(even / (1 - even))
        return np.concatenate([thresholds[:1], np.log(np.diff(thresholds))])

    def log_probability(self, scores: Floats, offsets: Floats) -> Floats:
        """See `arborisk.training.regression.Likelihood`."""
        distance = scores - _thresholds(offsets)
        above, below = _log_sigmoid(distance), _log_sigmoid(-distance)
        # sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - exp(b - a)), without loss of digits
        between = above[:, :-1] + below[:, 1:] + np.log(-np.expm1(-_steps(offsets)))
        return np.concatenate([below[:, :1], between, above[:, -1:]], axis=1)

    def slopes(self, scores: Floats, offsets: Floats, wanted: Floats) -> tuple[Floats, Floats]:
        """See `arborisk.training.regression.Likelihood`.

        With a = P(class > k - 1) and b = P(class > k), the probability of class k is a - b; its
        logarithm has slope 1 - a - b by the score, and that less what the step k itself adds by the
        thresholds.
        """
        distance = scores - _thresholds(offsets)
        passed = np.exp(_log_sigmoid(distance))
        edge = np.zeros((len(scores), 1))
        higher, lower = np.hstack([edge + 1, passed]), np.hstack([passed, edge])
        by_score = -np.sum(wanted * (1 - higher - lower), axis=1, keepdims=True)
        # Each threshold moves the class above it and the class below it; a step widens its class.
        steps = _steps(offsets)
        widened = np.exp(-steps) / -np.expm1(-steps)  # slope of log(1 - exp(-step))
        by_threshold = wanted[:, 1:] * (1 - passed) - wanted[:, :-1] * passed
        by_first = by_threshold.sum(axis=1, keepdims=True)
        further = np.cumsum(by_threshold[:, ::-1], axis=1)[:, ::-1][:, 1:]
        by_log_step = (further - wanted[:, 1:-1] * widened) * steps
        return by_score, np.hstack([by_first, by_log_step])


@dataclass(frozen=True, slots=True)
class CornLikelihood:
    """One yes-or-no question a step: P(class > k, given class >= k) = sigmoid(score_k + bias_k).

    Source: Shi, Cao and Raschka (2023), Pattern Analysis and Applications 26, 941-955 (CORN).
    """

    n_classes: int
    penalty: float = 0.5

    @property
    def n_scores(self) -> int:
        """One a question."""
        return self.n_classes - 1

    @property
    def n_offsets(self) -> int:
        """One a question."""
        return self.n_classes - 1

    def start(self) -> Floats:
        """Yes and no alike."""
        return np.zeros(self.n_offsets)

    def log_probability(self, scores: Floats, offsets: Floats) -> Floats:
        """See `arborisk.training.regression.Likelihood`."""
        logits = scores + offsets
        passed = np.cumsum(_log_sigmoid(logits), axis=1)
        stopped = _log_sigmoid(-logits)
        stopped[:, 1:] += passed[:, :-1]
        return np.hstack([stopped, passed[:, -1:]])

    def slopes(self, scores: Floats, offsets: Floats, wanted: Floats) -> tuple[Floats, Floats]:
        """See `arborisk.training.regression.Likelihood`: each question for those who reach it."""
        yes = np.cumsum(wanted[:, :0:-1], axis=1)[:, ::-1]
        asked = yes + wanted[:, :-1]
        error = asked * np.exp(_log_sigmoid(scores + offsets)) - yes
        return error, error


def _steps(offsets: Floats) -> Floats:
    """From each threshold to the next; no fit ends at the bounds, but a search may look there."""
    return np.exp(np.clip(offsets[1:], -30.0, 30.0))


def _thresholds(offsets: Floats) -> Floats:
    """Ascending, shape (n_classes - 1,)."""
    return np.cumsum(np.concatenate([offsets[:1], _steps(offsets)]))


def _log_sigmoid(values: Floats) -> Floats:
    return -np.logaddexp(0.0, -values)
