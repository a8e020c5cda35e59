"""When to stop, judged on an inner part of the training part; the test part is never asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.split.groups import number_names
from arborisk.split.search import best_assignment
from arborisk.training.records import EpochRow


def hold_out_inside(
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    *,
    share: float,
    seed: int,
    round_name: str,
) -> NDArray[np.bool_]:
    """Which photos of a training part judge when to stop.

    Args:
        class_index: Class per photo, shape (n_photos,).
        groups: Group name per photo; groups stay whole.
        share: Share of the photos to hold out, 0 to 1.
        seed: Of the search for balanced parts.
        round_name: For the message.

    Returns:
        Shape (n_photos,).

    Raises:
        SettingsError: Some class has too few groups to be in both parts.
    """
    group, _ = number_names(groups)
    classes, present = np.unique(class_index, return_inverse=True)
    part, complete = best_assignment(
        present, group, np.array([1 - share, share]), n_classes=len(classes), seed=seed
    )
    if not complete:
        n_groups = [len(np.unique(group[present == index])) for index in range(len(classes))]
        raise SettingsError(
            expected="every class both in what is learnt and in the inner part of patience > 0",
            found=f"{n_groups} groups with a photo of each class",
            where=f"training part of round {round_name!r}",
            remedy="Set training.patience to 0, or choose a scheme that joins the rare class.",
        )
    return np.asarray(part[group] == 1)


def best_epoch(history: Sequence[EpochRow]) -> int:
    """Epoch of the lowest inner loss, the first of equals; 0 where no loss was measured."""
    judged = [(row.inner_loss, row.epoch) for row in history if row.inner_loss is not None]
    return min(judged, default=(0.0, 0))[1]


def has_stopped(history: Sequence[EpochRow], patience: int) -> bool:
    """Whether the inner loss has not fallen for `patience` epochs; never where that is 0."""
    return 0 < patience <= len(history) - best_epoch(history)
