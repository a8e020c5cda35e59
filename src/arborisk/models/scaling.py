"""From bytes to what a network sees. Needs torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from arborisk.preprocess.settings import PreprocessSettings


class PixelScaling(nn.Module):
    """Raw pictures to normalised ones; the one place where this is done, export included.

    Args:
        preprocess: Says what is subtracted from each byte, and by what it is divided.
    """

    means: Tensor
    divisors: Tensor

    def __init__(self, preprocess: PreprocessSettings) -> None:
        super().__init__()
        for name, values in (("means", preprocess.means), ("divisors", preprocess.divisors)):
            column = torch.tensor(values, dtype=torch.float32).reshape(1, -1, 1, 1)
            self.register_buffer(name, column, persistent=False)

    def forward(self, photos: Tensor) -> Tensor:
        """Normalised pictures.

        Args:
            photos: Bytes 0 to 255 of any number type, shape (n, size, size, channels).

        Returns:
            float32, shape (n, channels, size, size).
        """
        return (photos.permute(0, 3, 1, 2).to(torch.float32) - self.means) / self.divisors
