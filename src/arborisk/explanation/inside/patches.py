"""Cuts out of a prepared photo what a place of a layer saw. Works without torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_PX = 32
"""Narrower fields are shown with what surrounds them: three pixels alone show nothing."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square of the array, and the square inside it that a place looks at.

    Attributes:
        left: First column, in pixels.
        top: First row, in pixels.
        side: In pixels.
        seen: Left, top, right and bottom of what the place looks at, within the window, in pixels;
            None where that is all of it.
    """

    left: int
    top: int
    side: int
    seen: tuple[float, float, float, float] | None


def window_at(row_px: float, column_px: float, side_px: int, size_px: int) -> Window:
    """The window around a place, moved where needed so that it lies inside the array.

    Args:
        row_px: Middle of what the place sees, from the top.
        column_px: The same from the left.
        side_px: Side of what it sees.
        size_px: Side of the array.

    >>> window_at(10.0, 100.0, 9, 224)
    Window(left=84, top=0, side=32, seen=(11.5, 5.5, 20.5, 14.5))
    """
    side = min(size_px, max(side_px, LEAST_PX))
    left, top = (
        int(min(max(round(middle - side / 2), 0), size_px - side)) for middle in (column_px, row_px)
    )
    if side_px >= side:
        return Window(left, top, side, None)
    half = side_px / 2
    edges = (column_px - half - left, row_px - half - top)
    far = (column_px + half - left, row_px + half - top)
    inside = tuple(float(min(max(edge, 0.0), side)) for edge in (*edges, *far))
    return Window(left, top, side, (inside[0], inside[1], inside[2], inside[3]))


def cut(array: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """The pixels of a window, shape (side, side, channels); a copy."""
    rows = slice(window.top, window.top + window.side)
    columns = slice(window.left, window.left + window.side)
    return np.array(array[rows, columns])
