"""Everything around the main tree; nothing here knows that tree."""

from __future__ import annotations

import numpy as np

from arborisk.simulate.drawing.built import paint_house, paint_pole, paint_wires, pole_planes
from arborisk.simulate.drawing.canvas import Canvas
from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.ground import cast_shade, paint_ground
from arborisk.simulate.drawing.light import Light
from arborisk.simulate.drawing.looks import choose_looks
from arborisk.simulate.drawing.noise import Purpose, generator, smooth_noise
from arborisk.simulate.drawing.parts import PART_CODES, Pixels
from arborisk.simulate.drawing.sky import paint_sky
from arborisk.simulate.drawing.tree import grow_tree, paint_tree
from arborisk.simulate.drawing.view import View
from arborisk.simulate.trees import Site


def paint_scenery(view: View, site: Site, light: Light, seed: int) -> tuple[Pixels, Pixels]:
    """Sky, ground, far woods, house, other trees and pole with wires, far things first.

    Args:
        view: The camera.
        site: What there is.
        light: Light of the scene.
        seed: The photo's seed.

    Returns:
        Picture (height, width, 3) and part codes (height, width).
    """
    image = paint_sky(view, light, site.seed, seed)
    parts = np.full(image.shape[:2], PART_CODES["sky"], dtype=np.uint8)
    paint_ground(image, parts, view, site, light, seed)
    canvas = Canvas(image, parts)
    _paint_far_woods(canvas, view, site, light, seed)
    if site.has_house:
        place = generator(Purpose.BUILT, site.seed, seed)
        paint_house(canvas, view, light, generator(Purpose.BUILT, site.seed), place)
    image, parts = canvas.arrays()
    _paint_other_trees(image, parts, view, site, light, seed)
    if not site.has_pole:
        return image, parts
    canvas = Canvas(image, parts)
    rng = generator(Purpose.POLE, site.seed, seed)
    poles = pole_planes(view, rng)
    paint_pole(canvas, poles[0], light, rng)
    if site.has_wires:
        paint_wires(canvas, poles, rng)
    return canvas.arrays()


def _paint_far_woods(canvas: Canvas, view: View, site: Site, light: Light, seed: int) -> None:
    """A hazy row of trees along the horizon, in three tones."""
    rng = generator(Purpose.DISTANCE, site.seed, seed)
    green = np.array([84.0, 104.0, 66.0]) if site.leaf_on else np.array([124.0, 114.0, 102.0])
    n_points = 240
    plane = view.plane(0.0, 6.0)
    reach = 0.62 * view.width_px / plane.px_per_m
    across = np.linspace(-reach, reach, n_points)
    for tone, height in ((1.15, 9.0), (1.0, 6.0), (0.85, 3.5)):
        lumps = smooth_noise(rng, 1, n_points, cell=50, octaves=5)[0]
        top = np.clip(height * (1.0 + 0.35 * lumps), 0.8, None)
        row = np.column_stack([across, top])
        outline = np.concatenate([[(-reach, -0.3)], row, [(reach, -0.3)]])
        colour = green * tone * float(light.shade(np.array([[0.0, 0.5, 0.85]]))[0])
        haze = light.faded((colour[0], colour[1], colour[2]), 3.5 + 1.5 * tone)
        canvas.polygon(plane.to_px(outline), haze, "other_trees")


def _paint_other_trees(
    image: Pixels, parts: Pixels, view: View, site: Site, light: Light, seed: int
) -> None:
    """Other trees behind the main one, in place."""
    rng = generator(Purpose.OTHER_TREES, site.seed, seed)
    for distance in sorted(rng.uniform(1.5, 3.4, site.n_other_trees), reverse=True):
        figure = _some_figure(rng)
        looks = choose_looks(figure, site, light, rng, distance=float(distance))
        half = 0.5 * view.width_px / view.px_per_m * distance
        plane = view.plane(float(rng.uniform(-1.0, 1.0)) * half, float(distance))
        painted = paint_tree(grow_tree(figure, rng), plane, looks, light, rng)
        covered = painted.covered_in(parts.shape)
        foot = plane.to_px(np.zeros((1, 2)))[0]
        cast_shade(image, parts, covered, foot, view, light, softness=0.6)
        painted.paste(image, parts)
        parts[covered] = PART_CODES["other_trees"]


def _some_figure(rng: np.random.Generator) -> Figure:
    """A sound tree for the background."""
    conifer = bool(rng.random() < 0.3)
    height = float(rng.uniform(7.0, 16.0))
    width = height * float(rng.uniform(0.3, 0.42) if conifer else rng.uniform(0.45, 0.7))
    return Figure(
        kind="conifer" if conifer else "broadleaf",
        height_m=height,
        stem_diameter_m=height / float(rng.uniform(32.0, 48.0)),
        crown_width_m=width,
        crown_base_m=height * float(rng.uniform(0.12, 0.3)),
        crown_density=float(rng.uniform(0.75, 0.95)),
        lean_deg=float(rng.normal(0.0, 1.5)),
    )
