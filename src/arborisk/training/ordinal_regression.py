"""The two likelihoods that know the order of the classes: see `arborisk.models.heads`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.training.regression import Floats


@dataclass(frozen=True, slots=True)
class CumulativeLink:
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
class Corn:
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
