"""Everything around the main tree; nothing here knows that tree."""

from __future__ import annotations

import numpy as np

from arborisk.simulate.drawing.built import paint_house, paint_pole, paint_wires, pole_planes
from arborisk.simulate.drawing.canvas import Canvas, multiplied
from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.ground import cast_shade, paint_ground
from arborisk.simulate.drawing.light import Light
from arborisk.simulate.drawing.litter import paint_litter
from arborisk.simulate.drawing.looks import choose_looks
from arborisk.simulate.drawing.noise import Purpose, generator, smooth_noise, tile_noise
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
    paint_litter(canvas, view, site, seed)
    _paint_far_woods(canvas, view, site, light, seed)
    if site.has_house:
        place = generator(Purpose.BUILT, site.seed, seed)
        paint_house(canvas, view, light, generator(Purpose.BUILT, site.seed), place)
    image, parts = canvas.arrays()
    _roughen(image, parts, generator(Purpose.SHADE, seed), leaf_on=site.leaf_on)
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


def _roughen(image: Pixels, parts: Pixels, rng: np.random.Generator, *, leaf_on: bool) -> None:
    """Breaks up the flat tones of woods and walls, in place."""
    tile = tile_noise(rng, 256, cell=8, octaves=3)
    for part, strength in (("other_trees", 0.11), ("built", 0.03)):
        where = parts == PART_CODES[part]
        rows, columns = np.nonzero(where)
        if part == "other_trees" and not leaf_on:
            # Bare woods: fine upright twigs, not the clumps of foliage.
            rows, columns = rows >> 1, 5 * columns
        multiplied(image, where, 1.0 + strength * tile[rows & 255, columns & 255])


def _paint_far_woods(canvas: Canvas, view: View, site: Site, light: Light, seed: int) -> None:
    """A hazy row of trees along the horizon, in three tones."""
    rng = generator(Purpose.DISTANCE, site.seed, seed)
    green = np.array([84.0, 104.0, 66.0]) if site.leaf_on else np.array([104.0, 88.0, 76.0])
    plane = view.plane(0.0, 5.0)
    reach = 0.6 * view.width_px / plane.px_per_m
    glow = float(light.shade(np.array([[0.3 * light.direction[0], 0.5, 0.8]]))[0])
    turn = np.linspace(0.0, 2.0 * np.pi, 14, endpoint=False)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    for row, (tone, height) in enumerate(((1.2, 8.0), (1.05, 5.5), (0.9, 3.5))):
        n_crowns = int(2.0 * reach / height * 2.2)
        rise = np.clip(1.0 + 0.3 * smooth_noise(rng, 1, n_crowns, cell=8, octaves=3)[0], 0.4, 1.6)
        for across, up in zip(np.linspace(-reach, reach, n_crowns), rise * height, strict=True):
            shade = tone * glow * rng.normal(1.0, 0.05)
            size = np.array([0.42, 0.36]) * up * rng.uniform(0.8, 1.25)
            middle = np.array([across + rng.normal(0.0, 0.2 * height), up - size[1]])
            uneven = circle * rng.normal(1.0, 0.07, (14, 1))
            # The shaded lower part first, then the lit top.
            for factor, part_size, shift in ((0.86, 1.0, 0.0), (1.0, 0.8, 0.2)):
                colour = green * shade * factor
                haze = light.faded((colour[0], colour[1], colour[2]), 5.5 - 0.9 * row)
                place = middle + shift * size * np.array([0.3 * light.direction[0], 1.0])
                canvas.polygon(plane.to_px(place + part_size * size * uneven), haze, "other_trees")
            trunk = [(across - 0.4 * height, -0.3), (across + 0.4 * height, -0.3)]
            trunk += [(across + 0.4 * height, up - size[1]), (across - 0.4 * height, up - size[1])]
            colour = green * shade * 0.82
            haze = light.faded((colour[0], colour[1], colour[2]), 5.5 - 0.9 * row)
            canvas.polygon(plane.to_px(np.array(trunk)), haze, "other_trees")


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
