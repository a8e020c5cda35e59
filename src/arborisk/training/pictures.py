"""Raw pictures as the numbers a network sees, and its probabilities. Needs torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from arborisk.models.network import Network
from arborisk.models.scaling import PixelScaling
from arborisk.models.settings import TestViews
from arborisk.models.views import views_of
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.training.augmentation_settings import NO_CHANGE, AugmentationSettings

PROCESSOR = torch.device("cpu")
LOOK_BATCH = 64  # photos at a time where nothing is learnt; changes memory, not numbers


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures, handed out as tensors.

    Attributes:
        arrays: Raw, shape (n, size, size, channels).
        preprocess: Says how pixels become numbers.
        augmentation: What `changed` changes.
        device: Where the tensors are wanted.
    """

    arrays: NDArray[np.uint8]
    preprocess: PreprocessSettings
    augmentation: AugmentationSettings = NO_CHANGE
    device: torch.device = PROCESSOR

    def numbers(self, rows: NDArray[np.int64]) -> Tensor:
        """Normalised pictures as they are, float32, shape (n, channels, size, size)."""
        return self._scaled(np.ascontiguousarray(self.arrays[rows]))

    def changed(self, rows: NDArray[np.int64], seeds: NDArray[np.int64]) -> Tensor:
        """The same after their random changes, each by its seed, shape (n,)."""
        if self.augmentation.changes_nothing:
            return self.numbers(rows)
        from arborisk.training.augmentation import augment

        return self._scaled(augment(self.arrays[rows], self.augmentation, seeds))

    def _scaled(self, photos: NDArray[np.uint8]) -> Tensor:
        scaling = PixelScaling(self.preprocess).to(self.device)
        scaled: Tensor = scaling(torch.from_numpy(photos).to(self.device))
        return scaled


def predict_probability(
    network: Network,
    arrays: NDArray[np.uint8],
    rows: NDArray[np.int64],
    preprocess: PreprocessSettings,
    views: TestViews = "one",
) -> NDArray[np.float64]:
    """Class probabilities of some rows, computed where the network is.

    Args:
        network: Fitted; put into evaluation mode.
        arrays: Raw pictures, shape (n, size, size, channels).
        rows: Which of them, shape (m,); may be empty.
        preprocess: Says how pixels become numbers.
        views: Views of each photo, whose probabilities are averaged.

    Returns:
        Rows sum to 1, shape (m, n_classes).
    """
    device = next(network.parameters()).device
    pictures = Pictures(arrays, preprocess, device=device)
    network.eval()
    parts = [np.empty((0, network.n_classes))]
    with torch.inference_mode():
        for some in batches(np.asarray(rows, np.int64), LOOK_BATCH):
            logits = [network(view) for view in views_of(pictures.numbers(some), views)]
            each = [one.to(torch.float64).softmax(dim=1) for one in logits]
            parts.append(torch.stack(each).mean(dim=0).cpu().numpy())
    return np.concatenate(parts)


def batches(rows: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    """Rows in pieces of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
