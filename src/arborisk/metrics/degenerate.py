"""Names a model that gives (nearly) every photo the same class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.scores import scores
from arborisk.metrics.sums import predicted_class
from arborisk.wording.counts import counted
from arborisk.wording.percent import percent

DEGENERATE_SHARE = 0.95
"""A model is degenerate from this share of photos in one predicted class, when it also gives that
class to more than half of the photos that belong elsewhere. Without the second half, a faultless
model would be called degenerate wherever 95 % of photos truly are of one class."""


def degenerate_sentence(
    class_index: NDArray[np.int64],
    probability: NDArray[np.float64],
    class_names: Sequence[str],
) -> str | None:
    """Sentences for the first line of a report, or None for a model that tells classes apart.

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
