"""Built things: a house, a utility pole, wires."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from arborisk.simulate.drawing.canvas import Canvas
from arborisk.simulate.drawing.light import Light
from arborisk.simulate.drawing.parts import Colour, Floats
from arborisk.simulate.drawing.view import Plane, View

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
