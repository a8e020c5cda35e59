"""Sums that every score is a function of, so that scores of thousands of subsets cost little.

A score of any set of photos needs only the confusion matrix and the sums of log-loss and Brier
score over these photos. Sums add up: those of "all but one tree" are the total minus the tree's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import ArboriskError
from arborisk.wording.counts import counted

SMALLEST_PROBABILITY = float(np.finfo(np.float64).eps)
"""Log-loss clips probabilities here, as scikit-learn's ``log_loss`` does for float64."""
SUM_TOLERANCE = 1e-3
"""Rows of probabilities may miss 1 by this much: files keep a few decimals."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over photos, for one or many sets of photos at once.

    Attributes:
        confusion: Photos by true class (row) and predicted class (column), shape (..., k, k).
        log_loss: Sum of -ln(probability of the true class), shape (...).
        brier: Sum of squared distances to the true class, shape (...).

    Where the sets are groups, they stand on the last axis of `log_loss`; axes before it are samples
    of groups, as a simulation has them.
    """

    confusion: NDArray[np.float64]
    log_loss: NDArray[np.float64]
    brier: NDArray[np.float64]

    def total(self) -> Sums:
        """Sums over the groups."""
        return Sums(self.confusion.sum(-3), self.log_loss.sum(-1), self.brier.sum(-1))

    def without_each(self) -> Sums:
        """Sums over all groups but one, for each group."""
        total = self.total()
        every = Sums(
            total.confusion[..., None, :, :], total.log_loss[..., None], total.brier[..., None]
        )
        return every.minus(self)

    def minus(self, other: Sums) -> Sums:
        """These sums without the photos of another set."""
        return Sums(
            self.confusion - other.confusion,
            self.log_loss - other.log_loss,
            self.brier - other.brier,
        )


def check_inputs(
    class_index: NDArray[np.int64], probability: NDArray[np.float64], n_classes: int
) -> None:
    """Refuses truth and probabilities that do not belong together.

    Args:
        class_index: True class per photo, 0 to n_classes - 1, shape (n_photos,).
        probability: Class probabilities, rows sum to 1, shape (n_photos, n_classes).
        n_classes: Number of classes.

    Raises:
        ArboriskError: Shapes, classes or probabilities cannot be; says which.
    """
    remedy = "Give one row of class probabilities and one true class for each photo."
    if probability.shape != (len(class_index), n_classes) or not len(class_index):
        raise ArboriskError(
            f"probabilities of shape ({len(class_index)}, {n_classes}) for at least one photo",
            f"shape {probability.shape}",
            "the predictions",
            remedy,
        )
    if class_index.min() < 0 or class_index.max() >= n_classes:
        raise ArboriskError(
            f"class numbers from 0 to {n_classes - 1}",
            f"{class_index.min()} to {class_index.max()}",
            "the true classes",
            remedy,
        )
    bad = ~np.isfinite(probability).all(axis=1) | (probability < 0).any(axis=1)
    bad |= np.abs(probability.sum(axis=1) - 1) > SUM_TOLERANCE
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise ArboriskError(
            "class probabilities that are not negative and sum to 1",
            f"{probability[row].tolist()}",
            f"the predictions, row {row + 1} first of {counted(int(bad.sum()), 'row')}",
            "Give the output of a softmax, not logits or percentages.",
        )


def predicted_class(probability: NDArray[np.float64]) -> NDArray[np.int64]:
    """Most probable class per photo, shape (n_photos,).

    Of equals it is the last, likelier class: a tie must not hide a tree that may fail.
    """
    from_the_end = np.argmax(probability[:, ::-1], axis=1)
    return np.asarray(probability.shape[1] - 1 - from_the_end, dtype=np.int64)


def log_loss_of(
    class_index: NDArray[np.int64], probability: NDArray[np.float64]
) -> NDArray[np.float64]:
    """-ln(probability of the true class) of each photo, in nats, shape (n_photos,)."""
    own = probability[np.arange(len(class_index)), class_index]
    loss: NDArray[np.float64] = -np.log(np.clip(own, SMALLEST_PROBABILITY, 1.0))
    return loss


def brier_of(
    class_index: NDArray[np.int64], probability: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Squared distance from each photo's probabilities to its true class, 0 to 2.

    Source: the sum over classes as in Brier (1950), for two classes as well: twice the one-sided
    form that some programs give for two classes.
    """
    own = probability[np.arange(len(class_index)), class_index]
    distance: NDArray[np.float64] = (probability**2).sum(axis=1) - 2 * own + 1
    return distance


def sums_by_group(
    class_index: NDArray[np.int64], probability: NDArray[np.float64], group: NDArray[np.int64]
) -> Sums:
    """Sums of each group.

    Args:
        class_index: True class per photo, shape (n_photos,).
        probability: Class probabilities, shape (n_photos, n_classes).
        group: Group number per photo, 0 to n_groups - 1, shape (n_photos,).

    Returns:
        Sums of shape (n_groups, ...).
    """
    n_classes = probability.shape[1]
    n_groups = int(group.max()) + 1
    cell = (group * n_classes + class_index) * n_classes + predicted_class(probability)
    confusion = np.bincount(cell, minlength=n_groups * n_classes**2).astype(np.float64)
    return Sums(
        confusion.reshape(n_groups, n_classes, n_classes),
        _sum_by(group, log_loss_of(class_index, probability), n_groups),
        _sum_by(group, brier_of(class_index, probability), n_groups),
    )


def _sum_by(
    group: NDArray[np.int64], value: NDArray[np.float64], n_groups: int
) -> NDArray[np.float64]:
    """Sum of a value per group, shape (n_groups,)."""
    return np.bincount(group, value, n_groups).astype(np.float64)


def confusion_matrix(
    class_index: NDArray[np.int64], probability: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Photos by true class (row) and predicted class (column), shape (n_classes, n_classes)."""
    check_inputs(class_index, probability, probability.shape[1])
    counts = np.zeros((probability.shape[1],) * 2, dtype=np.int64)
    np.add.at(counts, (class_index, predicted_class(probability)), 1)
    return counts


def number_groups(groups: Sequence[str]) -> NDArray[np.int64]:
    """Group number per photo, 0 to n_groups - 1, shape (n_photos,)."""
    names = np.asarray(groups, dtype=np.str_)
    number: NDArray[np.int64] = np.unique(names, return_inverse=True)[1].astype(np.int64)
    return number
