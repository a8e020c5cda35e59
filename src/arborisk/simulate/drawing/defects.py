"""Defects at the foot of a tree: openings, fungus brackets, a lifted root plate."""

from __future__ import annotations

import numpy as np

from arborisk.simulate.drawing.canvas import Floats, InkLayer
from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.skeleton import Stem
from arborisk.simulate.drawing.view import Light, Plane

CALLUS = (132.0, 116.0, 98.0)
HOLLOW = (24.0, 19.0, 16.0)
SOIL = (104.0, 80.0, 58.0)
ROOT = (122.0, 96.0, 70.0)


def seen_width(share: float) -> float:
    """Width of an opening as a share of the stem's diameter, seen from in front.

    An opening that takes a share of the circumference spans the chord of that arc.

    Args:
        share: Opening over circumference, 0 to 1.
    """
    return float(np.sin(min(np.pi * share, np.pi / 2)))


def root_plate_reach_m(figure: Figure) -> float:
    """Radius of the part of the root plate that is drawn lifted; an assumption."""
    return 0.9 + 2.6 * figure.stem_diameter_m


def paint_cavity(
    layer: InkLayer,
    plane: Plane,
    figure: Figure,
    stem: Stem,
    light: Light,
    rng: np.random.Generator,
) -> None:
    """Draws the opening in the stem, with a rim of callus around it."""
    height = float(rng.uniform(0.9, max(1.0, min(2.0, 0.7 * figure.crown_base_m))))
    radius = float(stem.radius_at(np.array([height]))[0])
    width = 2.0 * radius * seen_width(figure.cavity_share)
    tall = float(np.clip(width * rng.uniform(1.5, 2.6), 0.15, 1.5 * height))
    room = max(0.0, radius - width / 2)
    across = float(stem.across_at(np.array([height]))[0]) + room * rng.uniform(-0.6, 0.6)
    middle = np.array([across, height])
    glow = light.shade(np.array([[0.0, 0.0, 1.0]]))[0]
    rim = layer.ink(np.asarray(CALLUS) * glow, "stem")
    layer.polygon(plane.to_px(middle + _ellipse(width * 1.12, tall * 1.14, 0.05, rng)), rim)
    opening = _ellipse(width, tall, 0.05, rng)
    layer.polygon(plane.to_px(middle + opening), layer.ink(HOLLOW, "defect"))
    # A little light reaches the inner wall on the side that faces the sun.
    wall = -np.sign(light.direction[0]) * 0.3 * width
    inner = middle + (wall, -0.1 * tall) + opening * (0.3, 0.7)
    layer.polygon(plane.to_px(inner), layer.ink((52.0, 40.0, 31.0), "defect"))


def paint_conks(
    layer: InkLayer,
    plane: Plane,
    figure: Figure,
    stem: Stem,
    light: Light,
    rng: np.random.Generator,
) -> None:
    """Draws fungus brackets at the foot of the stem: brown above, pale at the growing edge."""
    glow = light.shade(np.array([[0.0, 0.4, 0.9]]))[0]
    top = layer.ink(np.array([136.0, 84.0, 48.0]) * glow, "defect")
    edge = layer.ink(np.array([228.0, 212.0, 182.0]) * glow, "defect")
    below = layer.ink(np.array([150.0, 128.0, 100.0]) * glow * 0.6, "defect")
    turn = np.linspace(0.0, np.pi, 12)
    dome = np.column_stack([np.cos(turn), np.sin(turn)])
    for side in rng.uniform(-0.9, 0.9, figure.n_conks):
        height = float(rng.uniform(0.12, 0.8))
        radius = float(stem.radius_at(np.array([height]))[0])
        half = float(np.clip(rng.uniform(0.1, 0.19), 0.0, 0.8 * radius + 0.06))
        across = float(stem.across_at(np.array([height]))[0]) + float(side) * radius
        middle = np.array([across, height])
        layer.polygon(plane.to_px(middle + dome * (half, -0.34 * half)), below)
        layer.polygon(plane.to_px(middle + dome * (1.06 * half, 0.62 * half)), edge)
        layer.polygon(
            plane.to_px(middle + (0.0, 0.14 * half) + dome * (0.9 * half, 0.46 * half)), top
        )


def paint_lifted_plate(
    layer: InkLayer, plane: Plane, figure: Figure, light: Light, rng: np.random.Generator
) -> None:
    """Draws the lifted root plate on the side away from the lean: torn soil and bare roots."""
    side = -np.sign(figure.lean_deg) if abs(figure.lean_deg) > 0.5 else rng.choice([-1.0, 1.0])
    reach = root_plate_reach_m(figure)
    rise = np.tan(np.radians(figure.root_plate_lift_deg))
    glow = light.shade(np.array([[0.0, 0.5, 0.85]]))[0]
    out = np.linspace(0.0, 1.0, 24)
    rough = rng.normal(0.0, 0.03 * reach, 24)
    top = np.column_stack([side * out * reach, out * reach * rise + 0.04 + 0.6 * rough])
    top[:2, 1] = 0.1
    # The far edge is a rounded disc, not a wall.
    top[-3:, 1] *= (0.97, 0.85, 0.6)
    torn = np.column_stack(
        [
            side * (out[::-1] * reach * 0.97 + np.abs(rough)),
            -0.06 - 0.1 * reach * np.sin(np.pi * out) + 0.3 * rough,
        ]
    )
    torn[0, 0] = side * reach * 1.02
    soil = layer.ink(np.asarray(SOIL) * glow * 0.9, "defect")
    layer.polygon(plane.to_px(np.concatenate([top, torn])), soil)
    gap = np.column_stack(
        [side * reach * np.array([0.35, 1.04, 1.0, 0.5]), [-0.07, 0.0, -0.12, -0.16]]
    )
    layer.polygon(plane.to_px(gap), layer.ink(np.array([34.0, 26.0, 20.0]), "defect"))
    _paint_clods(layer, plane, np.concatenate([top, torn]), glow, rng)
    for _ in range(9):
        layer_ink = layer.ink(np.asarray(ROOT) * glow * rng.uniform(0.7, 1.15), "defect")
        along = np.linspace(rng.uniform(0.0, 0.35), rng.uniform(0.75, 1.12), 7)
        height = along * reach * rise * rng.uniform(0.25, 1.0) + rng.normal(0.0, 0.025 * reach, 7)
        root = np.column_stack([side * along * reach, height])
        thick = figure.stem_diameter_m * rng.uniform(0.04, 0.13) * plane.px_per_m
        layer.line(plane.to_px(root[:5]), layer_ink, thick)
        layer.line(plane.to_px(root[4:]), layer_ink, 0.6 * thick)
    turf = layer.ink(np.array([98.0, 104.0, 60.0]) * glow, "defect")
    layer.line(plane.to_px(top[2:]), turf, 0.07 * plane.px_per_m)


def _paint_clods(
    layer: InkLayer, plane: Plane, mound: Floats, glow: float, rng: np.random.Generator
) -> None:
    """Draws lumps of soil over the torn face and below it."""
    low, high = mound.min(axis=0), mound.max(axis=0)
    middle = mound.mean(axis=0)
    for _ in range(60):
        corner = mound[rng.integers(0, len(mound))]
        place = middle + (corner - middle) * rng.uniform(0.1, 1.0)
        shade = glow * rng.uniform(0.5, 1.05)
        size = 0.035 * float(np.hypot(*(high - low))) * rng.uniform(0.3, 1.0)
        ink = layer.ink(np.asarray(SOIL) * shade, "defect")
        layer.disc(plane.to_px(place[None])[0], max(1.0, size * plane.px_per_m), ink)


def _ellipse(width: float, tall: float, roughness: float, rng: np.random.Generator) -> Floats:
    """Uneven ellipse (n, 2) around the origin, never wider than asked."""
    turn = np.linspace(0.0, 2.0 * np.pi, 28, endpoint=False)
    uneven = 1.0 - np.abs(rng.normal(0.0, roughness, 28))
    return np.column_stack([np.cos(turn) * width / 2, np.sin(turn) * tall / 2]) * uneven[:, None]
