"""Two stems that part at the foot: the tree's line runs between them."""

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

FORK_DEVIATION = 0.012
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
        wide = [run for run in runs_of(region[row]) if run[1] - run[0] >= LIKE_WIDTH * usual]
        if wide:
            n_two += len(wide) >= 2
            rows.append(row)
            middles.append(0.25 * (sum(wide[0]) + sum(wide[-1])) - 0.5)
    if n_two < max(FORKED_SHARE * len(line.middle), 6):
        return line
    up = float(line.foot[1]) - np.array(rows)
    slope, across = np.polyfit(up, middles, 1)
    return replace(
        line,
        foot=np.array([across, float(line.foot[1])]),
        across_per_up=float(slope),
        deviation=max(line.deviation, FORK_DEVIATION),
    )
