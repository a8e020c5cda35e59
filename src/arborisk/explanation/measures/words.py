"""Measures in words: short labels for the photo, lines for the text below."""

from __future__ import annotations

from arborisk.explanation.measures.records import Measure, TreeMeasures
from arborisk.explanation.measures.table import DEGREES, SHARE
from arborisk.records import Interval
from arborisk.wording.intervals import interval_text
from arborisk.wording.numbers import number


def value_text(measure: Measure) -> str:
    """Value with interval and unit, or the reason why there is none."""
    if measure.value is None or measure.low is None or measure.high is None:
        return f"not measurable here: {measure.why_not}"
    signed = measure.unit == DEGREES or measure.name == "crown_asymmetry"
    decimals = 1 if measure.unit == DEGREES else 2 if signed or measure.unit == SHARE else 0
    unit = f" {measure.unit}" if measure.unit == DEGREES else ""
    if measure.low == measure.high:
        return number(measure.value, decimals, signed=signed) + unit
    found = Interval(measure.value, measure.low, measure.high)
    return interval_text(found, decimals, signed=signed, unit=unit)


def caption_lines(measures: TreeMeasures) -> list[str]:
    """What must be said, then all measures in lines; those not measurable last."""
    first = "Measured on the photo, in the plane of the picture; no rating."
    told = [
        f"{one.title}: {value_text(one)}" + (f"; {one.remark}" if one.remark else "")
        for one in measures.measures
        if one.is_measured
    ]
    by_reason: dict[str, list[str]] = {}
    for one in measures.measures:
        if not one.is_measured:
            by_reason.setdefault(one.why_not, []).append(one.title)
    missing = [
        f"Not measurable here ({reason}): {', '.join(titles)}"
        for reason, titles in by_reason.items()
    ]
    return [*measures.sentences, first, *told, *missing]


def lean_label(measures: TreeMeasures) -> str:
    """Lean for the photo."""
    lean = measures["lean_deg"]
    if lean.value is None:
        return ""
    side = "right" if lean.value > 0 else "left"
    return f"lean {abs(lean.value):.0f}\N{DEGREE SIGN} {side}"


def gap_label(gap: Measure) -> str:
    """A gap for the photo."""
    thing = "wire" if gap.name == "gap_to_wires" else "built"
    if gap.value is None:
        return ""
    if gap.value == 0.0:
        return f"{thing}: touch in picture"
    return f"gap to {thing}: {gap.value:.2f} of height"
