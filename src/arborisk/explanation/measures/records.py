"""What is measured on a photo: a value with its uncertainty, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
