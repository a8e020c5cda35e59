"""All measures of one photo, out of its parts."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from arborisk.explanation.measures.crown import (
    THRESHOLDS,
    CrownParts,
    PartMasks,
    find_crown,
    is_in_leaf,
    part_masks,
    shape_doubt,
    tree_masks,
)
from arborisk.explanation.measures.crown_measures import crown_reasons, crown_values, measure_crown
from arborisk.explanation.measures.gaps import (
    Gap,
    built_gap,
    find_wires,
    gap_measure,
    wire_gap,
    wire_sentence,
)
from arborisk.explanation.measures.stem_line import FoundStem, find_stem
from arborisk.explanation.measures.table import (
    MEASURES,
    NORMAL_90,
    Floats,
    Masks,
    Measure,
    Shown,
    StemLine,
    TreeMeasures,
    Vertical,
    measured,
    not_measurable,
)
from arborisk.explanation.measures.vertical import find_vertical
from arborisk.explanation.parts.part_map import PartMap
from arborisk.wording.sentences import WIRES_NOT_RULED_OUT

STEM_HEIGHT_SHARE = 0.1
"""Height at which the diameter is taken, as a share of the tree's height."""

SWAY_DEVIATION_DEG = 0.9
"""How far the visible stretch of a stem leans otherwise than the whole; found on drawn trees."""

MOST_STEM_DEVIATION_DEG = 0.5
"""A stem's line less certain than this gives no lean."""

CROOKED = "the stem is too crooked or too little of it is seen"

DIAMETER_DEVIATION_PX, DIAMETER_DEVIATION_SHARE = 1.2, 0.1
"""Errors of a stem's width on the grid, one deviation: pixels, and as a share of it; found on drawn
trees."""

EXCESS_PX = 0.8
"""A stem is told to be so much wider on the grid than it is; found on drawn trees of seed 7."""

LEAST_STEM_PX = 3.0
LIKE_THICKNESS = 0.55
"""Two stems are codominant when the thinner has this share of the thicker one's width."""


def measure_lean(line: StemLine, vertical: Vertical) -> Measure:
    """Lean of the stem against the vertical, or against the frame where no vertical was found."""
    slope_deg = float(np.degrees(np.arctan(line.across_per_up)))
    own_deg = float(np.degrees(line.deviation) * np.cos(np.radians(slope_deg)) ** 2)
    if np.degrees(line.deviation) > MOST_STEM_DEVIATION_DEG:
        return not_measurable("lean_deg", CROOKED)
    deviation = np.sqrt(own_deg**2 + SWAY_DEVIATION_DEG**2 + vertical.deviation_deg**2)
    remark = (
        f"against the vertical, told from {vertical.found_on}"
        if vertical.found_on
        else "against the frame of the photo: no vertical found"
    )
    lean_deg = slope_deg - vertical.roll_deg
    return measured("lean_deg", lean_deg, NORMAL_90 * float(deviation), remark=remark)


def measure_height_to_diameter(line: StemLine, height_px: float) -> Measure:
    """Height over the stem's diameter at a tenth of the height."""
    name = "height_to_diameter"
    if np.degrees(line.deviation) > MOST_STEM_DEVIATION_DEG:
        return not_measurable(name, CROOKED)
    row = line.foot[1] - STEM_HEIGHT_SHARE * height_px
    index = round(row) - line.top_row
    if index < -0.02 * height_px:
        return not_measurable(name, "leaves hide the stem at a tenth of the height")
    near = line.width[max(index - 3, 0) : max(index, 0) + 4]
    across_px = float(np.median(near)) - EXCESS_PX
    width_px = across_px * float(np.cos(np.arctan(line.across_per_up)))
    if width_px < LEAST_STEM_PX:
        return not_measurable(name, "the stem is too thin in the photo")
    ratio = height_px / width_px
    error = float(np.hypot(DIAMETER_DEVIATION_PX / width_px, DIAMETER_DEVIATION_SHARE))
    half = NORMAL_90 * ratio * error
    return measured(name, ratio, half, least=1.0, remark="at a tenth of the height")


def measure_stems(stem: Masks, line: StemLine, height_px: float) -> Measure:
    """1, or 2 where two stems of like thickness are seen above a fork."""
    name = "n_stems"
    top = int(max(line.foot[1] - 0.5 * height_px, 0))
    bottom = int(line.foot[1] - 0.05 * height_px)
    usual = float(np.median(line.width))
    reach = int(max(0.22 * height_px, 4))
    two = seen = 0
    for row in range(top, bottom):
        middle = int(line.across_at(float(row)))
        left, right = max(middle - reach, 0), middle + reach + 1
        labels, n_runs = ndimage.label(stem[row, left:right])
        if n_runs == 0:
            continue
        widths = np.sort(np.bincount(labels)[1:])[::-1]
        if widths[0] < 0.3 * usual:
            continue
        seen += 1
        two += bool(n_runs >= 2 and widths[1] >= max(LIKE_THICKNESS * widths[0], 0.3 * usual, 2.0))
    if seen < 0.05 * height_px:
        return not_measurable(name, "too little of the stem is seen")
    share = two / max(bottom - top, 1)
    n_stems = 2.0 if share > 0.06 else 1.0
    remark = "two stems of like thickness" if n_stems == 2.0 else "one stem as far as it is seen"
    return measured(name, n_stems, 0.0, remark=f"{remark}; an observation only")


LEAST_HEIGHT_PX = 90.0
"""Trees smaller than this on the grid are not measured."""

MOST_DEVIATION_DEG = 1.0
"""Of a tree whose stem's line is less certain than this only the stem is looked at: on real photos
it is then often not clear what is stem, limb, pole or another tree."""

CUT_PX = 4
"""Pixels of the crown on the photo's border from which it counts as cut off."""

NO_BUILT_SENTENCE = "nothing built recognised beside the tree; look yourself"


def measure_tree(part_map: PartMap) -> TreeMeasures:
    """Measures the main tree of a photo.

    Args:
        part_map: What each pixel of the photo shows.
    """
    masks = part_masks(part_map)
    vertical = find_vertical(masks.grey, masks.built, masks.ground, masks.sky | masks.other)
    wires = find_wires(masks.grey, masks.sky)
    stem = find_stem(masks.stem_probability, masks.ground, part_map.picture)
    line = stem.line
    crown = None if line is None else find_crown(masks.leaf, masks.bare, masks.stem, line)
    no_tree = _why_no_tree(masks, stem)
    no_crown = no_tree or _why_no_crown(masks, stem, crown)
    found: list[Measure] = []
    if line is None or no_tree:
        found += [not_measurable("lean_deg", no_tree)]
    else:
        found += [measure_lean(line, vertical)]
    live: tuple[float, float] | None = None
    if line is None or stem.region is None or crown is None or no_crown:
        found += [
            *crown_reasons(no_crown),
            not_measurable("height_to_diameter", no_crown),
            not_measurable("n_stems", no_crown),
        ]
    else:
        values = tuple(
            crown_values(each, stem.region, line, vertical)
            for each in _at_thresholds(part_map, crown, line)
        )
        found += measure_crown(
            values,
            vertical,
            in_leaf=is_in_leaf(crown, part_map.picture),
            doubt=shape_doubt(part_map, crown),
        )
        found += [
            measure_height_to_diameter(line, crown.height_px),
            measure_stems(masks.stem & (crown.outline | stem.region), line, crown.height_px),
        ]
        live = (values[0].live_top, values[0].live_base)
    gaps = _gaps(crown, masks, wires)
    height_px = None if crown is None or no_crown else crown.height_px
    found += [
        gap_measure("gap_to_wires", gaps[0], height_px, no_thing=WIRES_NOT_RULED_OUT),
        gap_measure("gap_to_buildings", gaps[1], height_px, no_thing=NO_BUILT_SENTENCE),
    ]
    by_name = {measure.name: measure for measure in found}
    return TreeMeasures(
        measures=tuple(by_name[kind.name] for kind in MEASURES),
        vertical=vertical,
        sentences=(wire_sentence(wires),),
        shown=_shown(by_name, crown, line, live, wires, gaps),
    )


def _why_no_tree(masks: PartMasks, stem: FoundStem) -> str:
    """Why nothing can be measured; empty when something can."""
    if masks.sky.any() and masks.ground.any():
        sky, ground = np.argwhere(masks.sky).mean(axis=0), np.argwhere(masks.ground).mean(axis=0)
        down, across = ground - sky
        if down < abs(across):
            return "the photo seems to lie on its side: turn it upright first"
    return stem.why_not


def _why_no_crown(masks: PartMasks, stem: FoundStem, crown: CrownParts | None) -> str:
    """Why the crown cannot be measured; empty when it can."""
    if crown is None or stem.line is None:
        return "no crown found above the stem"
    if np.degrees(stem.line.deviation) > MOST_DEVIATION_DEG:
        return CROOKED
    if crown.height_px < LEAST_HEIGHT_PX:
        return "the tree is too small in the photo"
    outline = crown.outline
    cut = max(outline[:2].any(axis=0).sum(), outline[:, :2].any(axis=1).sum())
    if max(int(cut), int(outline[:, -2:].any(axis=1).sum())) >= CUT_PX:
        return "the crown runs out of the photo"
    columns = np.nonzero(outline.any(axis=0))[0]
    if len(stem.rivals) and ((stem.rivals > columns[0]) & (stem.rivals < columns[-1])).any():
        return "several stems of like size under one crown: which tree is meant cannot be told"
    return ""


def _at_thresholds(part_map: PartMap, middle: CrownParts, line: StemLine) -> tuple[CrownParts, ...]:
    """The crown at the middle threshold, then at the others where it is still found."""
    crowns = [middle]
    for threshold in (THRESHOLDS[0], THRESHOLDS[-1]):
        crown = find_crown(*tree_masks(part_map, threshold=threshold), line)
        if crown is not None:
            crowns.append(crown)
    return tuple(crowns)


def _gaps(
    crown: CrownParts | None, masks: PartMasks, wires: Floats
) -> tuple[Gap | None, Gap | None]:
    """Gaps to wires and to built things."""
    if crown is None:
        return None, None
    return wire_gap(crown.tree, wires), built_gap(crown.tree, _without_wires(masks.built, wires))


def _without_wires(built: Masks, wires: Floats) -> Masks:
    """Built things without what is thin: wires count apart."""
    return built if len(wires) == 0 else np.asarray(ndimage.binary_opening(built, np.ones((3, 3))))


def _shown(
    by_name: dict[str, Measure],
    crown: CrownParts | None,
    line: StemLine | None,
    live: tuple[float, float] | None,
    wires: Floats,
    gaps: tuple[Gap | None, Gap | None],
) -> Shown:
    """What was found, for the overlay; gaps only where they were measured."""
    named = zip(("gap_to_wires", "gap_to_buildings"), gaps, strict=True)
    return Shown(
        tree=None if crown is None else crown.tree,
        outline=None if crown is None else crown.outline,
        dead=None if crown is None else crown.dead,
        stem=line,
        tree_top=None if crown is None else crown.top,
        live_top=None if live is None else live[0],
        live_base=None if live is None else live[1],
        wires=wires,
        gap_ends=tuple(
            (name, gap.ends) for name, gap in named if gap is not None and by_name[name].is_measured
        ),
    )
