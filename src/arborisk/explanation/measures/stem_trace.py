"""A stem followed row by row through the map of parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.explanation.measures.records import Floats, Masks

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
class Trace:
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


def trace_stem(region: Masks) -> Trace:
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
        return Trace(np.zeros(0), np.zeros(0), np.zeros(0), low)
    usual = float(np.median([right - left for left, right in widest.values()]))
    start = min(widest, key=lambda row: abs(widest[row][1] - widest[row][0] - usual))
    middle = 0.5 * (widest[start][0] + widest[start][1] - 1)
    hidden = max(3, round(HIDDEN_SHARE * height))
    upwards = _follow(runs, range(start, first - 1, -1), middle, usual, hidden)
    downwards = _follow(runs, range(start + 1, low + 1), middle, usual, hidden)
    traced = np.array([*upwards[::-1], *downwards]).reshape(-1, 3)
    return Trace(traced[:, 0], traced[:, 1], traced[:, 2], low)


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
