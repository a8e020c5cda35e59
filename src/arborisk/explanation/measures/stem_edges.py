"""The stem's two edges on the photo itself, near where the parts say that the stem is.

The parts are told on a coarser scale than a stem's width. Along a straight stem its edges add up
over many rows, so that they can be placed to a fraction of a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from arborisk.explanation.measures.table import Floats

STRONGEST = 12.0
"""Steps of colour beyond this count no more: one strong edge in a few rows must not decide."""

N_STRETCHES = 4
"""Steps are added up with their sign within so many stretches, so that texture cancels out, and
without it over them, since what lies behind a stem changes with the height."""

TURN_DEG = 7.0
"""How far the edges may be turned against the line that the parts give."""

TAPERS_DEG = (0.0, 0.5, 1.0, 1.75)
"""How far the edges may converge upwards, each, against the middle line."""

STEP_DEG, STEP_PX = 0.25, 0.5
N_OFFSETS = 50
"""Most places to either side that are tried; on wide stems they lie farther apart."""


@dataclass(frozen=True, slots=True)
class StemEdges:
    """Edges of a stem between two rows.

    Attributes:
        across: Middle between the edges in the lowest row.
        across_per_up: Slope of the middle line.
        width: Width in the lowest row, horizontally.
        width_per_up: Change of the width for each pixel upwards; not above 0.
        contrast: How far the edges stand out: their strength over that of other places nearby.
    """

    across: float
    across_per_up: float
    width: float
    width_per_up: float
    contrast: float


def colour_steps(picture: NDArray[np.uint8]) -> Floats:
    """Steps across in lightness and from blue to red, with their sign, (2, height, width)."""
    red, green, blue = np.moveaxis(picture.astype(np.float32), -1, 0)
    channels = ((red + green + blue) / 3.0, 0.5 * (red - blue))
    steps = [ndimage.gaussian_filter1d(one, 0.8, axis=1, order=1) for one in channels]
    return np.asarray(np.clip(np.array(steps), -STRONGEST, STRONGEST))


def find_edges(
    steps: Floats, *, top: int, low: int, across: float, across_per_up: float, width: float
) -> StemEdges | None:
    """Edges near a line; None when the stretch is too short.

    Args:
        steps: See `colour_steps`.
        top: Highest row.
        low: Lowest row.
        across: Where the line lies in the lowest row.
        across_per_up: Its slope.
        width: Width that the parts give.
    """
    up = np.arange(0, low - top + 1).astype(np.float64)
    if len(up) < 8:
        return None
    turns = np.radians(np.arange(-TURN_DEG, TURN_DEG + 0.01, STEP_DEG))
    reach = max(2.2 * width, 8.0)
    step = max(STEP_PX, reach / N_OFFSETS)
    offsets = np.arange(-reach, reach + 0.01, step)
    # Turned about the middle of the stretch, so that turning and shifting stay apart.
    lever = up - float(up.mean())
    sums = _sums(
        steps,
        low - up,
        np.asarray(across + across_per_up * up),
        np.asarray(lever),
        np.tan(turns),
        offsets,
    )
    sums = sums - np.median(sums)
    prior = np.exp(-0.5 * (np.degrees(turns) / 4.0) ** 2)
    best: tuple[float, int, int, int, int] | None = None
    for taper in TAPERS_DEG:
        shift = round(taper / STEP_DEG)
        for turn in range(shift, len(turns) - shift):
            # The left edge leans to the right going up, the right one to the left.
            pair = _best_pair(sums[turn + shift], sums[turn - shift], offsets, width)
            score = pair[0] * prior[turn]
            if best is None or score > best[0]:
                best = (score, turn, shift, pair[1], pair[2])
    if best is None or best[0] <= 0.0:
        return None
    _, turn, shift, left, right = best
    at_foot = -float(up.mean())
    left_slope, right_slope = np.tan(turns[turn + shift]), np.tan(turns[turn - shift])
    left_at, right_at = (
        float(offsets[left] + at_foot * left_slope),
        float(offsets[right] + at_foot * right_slope),
    )
    spread = float(np.std(sums)) or 1.0
    edges = sums[turn + shift, left] + sums[turn - shift, right]
    return StemEdges(
        across=across + 0.5 * (left_at + right_at),
        across_per_up=across_per_up + float(0.5 * (left_slope + right_slope)),
        width=right_at - left_at,
        width_per_up=float(right_slope - left_slope),
        contrast=float(edges / (2.0 * spread)),
    )


def _sums(
    steps: Floats, rows: Floats, line: Floats, lever: Floats, slopes: Floats, offsets: Floats
) -> Floats:
    """Strength of an edge along a line at each turn and offset, (n_turns, n_offsets)."""
    place = line[None, :] + slopes[:, None] * lever
    column = place[:, None, :] + offsets[None, :, None]
    left = np.floor(column).astype(np.int64)
    part = (column - left).astype(np.float32)
    left = np.clip(left, 0, steps.shape[2] - 2)
    at = rows.astype(np.int64) * steps.shape[2] + left
    bounds = np.linspace(0, len(rows), N_STRETCHES + 1).astype(np.int64)[:-1]
    total = np.zeros(at.shape[:2])
    for channel in steps:
        flat = channel.reshape(-1)
        value = flat[at] * (1.0 - part) + flat[at + 1] * part
        total += np.abs(np.add.reduceat(value, bounds, axis=2)).sum(axis=2)
    return total / len(rows)


def _best_pair(
    left: Floats, right: Floats, offsets: Floats, width: float
) -> tuple[float, int, int]:
    """Best left and right edge whose distance and middle suit: score and places."""
    apart = offsets[None, :] - offsets[:, None]
    middle = 0.5 * (offsets[None, :] + offsets[:, None])
    suits = np.exp(-0.5 * (np.log(np.maximum(apart, 0.5) / width) / 0.45) ** 2)
    suits = suits * np.exp(-0.5 * (middle / max(0.5 * width, 2.0)) ** 2) * (apart > 1.5)
    score = np.sqrt(np.maximum(left[:, None], 0.0) * np.maximum(right[None, :], 0.0)) * suits
    place = int(np.argmax(score))
    first, second = divmod(place, len(offsets))
    return float(score[first, second]), first, second
