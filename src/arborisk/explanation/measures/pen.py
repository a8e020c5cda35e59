"""Draws lines and labels that stand out from any photo."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Pattern = Literal["full", "dashed", "dotted"]
Ends = tuple[float, float, float, float]

DARK = "#1b2327"
PATTERNS: dict[str, tuple[float, float]] = {"dashed": (18.0, 12.0), "dotted": (5.0, 9.0)}
"""Lengths of a dash and of the gap after it, pixels of the picture."""


class Pen:
    """Draws on a picture in the units of the grid.

    Args:
        picture: Drawn upon, in place.
        scale: Pixels of the picture for each of the grid.
    """

    def __init__(self, picture: Image.Image, scale: float) -> None:
        self._draw = ImageDraw.Draw(picture)
        self._size = picture.size
        self._scale = scale
        self._font = ImageFont.load_default(max(15, round(max(picture.size) / 46)))

    def line(self, ends: Ends, colour: str, *, width: int, pattern: Pattern = "full") -> None:
        """A line with a dark edge.

        Args:
            ends: Across and down of both ends, on the grid.
            colour: As #rrggbb.
            width: Pixels of the picture.
            pattern: Full, dashed or dotted.
        """
        pieces = _pieces([self._scale * value for value in ends], pattern)
        for wide, ink in ((width + 3, DARK), (width, colour)):
            for piece in pieces:
                self._draw.line(piece, fill=ink, width=wide)

    def dot(self, place: tuple[float, float], colour: str) -> None:
        """A dot with a dark edge at a place on the grid."""
        across, down = place[0] * self._scale, place[1] * self._scale
        for radius, ink in ((7, DARK), (5, colour)):
            box = (across - radius, down - radius, across + radius, down + radius)
            self._draw.ellipse(box, fill=ink)

    def label(self, place: tuple[float, float], text: str, *, anchor: str) -> None:
        """White text with a dark edge, moved so that all of it lies in the picture.

        Args:
            place: On the grid.
            text: One line.
            anchor: Which point of the text lies there, as Pillow names them.
        """
        at = (place[0] * self._scale, place[1] * self._scale)
        box = self._draw.textbbox(at, text, font=self._font, anchor=anchor, stroke_width=3)
        shift = [
            max(0.0, 4 - box[axis]) - max(0.0, box[axis + 2] - self._size[axis] + 4)
            for axis in (0, 1)
        ]
        self._draw.text(
            (at[0] + shift[0], at[1] + shift[1]),
            text,
            fill="white",
            font=self._font,
            anchor=anchor,
            stroke_width=3,
            stroke_fill=DARK,
        )


def _pieces(ends: list[float], pattern: Pattern) -> list[list[tuple[float, float]]]:
    """The drawn pieces of a line."""
    start, stop = np.array(ends[:2]), np.array(ends[2:])
    length = float(np.linalg.norm(stop - start))
    if pattern == "full" or length < 1.0:
        return [[(start[0], start[1]), (stop[0], stop[1])]]
    dash, gap = PATTERNS[pattern]
    places = np.arange(0.0, length, dash + gap)
    bounds = [(low, min(low + dash, length)) for low in places]
    way = (stop - start) / length
    drawn = [[start + low * way, start + high * way] for low, high in bounds]
    return [[(float(a[0]), float(a[1])), (float(b[0]), float(b[1]))] for a, b in drawn]
