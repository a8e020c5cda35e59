"""What needs no photo at all, which any model must beat: one answer for all, and guessing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.scores import score_table, scores
from arborisk.metrics.sums import Sums, brier_of, check_inputs, log_loss_of


def majority_scores(
    class_index: NDArray[np.int64], *, class_names: Sequence[str], ordered: bool
) -> dict[str, float]:
    """Scores of the best single answer for all the photos scored: their commonest class.

    One answer for all folds. The commonest class of each fold's training part is not one: near
    50:50 a fold that holds more of a class leaves less of it to train on, so that the answer flips
    from fold to fold and is right in 0.30 to 0.40 of the photos. As probabilities the class shares
    of the photos are the best constant, where a flat "100 %" would have an infinite log-loss.

    Args:
        class_index: True class per photo, shape (n_photos,).
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something.

    >>> majority_scores(np.array([1, 0, 1]), class_names=("Im", "Pr"), ordered=True)["recall_Pr"]
    1.0
    """
    share = np.bincount(class_index, minlength=len(class_names)) / max(1, len(class_index))
    constant = np.tile(share, (len(class_index), 1))
    return scores(class_index, constant, class_names=class_names, ordered=ordered)


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
