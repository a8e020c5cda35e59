"""The crown on the grid: its outline, what of it is in leaf, bare or open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from arborisk.explanation.measures.table import Floats, Masks, StemLine
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


LEAST_LEAF_SHARE = 0.05
"""Less of the crown's outline told to be leaf: taken for out of leaf."""

LEAST_GREEN = 0.05
"""Least excess of green, (2 green - red - blue) / (red + green + blue), median over the leaves. On
drawn trees leaves have 0.11 and more, bare twigs 0.01."""

LEAST_SOLID = 0.6
"""Least cover of leaves around a leaf: twigs told to be leaf stay thin."""

NOT_IN_LEAF = (
    "no green leaves seen: out of leaf, in autumn colour or dead, a photo cannot tell which"
)


def is_in_leaf(crown: CrownParts, picture: NDArray[np.uint8]) -> bool:
    """Whether a crown is in green leaf.

    Args:
        crown: The crown.
        picture: The photo, (height, width, 3).
    """
    leaf = crown.leaf
    if leaf.sum() < LEAST_LEAF_SHARE * crown.outline.sum():
        return False
    red, green, blue = picture[leaf].astype(np.float64).T
    excess = (2.0 * green - red - blue) / np.maximum(red + green + blue, 1.0)
    around = ndimage.gaussian_filter(leaf.astype(np.float32), 0.012 * crown.height_px)
    return bool(np.median(excess) > LEAST_GREEN and around[leaf].mean() > LEAST_SOLID)


CLOSED_SHARE = 0.05
"""Gaps narrower than twice this share of the tree's height belong to the crown's outline."""

LIVE_CLOSED_SHARE = 0.05
"""The same for the outline of the crown in leaf."""

NECK_SHARE = 0.02
"""Parts of the outline joined by less than twice this share of the tree's height fall apart."""

MAIN_SHARE = 0.15
"""Parts of the crown smaller than this share of the largest are left out: often other trees."""

BARE_WEIGHT = 5.0
"""Bare twigs cover a crown this many times as thinly as leaves do; found on drawn trees."""


@dataclass(frozen=True, slots=True)
class CrownParts:
    """The main tree's crown. All masks (height, width).

    Attributes:
        tree: The whole tree, stem too.
        wood_and_leaf: What of the crown hides the sky.
        outline: The crown with its gaps closed.
        live: Part of the outline that is in leaf.
        dead: The rest of it.
        live_outline: The crown in leaf with its gaps closed.
        leaf: Leaves.
        top: Row of the tree's top.
        foot: Row of its foot.
    """

    tree: Masks
    wood_and_leaf: Masks
    outline: Masks
    live: Masks
    dead: Masks
    live_outline: Masks
    leaf: Masks
    top: float
    foot: float

    @property
    def height_px(self) -> float:
        """Height of the tree."""
        return self.foot - self.top


def find_crown(leaf: Masks, bare: Masks, stem: Masks, line: StemLine) -> CrownParts | None:
    """Crown of the tree that stands on a stem; None when nothing is joined to it.

    Args:
        leaf: Where crown in leaf is likeliest.
        bare: Where dead or bare wood is likeliest.
        stem: Where a stem is likeliest.
        line: The main stem.
    """
    whole = _joined_to(leaf | bare | stem, line)
    if whole is None:
        return None
    rows = np.nonzero(whole.any(axis=1))[0]
    foot, top = float(line.foot[1]), float(rows[0])
    height = max(foot - top, 1.0)
    above = np.arange(whole.shape[0]) < foot - 0.02 * height
    crown = whole & (leaf | bare) & above[:, None]
    if crown.sum() < 30:
        return None
    window = _window(crown, round(CLOSED_SHARE * height))
    masks = _parts_of(whole[window], crown[window], leaf[window], height)
    tree, outline, live, live_outline, in_leaf = (
        _placed(mask, window, whole.shape) for mask in masks
    )
    return CrownParts(
        tree=whole,
        wood_and_leaf=outline & tree,
        outline=outline,
        live=live,
        dead=outline & ~live,
        live_outline=live_outline,
        leaf=in_leaf,
        top=top,
        foot=foot,
    )


def _parts_of(
    tree: Masks, crown: Masks, leaf: Masks, height: float
) -> tuple[Masks, Masks, Masks, Masks, Masks]:
    """Tree, outline, live part, outline of the live part and leaves, within a window."""
    outline = _main_part(_closed(crown, CLOSED_SHARE * height), NECK_SHARE * height)
    live = _live_part(outline, crown & leaf, crown & ~leaf, height)
    in_leaf = crown & leaf & live
    live_outline = _closed(in_leaf, LIVE_CLOSED_SHARE * height) & live
    return tree, outline, live, live_outline, in_leaf


def _window(mask: Masks, room: int) -> tuple[slice, slice]:
    """Rows and columns that a mask takes, with room around."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    return (
        slice(max(int(rows[0]) - room, 0), int(rows[-1]) + room + 1),
        slice(max(int(columns[0]) - room, 0), int(columns[-1]) + room + 1),
    )


def _placed(mask: Masks, window: tuple[slice, slice], shape: tuple[int, ...]) -> Masks:
    """A mask of a window in the whole photo."""
    whole = np.zeros(shape, dtype=np.bool_)
    whole[window] = mask
    return whole


def _joined_to(parts: Masks, line: StemLine) -> Masks | None:
    """What hangs together with the stem; leaves a little apart belong to it."""
    near = ndimage.binary_dilation(parts, np.ones((5, 5), dtype=np.bool_))
    labels, _ = ndimage.label(near)
    rows = np.arange(line.top_row, line.top_row + len(line.middle))
    columns = np.clip(np.rint(line.middle), 0, parts.shape[1] - 1).astype(np.int64)
    along = np.bincount(labels[rows, columns])
    along[0] = 0
    here = int(np.argmax(along))
    return None if along[here] == 0 else np.asarray((labels == here) & parts)


def _live_part(outline: Masks, leaf: Masks, bare: Masks, height: float) -> Masks:
    """Part of the outline where leaves prevail over bare wood around."""
    reach = max(1.5, 0.015 * height)
    leaf_near = ndimage.gaussian_filter(leaf.astype(np.float32), reach)
    bare_near = ndimage.gaussian_filter(bare.astype(np.float32), reach)
    doubt = leaf_near + bare_near < 0.02
    live = leaf_near > BARE_WEIGHT * bare_near
    if doubt.any() and not doubt.all():
        nearest = ndimage.distance_transform_edt(doubt, return_distances=False, return_indices=True)
        live = live[tuple(nearest)]
    return np.asarray(outline & live)


def _closed(mask: Masks, reach: float) -> Masks:
    """Closing with a disc, by distances, and holes filled."""
    if not mask.any():
        return mask
    room = int(np.ceil(reach)) + 2
    padded = np.pad(mask, room)
    wide = ndimage.distance_transform_edt(~padded) <= reach
    closed = ndimage.distance_transform_edt(wide) > reach
    return _filled(closed | padded)[room:-room, room:-room]


def _main_part(mask: Masks, reach: float) -> Masks:
    """The largest part that hangs together by more than a neck; twigs that stand out go too."""
    room = int(np.ceil(reach)) + 2
    padded = np.pad(mask, room)
    core = ndimage.distance_transform_edt(padded) > reach
    labels, n_found = ndimage.label(core)
    if n_found == 0:
        return mask
    sizes = np.bincount(labels.reshape(-1))
    sizes[0] = 0
    kept = sizes >= MAIN_SHARE * sizes.max()
    wide = ndimage.distance_transform_edt(~kept[labels]) <= reach + 0.5
    return np.asarray((wide & padded)[room:-room, room:-room])


def _filled(mask: Masks) -> Masks:
    """Holes filled: all but the background that reaches the border."""
    labels, _ = ndimage.label(~mask)
    return np.asarray(labels != labels[0, 0])


NEAR_SHARE = 0.04
"""How far around the crown's outline is looked at, as a share of the tree's height."""

UNSURE = (0.15, 0.85)
"""Probabilities of "trees behind" between which it is not clear whose leaves they are."""

MOST_SHARE = 0.12
"""Most of such area, over the outline's, with which the crown's shape is measured; found on drawn
trees of seed 7."""

NOT_ITS_OWN = "a tree behind runs into the crown: which leaves are whose cannot be told"


def shape_doubt(part_map: PartMap, crown: CrownParts) -> str:
    """Why the crown's shape cannot be measured; empty when it can.

    Args:
        part_map: What each pixel shows.
        crown: The crown.
    """
    rows, columns = np.nonzero(crown.outline)
    room = int(np.ceil(NEAR_SHARE * crown.height_px)) + 1
    window = (
        slice(max(int(rows.min()) - room, 0), int(rows.max()) + room + 1),
        slice(max(int(columns.min()) - room, 0), int(columns.max()) + room + 1),
    )
    away = ndimage.distance_transform_edt(~crown.outline[window])
    behind = part_map.probability[OTHER][window]
    unsure = (away <= NEAR_SHARE * crown.height_px) & (behind > UNSURE[0]) & (behind < UNSURE[1])
    return NOT_ITS_OWN if unsure.sum() > MOST_SHARE * len(rows) else ""
