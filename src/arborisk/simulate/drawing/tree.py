"""One whole tree: grown in metres, then painted on a layer of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.simulate.drawing.bark import (
    bark_colours,
    paint_root_spurs,
    paint_stem,
    pixel_places,
    stem_outline,
)
from arborisk.simulate.drawing.canvas import InkLayer
from arborisk.simulate.drawing.clumps import place_clumps
from arborisk.simulate.drawing.defects import (
    paint_cavity,
    paint_conks,
    paint_lifted_plate,
    root_plate_reach_m,
)
from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.foliage import grow_leaves, leaf_colours, strew
from arborisk.simulate.drawing.light import Light
from arborisk.simulate.drawing.looks import Looks
from arborisk.simulate.drawing.outline import Crown, crown_of
from arborisk.simulate.drawing.parts import PART_CODES, Floats, Masks, Pixels
from arborisk.simulate.drawing.skeleton import (
    FLARE_HEIGHT_M,
    Branches,
    Stem,
    grow_branches,
    grow_stems,
)
from arborisk.simulate.drawing.view import Plane
from arborisk.simulate.drawing.wood import paint_branches, paint_twigs


@dataclass(frozen=True, slots=True)
class GrownTree:
    """A tree in metres, before any camera.

    Attributes:
        figure: Its parameters.
        crown: Its crown.
        stems: Its stems.
        branches: Its branches.
        clumps: Middles of its clumps of leaves (n, 3).
    """

    figure: Figure
    crown: Crown
    stems: tuple[Stem, ...]
    branches: Branches
    clumps: Floats

    def outline(self) -> Floats:
        """Points (n, 2) that bound crown, stems and lifted roots, metres right and up."""
        stems = [stem_outline(stem) for stem in self.stems]
        lifted = self.figure.root_plate_lift_deg > 0
        reach = root_plate_reach_m(self.figure) if lifted else 0.0
        return np.concatenate([self.crown.outline, *stems, [(-reach, 0.0), (reach, 0.0)]])

    def room_m(self) -> float:
        """How far leaves and twigs reach beyond the outline."""
        return 0.9 * self.crown.clump_m


@dataclass(frozen=True, slots=True)
class PaintedTree:
    """A painted tree, cut out.

    Attributes:
        corner: Upper left corner in the picture, (2,) across and down.
        image: (height, width, 3).
        parts: Part codes (height, width).
        covered: Where the tree is, (height, width).
    """

    corner: NDArray[np.int64]
    image: Pixels
    parts: Pixels
    covered: Masks

    def covered_in(self, shape: tuple[int, int]) -> Masks:
        """Where the tree is in the whole picture, (height, width)."""
        whole = np.zeros(shape, dtype=np.bool_)
        whole[self._window()] = self.covered
        return whole

    def paste(self, image: Pixels, parts: Pixels) -> None:
        """Lays the tree over a picture and its part mask, in place."""
        window = self._window()
        image[window][self.covered] = self.image[self.covered]
        parts[window][self.covered] = self.parts[self.covered]

    def _window(self) -> tuple[slice, slice]:
        """Rows and columns of the picture that the cut-out takes."""
        height, width = self.covered.shape
        left, top = (int(value) for value in self.corner)
        return slice(top, top + height), slice(left, left + width)


def grow_tree(figure: Figure, rng: np.random.Generator) -> GrownTree:
    """Grows a tree.

    Args:
        figure: Its parameters.
        rng: Source of its shape.
    """
    crown = crown_of(figure, rng)
    stems = grow_stems(figure, crown, rng)
    clumps = place_clumps(figure, crown, rng)
    return GrownTree(figure, crown, stems, grow_branches(figure, stems, clumps, rng), clumps)


def paint_tree(
    tree: GrownTree, plane: Plane, looks: Looks, light: Light, rng: np.random.Generator
) -> PaintedTree:
    """Paints a tree: leaves behind, wood, defects, leaves in front.

    Args:
        tree: The tree.
        plane: Its plane in the picture.
        looks: Its colours.
        light: Light of the scene.
        rng: Source of leaves and twigs.
    """
    layer = _layer_around(tree, plane)
    figure = tree.figure
    if figure.root_plate_lift_deg > 0:
        paint_lifted_plate(layer, plane, figure, light, rng)
    paint_root_spurs(layer, plane, tree.stems[0], looks.bark, rng)
    crown, branches = tree.crown, tree.branches
    paint_branches(layer, plane, crown, branches, looks, light, rng)
    paint_twigs(layer, plane, figure, crown, branches, looks, light, rng)
    stem_inks = [paint_stem(layer, plane, stem) for stem in tree.stems]
    if figure.cavity_share > 0:
        paint_cavity(layer, plane, figure, tree.stems[0], light, rng)
    if figure.n_conks > 0:
        paint_conks(layer, plane, figure, tree.stems[0], light, rng)
    drawn = layer.drawn()
    if looks.in_leaf:
        _strew_leaves(layer, drawn, plane, tree, looks, light, rng)
    image, parts = layer.colours()[drawn], layer.parts()[drawn]
    for ink, stem in zip(stem_inks, tree.stems, strict=True):
        rows, columns = np.nonzero(drawn == ink)
        places = pixel_places(layer, plane, rows, columns)
        colours = bark_colours(places, stem, tree.crown, looks, light)
        image[rows, columns] = np.clip(colours, 0, 255).astype(np.uint8)
        low = places[:, 1] < FLARE_HEIGHT_M
        parts[rows[low], columns[low]] = PART_CODES["root_flare"]
    return PaintedTree(layer.corner, image, parts, drawn > 0)


def _layer_around(tree: GrownTree, plane: Plane) -> InkLayer:
    """Layer that holds the whole tree with its twigs, cut at the picture's border."""
    outline = plane.to_px(tree.outline())
    room = (2.0 * tree.crown.clump_m + 1.0) * plane.px_per_m
    view = plane.view
    size = np.array([view.width_px, view.height_px])
    low = np.clip(np.floor(outline.min(axis=0) - room), 0, size - 1).astype(np.int64)
    high = np.clip(np.ceil(outline.max(axis=0) + room), low + 1, size).astype(np.int64)
    return InkLayer(low, int(high[1] - low[1]), int(high[0] - low[0]))


def _strew_leaves(
    layer: InkLayer,
    drawn: NDArray[np.int32],
    plane: Plane,
    tree: GrownTree,
    looks: Looks,
    light: Light,
    rng: np.random.Generator,
) -> None:
    """Leaves behind the branches go only where nothing is drawn yet; those in front cover all."""
    leaves = grow_leaves(tree.figure, tree.crown, tree.clumps, plane.px_per_m, rng)
    if len(leaves.place) == 0:
        return
    inks = layer.inks(leaf_colours(leaves, looks.leaf, light, rng), "crown")
    n_behind = int(np.searchsorted(leaves.place[:, 2], 0.0))
    behind = np.zeros_like(drawn)
    for share, pixels in ((slice(0, n_behind), behind), (slice(n_behind, None), drawn)):
        if pixels is drawn:
            np.copyto(drawn, behind, where=drawn == 0)
        strew(layer, pixels, plane, leaves, inks, share)
