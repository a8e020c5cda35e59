"""Lean, height to diameter and number of stems."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from arborisk.explanation.measures.made import NORMAL_90, measured, not_measurable
from arborisk.explanation.measures.records import Masks, Measure, StemLine, Vertical

STEM_HEIGHT_SHARE = 0.1
"""Height at which the diameter is taken, as a share of the tree's height."""

SWAY_DEVIATION_DEG = 0.9
"""How far the visible stretch of a stem leans otherwise than the whole; found on drawn trees."""

MOST_STEM_DEVIATION_DEG = 0.5
"""A stem's line less certain than this gives no lean."""

CROOKED = "the stem is too crooked or too little of it is seen"

DIAMETER_DEVIATION_PX, DIAMETER_DEVIATION_SHARE = 1.2, 0.1
"""Errors of a stem's width on the grid, one deviation: pixels, and as a share of it; found on drawn
trees."""

EXCESS_PX = 0.8
"""A stem is told to be so much wider on the grid than it is; found on drawn trees of seed 7."""

LEAST_STEM_PX = 3.0
LIKE_THICKNESS = 0.55
"""Two stems are codominant when the thinner has this share of the thicker one's width."""


def measure_lean(line: StemLine, vertical: Vertical) -> Measure:
    """Lean of the stem against the vertical, or against the frame where no vertical was found."""
    slope_deg = float(np.degrees(np.arctan(line.across_per_up)))
    own_deg = float(np.degrees(line.deviation) * np.cos(np.radians(slope_deg)) ** 2)
    if np.degrees(line.deviation) > MOST_STEM_DEVIATION_DEG:
        return not_measurable("lean_deg", CROOKED)
    deviation = np.sqrt(own_deg**2 + SWAY_DEVIATION_DEG**2 + vertical.deviation_deg**2)
    remark = (
        f"against the vertical, told from {vertical.found_on}"
        if vertical.found_on
        else "against the frame of the photo: no vertical found"
    )
    lean_deg = slope_deg - vertical.roll_deg
    return measured("lean_deg", lean_deg, NORMAL_90 * float(deviation), remark=remark)


def measure_height_to_diameter(line: StemLine, height_px: float) -> Measure:
    """Height over the stem's diameter at a tenth of the height."""
    name = "height_to_diameter"
    if np.degrees(line.deviation) > MOST_STEM_DEVIATION_DEG:
        return not_measurable(name, CROOKED)
    row = line.foot[1] - STEM_HEIGHT_SHARE * height_px
    index = round(row) - line.top_row
    if index < -0.02 * height_px:
        return not_measurable(name, "leaves hide the stem at a tenth of the height")
    near = line.width[max(index - 3, 0) : max(index, 0) + 4]
    across_px = float(np.median(near)) - EXCESS_PX
    width_px = across_px * float(np.cos(np.arctan(line.across_per_up)))
    if width_px < LEAST_STEM_PX:
        return not_measurable(name, "the stem is too thin in the photo")
    ratio = height_px / width_px
    error = float(np.hypot(DIAMETER_DEVIATION_PX / width_px, DIAMETER_DEVIATION_SHARE))
    half = NORMAL_90 * ratio * error
    return measured(name, ratio, half, least=1.0, remark="at a tenth of the height")


def measure_stems(stem: Masks, line: StemLine, height_px: float) -> Measure:
    """1, or 2 where two stems of like thickness are seen above a fork."""
    name = "n_stems"
    top = int(max(line.foot[1] - 0.5 * height_px, 0))
    bottom = int(line.foot[1] - 0.05 * height_px)
    usual = float(np.median(line.width))
    reach = int(max(0.22 * height_px, 4))
    two = seen = 0
    for row in range(top, bottom):
        middle = int(line.across_at(float(row)))
        left, right = max(middle - reach, 0), middle + reach + 1
        labels, n_runs = ndimage.label(stem[row, left:right])
        if n_runs == 0:
            continue
        widths = np.sort(np.bincount(labels)[1:])[::-1]
        if widths[0] < 0.3 * usual:
            continue
        seen += 1
        two += bool(n_runs >= 2 and widths[1] >= max(LIKE_THICKNESS * widths[0], 0.3 * usual, 2.0))
    if seen < 0.05 * height_px:
        return not_measurable(name, "too little of the stem is seen")
    share = two / max(bottom - top, 1)
    n_stems = 2.0 if share > 0.06 else 1.0
    remark = "two stems of like thickness" if n_stems == 2.0 else "one stem as far as it is seen"
    return measured(name, n_stems, 0.0, remark=f"{remark}; an observation only")
