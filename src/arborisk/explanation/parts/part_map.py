"""The parts of a photo, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.simulate.drawing.canvas import PART_CODES

GRID_LONG_SIDE_PX: Final = 512
"""Long side of the grid on which parts are told and measures are taken, pixels."""

PART_TITLES: Final[dict[str, str]] = {
    "sky": "sky",
    "crown": "crown in leaf",
    "bare_wood": "dead or bare wood",
    "stem": "stem",
    "ground": "ground",
    "built": "buildings, poles, vehicles",
    "other_trees": "trees behind",
}
"""Parts by name, with their titles. Out of leaf, bare twigs of a living crown are ``bare_wood``:
a photo cannot tell them from dead ones."""
PARTS: Final = tuple(PART_TITLES)

PART_OF_DRAWN: Final[dict[str, str]] = {
    "sky": "sky",
    "ground": "ground",
    "built": "built",
    "wires": "built",
    "other_trees": "other_trees",
    "crown": "crown",
    "dead_crown": "bare_wood",
    "stem": "stem",
    "root_flare": "stem",
    "defect": "stem",
}
"""Part of each value of a drawn photo's mask, `arborisk.simulate.drawing.PART_CODES`."""


@dataclass(frozen=True, slots=True)
class PartMap:
    """What each pixel of a photo shows, on a grid over the whole photo.

    Attributes:
        probability: Of each part, float32, shape (n_parts, height, width), parts as in `PARTS`;
            sums to 1 over the parts.
        picture: The photo on the same grid, uint8, shape (height, width, 3).
    """

    probability: NDArray[np.float32]
    picture: NDArray[np.uint8]

    @property
    def part(self) -> NDArray[np.int64]:
        """Likeliest part of each pixel, place in `PARTS`, shape (height, width)."""
        return np.asarray(self.probability.argmax(axis=0), dtype=np.int64)

    def is_part(self, name: str) -> NDArray[np.bool_]:
        """Where a part is the likeliest, shape (height, width)."""
        return np.asarray(self.part == PARTS.index(name))

    @classmethod
    def from_drawn(cls, codes: NDArray[np.uint8], picture: NDArray[np.uint8]) -> PartMap:
        """The truth of a drawn photo, at its own resolution.

        Args:
            codes: Mask of the drawn photo, values of `PART_CODES`, shape (height, width).
            picture: The drawn photo, shape (height, width, 3).
        """
        place = np.zeros(max(PART_CODES.values()) + 1, dtype=np.int64)
        for name, code in PART_CODES.items():
            place[code] = PARTS.index(PART_OF_DRAWN[name])
        truth = place[codes]
        probability = (truth == np.arange(len(PARTS))[:, None, None]).astype(np.float32)
        return cls(probability, picture)


def on_grid(photo: Image.Image) -> Image.Image:
    """A photo made as small as the grid: its long side `GRID_LONG_SIDE_PX`, never enlarged."""
    scale = min(1.0, GRID_LONG_SIDE_PX / max(photo.size))
    size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    return photo.convert("RGB").resize(size, Image.Resampling.BICUBIC)


PART_COLOURS: Final[dict[str, str]] = {
    "sky": "#56B4E9",
    "crown": "#009E73",
    "bare_wood": "#D55E00",
    "stem": "#CC79A7",
    "ground": "#F0E442",
    "built": "#E69F00",
    "other_trees": "#0072B2",
}
"""By part, as #rrggbb."""


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
