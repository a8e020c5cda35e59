"""The stem of the main tree: which one it is, its foot, and the straight line along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from arborisk.explanation.measures.records import Floats, Masks, StemLine
from arborisk.explanation.measures.stem_edges import colour_steps, find_edges
from arborisk.explanation.measures.stem_fork import between_stems
from arborisk.explanation.measures.stem_trace import trace_stem

LEAST_HEIGHT_SHARE = 0.035
"""Least height of a stem that is looked at, as a share of the photo's height."""

TRACED_HEIGHT_SHARE = 0.025
"""Least height over which a stem must be followed, as a share of the photo's height."""

LEAST_CONTRAST = 2.0
"""Edges that stand out less in the photo are not used."""

EDGE_DEVIATION = 0.006
"""Error of the slope of edges, one deviation; about a third of a degree."""

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


def find_stem(
    stem_probability: Floats, ground: Masks, picture: NDArray[np.uint8], *, threshold: float = 0.5
) -> FoundStem:
    """The stem that stands largest and nearest to the middle of the photo.

    Args:
        stem_probability: Of the part "stem", (height, width).
        ground: Where the ground is likeliest.
        picture: The photo, (height, width, 3).
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
    line = _line(region & (stem_probability > threshold), colour_steps(picture))
    if line is None:
        return FoundStem(region, None, "the stem is hidden for too much of its length", none)
    line = between_stems(region, line)
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


def _line(region: Masks, steps: Floats) -> StemLine | None:
    """Line along a stem: from the parts first, then along its edges in the photo."""
    trace = trace_stem(region)
    if len(trace.row) < 6 or trace.height_px < TRACED_HEIGHT_SHARE * region.shape[0]:
        return None
    slope, across, deviation = _robust_line(trace.low - trace.row, trace.middle, trace.width)
    top, bottom = int(trace.row[0]), int(trace.row[-1])
    every = np.arange(top, trace.low + 1)
    middle, width = (np.interp(every, trace.row, part) for part in (trace.middle, trace.width))
    edges = find_edges(
        steps,
        top=top,
        low=bottom,
        across=across + slope * (trace.low - bottom),
        across_per_up=slope,
        width=float(np.median(trace.width)),
    )
    if edges is not None and edges.contrast > LEAST_CONTRAST:
        # The two err in ways of their own: their mean lies closer than either.
        slope = 0.5 * (slope + edges.across_per_up)
        deviation = max(EDGE_DEVIATION, 0.7 * deviation)
        up = bottom - every
        across = edges.across - slope * (trace.low - bottom)
        middle = np.asarray(edges.across + slope * up)
        width = np.asarray(np.maximum(edges.width + edges.width_per_up * up, 1.0))
    return StemLine(np.array([across, float(trace.low)]), slope, deviation, top, middle, width)


def _robust_line(up: Floats, across: Floats, width: Floats) -> tuple[float, float, float]:
    """Slope, start and the slope's deviation.

    Rows off the line count less (Huber, 5 rounds), and so do rows wider than usual: what widens
    them mostly lies to one side.
    """
    sure = np.minimum(1.0, np.median(width) / np.maximum(width, 1.0)) ** 2
    weight = sure
    slope = start = scale = 0.0
    for _ in range(5):
        slope, start = np.polyfit(up, across, 1, w=np.sqrt(weight))
        rest = across - (start + slope * up)
        scale = max(1.4826 * float(np.median(np.abs(rest))), 0.15)
        weight = sure * np.minimum(1.0, 1.5 * scale / np.maximum(np.abs(rest), 1e-9))
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
