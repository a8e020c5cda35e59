"""The measures of one photo for a page: values on their scales, and why others are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from arborisk.explanation.measures.records import Measure
from arborisk.explanation.measures.table import KIND_BY_NAME
from arborisk.explanation.measures.words import value_text

SCALES: Final[dict[str, tuple[float, float]]] = {
    "lean_deg": (-30.0, 30.0),
    "crown_asymmetry": (-1.0, 1.0),
    "height_to_diameter": (0.0, 100.0),
    "n_stems": (0.0, 3.0),
}
"""Ends of the scale on which a measure is drawn; shares go from 0 to 1."""


@dataclass(frozen=True, slots=True)
class MeasureBar:
    """Where a measure and its interval lie on its scale, percent of the scale's length."""

    value: float
    left: float
    width: float
    zero: float


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure, as the page shows it.

    Attributes:
        title: In words.
        text: Value with interval.
        remark: What goes with it.
        bar: Where it lies.
        ends: Ends of the scale in words.
        what: Definition and caution.
    """

    title: str
    text: str
    remark: str
    bar: MeasureBar
    ends: tuple[str, str]
    what: str


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Measures that are not measurable here for one reason."""

    titles: tuple[str, ...]
    why_not: str


@dataclass(frozen=True, slots=True)
class MeasureLines:
    """All measures of one photo: those with a value, then the others by their reason."""

    measured: tuple[MeasureLine, ...]
    missing: tuple[NotMeasured, ...]


def measure_lines(measures: Sequence[Measure]) -> MeasureLines:
    """The measures of one photo, for ``measure_lines.html.j2``.

    Args:
        measures: Of `arborisk.explanation.measures.measure_tree`, in its order.
    """
    by_reason: dict[str, list[str]] = {}
    for one in measures:
        if not one.is_measured:
            by_reason.setdefault(one.why_not, []).append(one.title)
    return MeasureLines(
        tuple(_line(one) for one in measures if one.is_measured),
        tuple(NotMeasured(tuple(titles), reason) for reason, titles in by_reason.items()),
    )


def _line(measure: Measure) -> MeasureLine:
    """One measure for the page."""
    kind = KIND_BY_NAME[measure.name]
    low, high = SCALES.get(measure.name, (0.0, 1.0))
    return MeasureLine(
        title=measure.title,
        text=value_text(measure),
        remark=measure.remark,
        bar=_bar(measure, low, high),
        ends=(f"{low:g}", f"{high:g}"),
        what=f"{kind.what[0].upper()}{kind.what[1:]}. {kind.caution}",
    )


def _bar(measure: Measure, low: float, high: float) -> MeasureBar:
    """Places on the scale; what lies beyond its ends is drawn at them."""

    def place(value: float | None) -> float:
        return 100.0 * min(max(((value or 0.0) - low) / (high - low), 0.0), 1.0)

    left = place(measure.low)
    return MeasureBar(place(measure.value), left, place(measure.high) - left, place(0.0))
