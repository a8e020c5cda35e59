"""From a tree and its site to a drawn photo with its part mask."""

from __future__ import annotations

import zlib

import numpy as np

from arborisk.errors import SettingsError
from arborisk.simulate.drawing.canvas import Canvas
from arborisk.simulate.drawing.figure import NEUTRAL_FIGURE, figure_of
from arborisk.simulate.drawing.ground import cast_shade
from arborisk.simulate.drawing.lens import expose
from arborisk.simulate.drawing.light import choose_light
from arborisk.simulate.drawing.litter import paint_footing, paint_tufts
from arborisk.simulate.drawing.looks import choose_looks
from arborisk.simulate.drawing.noise import Purpose, generator
from arborisk.simulate.drawing.parts import DrawnPhoto
from arborisk.simulate.drawing.scenery import paint_scenery
from arborisk.simulate.drawing.tree import grow_tree, paint_tree
from arborisk.simulate.drawing.view import choose_view, frame_tree
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
    view = choose_view(width_px, height_px, seed)
    light = choose_light(site.seed, seed)
    image, parts = paint_scenery(view, site, light, seed)
    figure = NEUTRAL_FIGURE if blank_cues else figure_of(tree)
    grown = grow_tree(figure, generator(Purpose.SHAPE, shape_seed(tree)))
    shades = generator(Purpose.SHADE, shape_seed(tree))
    looks = choose_looks(figure, site, light, shades)
    plane = frame_tree(view, grown.outline(), grown.room_m())
    painted = paint_tree(grown, plane, looks, light, shades)
    covered = painted.covered_in(parts.shape)
    foot_px = plane.to_px(np.zeros((1, 2)))[0]
    cast_shade(image, parts, covered, foot_px, view, light)
    foot_radius_m = float(grown.stems[0].radius_m[0])
    paint_footing(image, parts, plane, foot_radius_m, site)
    painted.paste(image, parts)
    canvas = Canvas(image, parts)
    paint_tufts(canvas, plane, foot_radius_m, site, seed)
    image, parts = canvas.arrays()
    return DrawnPhoto(image=expose(image, seed), parts=parts)


def shape_seed(tree: DrawnTree) -> int:
    """Seed of a tree's shape and colours: its name's alone, the same in every photo of it."""
    return zlib.crc32(tree.tree_id.encode())
