"""Small things on the ground: blades of grass, pebbles, fallen leaves, and the tree's footing."""

from __future__ import annotations

import numpy as np

from arborisk.simulate.drawing.canvas import Canvas, multiplied
from arborisk.simulate.drawing.noise import Purpose, generator
from arborisk.simulate.drawing.parts import PART_CODES, Floats, Pixels
from arborisk.simulate.drawing.view import EYE_HEIGHT_M, Plane, View
from arborisk.simulate.trees import Site

N_BLADES = 1600
N_PEBBLES = 350
N_TUFTS = 70
FLATNESS = 0.12
"""Height over width of a disc on the ground at the tree, as seen."""


def paint_litter(canvas: Canvas, view: View, site: Site, seed: int) -> None:
    """Strews blades or pebbles over the ground near the camera.

    Args:
        canvas: The picture.
        view: The camera.
        site: What the ground is.
        seed: The photo's seed.
    """
    if site.ground == "pavement":
        return
    rng = generator(Purpose.LITTER, site.seed, seed)
    number = N_BLADES if site.ground == "grass" else N_PEBBLES
    nearest = view.height_px * 1.03
    down = view.horizon_px + (nearest - view.horizon_px) * rng.uniform(0.35, 1.0, number) ** 0.7
    spots = np.column_stack([rng.uniform(-0.02, 1.02, number) * view.width_px, down])
    scale = (down - view.horizon_px) / EYE_HEIGHT_M
    if site.ground == "grass":
        _paint_blades(canvas, view, spots, scale * 0.1, rng)
    else:
        _paint_pebbles(canvas, view, spots, scale, rng)


def paint_footing(image: Pixels, parts: Pixels, plane: Plane, reach_m: float, site: Site) -> None:
    """Darkens the ground around a tree's foot; in paving it also opens a pit of soil. In place.

    Args:
        image: (height, width, 3).
        parts: Part codes (height, width).
        plane: The tree's plane.
        reach_m: Radius of the stem's foot.
        site: What the ground is.
    """
    view = plane.view
    foot = plane.to_px(np.zeros((1, 2)))[0]
    reach_px = (2.2 * reach_m + 0.25) * plane.px_per_m
    across, deep = 1.6 * reach_px, 1.6 * FLATNESS * reach_px
    size = np.array([view.width_px, view.height_px])
    reach = np.array([across, deep + 1.0])
    left, top = np.clip(foot - reach, 0, size).astype(np.int64)
    right, bottom = np.clip(foot + reach, 0, size).astype(np.int64)
    rows, columns = np.mgrid[top:bottom, left:right]
    far = np.hypot((columns - foot[0]) / reach_px, (rows - foot[1]) / (FLATNESS * reach_px))
    window = (slice(top, bottom), slice(left, right))
    ground = parts[window] == PART_CODES["ground"]
    if site.ground == "pavement":
        # Upright sides of the pit run towards the vanishing point, so its near edge is wider.
        spread = 1.0 + 0.25 * (rows - foot[1]) / deep
        beside = np.abs(columns - foot[0]) / (across * spread)
        along = np.abs(rows - foot[1]) / deep
        pit = ground & (beside < 0.9) & (along < 0.92)
        rim = ground & ~pit & (beside < 0.96) & (along < 1.0)
        image[window][rim] = np.clip(image[window][rim] * 1.18, 0, 255).astype(np.uint8)
        lumps = np.sin(columns * 0.9) * np.sin(rows * 1.7 + columns * 0.35)
        tone = image[window][ground].mean() / 150.0
        soil = np.array([118.0, 96.0, 74.0]) * tone * (1.0 + 0.1 * lumps[pit])[:, None]
        image[window][pit] = np.clip(soil, 0, 255).astype(np.uint8)
    multiplied(image[window], ground, 1.0 - 0.45 * np.exp(-1.5 * far[ground] ** 2))


def paint_tufts(canvas: Canvas, plane: Plane, reach_m: float, site: Site, seed: int) -> None:
    """Grass in front of the stem's foot, so that the tree stands in the ground, not on it."""
    if site.ground != "grass":
        return
    rng = generator(Purpose.LITTER, site.seed, seed, 1)
    across = rng.normal(0.0, 1.1 * reach_m, N_TUFTS)
    spots = plane.view.untilted(plane.to_px(np.column_stack([across, np.full(N_TUFTS, -0.14)])))
    beside = np.column_stack([spots[:, 0] + 2.5 * reach_m * plane.px_per_m, spots[:, 1] + 2.0])
    _paint_blades(
        canvas, plane.view, spots, np.full(N_TUFTS, 0.16 * plane.px_per_m), rng, tone_at=beside
    )


def _paint_blades(
    canvas: Canvas,
    view: View,
    spots: Floats,
    length_px: Floats,
    rng: np.random.Generator,
    tone_at: Floats | None = None,
) -> None:
    """Draws blades in tones of the ground they stand on."""
    picture = np.asarray(canvas.image)
    roots = view.tilted(spots)
    lean = rng.normal(0.0, 0.35, len(spots))
    length = length_px * rng.uniform(0.5, 1.2, len(spots))
    tips = roots + np.column_stack([lean * length, -length])
    tones = view.tilted(tone_at) if tone_at is not None else roots
    size = np.array([view.width_px - 1, view.height_px - 1])
    columns, rows = np.clip(tones, 0, size).astype(np.int64).T
    colours = picture[rows, columns] * rng.uniform(0.75, 1.28, (len(spots), 1))
    for root, tip, colour, tall in zip(roots, tips, colours.tolist(), length, strict=True):
        canvas.line(np.stack([root, tip]), tuple(colour), "ground", 0.1 * tall)


def _paint_pebbles(
    canvas: Canvas, view: View, spots: Floats, scale: Floats, rng: np.random.Generator
) -> None:
    """Draws small stones with a shaded lower edge."""
    turn = np.linspace(0.0, 2.0 * np.pi, 9, endpoint=False)
    circle = np.column_stack([np.cos(turn), 0.5 * np.sin(turn)])
    for spot, size in zip(view.tilted(spots), scale, strict=True):
        stone = circle * size * rng.uniform(0.008, 0.03)
        tone = rng.uniform(105.0, 175.0)
        canvas.polygon(spot + stone + (0.0, 0.012 * size), (66.0, 54.0, 42.0), "ground")
        canvas.polygon(spot + stone, (tone, 0.93 * tone, 0.84 * tone), "ground")
