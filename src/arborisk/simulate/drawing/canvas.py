"""Surfaces to paint on, on which colour and part mask can never disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

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


ROUNDED_PX = 3
"""Lines wider than this get rounded ends."""


class Canvas:
    """A picture and its part mask, painted together.

    Attributes:
        image: RGB picture.
        parts: Part codes, mode L.
    """

    def __init__(self, image: Pixels, parts: Pixels) -> None:
        self.image = Image.fromarray(image)
        self.parts = Image.fromarray(parts)
        self._image_brush = ImageDraw.Draw(self.image)
        self._parts_brush = ImageDraw.Draw(self.parts)

    def polygon(self, points_px: Floats, colour: Colour, part: str) -> None:
        """Fills a polygon of points (n, 2)."""
        corners = as_corners(points_px)
        self._image_brush.polygon(corners, fill=as_ink(colour))
        self._parts_brush.polygon(corners, fill=PART_CODES[part])

    def line(self, points_px: Floats, colour: Colour, part: str, width_px: float) -> None:
        """Draws a line through points (n, 2), at least one pixel wide."""
        corners, width = as_corners(points_px), max(1, round(width_px))
        self._image_brush.line(corners, fill=as_ink(colour), width=width)
        self._parts_brush.line(corners, fill=PART_CODES[part], width=width)

    def arrays(self) -> tuple[Pixels, Pixels]:
        """Copies of picture and part mask."""
        return np.array(self.image), np.array(self.parts)


class InkLayer:
    """A transparent layer painted with numbered inks; ink 0 is nothing.

    An ink is a colour together with a part, so one drawing serves picture and mask.

    Attributes:
        corner: Upper left corner of the layer in the picture, (2,) across and down.
        shape: Height and width.
    """

    def __init__(self, corner: NDArray[np.int64], height: int, width: int) -> None:
        self.corner = corner
        self.shape = (height, width)
        self._image = Image.new("I", (width, height), 0)
        self._brush = ImageDraw.Draw(self._image)
        self._colours: list[Pixels] = [np.zeros((1, 3), dtype=np.uint8)]
        self._parts: list[Pixels] = [np.zeros(1, dtype=np.uint8)]
        self._n_inks = 1

    def inks(self, colours: Floats, part: str) -> NDArray[np.int32]:
        """Numbers of new inks of colours (n, 3)."""
        self._colours.append(np.clip(colours, 0, 255).astype(np.uint8))
        self._parts.append(np.full(len(colours), PART_CODES[part], dtype=np.uint8))
        self._n_inks += len(colours)
        return np.arange(self._n_inks - len(colours), self._n_inks, dtype=np.int32)

    def ink(self, colour: Sequence[float] | Floats, part: str) -> int:
        """Number of one new ink."""
        return int(self.inks(np.asarray([colour], dtype=np.float64), part)[0])

    def polygon(self, points_px: Floats, ink: int) -> None:
        """Fills a polygon of points (n, 2) of the picture."""
        self._brush.polygon(as_corners(points_px - self.corner), fill=ink)

    def line(self, points_px: Floats, ink: int, width_px: float) -> None:
        """Draws a line through points (n, 2) of the picture."""
        corners = as_corners(points_px - self.corner)
        self._brush.line(corners, fill=ink, width=max(1, round(width_px)))

    def lines(self, ends_px: Floats, inks: NDArray[np.int32], widths_px: Floats) -> None:
        """Draws straight lines (n, 2, 2) of the picture, thick ones with rounded ends."""
        flat = (ends_px - self.corner).reshape(-1, 4).tolist()
        thick = np.maximum(1, np.rint(widths_px)).astype(np.int64).tolist()
        for ends, ink, width in zip(flat, inks.tolist(), thick, strict=True):
            self._brush.line(ends, fill=ink, width=width)
            if width > ROUNDED_PX:
                self.disc(np.array(ends[2:]) + self.corner, width / 2, ink)

    def disc(self, middle_px: Floats, radius_px: float, ink: int) -> None:
        """Fills a disc."""
        across, down = middle_px - self.corner
        box = (across - radius_px, down - radius_px, across + radius_px, down + radius_px)
        self._brush.ellipse(box, fill=ink)

    def drawn(self) -> NDArray[np.int32]:
        """Ink of every pixel so far, (height, width)."""
        return np.array(self._image, dtype=np.int32)

    def colours(self) -> Pixels:
        """Colour of every ink, (n, 3)."""
        return np.concatenate(self._colours)

    def parts(self) -> Pixels:
        """Part code of every ink, (n,)."""
        return np.concatenate(self._parts)


def as_corners(points_px: Floats) -> list[tuple[float, float]]:
    """Points (n, 2) as Pillow takes them."""
    return [(across, down) for across, down in points_px.tolist()]


def as_ink(colour: Sequence[float]) -> tuple[int, int, int]:
    """Colour as Pillow takes it."""
    red, green, blue = (min(255, max(0, round(value))) for value in colour)
    return red, green, blue


def multiplied(image: Pixels, where: Masks, factors: NDArray[np.floating]) -> None:
    """Multiplies some pixels of a picture, in place.

    Args:
        image: (height, width, 3).
        where: n pixels set, (height, width).
        factors: (n,) or (n, 3).
    """
    columns = factors[:, None] if factors.ndim == 1 else factors
    image[where] = np.clip(image[where] * columns, 0, 255).astype(np.uint8)
