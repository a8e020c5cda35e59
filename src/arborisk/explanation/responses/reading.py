"""What a model says of prepared pictures: score of a contrast and probability of each class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast

if TYPE_CHECKING:
    from arborisk.explanation.opened import OpenedModel

BATCH = 16


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says of n pictures.

    Attributes:
        score: Of the contrast, shape (n,).
        probability: Mean over the members, uncalibrated, shape (n, n_classes).
    """

    score: NDArray[np.float64]
    probability: NDArray[np.float64]


def read_arrays(opened: OpenedModel, contrast: Contrast, arrays: NDArray[np.uint8]) -> Said:
    """What a model says of pictures.

    Args:
        opened: The model.
        contrast: What the score is of.
        arrays: uint8, shape (n, size, size, channels), n at least 1.
    """
    log_members = np.concatenate(list(_log_probabilities(opened, arrays)), axis=1)
    weights = contrast.weights(len(opened.titles))
    return Said(log_members.mean(axis=0) @ weights, np.exp(log_members).mean(axis=0))


def _log_probabilities(
    opened: OpenedModel, arrays: NDArray[np.uint8]
) -> Iterator[NDArray[np.float64]]:
    """By batch, what each member says, shape (members, n, n_classes).

    The bundle's own file gives the same as the networks in torch (`open_model` checks it), in half
    the time; where it averages over further views of a photo it does not.
    """
    bundle = opened.bundle
    one_view = bundle and bundle.description.training.get("test_views", "one") == "one"
    for start in range(0, len(arrays), BATCH):
        batch = arrays[start : start + BATCH]
        if bundle is not None and one_view:
            yield bundle.predict(batch).member_log_probability.transpose(1, 0, 2)
            continue
        import torch

        with torch.inference_mode():
            said = opened.log_probability(opened.pictures(batch))
            yield said.double().numpy()
