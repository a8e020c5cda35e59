"""The same measures, worked out from the parameters and the grown shape of a drawn tree.

Nothing here looks at a photo: the tree is drawn alone, with its true outline known. So it is what a
reader of photos can be judged by. Drawn trees are never evidence
about real ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from arborisk.simulate.drawing.compose import PlacedTree, place_tree
from arborisk.simulate.drawing.figure import figure_of
from arborisk.simulate.drawing.outline import GRID, Crown
from arborisk.simulate.drawing.skeleton import Stem
from arborisk.simulate.drawing.view import choose_light, choose_view
from arborisk.simulate.trees import DrawnTree, Site

STEM_HEIGHT_SHARE = 0.1
"""Height at which the stem's diameter is taken, as a share of the tree's height. Breast height
cannot be told without a scale; a tenth of the height is 1.3 m on a tree of 13 m, above the flare of
nearly all trees and below nearly all crowns."""


@dataclass(frozen=True, slots=True)
class DrawnTruth:
    """True measures of a drawn tree in a photo; names, units and signs as in the table of measures.

    Attributes:
        lean_deg: Lean of the stem in the picture plane, positive to the right.
        crown_asymmetry: (right - left) / total area of the crown's outline, dead parts too, about
            the plumb line through the stem at the crown's base.
        live_crown_ratio: Height span of the live crown over the tree's height; 0 when none lives.
        height_to_diameter: Height over the stem's diameter at a tenth of the height.
        crown_transparency: Share of the live crown's outline that does not hide the sky, as drawn:
            the leaves are strewn by chance, and the tree's ``crown_density`` is what they aim at.
            NaN out of leaf.
        dead_crown_share: Share of the crown that is dead.
        n_stems: 1, or 2 when codominant.
    """

    lean_deg: float
    crown_asymmetry: float
    live_crown_ratio: float
    height_to_diameter: float
    crown_transparency: float
    dead_crown_share: float
    n_stems: float


def drawn_truth(
    tree: DrawnTree, site: Site, *, width_px: int, height_px: int, seed: int
) -> DrawnTruth:
    """True measures of a drawn tree in one photo of it.

    Args:
        tree: The tree; its shape follows from its name, the same in every photo.
        site: Where it stands, as in `arborisk.simulate.drawing.draw_photo`; so the others.
        width_px: Width of the photo.
        height_px: Height of the photo.
        seed: Seed of the photo.
    """
    view, light = choose_view(width_px, height_px, seed), choose_light(site.seed, seed)
    placed = place_tree(tree, figure_of(tree), site, view, light)
    grown = placed.grown
    diameter_m = 2.0 * float(grown.stems[0].radius_at(np.array(STEM_HEIGHT_SHARE * tree.height_m)))
    in_leaf = tree.kind == "conifer" or site.leaf_on
    return DrawnTruth(
        lean_deg=tree.lean_deg,
        crown_asymmetry=_asymmetry(grown.crown, grown.stems, tree.crown_base_m),
        live_crown_ratio=_live_length_m(grown.crown) / tree.height_m,
        height_to_diameter=tree.height_m / diameter_m,
        crown_transparency=_open_share(placed) if in_leaf else np.nan,
        dead_crown_share=tree.dead_crown_share,
        n_stems=float(tree.n_stems),
    )


def _open_share(placed: PlacedTree) -> float:
    """Share of the pixels in the live crown's outline that the tree, drawn alone, leaves free."""
    covered, corner = placed.painted.covered, placed.painted.corner
    down, across = np.mgrid[: covered.shape[0], : covered.shape[1]]
    pixels = np.column_stack([across.reshape(-1), down.reshape(-1)]) + corner
    crown, places = placed.grown.crown, placed.plane.to_m(pixels.astype(np.float64))
    live = crown.at(crown.inside, places) & ~crown.at(crown.dead, places)
    return float(1.0 - covered.reshape(-1)[live].mean()) if live.any() else np.nan


def _asymmetry(crown: Crown, stems: tuple[Stem, ...], base_m: float) -> float:
    """(right - left) / total of the outline about the plumb line through the stem at its base."""
    stem_m = float(np.mean([stem.across_at(np.array(base_m)) for stem in stems]))
    size = (crown.high[0] - crown.low[0]) / GRID
    right = crown.low[0] + (np.arange(GRID) + 0.5) * size > stem_m
    n_inside = int(crown.inside.sum())
    return float((2 * (right[None, :] & crown.inside).sum() - n_inside) / n_inside)


def _live_length_m(crown: Crown) -> float:
    """Height span of the live crown; specks narrower than a clump do not count."""
    live = crown.inside & ~crown.dead
    if not live.any():
        return 0.0
    size = float((crown.high[1] - crown.low[1]) / GRID)
    if crown.dead.any():
        reach = max(1, round(0.35 * crown.clump_m / size))
        down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        opened = ndimage.binary_opening(live, down**2 + across**2 <= reach**2)
        live = opened if opened.any() else live
    rows = np.nonzero(live.any(axis=1))[0]
    return float((rows[-1] - rows[0] + 1) * size)
