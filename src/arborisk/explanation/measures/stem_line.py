"""The stem of the main tree: which one it is, its foot, and the straight line along it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from arborisk.explanation.measures.stem_edges import colour_steps, find_edges
from arborisk.explanation.measures.table import Floats, Masks, StemLine

FOLLOWED_SHARE = 0.2
"""A stem is followed up to this share of the photo's height above its foot: higher up, stems bend
within the crown, and limbs begin."""

HIDDEN_SHARE = 0.03
"""A stem may be hidden, or hidden in something wider, over this share of the photo's height."""

NARROW, WIDE = 0.4, 2.2
"""A row of the stem has between so many usual widths; others are passed over."""

FORK_ROWS = 4
"""Two runs side by side over this many rows are limbs: the stem ends below."""


@dataclass(frozen=True, slots=True)
class StemTrace:
    """A stem row by row, from its top downwards.

    Attributes:
        row: Rows, rising, (n,).
        middle: Middle of the stem in each, (n,).
        width: Width of it, (n,).
        low: Lowest row of the stem, below the root flare.
    """

    row: Floats
    middle: Floats
    width: Floats
    low: int

    @property
    def height_px(self) -> float:
        """Rows from the highest to the lowest that was followed."""
        return float(self.row[-1] - self.row[0]) if len(self.row) else 0.0


def trace_stem(region: Masks) -> StemTrace:
    """Follows a stem from a plain place above its flare up to the crown and down to the roots.

    Args:
        region: Pixels of one stem, (height, width).
    """
    height = region.shape[0]
    rows = np.nonzero(region.any(axis=1))[0]
    low = int(rows[-1])
    first = max(int(rows[0]), low - round(FOLLOWED_SHARE * height))
    reach = max(min(low - first, round(0.2 * height)), 4)
    span = range(max(low - reach, first), max(low - reach // 6, first + 1))
    runs = {row: runs_of(region[row]) for row in range(first, low + 1)}
    widest = {row: max(runs[row], key=lambda run: run[1] - run[0]) for row in span if runs[row]}
    if not widest:
        return StemTrace(np.zeros(0), np.zeros(0), np.zeros(0), low)
    usual = float(np.median([right - left for left, right in widest.values()]))
    start = min(widest, key=lambda row: abs(widest[row][1] - widest[row][0] - usual))
    middle = 0.5 * (widest[start][0] + widest[start][1] - 1)
    hidden = max(3, round(HIDDEN_SHARE * height))
    upwards = _follow(runs, range(start, first - 1, -1), middle, usual, hidden)
    downwards = _follow(runs, range(start + 1, low + 1), middle, usual, hidden)
    traced = np.array([*upwards[::-1], *downwards]).reshape(-1, 3)
    return StemTrace(traced[:, 0], traced[:, 1], traced[:, 2], low)


def runs_of(row: Masks) -> list[tuple[int, int]]:
    """Starts and ends of the runs of True, ends not included."""
    edges = np.diff(np.concatenate([[False], row, [False]]).astype(np.int8))
    return list(
        zip(np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist(), strict=True)
    )


def _follow(
    runs: dict[int, list[tuple[int, int]]],
    rows: range,
    middle: float,
    usual: float,
    hidden: int,
) -> list[tuple[float, float, float]]:
    """Rows, middles and widths in the order of `rows`, as far as the stem goes."""
    traced: list[tuple[float, float, float]] = []
    expected, missed, forked = middle, 0, 0
    for row in rows:
        near = [
            run
            for run in runs[row]
            if run[1] > expected - 2.0 * usual and run[0] < expected + 2.0 * usual
        ]
        forked = forked + 1 if rows.step < 0 and _is_fork(near, usual) else 0
        if forked >= FORK_ROWS:
            return traced[: max(len(traced) - FORK_ROWS, 0)]
        best = min(near, key=lambda run: abs(0.5 * sum(run) - 0.5 - expected), default=(0, 0))
        place, width = 0.5 * (best[0] + best[1] - 1), float(best[1] - best[0])
        fits = NARROW * usual < width < WIDE * max(usual, 2.5)
        if near and fits and abs(place - expected) < max(2.0, 0.45 * usual):
            traced.append((float(row), place, width))
            missed = 0
        else:
            missed += 1
            if missed > hidden:
                break
        expected = _expected(traced, row + rows.step, middle)
    return traced


def _is_fork(runs: list[tuple[int, int]], usual: float) -> bool:
    """Whether two limbs stand side by side."""
    return sum(right - left >= 0.35 * usual for left, right in runs) >= 2


def _expected(traced: list[tuple[float, float, float]], row: int, middle: float) -> float:
    """Where the next row's middle should be, by a line through the last rows."""
    if len(traced) < 8:
        return traced[-1][1] if traced else middle
    recent = np.array(traced[-30:])
    up = recent[:, 0] - recent[:, 0].mean()
    slope = float((up * recent[:, 1]).sum() / (up**2).sum())
    return float(recent[:, 1].mean() + slope * (row - recent[:, 0].mean()))


LIKE_WIDTH = 0.5
"""Another run of stem in a row with this share of the followed stem's width is a second stem."""

FORKED_SHARE = 0.3
"""Stems part near the foot when two are seen in this share of the rows that were followed."""

FLARE_SHARE = 0.2
"""Lowest share of the rows, where roots widen the stem, that is left out."""

NEAR_WIDTHS = 1.5
"""What is farther from the line than so many widths of the stem is something else."""

FORK_DEVIATION = 0.008
"""Least error of the slope of a line between two stems, one deviation; an assumption."""


def between_stems(region: Masks, line: StemLine) -> StemLine:
    """The line midway between two stems; the same line where there is only one.

    Args:
        region: Pixels of the main stem and of what hangs together with it, (height, width).
        line: The line along one stem.
    """
    usual = float(np.median(line.width))
    n_rows = round((1.0 - FLARE_SHARE) * len(line.middle))
    rows, middles, n_two = [], [], 0
    for row in range(line.top_row, line.top_row + n_rows):
        wide = _stems(region[row], usual)
        if wide:
            n_two += len(wide) >= 2
            rows.append(row)
            middles.append(_middle(wide))
    if n_two < max(FORKED_SHARE * len(line.middle), 6):
        return line
    up = float(line.foot[1]) - np.array(rows)
    slope, across = np.polyfit(up, middles, 1)
    rest = np.array(middles) - (across + slope * up)
    # Rows next to each other err alike: only every fourth counts as new.
    deviation = float(rest.std() / (up.std() * np.sqrt(max(len(up) / 4.0, 2.0))))
    return replace(
        line,
        foot=np.array([across, float(line.foot[1])]),
        across_per_up=float(slope),
        deviation=max(deviation, FORK_DEVIATION),
    )


def middle_below(region: Masks, line: StemLine, *, row: float, reach: float) -> float:
    """Where the stem's middle lies at a row, from the rows below it: a stem sways about its line.

    Args:
        region: Pixels of the main stem, (height, width).
        line: The line along it, which is followed where the stem is hidden there.
        row: The row.
        reach: Rows below it that are looked at.
    """
    usual = float(np.median(line.width))
    aside = []
    for below in range(int(row), min(int(row + reach), int(line.foot[1]))):
        wide = _stems(region[below], usual)
        if wide:
            aside.append(_middle(wide) - float(line.across_at(below)))
    near = [one for one in aside if abs(one) < NEAR_WIDTHS * usual]
    # Line and rows err in ways of their own: their mean lies closer than either.
    return float(line.across_at(row)) + (0.5 * float(np.median(near)) if len(near) >= 3 else 0.0)


def _stems(row: Masks, usual: float) -> list[tuple[int, int]]:
    """Runs of stem in a row that are about as wide as the stem."""
    return [run for run in runs_of(row) if run[1] - run[0] >= LIKE_WIDTH * usual]


def _middle(wide: list[tuple[int, int]]) -> float:
    """Midway between the outermost stems."""
    return 0.25 * (sum(wide[0]) + sum(wide[-1])) - 0.5


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
