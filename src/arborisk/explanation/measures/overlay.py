"""What was measured, drawn on the photo: axis and vertical, crown, dead parts, wires and gaps.

Every colour has a shape of its own and a label: lines full, dashed or dotted, dead parts hatched.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from arborisk.explanation.measures.table import (
    Masks,
    Shown,
    TreeMeasures,
    caption_lines,
    gap_label,
    lean_label,
)
from arborisk.explanation.parts.part_map import PartMap
from arborisk.photos.overlay import with_caption
from arborisk.wording.percent import percent

Pattern = Literal["full", "dashed", "dotted"]
Ends = tuple[float, float, float, float]

DARK = "#1b2327"
PATTERNS: dict[str, tuple[float, float]] = {"dashed": (18.0, 12.0), "dotted": (5.0, 9.0)}
"""Lengths of a dash and of the gap after it, pixels of the picture."""


class Pen:
    """Draws on a picture in the units of the grid.

    Args:
        picture: Drawn upon, in place.
        scale: Pixels of the picture for each of the grid.
    """

    def __init__(self, picture: Image.Image, scale: float) -> None:
        self._draw = ImageDraw.Draw(picture)
        self._size = picture.size
        self._scale = scale
        self._font = ImageFont.load_default(max(15, round(max(picture.size) / 46)))

    def line(self, ends: Ends, colour: str, *, width: int, pattern: Pattern = "full") -> None:
        """A line with a dark edge.

        Args:
            ends: Across and down of both ends, on the grid.
            colour: As #rrggbb.
            width: Pixels of the picture.
            pattern: Full, dashed or dotted.
        """
        pieces = _pieces([self._scale * value for value in ends], pattern)
        for wide, ink in ((width + 3, DARK), (width, colour)):
            for piece in pieces:
                self._draw.line(piece, fill=ink, width=wide)

    def dot(self, place: tuple[float, float], colour: str) -> None:
        """A dot with a dark edge at a place on the grid."""
        across, down = place[0] * self._scale, place[1] * self._scale
        for radius, ink in ((7, DARK), (5, colour)):
            box = (across - radius, down - radius, across + radius, down + radius)
            self._draw.ellipse(box, fill=ink)

    def label(self, place: tuple[float, float], text: str, *, anchor: str) -> None:
        """White text with a dark edge, moved so that all of it lies in the picture.

        Args:
            place: On the grid.
            text: One line.
            anchor: Which point of the text lies there, as Pillow names them.
        """
        at = (place[0] * self._scale, place[1] * self._scale)
        box = self._draw.textbbox(at, text, font=self._font, anchor=anchor, stroke_width=3)
        shift = [
            max(0.0, 4 - box[axis]) - max(0.0, box[axis + 2] - self._size[axis] + 4)
            for axis in (0, 1)
        ]
        self._draw.text(
            (at[0] + shift[0], at[1] + shift[1]),
            text,
            fill="white",
            font=self._font,
            anchor=anchor,
            stroke_width=3,
            stroke_fill=DARK,
        )


def _pieces(ends: list[float], pattern: Pattern) -> list[list[tuple[float, float]]]:
    """The drawn pieces of a line."""
    start, stop = np.array(ends[:2]), np.array(ends[2:])
    length = float(np.linalg.norm(stop - start))
    if pattern == "full" or length < 1.0:
        return [[(start[0], start[1]), (stop[0], stop[1])]]
    dash, gap = PATTERNS[pattern]
    places = np.arange(0.0, length, dash + gap)
    bounds = [(low, min(low + dash, length)) for low in places]
    way = (stop - start) / length
    drawn = [[start + low * way, start + high * way] for low, high in bounds]
    return [[(float(a[0]), float(a[1])), (float(b[0]), float(b[1]))] for a, b in drawn]


LONG_SIDE_PX: Final = 1024
"""Long side of the photo in an overlay: labels can be read when it is shown half as large."""

OUTLINE, DEAD, STEM, UPRIGHT = "#56B4E9", "#D55E00", "#E69F00", "#FFFFFF"
LEVEL, WIRE, GAP = "#FFFFFF", "#F0E442", "#CC79A7"
"""Colours of Okabe and Ito, with white."""

LEVELLED = ("crown_asymmetry", "live_crown_ratio", "height_to_diameter")
"""Measures that the levels of foot and top belong to."""


def measure_overlay(
    part_map: PartMap, measures: TreeMeasures, *, with_text: bool = True
) -> Image.Image:
    """A photo with what was measured drawn on it, and all measures in words below.

    Args:
        part_map: As it was measured.
        measures: What came of it.
        with_text: Whether all measures stand below in words.
    """
    height, width = part_map.picture.shape[:2]
    scale = LONG_SIDE_PX / max(height, width)
    size = (round(width * scale), round(height * scale))
    picture = Image.fromarray(part_map.picture).resize(size, Image.Resampling.BICUBIC)
    shown = measures.shown
    if shown.dead is not None and measures["dead_crown_share"].is_measured:
        picture = _hatched(picture, shown.dead)
    if shown.outline is not None and measures["crown_asymmetry"].is_measured:
        picture = _outlined(picture, shown.outline)
    pen = Pen(picture, scale)
    _draw_levels(pen, shown, measures)
    _draw_stem(pen, shown, measures)
    _draw_wires(pen, shown, measures)
    return with_caption(picture, caption_lines(measures)) if with_text else picture


def _large(mask: Masks, size: tuple[int, int]) -> Image.Image:
    """A mask at the size of the picture, with smooth edges."""
    soft = Image.fromarray((255 * mask).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    return soft.point(lambda value: 255 if value > 127 else 0)


def _hatched(picture: Image.Image, dead: Masks) -> Image.Image:
    """Slanting lines over the dead part."""
    area = np.asarray(_large(dead, picture.size)) > 0
    down, across = np.mgrid[: picture.height, : picture.width]
    stripe = (down + across) % 14
    painted = np.asarray(picture).copy()
    painted[area & (stripe < 6)] = _rgb("#1b2327")
    painted[area & (stripe >= 1) & (stripe < 5)] = _rgb(DEAD)
    return Image.fromarray(painted)


def _outlined(picture: Image.Image, outline: Masks) -> Image.Image:
    """The crown's outline as a line with a dark edge."""
    area = np.asarray(_large(outline, picture.size)) > 0
    inner = ndimage.binary_erosion(area, iterations=2)
    painted = np.asarray(picture).copy()
    painted[ndimage.binary_dilation(area, iterations=3) & ~inner] = _rgb("#1b2327")
    painted[ndimage.binary_dilation(area, iterations=2) & ~ndimage.binary_erosion(area)] = _rgb(
        OUTLINE
    )
    return Image.fromarray(painted)


def _draw_levels(pen: Pen, shown: Shown, measures: TreeMeasures) -> None:
    """Tree top and foot, top and base of the crown in leaf."""
    if shown.outline is None or shown.stem is None:
        return
    if not any(measures[name].is_measured for name in LEVELLED):
        return
    columns = np.nonzero(shown.outline.any(axis=0))[0]
    left, right = float(columns[0]) - 4, float(columns[-1]) + 4
    levels = [("top of tree", shown.tree_top), ("foot", float(shown.stem.foot[1]))]
    if measures["live_crown_ratio"].is_measured:
        levels += [("crown in leaf: top", shown.live_top), ("crown in leaf: base", shown.live_base)]
    taken: list[float] = []
    for label, row in levels:
        if row is None or (label.endswith(": top") and abs(row - taken[0]) < 11):
            continue
        pen.line((left, row, right, row), LEVEL, width=2, pattern="dotted")
        near = any(abs(row - other) < 11 for other in taken)
        pen.label((left, row), label, anchor="la" if near else "ld")
        taken.append(row)


def _draw_stem(pen: Pen, shown: Shown, measures: TreeMeasures) -> None:
    """The stem's line and the vertical at its foot; the crown's shares beside its plumb line."""
    line = shown.stem
    lean, asymmetry = measures["lean_deg"], measures["crown_asymmetry"]
    if line is None or not (lean.is_measured or asymmetry.is_measured):
        return
    foot, foot_row = float(line.foot[0]), float(line.foot[1])
    top_row = shown.tree_top if shown.tree_top is not None else float(line.top_row)
    roll = float(np.tan(np.radians(measures.vertical.roll_deg)))
    upright = foot + (foot_row - top_row) * roll
    pen.line((foot, foot_row, upright, top_row), UPRIGHT, width=2, pattern="dashed")
    if lean.is_measured:
        top = (float(line.across_at(line.top_row)), float(line.top_row))
        pen.line((foot, foot_row, *top), STEM, width=5)
        pen.label((foot + 10, foot_row - 4), lean_label(measures), anchor="lm")
    if asymmetry.value is not None and shown.outline is not None:
        base = float(np.nonzero(shown.outline.any(axis=1))[0][-1])
        row, start = 0.5 * (base + top_row), float(line.across_at(base))
        across = start + (base - row) * roll
        end = start + (base - top_row) * roll
        pen.line((start, base, end, top_row), OUTLINE, width=3, pattern="dashed")
        pen.label((across - 8, row), percent((1 - asymmetry.value) / 2), anchor="rm")
        pen.label((across + 8, row), percent((1 + asymmetry.value) / 2), anchor="lm")


def _draw_wires(pen: Pen, shown: Shown, measures: TreeMeasures) -> None:
    """Wires, and the gaps in the picture."""
    for piece in shown.wires:
        pen.line((piece[0], piece[1], piece[2], piece[3]), WIRE, width=5)
    if len(shown.wires):
        longest = shown.wires[np.argmax(np.hypot(*(shown.wires[:, 2:] - shown.wires[:, :2]).T))]
        middle = (0.5 * (longest[0] + longest[2]), 0.5 * (longest[1] + longest[3]) - 6)
        pen.label(middle, "wire: keep clear", anchor="md")
    for name, ends in shown.gap_ends:
        pen.line(ends, GAP, width=5)
        for across, down in (ends[:2], ends[2:]):
            pen.dot((across, down), GAP)
        middle = (0.5 * (ends[0] + ends[2]), 0.5 * (ends[1] + ends[3]) + 5)
        pen.label(middle, gap_label(measures[name]), anchor="ma")


def _rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a colour, #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
