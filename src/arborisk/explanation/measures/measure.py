"""All measures of one photo, out of its parts."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from arborisk.explanation.measures.crown import CrownParts, find_crown
from arborisk.explanation.measures.crown_doubt import shape_doubt
from arborisk.explanation.measures.crown_measures import crown_reasons, measure_crown
from arborisk.explanation.measures.crown_values import crown_values
from arborisk.explanation.measures.gaps import (
    Gap,
    built_gap,
    gap_measure,
    wire_gap,
    wire_sentence,
)
from arborisk.explanation.measures.made import not_measurable
from arborisk.explanation.measures.part_masks import THRESHOLDS, PartMasks, part_masks, tree_masks
from arborisk.explanation.measures.records import (
    Floats,
    Masks,
    Measure,
    Shown,
    StemLine,
    TreeMeasures,
)
from arborisk.explanation.measures.season import is_in_leaf
from arborisk.explanation.measures.stem_line import FoundStem, find_stem
from arborisk.explanation.measures.stem_measures import (
    CROOKED,
    measure_height_to_diameter,
    measure_lean,
    measure_stems,
)
from arborisk.explanation.measures.table import MEASURES
from arborisk.explanation.measures.vertical import find_vertical
from arborisk.explanation.measures.wires import find_wires
from arborisk.explanation.parts.part_map import PartMap
from arborisk.wording.sentences import WIRES_NOT_RULED_OUT

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
