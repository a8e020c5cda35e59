"""Cuts out of a prepared photo what a place of a layer saw. Works without torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_PX = 32
"""Narrower fields are shown with what surrounds them: three pixels alone show nothing."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square of the array, and a square inside it that is framed.

    Attributes:
        left: First column, in pixels.
        top: First row, in pixels.
        side: In pixels.
        framed: Left, top, right and bottom of what is framed in it, in pixels of the window; None
            where that is all of it.
    """

    left: int
    top: int
    side: int
    framed: tuple[float, float, float, float] | None


def window_at(
    row_px: float, column_px: float, *, shown_px: int, framed_px: int, size_px: int
) -> Window:
    """The window around a place, moved where needed so that it lies inside the array.

    Args:
        row_px: Middle of what the place sees, from the top.
        column_px: The same from the left.
        shown_px: Side of the window, if it is not too small to be seen.
        framed_px: Side of the square around the middle that is framed.
        size_px: Side of the array.

    >>> window_at(10.0, 100.0, shown_px=9, framed_px=9, size_px=224)
    Window(left=84, top=0, side=32, framed=(11.5, 5.5, 20.5, 14.5))
    """
    side = min(size_px, max(shown_px, LEAST_PX))
    left, top = (
        int(min(max(round(middle - side / 2), 0), size_px - side)) for middle in (column_px, row_px)
    )
    if framed_px >= side:
        return Window(left, top, side, None)
    half = framed_px / 2
    edges = (column_px - half - left, row_px - half - top)
    far = (column_px + half - left, row_px + half - top)
    inside = tuple(float(min(max(edge, 0.0), side)) for edge in (*edges, *far))
    return Window(left, top, side, (inside[0], inside[1], inside[2], inside[3]))


def cut(array: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """The pixels of a window, shape (side, side, channels); a copy."""
    rows = slice(window.top, window.top + window.side)
    columns = slice(window.left, window.left + window.side)
    return np.array(array[rows, columns])
