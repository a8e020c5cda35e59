"""Light and sharpness of a prepared photo, at the size that the network sees."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

LIGHT_FACTS: Final = ("dark", "middle", "bright", "blur")
"""Names of what `light_facts` gives, in its order."""
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Source: ITU-R BT.601."""
BOX_PX = 5
QUANTILES = (0.05, 0.5, 0.95)


def light_facts(array: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    """Facts of one photo.

    Args:
        array: Prepared photo, uint8, shape (size, size, channels), channels 1 or 3.

    Returns:
        Quantiles of brightness at 5, 50 and 95 %, 0 to 255; and blur, 0 to 1: the share of the
        differences between neighbours that is left when the photo is blurred once more. A sharp
        photo loses most of them.

    Source: blur after Crete, Dolmiere, Ladret and Nicolas (2007), The blur effect, SPIE 6492; here
    a mean over all neighbours.
    """
    values = array.astype(np.float32)
    grey = values @ LUMA if array.shape[2] == 3 else values[:, :, 0]
    in_order = np.sort(grey, axis=None)
    dark, middle, bright = (_quantile(in_order, share) for share in QUANTILES)
    blur = (_left_over(grey) + _left_over(grey.T)) / 2
    return dark, middle, bright, blur


def _quantile(in_order: NDArray[np.float32], share: float) -> float:
    """Quantile of sorted values, as ``numpy.quantile`` gives it.

    That function looks for each place anew, which took longer than all else that is measured here.
    """
    place = share * (len(in_order) - 1)
    below = int(place)
    low, high = in_order[below : below + 2].tolist()
    return float(low + (place - below) * (high - low))


def _left_over(grey: NDArray[np.float32]) -> float:
    """Share of the differences along the second axis that a box of 5 px leaves."""
    whole = np.abs(np.diff(grey, axis=1)).mean()
    # Neighbouring boxes differ by their ends alone; those at the very edge were never looked at.
    left = np.abs(grey[:, BOX_PX + 1 :] - grey[:, 1:-BOX_PX]).mean() / BOX_PX
    return float(left / whole) if whole > 0 else 1.0
