"""The section of a page on physical measures: one photo's overlay beside the table of its measures.

A page shows it by ``{% import "measures_section.html.j2" as how_it_stands %}`` and
``{{ how_it_stands.section(content) }}``.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Final

from PIL import Image

from arborisk.explanation.measures import Measure, TreeMeasures
from arborisk.explanation.measures.overlay import measure_overlay
from arborisk.explanation.measures.table import KIND_BY_NAME
from arborisk.explanation.measures.words import value_text
from arborisk.explanation.parts import PartMap

SCALES: Final[dict[str, tuple[float, float]]] = {
    "lean_deg": (-30.0, 30.0),
    "crown_asymmetry": (-1.0, 1.0),
    "height_to_diameter": (0.0, 100.0),
    "n_stems": (0.0, 3.0),
}
"""Ends of the scale on which a measure is drawn; shares go from 0 to 1."""

WIDTH_PX: Final = 560
JPEG_QUALITY: Final = 80


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
        text: Value with interval, or why there is none.
        remark: What goes with it.
        bar: Where it lies; None where it is not measurable.
        ends: Ends of the scale in words.
        what: Definition and caution.
    """

    title: str
    text: str
    remark: str
    bar: MeasureBar | None
    ends: tuple[str, str]
    what: str


@dataclass(frozen=True, slots=True)
class MeasuresSection:
    """What the page shows of one photo.

    Attributes:
        name: Unique on the page.
        photo: Name of the photo.
        overlay: The photo with what was measured, a data URI.
        lines: Measures, those not measurable last.
        sentences: What must be said, first of wires.
    """

    name: str
    photo: str
    overlay: str
    lines: tuple[MeasureLine, ...]
    sentences: tuple[str, ...]


def measures_section(
    part_map: PartMap, measures: TreeMeasures, *, photo: str, name: str = "measures"
) -> MeasuresSection:
    """The section of one photo.

    Args:
        part_map: Its parts.
        measures: Its measures.
        photo: Its name.
        name: Unique on the page.
    """
    ordered = sorted(measures.measures, key=lambda one: not one.is_measured)
    return MeasuresSection(
        name=name,
        photo=photo,
        overlay=_uri(measure_overlay(part_map, measures, with_text=False)),
        lines=tuple(_line(one) for one in ordered),
        sentences=measures.sentences,
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


def _bar(measure: Measure, low: float, high: float) -> MeasureBar | None:
    """Places on the scale; what lies beyond its ends is drawn at them."""
    if measure.value is None or measure.low is None or measure.high is None:
        return None

    def place(value: float) -> float:
        return 100.0 * min(max((value - low) / (high - low), 0.0), 1.0)

    left = place(measure.low)
    return MeasureBar(place(measure.value), left, place(measure.high) - left, place(0.0))


def _uri(picture: Image.Image) -> str:
    """A picture as a data URI."""
    small = picture.copy()
    small.thumbnail((WIDTH_PX, 2 * WIDTH_PX))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
