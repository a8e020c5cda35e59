"""Max pooling: of each window the largest number goes on, and only it hears back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.backprop.activations import Floats
from arborisk.backprop.blocks import Back
from arborisk.errors import SettingsError


@dataclass(frozen=True, slots=True)
class MaxPooling:
    """Windows side by side; what is left over at the right and the bottom is not looked at.

    Attributes:
        size: Side and stride of the window, in pixels.
    """

    size: int

    def forward(self, given: Floats) -> Floats:
        """Shape (n, maps, height, width) to (n, maps, height // size, width // size)."""
        return np.asarray(self._windows(given).max(axis=-1))

    def backward(self, given: Floats, made: Floats, dC_dmade: Floats) -> Back:
        """The derivative is 1 for the largest number of a window (the first of equals), else 0."""
        windows = self._windows(given)
        largest = np.zeros_like(windows)
        np.put_along_axis(largest, windows.argmax(axis=-1)[..., None], 1, axis=-1)
        da_dz = np.zeros_like(given)
        down, across = (side // self.size for side in given.shape[2:])
        tiles = largest.reshape(*windows.shape[:-1], self.size, self.size).swapaxes(3, 4)
        looked_at = (..., slice(down * self.size), slice(across * self.size))
        da_dz[looked_at] = tiles.reshape(*given.shape[:2], down * self.size, across * self.size)
        to_input = np.zeros_like(given)
        spread = dC_dmade.repeat(self.size, axis=2).repeat(self.size, axis=3)
        to_input[looked_at] = spread * da_dz[looked_at]
        return Back(to_input, factors={"dC_da": dC_dmade, "da_dz": da_dz})

    def _windows(self, given: Floats) -> Floats:
        """Shape (n, maps, height', width', size * size), rows of a window one after the other."""
        if given.ndim != 4 or min(given.shape[2:]) < self.size:
            raise SettingsError(
                f"maps with sides of at least {self.size}",
                f"shape {given.shape}",
                "the input of a pooling",
                "Use a larger picture or fewer poolings.",
            )
        down, across = (side // self.size for side in given.shape[2:])
        cut = given[:, :, : down * self.size, : across * self.size]
        tiles = cut.reshape(*given.shape[:2], down, self.size, across, self.size)
        return tiles.swapaxes(3, 4).reshape(*given.shape[:2], down, across, self.size**2)
