"""What of a picture is content: not a frame, a bar, or a corner that a turn left empty."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_TOLERANCE = 6  # grey levels that JPEG adds to an even border
_DARKEST, _BRIGHTEST = 12, 243
_LEAST_CONTENT = 0.03
"""Share of a row or column that is content; below it, the row is a bar."""


def empty_mask(grey: Grey) -> Grey:
    """Even areas that begin at the border, 255, else 0; shape as the picture's.

    A border that is black or white may be of any shape; one of another grey must be as even, and
    fills a whole side: an even sky does not.

    Args:
        grey: The picture, shape (height, width).
    """
    import cv2

    height, width = grey.shape
    mask = np.zeros((height + 2, width + 2), dtype=np.uint8)
    smooth = cv2.medianBlur(grey, 3)
    flags = 4 | (255 << 8) | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE
    for x, y in _seeds(width, height):
        level = int(smooth[y, x])
        if mask[y + 1, x + 1] == 0 and not _DARKEST < level < _BRIGHTEST:
            cv2.floodFill(smooth, mask, (x, y), 0, _TOLERANCE, _TOLERANCE, flags)
    found = mask[1:-1, 1:-1]
    for bar in _even_bars(smooth):
        found[bar] = 255
    return np.asarray(found, dtype=np.uint8)


def content_box(empty: Grey) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is not empty, in pixels; all where nothing is.

    Args:
        empty: See `empty_mask`.
    """
    height, width = empty.shape
    rows = np.flatnonzero((empty == 0).mean(axis=1) > _LEAST_CONTENT)
    columns = np.flatnonzero((empty == 0).mean(axis=0) > _LEAST_CONTENT)
    if len(rows) < 8 or len(columns) < 8:
        return 0, 0, width, height
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _seeds(width: int, height: int) -> list[tuple[int, int]]:
    across, down = (0, width // 2, width - 1), (0, height // 2, height - 1)
    return [(x, y) for x in across for y in down if (x, y) != (across[1], down[1])]


def _even_bars(grey: Grey) -> list[Any]:
    """Slices of rows and columns at the borders that are one even grey from end to end."""
    bars: list[Any] = []
    for axis in (0, 1):
        lines = grey if axis == 0 else grey.T
        for order in (slice(None), slice(None, None, -1)):
            inwards = lines[order]
            if not _are_even(inwards[:1])[0]:  # most photos have no bar
                continue
            even = _are_even(inwards)
            n = 0 if even.all() else int(np.argmin(even))
            # A sky changes from row to row; a bar does not.
            if n and np.ptp(np.median(inwards[:n], axis=1)) <= _TOLERANCE:
                part = slice(0, n) if order.step is None else slice(len(lines) - n, len(lines))
                bars.append((part, slice(None)) if axis == 0 else (slice(None), part))
    return bars


def _are_even(lines: Grey) -> NDArray[np.bool_]:
    """Which lines are one grey but for a few pixels, shape (n_lines,)."""
    low, high = np.percentile(lines, (2, 98), axis=1)
    return np.asarray(high - low <= _TOLERANCE)
