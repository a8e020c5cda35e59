"""Whether a crown is in green leaf, as far as its picture shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from arborisk.explanation.measures.crown import CrownParts

LEAST_LEAF_SHARE = 0.05
"""Less of the crown's outline told to be leaf: taken for out of leaf."""

LEAST_GREEN = 0.05
"""Least excess of green, (2 green - red - blue) / (red + green + blue), median over the leaves. On
drawn trees leaves have 0.11 and more, bare twigs 0.01."""

LEAST_SOLID = 0.6
"""Least cover of leaves around a leaf: twigs told to be leaf stay thin."""

NOT_IN_LEAF = (
    "no green leaves seen: out of leaf, in autumn colour or dead, a photo cannot tell which"
)


def is_in_leaf(crown: CrownParts, picture: NDArray[np.uint8]) -> bool:
    """Whether a crown is in green leaf.

    Args:
        crown: The crown.
        picture: The photo, (height, width, 3).
    """
    leaf = crown.leaf
    if leaf.sum() < LEAST_LEAF_SHARE * crown.outline.sum():
        return False
    red, green, blue = picture[leaf].astype(np.float64).T
    excess = (2.0 * green - red - blue) / np.maximum(red + green + blue, 1.0)
    around = ndimage.gaussian_filter(leaf.astype(np.float32), 0.012 * crown.height_px)
    return bool(np.median(excess) > LEAST_GREEN and around[leaf].mean() > LEAST_SOLID)
