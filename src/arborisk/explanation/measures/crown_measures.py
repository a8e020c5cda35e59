"""Asymmetry, live crown ratio, transparency and dead share, with their uncertainty."""

from __future__ import annotations

import numpy as np

from arborisk.explanation.measures.crown_values import CrownValues
from arborisk.explanation.measures.made import NORMAL_90, measured, not_measurable
from arborisk.explanation.measures.records import Measure, Vertical
from arborisk.explanation.measures.season import NOT_IN_LEAF
from arborisk.explanation.measures.table import dieback_class, transparency_class

CROWN_NAMES = ("crown_asymmetry", "live_crown_ratio", "crown_transparency", "dead_crown_share")

LEAST_LIVE_SHARE = 0.25
"""Less of the outline in leaf: no transparency, since what is left are tufts."""

MOST_TURN = 0.035
"""Largest error of the asymmetry from the vertical and the outline, one deviation; found on drawn
trees of seed 7."""

TURNED = "which way is up, or where the crown ends, is not certain enough"

DEVIATIONS = {
    "crown_asymmetry": 0.05,
    "live_crown_ratio": 0.032,
    "crown_transparency": 0.065,
    "dead_crown_share": 0.035,
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
        doubt: Why its shape cannot be measured; empty when it can. How open the leaves are can be
            told all the same.
    """
    best = values[0]
    asymmetry = _asymmetry_measure(values, vertical, doubt)
    if not in_leaf:
        return (asymmetry, *(not_measurable(name, NOT_IN_LEAF) for name in CROWN_NAMES[1:]))
    dead = [one.dead_share for one in values]
    transparency = [one.transparency for one in values]
    return (
        asymmetry,
        not_measurable("live_crown_ratio", doubt)
        if doubt
        else _made("live_crown_ratio", [one.live_ratio for one in values]),
        not_measurable("crown_transparency", "too little of the crown is in leaf")
        if best.dead_share > 1.0 - LEAST_LIVE_SHARE
        else _made(
            "crown_transparency",
            transparency,
            remark=f"class {transparency_class(transparency[0])}",
        ),
        not_measurable("dead_crown_share", doubt)
        if doubt
        else _made(
            "dead_crown_share",
            dead,
            remark=f"dieback class {dieback_class(dead[0])}, if the tree is in leaf",
        ),
    )


def _asymmetry_measure(values: tuple[CrownValues, ...], vertical: Vertical, doubt: str) -> Measure:
    """Asymmetry, unless the plumb line's doubt alone would turn it."""
    if doubt:
        return not_measurable("crown_asymmetry", doubt)
    tilt_part = abs(values[0].asymmetry_by_slope) * float(np.radians(vertical.deviation_deg))
    asymmetries = [one.asymmetry for one in values]
    spread = float(np.max(np.abs(np.array(asymmetries) - asymmetries[0])))
    if float(np.hypot(tilt_part, spread)) > MOST_TURN:
        return not_measurable("crown_asymmetry", TURNED)
    return _made("crown_asymmetry", asymmetries, more=tilt_part, least=-1.0)


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
