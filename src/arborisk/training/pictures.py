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
from arborisk.preprocess import PreprocessSettings

LOOK_BATCH = 64  # photos at a time where nothing is learnt; changes memory, not numbers


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures and classes, handed out as tensors."""

    arrays: NDArray[np.uint8]
    class_index: NDArray[np.int64]
    preprocess: PreprocessSettings

    def numbers(self, rows: NDArray[np.int64]) -> Tensor:
        """Normalised pictures, float32, shape (n, channels, size, size)."""
        photos = torch.from_numpy(np.ascontiguousarray(self.arrays[rows]))
        scaled: Tensor = PixelScaling(self.preprocess)(photos)
        return scaled

    def classes(self, rows: NDArray[np.int64]) -> Tensor:
        """Class indices, shape (n,)."""
        return torch.from_numpy(self.class_index[rows])


def predict_probability(
    network: Network,
    arrays: NDArray[np.uint8],
    rows: NDArray[np.int64],
    preprocess: PreprocessSettings,
) -> NDArray[np.float64]:
    """Class probabilities of some rows.

    Args:
        network: Fitted; put into evaluation mode.
        arrays: Raw pictures, shape (n, size, size, channels).
        rows: Which of them, shape (m,); may be empty.
        preprocess: Says how pixels become numbers.

    Returns:
        Rows sum to 1, shape (m, n_classes).
    """
    pictures = Pictures(arrays, np.empty(0, np.int64), preprocess)
    network.eval()
    parts = [np.empty((0, network.n_classes))]
    with torch.inference_mode():
        for some in batches(np.asarray(rows, np.int64), LOOK_BATCH):
            logits = network(pictures.numbers(some)).to(torch.float64)
            parts.append(logits.softmax(dim=1).numpy())
    return np.concatenate(parts)


def batches(rows: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    """Rows in pieces of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
