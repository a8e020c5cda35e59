"""Scores of predictions against the truth.

Conventions where a division by zero would stand, as scikit-learn's ``zero_division=0``:
the precision of a class that is never predicted is 0, so is the recall of a class that no photo
has, and the F1 of a class that is neither; macro scores average over all classes of the scheme.
Balanced accuracy leaves out classes that no photo has. Kappa is 0 when agreement by chance is
complete (everything in one class).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import ArboriskError
from arborisk.wording.counts import counted
from arborisk.wording.percent import percent

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
    of_truth = probability[np.arange(len(class_index)), class_index]
    loss: NDArray[np.float64] = -np.log(np.clip(of_truth, SMALLEST_PROBABILITY, 1.0))
    return loss


def brier_of(
    class_index: NDArray[np.int64], probability: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Squared distance from each photo's probabilities to its true class, 0 to 2.

    Source: the sum over classes as in Brier (1950), for two classes as well: twice the one-sided
    form that some programs give for two classes.
    """
    of_truth = probability[np.arange(len(class_index)), class_index]
    distance: NDArray[np.float64] = (probability**2).sum(axis=1) - 2 * of_truth + 1
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


DEGENERATE_SHARE = 0.95
"""A model is degenerate from this share of photos in one predicted class, when it also gives that
class to more than half of the photos that belong elsewhere. Without the second half, a faultless
model would be called degenerate wherever 95 % of photos truly are of one class."""


def degenerate_sentence(
    class_index: NDArray[np.int64],
    probability: NDArray[np.float64],
    class_names: Sequence[str],
) -> str | None:
    """Sentences for the first line of a report, or None for a model that distinguishes classes.

    Args:
        class_index: True class per photo, shape (n_photos,).
        probability: Class probabilities, shape (n_photos, n_classes).
        class_names: Names of the classes in class order.
    """
    predicted = predicted_class(probability)
    counts = np.bincount(predicted, minlength=len(class_names))
    only = int(counts.argmax())
    others = class_index != only
    called_only = predicted == only
    if called_only.mean() < DEGENERATE_SHARE:
        return None
    if others.any() and called_only[others].mean() <= 0.5:
        return None
    constant = np.eye(len(class_names))[np.full(len(class_index), only)]
    its = scores(class_index, constant, class_names=class_names, ordered=False)
    ours = scores(class_index, probability, class_names=class_names, ordered=False)
    name = class_names[only]
    return (
        f"Degenerate: the model calls {counts[only]} of {counted(len(predicted), 'photo')} "
        f"{name!r}. Accuracy misleads here: {name!r} holds {percent((~others).mean(), 1)} of the "
        f"photos, so always answering {name!r} scores accuracy {its['accuracy']:.3f} with balanced "
        f"accuracy {its['balanced_accuracy']:.3f}; this model scores {ours['accuracy']:.3f} and "
        f"{ours['balanced_accuracy']:.3f}."
    )


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
