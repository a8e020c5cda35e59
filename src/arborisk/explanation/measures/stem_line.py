"""The stem of the main tree: which one it is, its foot, and the straight line along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from arborisk.explanation.measures.records import Floats, Masks, StemLine

LEAST_HEIGHT_SHARE = 0.035
"""Least height of a stem that is looked at, as a share of the photo's height."""

TRACED_HEIGHT_SHARE = 0.025
"""Least height over which a stem must be followed, as a share of the photo's height."""

FLARE_WIDTHS = 1.35
"""Rows wider than this many usual widths belong to the root flare."""

HIDDEN_ROWS = 6
"""A stem may be hidden over this many rows and is followed on."""

RIVAL_SHARE = 0.6
"""Another stem with this share of the main one's weight makes it doubtful which tree is meant."""


@dataclass(frozen=True, slots=True)
class FoundStem:
    """The main stem, or why there is none.

    Attributes:
        region: Pixels of the stem, (height, width); None when none was found.
        line: The line along it.
        why_not: Why there is none; empty when there is.
        rivals: Across places of other stems that might be the main one, (n,).
    """

    region: Masks | None
    line: StemLine | None
    why_not: str
    rivals: Floats


def find_stem(stem_probability: Floats, ground: Masks, *, threshold: float = 0.5) -> FoundStem:
    """The stem that stands largest and nearest to the middle of the photo.

    Args:
        stem_probability: Of the part "stem", (height, width).
        ground: Where the ground is likeliest.
        threshold: Probability from which a pixel belongs to a stem.
    """
    none = np.zeros(0)
    labels, n_found = ndimage.label(
        ndimage.binary_closing(stem_probability > threshold, np.ones((5, 3), dtype=np.bool_)),
        np.ones((3, 3)),
    )
    if n_found == 0:
        return FoundStem(None, None, "no stem seen", none)
    weights, middles = _weights(labels, n_found)
    best = int(np.argmax(weights))
    if weights[best] <= 0.0:
        return FoundStem(None, None, "no stem tall enough to be followed", none)
    region = labels == best + 1
    line = _line(np.where(region, stem_probability, 0.0))
    if line is None:
        return FoundStem(region, None, "the stem is hidden for too much of its length", none)
    if not _stands_on(ground, line):
        return FoundStem(region, line, "the foot of the stem is hidden or out of the photo", none)
    rivals = (weights > RIVAL_SHARE * weights[best]) & (np.arange(n_found) != best)
    return FoundStem(region, line, "", middles[rivals])


def _weights(labels: np.ndarray, n_found: int) -> tuple[Floats, Floats]:
    """How much speaks for each stem (n,), and where it stands across (n,)."""
    height, width = labels.shape
    weights, middles = np.zeros(n_found), np.zeros(n_found)
    for number, box in enumerate(ndimage.find_objects(labels)):
        rows, columns = box
        tall = rows.stop - rows.start
        lowest = rows.stop
        foot = np.nonzero(labels[lowest - 1, columns] == number + 1)[0]
        middles[number] = columns.start + foot.mean()
        area = float((labels[box] == number + 1).sum())
        if tall < LEAST_HEIGHT_SHARE * height:
            continue
        aside = (middles[number] - width / 2) / (0.3 * width)
        # Nearer trees stand lower in the photo and are larger.
        weights[number] = area * tall * np.exp(-(aside**2)) * (lowest / height) ** 4
    return weights, middles


def _line(weight: Floats) -> StemLine | None:
    """Line along the stem, followed upwards from just above the root flare."""
    height = weight.shape[0]
    total = weight.sum(axis=1)
    rows = np.nonzero(total > 0.5)[0]
    if len(rows) < 6:
        return None
    low = int(rows[-1])
    start, usual = _above_flare(total, int(rows[0]), low)
    traced = _follow(weight, start, usual)
    if traced[-1][0] - traced[0][0] < max(6.0, TRACED_HEIGHT_SHARE * height):
        return None
    row, middle, width = np.array(traced).T
    slope, across, deviation = _robust_line(low - row, middle)
    top = int(row[0])
    every = np.arange(top, low + 1)
    return StemLine(
        foot=np.array([across, float(low)]),
        across_per_up=slope,
        deviation=deviation,
        top_row=top,
        middle=np.interp(every, row, middle),
        width=np.interp(every, row, width),
    )


def _above_flare(total: Floats, first: int, low: int) -> tuple[int, float]:
    """Lowest row above the roots, and the stem's usual width there.

    Roots, a lifted plate and grass make the foot wide and ragged.
    """
    height = len(total)
    reach = min(low - first, round(0.16 * height))
    usual = float(np.median(total[low - reach : low - reach // 5 + 1]))
    fits = total < FLARE_WIDTHS * usual
    for row in range(low - max(2, round(0.012 * height)), low - reach + 4, -1):
        if fits[row - 4 : row + 1].all():
            return row, usual
    return low - reach // 3, usual


def _follow(weight: Floats, start: int, usual: float) -> list[tuple[float, float, float]]:
    """Rows, middles and widths of the stem from the highest row that is reached to `start`.

    Ends where the stem parts into limbs or dives into leaves; a few rows may be hidden.
    """
    half = max(3.0, 1.3 * usual)
    across = np.arange(weight.shape[1])
    expected = float((weight[start] * across).sum() / max(weight[start].sum(), 1e-9))
    traced: list[tuple[float, float, float]] = []
    for row in range(start, -1, -1):
        left, right = max(0, int(expected - half)), int(expected + half) + 2
        part = weight[row, left:right]
        width = float(part.sum())
        middle = float((part * across[left:right]).sum() / max(width, 1e-9))
        close = abs(middle - expected) < max(1.6, 0.25 * usual)
        if 0.45 * usual < width < 1.6 * max(usual, 2.0) and (close or len(traced) < 3):
            traced.append((float(row), middle, width))
        elif not traced or traced[-1][0] - row > HIDDEN_ROWS:
            break
        if len(traced) >= 6:
            recent = np.array(traced[-24:])
            expected = float(np.polyval(np.polyfit(recent[:, 0], recent[:, 1], 1), row - 1))
        elif traced:
            expected = traced[-1][1]
    return traced[::-1] or [(float(start), expected, usual)]


def _robust_line(up: Floats, across: Floats) -> tuple[float, float, float]:
    """Slope, start and the slope's deviation; rows off the line count less (Huber, 5 rounds)."""
    weight = np.ones(len(up))
    slope = start = scale = 0.0
    for _ in range(5):
        slope, start = np.polyfit(up, across, 1, w=np.sqrt(weight))
        rest = across - (start + slope * up)
        scale = max(1.4826 * float(np.median(np.abs(rest))), 0.15)
        weight = np.minimum(1.0, 1.5 * scale / np.maximum(np.abs(rest), 1e-9))
    # Rows next to each other err alike: only every fourth counts as new.
    n_free = max(len(up) / 4.0, 2.0)
    return float(slope), float(start), float(scale / (np.std(up) * np.sqrt(n_free)))


def _stands_on(ground: Masks, line: StemLine) -> bool:
    """Whether ground lies below the foot."""
    height, width = ground.shape
    half = max(3.0, 0.6 * float(np.median(line.width)))
    row, column = int(line.foot[1]), float(line.foot[0])
    if row >= height - 2:
        return False
    left, right = int(max(0.0, column - half)), int(min(width - 1.0, column + half))
    below = ground[row + 1 : min(height, row + 1 + max(4, round(0.02 * height))), left : right + 1]
    return bool(below.size > 0 and below.mean() > 0.5)
