"""Pictures in characters: a falling cost, and the areas that a network tells apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arborisk.backprop.activations import Floats
from arborisk.backprop.network import Network
from arborisk.backprop.training import Samples, predicted

AREAS, POINTS = ".:", "ox"
"""Characters of the areas and points of classes 0 and 1."""


def text_curve(values: Sequence[float], *, width: int = 60, height: int = 10) -> str:
    """A curve over equal steps.

    Args:
        values: At least one; drawn from 0 or the smallest to the largest.
        width: Columns of the curve at most; more values are thinned out.
        height: Lines.

    >>> print(text_curve([4.0, 2.0, 1.0, 0.5], height=4))
       4.000 |*
       2.667 |
       1.333 | **
       0.000 |   *
    """
    places = np.unique(np.linspace(0, len(values) - 1, min(width, len(values))).round())
    shown = np.asarray(values, float)[places.astype(int)]
    low, high = min(0.0, float(shown.min())), float(shown.max())
    span = (high - low) or 1.0
    line_of = ((high - shown) / span * (height - 1)).round().astype(int)
    lines = []
    for line in range(height):
        marks = "".join("*" if one == line else " " for one in line_of)
        lines.append(f"{high - span * line / (height - 1):8.3f} |{marks}".rstrip())
    return "\n".join(lines)


def text_map(network: Network, samples: Samples, *, width: int = 60, height: int = 20) -> str:
    """The plane as a network with two inputs and two classes divides it, and points on it.

    Args:
        network: With two inputs and two outputs.
        samples: Points to draw.
        width: Columns.
        height: Lines.
    """
    low, high = samples.x.min(axis=0), samples.x.max(axis=0)
    across = np.linspace(low[0], high[0], width)
    down = np.linspace(high[1], low[1], height)
    plane: Floats = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    area = predicted(network, plane).reshape(height, width)
    drawn = np.array(list(AREAS))[area]
    share = (samples.x - low) / (high - low)
    column = (share[:, 0] * (width - 1)).round().astype(int)
    line = ((1 - share[:, 1]) * (height - 1)).round().astype(int)
    drawn[line, column] = np.array(list(POINTS))[samples.class_index]
    return "\n".join("".join(row) for row in drawn)
