"""What was measured, drawn on the photo: axis and vertical, crown, dead parts, wires and gaps.

Every colour has a shape of its own and a label: lines full, dashed or dotted, dead parts hatched.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image
from scipy import ndimage

from arborisk.explanation.measures.pen import Pen
from arborisk.explanation.measures.records import Masks, Shown, TreeMeasures
from arborisk.explanation.measures.words import caption_lines, gap_label, lean_label
from arborisk.explanation.parts.part_map import PartMap
from arborisk.photos.overlay import with_caption
from arborisk.wording.percent import percent

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
