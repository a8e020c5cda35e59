"""Asymmetry, live crown ratio, transparency and dead share, with their uncertainty."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from arborisk.explanation.measures.crown_values import CrownValues
from arborisk.explanation.measures.made import NORMAL_90, measured, not_measurable
from arborisk.explanation.measures.records import Measure, Vertical
from arborisk.explanation.measures.season import NOT_IN_LEAF
from arborisk.explanation.measures.table import dieback_class, transparency_class

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
