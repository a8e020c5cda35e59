"""What is measured: name, title, unit, definition, source and caution of each measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.records import Interval
from arborisk.wording.intervals import interval_text
from arborisk.wording.numbers import number
from arborisk.wording.percent import percent

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

LEVEL = 0.9
"""Share of photos in which the truth should lie between `Measure.low` and `Measure.high`."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One physical measure of the tree in one photo.

    Attributes:
        name: As in `arborisk.explanation.measures.table.MEASURES`.
        title: In words.
        unit: Of the value; empty for plain ratios.
        value: Best estimate; None where it is not measurable.
        low: Lower end of the interval, of level `LEVEL`; None where not measurable.
        high: Upper end.
        why_not: Why it is not measurable here; empty where it is.
        remark: What goes with the value, for example its class or what it is relative to.
    """

    name: str
    title: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    why_not: str = ""
    remark: str = ""

    @property
    def is_measured(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Vertical:
    """Which way is up in the photo.

    Attributes:
        roll_deg: Tilt of the photo, positive when its content is turned clockwise.
        deviation_deg: Standard deviation of the tilt.
        found_on: What showed it, for example ``upright edges``; empty when nothing did and the
            frame of the photo is taken for upright.
    """

    roll_deg: float
    deviation_deg: float
    found_on: str


@dataclass(frozen=True, slots=True)
class StemLine:
    """The straight line along the stem's lower part, on the grid.

    Attributes:
        foot: Where the stem meets the ground, (2,) across and down.
        across_per_up: Pixels to the right for each pixel upwards.
        deviation: Standard deviation of `across_per_up`.
        top_row: Highest row of the stem that the line was fitted to.
        middle: Middle of the stem in each row from `top_row` to the foot, (n,).
        width: Width of the stem across those rows, horizontally, pixels, (n,).
    """

    foot: Floats
    across_per_up: float
    deviation: float
    top_row: int
    middle: Floats
    width: Floats

    def across_at(self, row: Floats | float) -> Floats:
        """Where the line lies at given rows."""
        return np.asarray(self.foot[0] + (self.foot[1] - np.asarray(row)) * self.across_per_up)


@dataclass(frozen=True, slots=True)
class Shown:
    """What was found on the grid, for the overlay. Fields are None where nothing was found.

    Attributes:
        tree: The main tree, (height, width).
        outline: Its crown with the gaps closed.
        dead: Part of the outline that holds bare wood only.
        stem: Its stem's line.
        tree_top: Row of the tree's top.
        live_top: Row of the top of the crown in leaf.
        live_base: Row of its base.
        wires: Segments of wires, (n, 4): across and down of both ends; n may be 0.
        gap_ends: By name of the gap: its two ends, (across, down, across, down).
    """

    tree: Masks | None
    outline: Masks | None
    dead: Masks | None
    stem: StemLine | None
    tree_top: float | None
    live_top: float | None
    live_base: float | None
    wires: Floats
    gap_ends: tuple[tuple[str, tuple[float, float, float, float]], ...]


@dataclass(frozen=True, slots=True)
class TreeMeasures:
    """All measures of one photo.

    Attributes:
        measures: In the order of the table.
        vertical: Which way is up, and how that is known.
        sentences: What must be said with them; first of wires.
        shown: What was found, for the overlay.
    """

    measures: tuple[Measure, ...]
    vertical: Vertical
    sentences: tuple[str, ...]
    shown: Shown

    def __getitem__(self, name: str) -> Measure:
        """A measure by name."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(name)


DEGREES, SHARE = "degrees", "share"


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """What a measure is.

    Attributes:
        name: Short name, as in `arborisk.explanation.measures.table.Measure`.
        title: In words.
        unit: ``degrees``, ``share`` (0 to 1, or -1 to 1) or empty.
        what: Definition.
        source: Where the definition or its classes come from.
        caution: What must not be read out of it.
    """

    name: str
    title: str
    unit: str
    what: str
    source: str
    caution: str


MEASURES: Final = (
    MeasureKind(
        "lean_deg",
        "lean",
        DEGREES,
        "angle between the stem's line and the vertical, in the picture plane; right is positive",
        "field of the ISA Basic Tree Risk Assessment Form",
        "One view shows only the lean across it, and no photo shows whether a lean is new: a fresh "
        "lean with lifted soil is what matters.",
    ),
    MeasureKind(
        "crown_asymmetry",
        "crown asymmetry",
        SHARE,
        "(right - left) / total area of the crown's outline, about the plumb line through the "
        "stem where it enters the crown; right is positive",
        'tick box "unbalanced crown" of the ISA Basic Tree Risk Assessment Form',
        "One view only; a crown may be one-sided towards the camera.",
    ),
    MeasureKind(
        "live_crown_ratio",
        "live crown ratio",
        SHARE,
        "height from base to top of the crown in leaf, over the height of the tree",
        "field of the ISA Basic Tree Risk Assessment Form",
        "Seen from below, upper parts look shorter than they are.",
    ),
    MeasureKind(
        "height_to_diameter",
        "height to diameter",
        "",
        "height over the stem's diameter at a tenth of the height. Not at breast height: without a "
        "scale 1.3 m cannot be told",
        "slenderness; a tenth of the height is 1.3 m on a tree of 13 m",
        "No criterion of failure: in pulling tests slenderness had no effect worth naming on the "
        "bending moment a tree stood (Rust, Detter).",
    ),
    MeasureKind(
        "crown_transparency",
        "crown transparency",
        SHARE,
        "share of the outline of the crown in leaf through which the sky is seen",
        "foliage transparency in classes of 5 %, as in the forest inventory (FIA) of the USA",
        "Depends on species, season and exposure; compare like with like.",
    ),
    MeasureKind(
        "dead_crown_share",
        "dead share of the crown",
        SHARE,
        "part of the crown's outline that holds bare wood and no leaves",
        "classes of dieback of i-Tree Eco",
        "In leaf only: out of leaf, bare wood may be living. Dead wood is the strongest visible "
        "sign, and the one a model falls for first.",
    ),
    MeasureKind(
        "n_stems",
        "stems below the crown",
        "",
        "1, or 2 where the stem parts into two of like thickness",
        'field "codominant" of the ISA Basic Tree Risk Assessment Form',
        "An observation only; it raises no likelihood: none of 1,518 trees failed at such a union "
        "(Koeser et al. 2023).",
    ),
    MeasureKind(
        "gap_to_wires",
        "gap in the picture to wires",
        SHARE,
        "shortest way in the picture from the tree to a wire, as a share of the tree's height in "
        "the picture; 0 where they touch or cross in the picture",
        "own definition",
        "A wire may hang far before or behind the tree: this is no distance in space.",
    ),
    MeasureKind(
        "gap_to_buildings",
        "gap in the picture to built things",
        SHARE,
        "shortest way in the picture from the tree to a building, pole or vehicle, as a share of "
        "the tree's height in the picture; 0 where they touch or cross in the picture",
        "own definition",
        "What is built may stand far before or behind the tree: this is no distance in space.",
    ),
)
"""All measures, in the order in which they are shown."""

KIND_BY_NAME: Final = {kind.name: kind for kind in MEASURES}

DIEBACK_CLASSES: Final = (
    ("Excellent", 0.01),
    ("Good", 0.105),
    ("Fair", 0.255),
    ("Poor", 0.505),
    ("Critical", 0.755),
    ("Dying", 0.995),
    ("Dead", float("inf")),
)
"""Classes of dieback with the share up to which each goes, halfway between the whole percents that
bound them. Source: i-Tree Eco, <1, 1-10, 11-25, 26-50, 51-75, 76-99, 100 %."""


def dieback_class(dead_share: float) -> str:
    """Class of dieback of a dead share of the crown.

    >>> dieback_class(0.004), dieback_class(0.18), dieback_class(1.0)
    ('Excellent', 'Fair', 'Dead')
    """
    return next(name for name, limit in DIEBACK_CLASSES if dead_share < limit)


def transparency_class(share: float) -> str:
    """Class of 5 % of a transparency.

    >>> transparency_class(0.22)
    '20-25 %'
    """
    low = min(int(share * 20.0), 19) * 5
    return f"{low}-{percent((low + 5) / 100, 'stated')}"


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


Cell = float | str | None


def column_names() -> tuple[str, ...]:
    """Columns of `measure_row`, in order: what is said, then four for each measure."""
    parts = ("", "_low", "_high", "_why_not")
    named = tuple(kind.name + part for kind in MEASURES for part in parts)
    return ("sentences", *named, "vertical")


def measure_row(measures: TreeMeasures) -> dict[str, Cell]:
    """One photo's measures as a flat row; None where there is no number."""
    row: dict[str, Cell] = {"sentences": " ".join(measures.sentences)}
    for one in measures.measures:
        row[one.name] = one.value
        row[f"{one.name}_low"] = one.low
        row[f"{one.name}_high"] = one.high
        row[f"{one.name}_why_not"] = one.why_not
    row["vertical"] = measures.vertical.found_on or "frame of the photo"
    return row


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
