"""Stems as solid round bodies with furrowed bark."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from arborisk.simulate.drawing.canvas import InkLayer
from arborisk.simulate.drawing.light import Light
from arborisk.simulate.drawing.looks import Looks
from arborisk.simulate.drawing.noise import Purpose, generator, looked_up, tile_noise
from arborisk.simulate.drawing.outline import Crown
from arborisk.simulate.drawing.parts import Colour, Floats, Textures
from arborisk.simulate.drawing.skeleton import FLARE_HEIGHT_M, Stem
from arborisk.simulate.drawing.view import Plane

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
