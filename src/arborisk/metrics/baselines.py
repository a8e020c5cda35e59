"""What needs no photo at all: guessing in proportion to the classes, which any model must beat.

The other such answer, the majority class, needs no code of its own: `arborisk.metrics.scores` of
the class shares, whose largest is what is predicted. As probabilities they are the best constant
answer, where a flat "100 %" would have an infinite log-loss.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.scores import score_table
from arborisk.metrics.sums import Sums, brier_of, check_inputs, log_loss_of


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
