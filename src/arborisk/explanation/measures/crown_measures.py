"""Asymmetry, live crown ratio, transparency and dead share of the crown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from arborisk.explanation.measures.crown import CrownParts
from arborisk.explanation.measures.made import NORMAL_90, measured, not_measurable
from arborisk.explanation.measures.records import Masks, Measure, StemLine, Vertical
from arborisk.explanation.measures.season import NOT_IN_LEAF
from arborisk.explanation.measures.table import dieback_class, transparency_class

CROWN_NAMES = ("crown_asymmetry", "live_crown_ratio", "crown_transparency", "dead_crown_share")
FINE_GAPS = 0.08
"""Share of the crown in leaf that is open in gaps finer than the parts are told; found on drawn
trees of seed 7."""

LEAST_LIVE_SHARE = 0.25
"""Less of the outline in leaf: no transparency, since what is left are tufts."""

TUFT_SHARE = 0.01
"""Tufts of leaves narrower than twice this share of the tree's height do not count as live crown."""

DEVIATIONS = {
    "crown_asymmetry": 0.05,
    "live_crown_ratio": 0.032,
    "crown_transparency": 0.065,
    "dead_crown_share": 0.035,
}
"""Errors left at the usual threshold, one standard deviation; found on drawn trees of seed 7."""


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


def crown_values(crown: CrownParts, line: StemLine, vertical: Vertical) -> CrownValues:
    """Measures of a crown at one threshold."""
    asymmetry, by_slope = _asymmetry(crown, line, vertical)
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


def _asymmetry(crown: CrownParts, line: StemLine, vertical: Vertical) -> tuple[float, float]:
    """(right - left) / total about the plumb line, and its change by that line's slope."""
    rows, columns = np.nonzero(crown.outline)
    base = float(rows.max())
    up = base - rows
    aside = columns - line.across_at(base) - up * np.tan(np.radians(vertical.roll_deg))
    asymmetry = 2.0 * float((aside > 0.0).mean()) - 1.0
    turned = 2.0 * float((aside > 0.02 * up).mean()) - 1.0
    return asymmetry, (turned - asymmetry) / 0.02


def measure_crown(
    values: tuple[CrownValues, ...], vertical: Vertical, *, in_leaf: bool
) -> tuple[Measure, ...]:
    """Measures of the crown.

    Args:
        values: At each threshold, the middle one first.
        vertical: Which way is up.
        in_leaf: Whether the crown is in green leaf.
    """
    best = values[0]
    tilt_part = abs(best.asymmetry_by_slope) * float(np.radians(vertical.deviation_deg))
    asymmetries = [one.asymmetry for one in values]
    measures = [_made("crown_asymmetry", asymmetries, more=tilt_part, least=-1.0)]
    if not in_leaf:
        return (*measures, *(not_measurable(name, NOT_IN_LEAF) for name in CROWN_NAMES[1:]))
    measures.append(_made("live_crown_ratio", [v.live_ratio for v in values]))
    if best.dead_share > 1.0 - LEAST_LIVE_SHARE:
        measures.append(not_measurable("crown_transparency", "too little of the crown is in leaf"))
    else:
        shares = [v.transparency for v in values]
        remark = f"class {transparency_class(shares[0])}"
        measures.append(_made("crown_transparency", shares, remark=remark))
    dead = [v.dead_share for v in values]
    remark = f"dieback class {dieback_class(dead[0])}, if the tree is in leaf"
    measures.append(_made("dead_crown_share", dead, remark=remark))
    return tuple(measures)


def _made(
    name: str, values: list[float], *, more: float = 0.0, least: float = 0.0, remark: str = ""
) -> Measure:
    """A share with its interval: own error, spread over thresholds, and what else is told."""
    spread = float(np.nanmax(np.abs(np.array(values) - values[0])))
    deviation = float(np.sqrt(DEVIATIONS[name] ** 2 + spread**2 + more**2))
    return measured(name, values[0], NORMAL_90 * deviation, least=least, most=1.0, remark=remark)


def crown_reasons(reason: str) -> tuple[Measure, ...]:
    """All measures of the crown, not measurable for one reason."""
    return tuple(not_measurable(name, reason) for name in CROWN_NAMES)
