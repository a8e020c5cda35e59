"""Makes records of measures: with a value, or with the reason why there is none."""

from __future__ import annotations

from arborisk.explanation.measures.records import Measure
from arborisk.explanation.measures.table import KIND_BY_NAME

NORMAL_90 = 1.645
"""Deviations of a normal distribution to either side that hold 90 % of it."""


def measured(
    name: str,
    value: float,
    half_width: float,
    *,
    least: float = float("-inf"),
    most: float = float("inf"),
    remark: str = "",
) -> Measure:
    """A measure with a symmetrical interval, cut to what is possible."""
    kind = KIND_BY_NAME[name]
    value = min(max(value, least), most)
    low, high = max(value - half_width, least), min(value + half_width, most)
    return Measure(name, kind.title, kind.unit, value, low, high, "", remark)


def not_measurable(name: str, why_not: str) -> Measure:
    """A measure without a value."""
    kind = KIND_BY_NAME[name]
    return Measure(name, kind.title, kind.unit, None, None, None, why_not)
