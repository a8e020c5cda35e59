"""Pictures made a little larger, so that their sides suit the network, and maps cut back again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MULTIPLE_PX: Final = 32
"""Sides of the network's input are multiples of this, so that its depths align."""


@dataclass(frozen=True, slots=True)
class Padding:
    """Pixels added on each side by repeating the edge, as evenly as can be.

    >>> Padding.of(500, 380)
    Padding(top=6, bottom=6, left=2, right=2)
    """

    top: int
    bottom: int
    left: int
    right: int

    @classmethod
    def of(cls, height_px: int, width_px: int) -> Padding:
        """What a picture of these sides needs."""
        down, aside = -height_px % MULTIPLE_PX, -width_px % MULTIPLE_PX
        return cls(down // 2, down - down // 2, aside // 2, aside - aside // 2)

    def add(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture with its padding, of shape (height, width, 3)."""
        rows, columns = (self.top, self.bottom), (self.left, self.right)
        return np.pad(picture, (rows, columns, (0, 0)), mode="edge")

    def cut(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Maps of the padded picture, shape (..., height, width), without the padding."""
        height, width = maps.shape[-2:]
        rows = slice(self.top, height - self.bottom)
        return maps[..., rows, self.left : width - self.right]
