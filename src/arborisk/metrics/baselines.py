"""What needs no photo at all: the answers that any model must beat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.scores import score_table
from arborisk.metrics.sums import Sums, brier_of, check_inputs, log_loss_of


def majority_probability(
    train_class_index: NDArray[np.int64], n_test: int, n_classes: int
) -> NDArray[np.float64]:
    """Probabilities of the majority-class baseline for the photos of a test part.

    Each row holds the class shares of the training part. Their largest is the majority class, so
    that is what is predicted; and as probabilities the shares are the best constant answer, while
    a flat "100 %" would give the baseline an infinite log-loss and any model an easy win.

    Args:
        train_class_index: True classes of the training part, shape (n_train,).
        n_test: Photos in the test part.
        n_classes: Number of classes.

    Returns:
        Shape (n_test, n_classes).
    """
    counts = np.bincount(train_class_index, minlength=n_classes).astype(np.float64)
    return np.tile(counts / counts.sum(), (n_test, 1))


def prior_sampling_scores(
    prior: NDArray[np.float64],
    class_index: NDArray[np.int64],
    *,
    class_names: Sequence[str],
    ordered: bool,
) -> dict[str, float]:
    """Scores of drawing each photo's class at random from the class shares of the training part.

    They are computed from the expected confusion matrix, with no random draw: exact for accuracy
    and recall, and for many photos for the others. Log-loss and Brier score are those of the shares
    themselves given as probabilities.

    Args:
        prior: Class shares of the training part that belongs to each photo, shape (n_photos,
            n_classes).
        class_index: True class per photo, shape (n_photos,).
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something.

    Returns:
        Scores by name, see `arborisk.metrics.scores.scores`.

    Raises:
        ArboriskError: Shares and truth do not belong together.
    """
    prior = np.asarray(prior, dtype=np.float64)
    check_inputs(class_index, prior, len(class_names))
    expected = np.zeros((len(class_names), len(class_names)))
    np.add.at(expected, class_index, prior)
    totals = Sums(
        expected,
        log_loss_of(class_index, prior).sum(),
        brier_of(class_index, prior).sum(),
    )
    table = score_table(totals, class_names=class_names, ordered=ordered)
    return {name: float(value) for name, value in table.items()}
