"""One whole tree: grown in metres, then painted on a layer of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from arborisk.simulate.drawing.canvas import (
    PART_CODES,
    Colour,
    Floats,
    InkLayer,
    Masks,
    Pixels,
    Textures,
)
from arborisk.simulate.drawing.defects import (
    paint_cavity,
    paint_conks,
    paint_lifted_plate,
    root_plate_reach_m,
)
from arborisk.simulate.drawing.figure import Figure, Looks
from arborisk.simulate.drawing.foliage import (
    grow_leaves,
    grow_twigs,
    leaf_colours,
    place_clumps,
    strew,
)
from arborisk.simulate.drawing.noise import Purpose, generator, looked_up, tile_noise
from arborisk.simulate.drawing.outline import Crown, crown_of
from arborisk.simulate.drawing.skeleton import (
    FLARE_HEIGHT_M,
    PIECES,
    Branches,
    Stem,
    grow_branches,
    grow_stems,
)
from arborisk.simulate.drawing.view import Light, Plane

DEAD_WOOD: Colour = (154.0, 142.0, 126.0)
"""Colour of wood that has lost its bark."""


def stem_outline(stem: Stem) -> Floats:
    """Polygon (n, 2) of a stem in metres, rounded where it meets the ground."""
    left = np.column_stack([stem.axis[:, 0] - stem.radius_m, stem.axis[:, 1]])
    right = np.column_stack([stem.axis[:, 0] + stem.radius_m, stem.axis[:, 1]])
    turn = np.linspace(np.pi, 2.0 * np.pi, 12)
    foot = stem.radius_m[0] * np.column_stack([np.cos(turn), 0.22 * np.sin(turn)])
    return np.concatenate([foot + stem.axis[0], right, left[::-1]])


def paint_stem(layer: InkLayer, plane: Plane, stem: Stem) -> int:
    """Draws a stem in a single ink, whose pixels `bark_colours` colours later.

    Returns:
        The ink.
    """
    ink = layer.ink((90.0, 80.0, 70.0), "stem")
    layer.polygon(plane.to_px(stem_outline(stem)), ink)
    return ink


def paint_root_spurs(
    layer: InkLayer, plane: Plane, stem: Stem, bark: Colour, rng: np.random.Generator
) -> None:
    """Draws roots that run from the stem's foot into the ground."""
    radius, middle = float(stem.radius_m[0]), float(stem.axis[0, 0])
    for side in np.array([-1.0, -0.55, 0.6, 1.0]) + rng.normal(0.0, 0.08, 4):
        ink = layer.ink(np.asarray(bark) * rng.uniform(0.62, 0.8), "root_flare")
        outward = np.sign(side)
        reach = radius * (0.2 + 0.6 * abs(side)) * rng.uniform(0.7, 1.3)
        start = middle + 0.6 * radius * side
        low = -0.02 - 0.2 * radius * (1.0 - 0.8 * abs(side))
        share = np.linspace(0.0, 1.0, 10)
        ridge = np.column_stack(
            [
                start + outward * share * (reach + 0.3 * radius),
                low + (0.55 * radius * abs(side) + 0.12) * (1.0 - share) ** 2.6 + 0.02,
            ]
        )
        under = np.array([(ridge[-1, 0], low - 0.01), (start, low - 0.05)])
        layer.polygon(plane.to_px(np.concatenate([ridge, under])), ink)


def bark_colours(points_m: Floats, stem: Stem, crown: Crown, looks: Looks, light: Light) -> Floats:
    """Colours (n, 3) of a stem's pixels.

    Args:
        points_m: Their places (n, 2), metres right and up from the tree's foot.
        stem: The stem.
        crown: The crown, whose dead part has lost its bark and whose shade falls on the stem.
        looks: Colours of the tree, and whether leaves shade the stem.
        light: Light of the scene.
    """
    across, up = points_m.T
    radius = stem.radius_at(up)
    side = np.clip((across - stem.across_at(up)) / radius, -1.0, 1.0)
    normal = np.stack([side, np.zeros_like(side), np.sqrt(1.0 - side**2)], axis=1)
    turn = np.arcsin(side) * radius
    # Furrows: noise stretched along the stem; 260 and 40 pixels of it to the metre.
    tile = _bark_tile()
    furrows = looked_up(tile, 600.0 + 260.0 * turn + 3.0 * np.sin(3.0 * up), 40.0 * up)
    blotches = looked_up(tile, 60.0 * turn, 25.0 * up + 300.0)
    texture = 1.0 + 0.17 * furrows + 0.07 * blotches
    within = np.clip((up - crown.outline[:, 1].min()) / (2.0 * crown.half_size[1]), 0.0, 1.0)
    shaded = 1.0 - (0.38 if looks.in_leaf else 0.0) * np.clip(within * 6.0, 0.0, 1.0)
    dead = crown.at(crown.dead, points_m) & (up > crown.outline[:, 1].min())
    own = np.where(dead[:, None], DEAD_WOOD, looks.bark)
    bright = light.shade(normal) * np.where(dead, 1.0, shaded) * texture
    ground_shade = 0.8 + 0.2 * np.clip(up / FLARE_HEIGHT_M, 0.0, 1.0)
    colours: Floats = own * (bright * ground_shade)[:, None] * np.asarray(light.sun_colour)
    return colours


@cache
def _bark_tile() -> Textures:
    """Noise that all bark is cut from."""
    return tile_noise(generator(Purpose.BARK), 512, cell=32, octaves=4)


def pixel_places(
    layer: InkLayer, plane: Plane, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> Floats:
    """Places (n, 2) in metres of pixels of a layer."""
    return plane.to_m(np.stack([columns, rows], axis=1) + (layer.corner + 0.5))


N_SHADES = 12
LIVE_TWIGS, DEAD_TWIGS = 8, 5
"""Twigs a bough of a dense crown; dead wood has lost many of its twigs."""

LEAST_SEEN = 0.3
"""Share of the thinnest twigs that is drawn: a line is at least one pixel wide."""


def paint_branches(
    layer: InkLayer,
    plane: Plane,
    crown: Crown,
    branches: Branches,
    looks: Looks,
    light: Light,
    rng: np.random.Generator,
) -> None:
    """Draws branches, far ones first; of those thinner than a pixel only some.

    Args:
        layer: Where to.
        plane: Plane of the tree.
        crown: The crown, which says what is dead.
        branches: The branches.
        looks: Colours of the tree.
        light: Light of the scene.
        rng: Source of shades, and of which thin ones are drawn.
    """
    shades = np.linspace(0.45, 1.05, N_SHADES)[:, None]
    glow = float(light.shade(np.array([[0.3 * light.direction[0], 0.3, 0.8]]))[0])
    live_inks = layer.inks(np.asarray(looks.bark) * glow * shades, "crown")
    dead_inks = layer.inks(np.asarray(DEAD_WOOD) * glow * (0.25 + 0.75 * shades), "dead_crown")
    width = 2.0 * branches.radius_m * plane.px_per_m
    depth = 0.5 + 0.5 * branches.end[:, 2] / crown.half_size[0]
    shade = (0.25 + 0.6 * depth + rng.normal(0.0, 0.12, len(depth))) * N_SHADES
    number = np.clip(shade, 0, N_SHADES - 1).astype(np.int64)
    dead = crown.at(crown.dead, branches.end[:, :2])
    inks = np.where(dead, dead_inks[number], live_inks[number])
    order = np.argsort(branches.end[:, 2])
    order = order[rng.random(len(order)) < np.clip(width[order] / 0.8, LEAST_SEEN, 1.0)]
    starts = plane.to_px(branches.start[order, :2])
    ends = plane.to_px(branches.end[order, :2])
    layer.lines(np.stack([starts, ends], axis=1), inks[order], width[order])


def paint_twigs(
    layer: InkLayer,
    plane: Plane,
    figure: Figure,
    crown: Crown,
    branches: Branches,
    looks: Looks,
    light: Light,
    rng: np.random.Generator,
) -> None:
    """Draws twigs wherever no leaves hide them: sparse where dead, dense on a live bare crown.

    Args:
        layer: Where to.
        plane: Plane of the tree.
        figure: The tree.
        crown: Its crown.
        branches: Its branches.
        looks: Colours of the tree, and whether it is in leaf.
        light: Light of the scene.
        rng: Source of the twigs.
    """
    boughs = branches.end.reshape(-1, PIECES, 3)
    dead = crown.at(crown.dead, boughs[:, -1, :2])
    reach = 1.5 * crown.clump_m
    if not looks.in_leaf:
        per_bough = round(LIVE_TWIGS * (0.4 + 0.6 * figure.crown_density))
        live = grow_twigs(boughs[~dead], reach, per_bough, 1, rng)
        paint_branches(layer, plane, crown, live, looks, light, rng)
    bare = grow_twigs(boughs[dead, 1:], reach, DEAD_TWIGS, 1, rng)
    paint_branches(layer, plane, crown, bare, looks, light, rng)


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
