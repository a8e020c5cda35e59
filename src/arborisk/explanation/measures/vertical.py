"""Which way is up: from upright edges of buildings and poles, and from the far edge of the ground.

The line where flat ground ends is level only on level ground, so it counts less than upright edges
and only where it is straight. Without either, the frame of the photo is taken for upright.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from arborisk.explanation.measures.table import Floats, Masks, Vertical

FRAME_DEVIATION_DEG = 1.5
"""How far photos taken by hand are tilted (assumption: one standard deviation)."""

EDGE_REACH_DEG = 7.0
"""Edges farther off the frame's upright are not taken for upright ones."""

LEAST_EDGE_PX = 40.0
"""Least length of upright edges, all together, in pixels of the grid."""

LEAST_EDGE_PEAK = 1.5
"""How far the best tilt must stand out from the usual one, in sums of squares."""

EDGE_DEVIATION_DEG, GROUND_DEVIATION_DEG = 0.7, 0.5
"""How far off what they show lies; found on drawn photos, where edges are straight and the ground
is flat. For the ground's edge in real photos it is only a guess."""

GROUND_STRAIGHT_PX = 1.6
LEAST_GROUND_SHARE = 0.35
"""The far edge of the ground counts where this share of the photo's columns lies on one line."""


def find_vertical(grey: Floats, built: Masks, ground: Masks, other: Masks) -> Vertical:
    """The photo's tilt, pulled towards upright by as much as is not known.

    Args:
        grey: Lightness of the photo, (height, width), 0 to 255.
        built: Where built things are likeliest.
        ground: Where ground is likeliest.
        other: Where what may stand behind far ground is: other trees and sky.
    """
    precision, total, found_on = FRAME_DEVIATION_DEG**-2, 0.0, []
    edges = _upright_edges_deg(grey, built)
    if edges is not None:
        precision += EDGE_DEVIATION_DEG**-2
        total += edges * EDGE_DEVIATION_DEG**-2
        found_on.append("upright edges of built things")
    level = _ground_edge_deg(ground, other)
    if level is not None:
        precision += GROUND_DEVIATION_DEG**-2
        total += level * GROUND_DEVIATION_DEG**-2
        found_on.append("the far edge of the ground")
    return Vertical(total / precision, precision**-0.5, " and ".join(found_on))


def _upright_edges_deg(grey: Floats, built: Masks) -> float | None:
    """Tilt of the upright edges in built regions, positive clockwise; None when there are few.

    Edges are summed along lines of each tilt: at the right one, sums are highest.
    """
    if built.sum() < LEAST_EDGE_PX:
        return None
    smooth = ndimage.gaussian_filter(grey, 0.7)
    across, down = ndimage.sobel(smooth, axis=1) / 8.0, ndimage.sobel(smooth, axis=0) / 8.0
    near = ndimage.binary_dilation(built, iterations=2)
    use = near & (np.abs(across) > 5.0) & (np.abs(across) > 3.0 * np.abs(down))
    rows, columns = np.nonzero(use)
    if len(rows) < LEAST_EDGE_PX:
        return None
    strength = np.clip(across[use], -25.0, 25.0)
    tilts = np.arange(-EDGE_REACH_DEG, EDGE_REACH_DEG + 0.01, 0.25)
    scores = np.array([_edge_sharpness(rows, columns, strength, tilt) for tilt in tilts])
    peak = int(np.argmax(scores))
    if peak in (0, len(tilts) - 1) or scores[peak] < LEAST_EDGE_PEAK * np.median(scores):
        return None
    low, mid, high = scores[peak - 1 : peak + 2]
    return float(tilts[peak] + 0.25 * 0.5 * (low - high) / min(low - 2.0 * mid + high, -1e-9))


def _edge_sharpness(
    rows: NDArray[np.int64], columns: NDArray[np.int64], strength: Floats, tilt_deg: float
) -> float:
    """Sum of squares of the edge strength summed along each line of a tilt."""
    # Clockwise tilt moves the top of an upright line to the right: across falls with the row.
    place = columns + rows * np.tan(np.radians(tilt_deg))
    cell = np.floor(place).astype(np.int64)
    cell -= cell.min()
    part = place - np.floor(place)
    sums = np.bincount(cell, strength * (1.0 - part), cell.max() + 2)
    sums += np.bincount(cell + 1, strength * part, cell.max() + 2)
    return float((sums**2).sum())


def _ground_edge_deg(ground: Masks, other: Masks) -> float | None:
    """Tilt of the far edge of the ground, positive clockwise; None where it is not straight."""
    height, width = ground.shape
    top = np.where(ground.any(axis=0), ground.argmax(axis=0), -1)
    columns = np.arange(width)
    known = top > 2
    above = np.clip(top - 3, 0, height - 1)
    known &= other[above, columns]
    if known.sum() < LEAST_GROUND_SHARE * width:
        return None
    x, y = columns[known].astype(np.float64), top[known].astype(np.float64)
    slope, start = _line_with_most(x, y)
    inlier = np.abs(y - start - slope * x) < GROUND_STRAIGHT_PX
    if inlier.sum() < LEAST_GROUND_SHARE * width or np.ptp(x[inlier]) < 0.7 * width:
        return None
    slope, start = np.polyfit(x[inlier], y[inlier], 1)
    return float(np.degrees(np.arctan(slope)))


def _line_with_most(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope and start of the line that most points lie on, within a few degrees of level."""
    best, most = (0.0, float(np.median(y))), -1
    for slope in np.tan(np.radians(np.arange(-4.0, 4.01, 0.2))):
        rest = y - slope * x
        low = int(np.floor(rest.min()))
        counts = np.bincount((rest - low).astype(np.int64))
        peak = int(np.argmax(counts[:-1] + counts[1:])) if len(counts) > 1 else 0
        count = int(counts[peak : peak + 2].sum())
        if count > most:
            best, most = (float(slope), low + peak + 1.0), count
    return best
