"""Asymmetry, live crown ratio, transparency and dead share, with their uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from arborisk.explanation.measures.crown import NOT_IN_LEAF, CrownParts
from arborisk.explanation.measures.stem_line import middle_below
from arborisk.explanation.measures.table import (
    NORMAL_90,
    Masks,
    Measure,
    StemLine,
    Vertical,
    dieback_class,
    measured,
    not_measurable,
    transparency_class,
)

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


CROWN_NAMES = ("crown_asymmetry", "live_crown_ratio", "crown_transparency", "dead_crown_share")

LEAST_LIVE_SHARE = 0.25
"""Less of the outline in leaf: only the dead share is told, since what is left are tufts, and bare
twigs show a crown's edge too faintly."""

FEW_LEAVES = "too little of the crown is in leaf"
BELONGING = ("crown_asymmetry", "dead_crown_share")
"""Not measured where leaves of another tree may pass for the crown's."""

MOST_TURN, MOST_SPREAD = 0.035, 0.017
"""Largest error of the asymmetry from the vertical and the outline together, one deviation, and
largest difference between outlines; found on drawn trees of seed 7."""

TURNED = "which way is up, or where the crown ends, is not certain enough"

DEVIATIONS = {
    "crown_asymmetry": 0.032,
    "live_crown_ratio": 0.025,
    "crown_transparency": 0.035,
    "dead_crown_share": 0.04,
}
"""Errors left at the usual threshold, one standard deviation; found on drawn trees of seed 7."""


def measure_crown(
    values: tuple[CrownValues, ...], vertical: Vertical, *, in_leaf: bool, doubt: str
) -> tuple[Measure, ...]:
    """Measures of the crown.

    Args:
        values: At each threshold, the middle one first.
        vertical: Which way is up.
        in_leaf: Whether the crown is in green leaf.
        doubt: Why it is not clear what belongs to it; empty when it is. How high the crown in leaf
            is, and how open, can be told all the same.
    """
    reasons = dict.fromkeys(BELONGING, doubt) if doubt else {}
    if not in_leaf:
        reasons |= dict.fromkeys(CROWN_NAMES[1:], NOT_IN_LEAF)
    elif values[0].dead_share > 1.0 - LEAST_LIVE_SHARE:
        reasons |= dict.fromkeys(CROWN_NAMES[:3], FEW_LEAVES)
    make: dict[str, Callable[[], Measure]] = {
        "crown_asymmetry": lambda: _asymmetry_measure(values, vertical),
        "live_crown_ratio": lambda: _made("live_crown_ratio", [v.live_ratio for v in values]),
        "crown_transparency": lambda: _with_class(
            "crown_transparency",
            [v.transparency for v in values],
            lambda share: f"class {transparency_class(share)}",
        ),
        "dead_crown_share": lambda: _with_class(
            "dead_crown_share",
            [v.dead_share for v in values],
            lambda share: f"dieback class {dieback_class(share)}, if the tree is in leaf",
        ),
    }
    return tuple(
        not_measurable(name, reasons[name]) if name in reasons else make[name]()
        for name in CROWN_NAMES
    )


def _asymmetry_measure(values: tuple[CrownValues, ...], vertical: Vertical) -> Measure:
    """Asymmetry, unless the doubt about the plumb line and the outline is too large.

    The outlines at the thresholds err in ways of their own: the mean lies closer than any.
    """
    tilt_part = abs(values[0].asymmetry_by_slope) * float(np.radians(vertical.deviation_deg))
    asymmetries = [one.asymmetry for one in values]
    mean = float(np.mean(asymmetries))
    spread = float(np.max(np.abs(np.array(asymmetries) - mean)))
    if spread > MOST_SPREAD or float(np.hypot(tilt_part, spread)) > MOST_TURN:
        return not_measurable("crown_asymmetry", TURNED)
    return _made("crown_asymmetry", [mean, *asymmetries], more=tilt_part, least=-1.0)


def _with_class(name: str, values: list[float], words: Callable[[float], str]) -> Measure:
    """A share with the class it falls in."""
    return _made(name, values, remark=words(values[0]))


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
