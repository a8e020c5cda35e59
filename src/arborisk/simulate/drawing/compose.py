"""From a tree and its site to a drawn photo with its part mask."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from arborisk.errors import SettingsError
from arborisk.simulate.drawing.canvas import Canvas, DrawnPhoto, Pixels
from arborisk.simulate.drawing.figure import NEUTRAL_FIGURE, Figure, choose_looks, figure_of
from arborisk.simulate.drawing.ground import cast_shade, paint_footing, paint_tufts
from arborisk.simulate.drawing.noise import Purpose, expose, generator
from arborisk.simulate.drawing.scenery import paint_scenery
from arborisk.simulate.drawing.tree import GrownTree, PaintedTree, grow_tree, paint_tree
from arborisk.simulate.drawing.view import Light, Plane, View, choose_light, choose_view, frame_tree
from arborisk.simulate.trees import DrawnTree, Site

LEAST_SIDE_PX = 96


def draw_photo(
    tree: DrawnTree,
    site: Site,
    *,
    width_px: int,
    height_px: int,
    seed: int,
    blank_cues: bool = False,
) -> DrawnPhoto:
    """Draws a street scene around one tree, all of it in the picture.

    The scenery follows from the site and the seed alone. A tree keeps its shape from photo to photo
    of it.

    Args:
        tree: The tree; only its visible parameters and its name are looked at.
        site: Where it stands.
        width_px: Width of the photo.
        height_px: Height of the photo.
        seed: Seed of camera, clouds, places of things around and grain.
        blank_cues: Draw a sound tree of middling proportions instead, so that nothing in the photo
            tells of the tree's state.

    Raises:
        SettingsError: The picture is too small to show a tree.
    """
    if min(width_px, height_px) < LEAST_SIDE_PX:
        raise SettingsError(
            expected=f"photos of at least {LEAST_SIDE_PX} pixels a side",
            found=f"{width_px} x {height_px}",
            where="size of the drawn photos",
            remedy="Ask for larger photos, for example 504x672.",
        )
    figure = NEUTRAL_FIGURE if blank_cues else figure_of(tree)
    return Scene.of(site, width_px, height_px, seed).draw(tree, figure)


@dataclass(frozen=True, slots=True)
class PlacedTree:
    """A tree as it stands in a photo.

    Attributes:
        grown: In metres.
        plane: From metres to pixels.
        painted: Cut out.
    """

    grown: GrownTree
    plane: Plane
    painted: PaintedTree


@dataclass(frozen=True, slots=True)
class Scene:
    """What lies around a tree, painted once, before which any tree may stand.

    Attributes:
        site: The site.
        seed: Seed of the photo.
        view: The camera.
        light: The light.
        image: The scenery, (height, width, 3).
        parts: Its part codes, (height, width).
    """

    site: Site
    seed: int
    view: View
    light: Light
    image: Pixels
    parts: Pixels

    @classmethod
    def of(cls, site: Site, width_px: int, height_px: int, seed: int) -> Scene:
        """The scene of a photo, see `draw_photo`."""
        view = choose_view(width_px, height_px, seed)
        light = choose_light(site.seed, seed)
        return cls(site, seed, view, light, *paint_scenery(view, site, light, seed))

    def draw(self, tree: DrawnTree, figure: Figure) -> DrawnPhoto:
        """The photo of the scene with a tree of this name and figure."""
        placed = place_tree(tree, figure, self.site, self.view, self.light)
        image, parts, plane = self.image.copy(), self.parts.copy(), placed.plane
        foot_px = plane.to_px(np.zeros((1, 2)))[0]
        covered = placed.painted.covered_in(parts.shape)
        cast_shade(image, parts, covered, foot_px, self.view, self.light)
        foot_radius_m = float(placed.grown.stems[0].radius_m[0])
        paint_footing(image, parts, plane, foot_radius_m, self.site)
        placed.painted.paste(image, parts)
        canvas = Canvas(image, parts)
        paint_tufts(canvas, plane, foot_radius_m, self.site, self.seed)
        image, parts = canvas.arrays()
        return DrawnPhoto(image=expose(image, self.seed), parts=parts)


def place_tree(tree: DrawnTree, figure: Figure, site: Site, view: View, light: Light) -> PlacedTree:
    """A tree as it stands before a camera, without what lies around it.

    Args:
        tree: The tree; its name fixes its shape and colours.
        figure: Its visible parameters.
        site: Says whether broadleaves are in leaf.
        view: The camera.
        light: The light.
    """
    grown = grow_tree(figure, generator(Purpose.SHAPE, shape_seed(tree)))
    shades = generator(Purpose.SHADE, shape_seed(tree))
    looks = choose_looks(figure, site, light, shades)
    plane = frame_tree(view, grown.outline(), grown.room_m())
    return PlacedTree(grown, plane, paint_tree(grown, plane, looks, light, shades))


def shape_seed(tree: DrawnTree) -> int:
    """Seed of a tree's shape and colours: its name's alone, the same in every photo of it."""
    return zlib.crc32(tree.tree_id.encode())
