"""Where a tree's line stands when its stem forks at the foot, or sways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from arborisk.explanation.measures.records import Masks, StemLine
from arborisk.explanation.measures.stem_trace import runs_of

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
