"""The parts of a drawn photo, and the photo itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Textures = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Masks = NDArray[np.bool_]

Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 255; may exceed 255 before the picture is finished."""

PART_CODES: dict[str, int] = {
    "sky": 0,
    "ground": 1,
    "built": 2,
    "other_trees": 3,
    "crown": 4,
    "dead_crown": 5,
    "stem": 6,
    "root_flare": 7,
    "defect": 8,
    "wires": 9,
}
"""Values of a part mask."""


@dataclass(frozen=True, slots=True)
class DrawnPhoto:
    """A drawn photo and what each of its pixels shows.

    Attributes:
        image: uint8 (height, width, 3), RGB.
        parts: uint8 (height, width), values of `PART_CODES`.
    """

    image: Pixels
    parts: Pixels
