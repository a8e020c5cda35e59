"""Everything around the main tree; nothing here knows that tree."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from arborisk.simulate.drawing.canvas import PART_CODES, Canvas, Colour, Floats, Pixels, multiplied
from arborisk.simulate.drawing.figure import Figure, choose_looks
from arborisk.simulate.drawing.ground import cast_shade, paint_ground, paint_litter
from arborisk.simulate.drawing.noise import Purpose, enlarged, generator, smooth_noise, tile_noise
from arborisk.simulate.drawing.tree import grow_tree, paint_tree
from arborisk.simulate.drawing.view import Light, Plane, View
from arborisk.simulate.trees import Site

COARSE = 4
"""The sky is made at a quarter of the size; it has no fine detail."""


def paint_sky(view: View, light: Light, site_seed: int, seed: int) -> Pixels:
    """Sky over the whole picture.

    Args:
        view: The camera.
        light: Light of the scene.
        site_seed: Weather.
        seed: The clouds of this photo.

    Returns:
        uint8 (height, width, 3).
    """
    weather = generator(Purpose.SKY, site_seed)
    cover = weather.uniform(-1.4, 0.5) if light.sun > 0.5 else weather.uniform(0.6, 2.0)
    rng = generator(Purpose.SKY, site_seed, seed)
    rows, columns = view.height_px // COARSE + 1, view.width_px // COARSE + 1
    clouds = smooth_noise(rng, 2 * rows, columns, cell=columns * 0.6, octaves=6)
    # Squeezed: clouds seen from the side are wider than high.
    clouds = clouds[::2]
    lumps = smooth_noise(rng, rows, columns, cell=columns * 0.3, octaves=3)
    down = np.linspace(0.0, 1.0, rows, dtype=np.float32)[:, None]
    deep = np.array([102.0, 144.0, 196.0]) + weather.uniform(-10.0, 10.0, 3)
    low = np.array([186.0, 207.0, 225.0])
    blue = deep + (low - deep) * (down**0.8)[..., None]
    if light.sun < 0.5:
        blue = np.array([172.0, 182.0, 194.0]) + 20.0 * down[..., None]
    amount = np.clip((clouds + cover) * (0.75 if light.sun < 0.5 else 1.1), 0.0, 1.0)[..., None]
    # Undersides are greyer: where there is more cloud above than below.
    step = max(2, rows // 40)
    above = np.concatenate([clouds[:step], clouds[:-step]])
    under = np.clip(above - clouds, -0.6, 0.6)[..., None]
    grey = (0.86 if light.sun < 0.5 else 0.96) + 0.04 * lumps[..., None] - 0.09 * under
    white = np.array([238.0, 240.0, 243.0]) * grey
    coarse = blue * (1.0 - 0.9 * amount) + white * 0.9 * amount
    layers = [
        np.clip(enlarged(coarse[..., band], view.height_px, view.width_px), 0, 250)
        for band in range(3)
    ]
    return np.stack(layers, axis=-1).astype(np.uint8)


WALLS: tuple[Colour, ...] = (
    (214.0, 205.0, 188.0),
    (172.0, 108.0, 86.0),
    (226.0, 226.0, 222.0),
    (160.0, 172.0, 176.0),
    (208.0, 190.0, 142.0),
)
ROOFS: tuple[Colour, ...] = ((104.0, 96.0, 92.0), (142.0, 88.0, 70.0), (82.0, 84.0, 92.0))
GLASS: Colour = (74.0, 88.0, 102.0)
FRAME: Colour = (238.0, 238.0, 234.0)
POLE: Colour = (112.0, 94.0, 76.0)
POLE_HEIGHT_M = 9.0
POLE_SPACING_M = 38.0


Fill = Callable[[list[tuple[float, float]], Floats], None]
"""Fills a polygon of metres with a colour."""


def paint_house(
    canvas: Canvas,
    view: View,
    light: Light,
    site_rng: np.random.Generator,
    rng: np.random.Generator,
) -> None:
    """Paints a house across the way.

    Args:
        canvas: The picture.
        view: The camera.
        light: Light of the scene.
        site_rng: What the house looks like.
        rng: Where it stands in this photo.
    """
    wall = np.asarray(WALLS[site_rng.integers(len(WALLS))])
    roof = np.asarray(ROOFS[site_rng.integers(len(ROOFS))])
    door = site_rng.uniform(50.0, 150.0, 3)
    storeys = int(site_rng.integers(1, 3))
    half = float(site_rng.uniform(4.0, 6.5))
    ridge = float(site_rng.uniform(1.8, 3.2))
    distance = float(site_rng.uniform(2.0, 2.7))
    gable = bool(site_rng.random() < 0.5)
    spot = float(rng.choice([-1.0, 1.0]) * rng.uniform(4.0, 13.0))
    plane = view.plane(spot, distance)
    eaves = 2.9 * storeys + 0.3
    glow = float(light.shade(np.array([[0.0, 0.1, 1.0]]))[0])

    def fill(points: list[tuple[float, float]], colour: Floats, factor: float = glow) -> None:
        tone = light.faded(tuple(np.asarray(colour) * factor), distance)
        canvas.polygon(plane.to_px(np.array(points)), tone, "built")

    chimney = float(site_rng.uniform(-0.6, 0.4)) * half
    fill(_box(chimney, eaves + 0.5, 0.7, ridge + 0.3), wall * 0.7)
    if gable:
        fill([(-half, 0), (half, 0), (half, eaves), (0, eaves + ridge), (-half, eaves)], wall)
        edge = 0.28
        for side in (-1.0, 1.0):
            low, high = (side * (half + 0.4), eaves - 0.25), (0.0, eaves + ridge + 0.1)
            fill([low, high, (0.0, high[1] - edge), (low[0], low[1] - edge)], roof, 0.8 * glow)
    else:
        fill([(-half, 0), (half, 0), (half, eaves), (-half, eaves)], wall)
        top = eaves + ridge
        fill(
            [(-half - 0.4, eaves), (half + 0.4, eaves), (half - 1.2, top), (1.2 - half, top)], roof
        )
        for course in np.arange(0.4, ridge, 0.4):
            inset = 0.4 - 1.6 * course / ridge
            line = [(-half - inset, eaves + course), (half + inset, eaves + course)]
            line += [(half + inset, eaves + course - 0.06), (-half - inset, eaves + course - 0.06)]
            fill(line, roof, 0.88 * glow)
        fill(
            [(-half, eaves - 0.5), (half, eaves - 0.5), (half, eaves), (-half, eaves)], wall * 0.72
        )
    fill(_box(0.0, 0.0, 2 * half, 0.35), np.array([130.0, 126.0, 120.0]))
    doorway = int(site_rng.integers(0, 4))
    places = np.linspace(-0.75, 0.75, 4) * half
    for storey in range(storeys):
        for number, middle in enumerate(places):
            if storey == 0 and number == doorway:
                fill(_box(middle, 0.2, 1.25, 2.3), np.asarray(FRAME))
                fill(_box(middle, 0.2, 1.0, 2.1), door)
                continue
            _paint_window(fill, float(middle), 2.9 * storey + 1.0)


def _paint_window(fill: Fill, middle: float, sill: float) -> None:
    """Paints a window with frame, reflection and bar."""
    fill(_box(middle, sill - 0.08, 1.35, 1.6), np.asarray(FRAME))
    fill(_box(middle, sill, 1.15, 1.4), np.asarray(GLASS))
    fill(_box(middle - 0.25, sill + 0.8, 0.5, 0.5), np.asarray(GLASS) * 1.35)
    fill(_box(middle, sill, 0.08, 1.4), np.asarray(FRAME))


def _box(middle: float, low: float, width: float, height: float) -> list[tuple[float, float]]:
    """Corners of an upright rectangle."""
    left, right = middle - width / 2, middle + width / 2
    return [(left, low), (right, low), (right, low + height), (left, low + height)]


def pole_planes(view: View, rng: np.random.Generator) -> tuple[Plane, Plane, Plane]:
    """Planes of the pole in the picture and of the next ones left and right, out of sight.

    Args:
        view: The camera.
        rng: Where the pole stands.
    """
    spot = float(rng.choice([-1.0, 1.0]) * rng.uniform(2.6, 5.2))
    distance = float(rng.uniform(1.12, 1.5))
    slant = float(rng.uniform(-0.25, 0.25))
    return (
        view.plane(spot, distance),
        view.plane(spot - POLE_SPACING_M, distance + slant),
        view.plane(spot + POLE_SPACING_M, distance - slant),
    )


def paint_pole(canvas: Canvas, plane: Plane, light: Light, rng: np.random.Generator) -> None:
    """Paints a wooden pole with cross-arm, insulators and perhaps a transformer."""
    slices = np.linspace(-1.0, 1.0, 6)
    for left, right in pairwise(slices.tolist()):
        side = (left + right) / 2
        normal = np.array([[side, 0.0, np.sqrt(1.0 - side**2)]])
        tone = np.asarray(POLE) * float(light.shade(normal)[0])
        strip = [
            (0.15 * left, 0.0),
            (0.15 * right, 0.0),
            (0.1 * right, POLE_HEIGHT_M),
            (0.1 * left, POLE_HEIGHT_M),
        ]
        canvas.polygon(plane.to_px(np.array(strip)), (tone[0], tone[1], tone[2]), "built")
    glow = float(light.shade(np.array([[0.0, 0.2, 1.0]]))[0])
    arm = np.asarray(POLE) * 0.8 * glow
    canvas.polygon(plane.to_px(np.array(_box(0.0, 8.4, 2.2, 0.14))), tuple(arm), "built")
    for peg in (-1.0, 0.0, 1.0):
        canvas.polygon(plane.to_px(np.array(_box(peg, 8.54, 0.1, 0.2))), (96, 92, 90), "built")
    if rng.random() < 0.5:
        can = (168.0 * glow, 172.0 * glow, 174.0 * glow)
        canvas.polygon(plane.to_px(np.array(_box(0.33, 6.7, 0.5, 0.95))), can, "built")


def paint_wires(
    canvas: Canvas, poles: tuple[Plane, Plane, Plane], rng: np.random.Generator
) -> None:
    """Paints the wires that sag from the pole to its neighbours."""
    here, left, right = poles
    share = np.linspace(0.0, 1.0, 60)
    for peg, height in ((-1.0, 8.74), (0.0, 8.74), (1.0, 8.74), (0.12, 6.3)):
        sag = rng.uniform(0.5, 1.0)
        for there in (left, right):
            start = here.to_px(np.array([[peg, height]]))
            end = there.to_px(np.array([[peg, height]]))
            way = start + share[:, None] * (end - start)
            way[:, 1] += 4.0 * sag * here.px_per_m * share * (1.0 - share)
            canvas.line(way, (44.0, 44.0, 48.0), "wires", 0.03 * here.px_per_m)


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
