"""What is measured of a crown at one threshold of the parts, without any judgement of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from arborisk.explanation.measures.crown import CrownParts
from arborisk.explanation.measures.records import Masks, StemLine, Vertical
from arborisk.explanation.measures.stem_fork import middle_below

FINE_GAPS = 0.05
"""Share of the crown in leaf that is open in gaps finer than the parts are told; found on drawn
trees of seed 7."""

TUFT_SHARE = 0.01
"""Tufts of leaves narrower than twice this share of the tree's height are no live crown."""

BELOW_SHARE = 0.06
"""The stem's middle under the crown is taken over this share of the tree's height."""


@dataclass(frozen=True, slots=True)
class CrownValues:
    """Measures of one crown at one threshold; NaN where there are none.

    Attributes:
        asymmetry: (right - left) / total.
        asymmetry_by_slope: Change of it for a change of the plumb line's slope.
        live_ratio: Height of the crown in leaf over the tree's height.
        transparency: Open share of the outline of the crown in leaf.
        dead_share: Share of the outline without leaves.
        live_top: Row of the top of the crown in leaf.
        live_base: Row of its base.
    """

    asymmetry: float
    asymmetry_by_slope: float
    live_ratio: float
    transparency: float
    dead_share: float
    live_top: float
    live_base: float


def crown_values(crown: CrownParts, stem: Masks, line: StemLine, vertical: Vertical) -> CrownValues:
    """Measures of a crown at one threshold.

    Args:
        crown: The crown.
        stem: Pixels of the main stem, (height, width).
        line: The line along it.
        vertical: Which way is up.
    """
    asymmetry, by_slope = _asymmetry(crown, stem, line, vertical)
    rows = np.nonzero(_without_tufts(crown.live_outline, crown.height_px).any(axis=1))[0]
    top, base = (float(rows[0]), float(rows[-1] + 1)) if len(rows) else (np.nan, np.nan)
    area = float(crown.outline.sum())
    live_area = float(crown.live_outline.sum())
    hidden = float((crown.live_outline & crown.wood_and_leaf).sum())
    return CrownValues(
        asymmetry=asymmetry,
        asymmetry_by_slope=by_slope,
        live_ratio=(base - top) / max(crown.height_px, 1.0) if len(rows) else 0.0,
        transparency=FINE_GAPS + 1.0 - hidden / live_area if live_area > 0 else np.nan,
        dead_share=float(crown.dead.sum()) / max(area, 1.0),
        live_top=top,
        live_base=base,
    )


def _without_tufts(live: Masks, height_px: float) -> Masks:
    """The crown in leaf without what is narrow; all of it when nothing wide is left."""
    reach = TUFT_SHARE * height_px
    room = int(np.ceil(reach)) + 2
    core = ndimage.distance_transform_edt(np.pad(live, room)) > reach
    if not core.any():
        return live
    opened = ndimage.distance_transform_edt(~core) <= reach
    return np.asarray(opened[room:-room, room:-room])


def _asymmetry(
    crown: CrownParts, stem: Masks, line: StemLine, vertical: Vertical
) -> tuple[float, float]:
    """(right - left) / total about the plumb line, and its change by that line's slope."""
    rows, columns = np.nonzero(crown.outline)
    base = float(rows.max())
    up = base - rows
    foot = middle_below(stem, line, row=base, reach=BELOW_SHARE * crown.height_px)
    aside = columns - foot - up * np.tan(np.radians(vertical.roll_deg))
    asymmetry = 2.0 * float((aside > 0.0).mean()) - 1.0
    turned = 2.0 * float((aside > 0.02 * up).mean()) - 1.0
    return asymmetry, (turned - asymmetry) / 0.02
