"""Masks of the parts at a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.explanation.measures.records import Floats, Masks
from arborisk.explanation.parts.part_map import PARTS, PartMap

SKY, CROWN, BARE, STEM, GROUND, BUILT, OTHER = (
    PARTS.index(name)
    for name in ("sky", "crown", "bare_wood", "stem", "ground", "built", "other_trees")
)
THRESHOLDS = (0.3, 0.5, 0.7)
"""Probabilities from which a pixel belongs to a tree; measures are taken at each, and how far they
differ enters the interval. The middle one gives the value."""


BARE_GAIN = 1.5
"""Twigs are thinner than the scale on which parts are told: their probability counts for more."""


@dataclass(frozen=True, slots=True)
class PartMasks:
    """Where each part is. All masks (height, width).

    Attributes:
        sky: Sky.
        leaf: Crown in leaf.
        bare: Dead or bare wood.
        stem: Stems.
        ground: Ground.
        built: Built things.
        other: Trees behind.
        stem_probability: Of stems, (height, width).
        grey: Lightness of the photo, 0 to 255, (height, width).
    """

    sky: Masks
    leaf: Masks
    bare: Masks
    stem: Masks
    ground: Masks
    built: Masks
    other: Masks
    stem_probability: Floats
    grey: Floats


def part_masks(part_map: PartMap, *, threshold: float = 0.5) -> PartMasks:
    """Masks of the parts.

    Args:
        part_map: What each pixel shows.
        threshold: Probability of all parts of a tree together from which a pixel belongs to it.
    """
    probability = part_map.probability
    leaf, bare, stem = tree_masks(part_map, threshold=threshold)
    rest = np.array([SKY, GROUND, BUILT, OTHER])
    around = np.where(leaf | bare | stem, -1, rest[probability[rest].argmax(axis=0)])
    return PartMasks(
        sky=around == SKY,
        leaf=leaf,
        bare=bare,
        stem=stem,
        ground=around == GROUND,
        built=around == BUILT,
        other=around == OTHER,
        stem_probability=probability[STEM].astype(np.float64),
        grey=part_map.picture.astype(np.float64).mean(axis=2),
    )


def tree_masks(part_map: PartMap, *, threshold: float) -> tuple[Masks, Masks, Masks]:
    """Leaves, bare wood and stems of all trees, see `part_masks`."""
    leaf, bare, stem = part_map.probability[[CROWN, BARE, STEM]]
    tree = leaf + stem + BARE_GAIN * bare > threshold
    bare = BARE_GAIN * bare
    is_leaf = tree & (leaf >= bare) & (leaf >= stem)
    is_stem = tree & ~is_leaf & (stem >= bare)
    return is_leaf, tree & ~is_leaf & ~is_stem, is_stem
