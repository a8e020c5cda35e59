"""Scores of predictions against the truth.

Conventions where a division by zero would stand, as scikit-learn's ``zero_division=0``:
the precision of a class that is never predicted is 0, so is the recall of a class that no photo
has, and the F1 of a class that is neither; macro scores average over all classes of the scheme.
Balanced accuracy leaves out classes that no photo has. Kappa is 0 when agreement by chance is
complete (everything in one class).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.sums import Sums, check_inputs, sums_by_group


def scores(
    class_index: NDArray[np.int64],
    probability: NDArray[np.float64],
    *,
    class_names: Sequence[str],
    ordered: bool,
) -> dict[str, float]:
    """All scores of one set of predictions.

    Args:
        class_index: True class per photo, shape (n_photos,).
        probability: Class probabilities, rows sum to 1, shape (n_photos, n_classes).
        class_names: Names of the classes in class order, used in ``precision_<name>`` and so on.
        ordered: Whether the order of the classes means something; adds weighted kappa.

    Returns:
        ``accuracy``, ``balanced_accuracy``, ``macro_precision``, ``macro_recall``, ``macro_f1``,
        ``quadratic_weighted_kappa`` (ordered classes only), ``log_loss`` (nats), ``brier``
        (0 to 2), and per class ``precision_<name>``, ``recall_<name>``, ``f1_<name>``.

    Raises:
        ArboriskError: Truth and probabilities do not belong together.

    >>> import numpy as np
    >>> found = scores(
    ...     np.array([0, 0, 1]),
    ...     np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]]),
    ...     class_names=("Im", "Pr"),
    ...     ordered=True,
    ... )
    >>> round(found["recall_Im"], 3), round(found["precision_Pr"], 3)
    (0.5, 0.5)
    """
    probability = np.asarray(probability, dtype=np.float64)
    check_inputs(class_index, probability, len(class_names))
    one_group = np.zeros(len(class_index), dtype=np.int64)
    totals = sums_by_group(class_index, probability, one_group).total()
    table = score_table(totals, class_names=class_names, ordered=ordered)
    return {name: float(value) for name, value in table.items()}


def score_table(
    sums: Sums, *, class_names: Sequence[str], ordered: bool
) -> dict[str, NDArray[np.float64]]:
    """All scores of one or many sets of photos, from their sums; names as in `scores`."""
    confusion = sums.confusion
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    true, predicted = confusion.sum(-1), confusion.sum(-2)
    n_photos = true.sum(-1)
    recall = ratio(right, true)
    precision = ratio(right, predicted)
    f1 = ratio(2 * right, true + predicted)
    table = {
        "accuracy": ratio(right.sum(-1), n_photos),
        "balanced_accuracy": ratio(recall.sum(-1), (true > 0).sum(-1).astype(np.float64)),
        "macro_precision": precision.mean(-1),
        "macro_recall": recall.mean(-1),
        "macro_f1": f1.mean(-1),
    }
    if ordered:
        table["quadratic_weighted_kappa"] = quadratic_weighted_kappa(confusion)
    table["log_loss"] = ratio(sums.log_loss, n_photos)
    table["brier"] = ratio(sums.brier, n_photos)
    for index, name in enumerate(class_names):
        table[f"precision_{name}"] = precision[..., index]
        table[f"recall_{name}"] = recall[..., index]
        table[f"f1_{name}"] = f1[..., index]
    return table


def ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Above / below, and 0 where below is 0."""
    above, below = np.broadcast_arrays(above, below)
    return np.divide(above, below, out=np.zeros(above.shape), where=below > 0)


def quadratic_weighted_kappa(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Agreement beyond chance with squared distances as weights, shape (...).

    Args:
        confusion: Photos by true and predicted class, shape (..., k, k).

    Source: Cohen (1968), Psychological Bulletin 70(4), 213-220.
    """
    rank = np.arange(confusion.shape[-1])
    weight = (rank[:, None] - rank[None, :]) ** 2
    observed = (confusion * weight).sum((-2, -1))
    expected = confusion.sum(-1)[..., :, None] * confusion.sum(-2)[..., None, :]
    by_chance = ratio((expected * weight).sum((-2, -1)), confusion.sum((-2, -1)))
    return np.where(by_chance > 0, 1 - ratio(observed, by_chance), 0.0)
