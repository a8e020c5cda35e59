"""Leaves: thousands of small dabs, strewn over clumps and lit by the sun."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.simulate.drawing.canvas import Colour, Floats, InkLayer
from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.outline import Crown
from arborisk.simulate.drawing.skeleton import Branches
from arborisk.simulate.drawing.view import Light, Plane

TWIG_RADIUS_M = 0.008


def place_clumps(figure: Figure, crown: Crown, rng: np.random.Generator) -> Floats:
    """Middles of the clumps: two layers of a shaken honeycomb, bulging towards the camera.

    Args:
        figure: The tree.
        crown: Its crown.
        rng: Source of its shape.

    Returns:
        (n, 3), metres right, up and towards the camera.
    """
    step = 1.25 * crown.clump_m
    layers = []
    for layer in (0, 1):
        across = np.arange(crown.low[0], crown.high[0] + step, step)
        up = np.arange(crown.low[1], crown.high[1] + step, 0.87 * step)
        grid = np.stack(np.meshgrid(across, up), axis=-1)
        grid[1::2, :, 0] += step / 2
        points = grid.reshape(-1, 2) + layer * step * 0.4
        points = points + rng.normal(0.0, 0.17 * step, points.shape)
        # Clumps reach beyond their middles, so these keep within a smaller outline.
        pulled = crown.middle + (points - crown.middle) * (1.0 + 0.5 * step / crown.half_size)
        points = points[crown.at(crown.inside, pulled)]
        reach = np.clip(np.linalg.norm((points - crown.middle) / crown.half_size, axis=1), 0, 1)
        bulge = np.sqrt(1.0 - reach**2) * crown.half_size[0]
        near = (
            rng.uniform(0.45, 0.95, len(points))
            if layer == 0
            else rng.uniform(-0.9, 0.3, len(points))
        )
        layers.append(np.column_stack([points, near * bulge]))
    return np.concatenate(layers)


def grow_twigs(
    boughs: Floats, reach_m: float, per_bough: int, order: int, rng: np.random.Generator
) -> Branches:
    """Twigs along boughs, side twigs along twigs, each bending upwards a little.

    Args:
        boughs: Last pieces of boughs (n, k, 3), k places from the inside to the tip.
        reach_m: Length of a twig.
        per_bough: Twigs a bough.
        order: How often twigs branch again; 0 never.
        rng: Source of their shape.
    """
    n_boughs, n_places = boughs.shape[:2]
    which = np.repeat(np.arange(n_boughs), per_bough)
    along = np.tile(np.linspace(0.05, 1.0, per_bough), n_boughs)
    along = along + rng.uniform(-0.5, 0.5, len(along)) / per_bough
    spot = np.clip(along, 0.0, 0.999) * (n_places - 1)
    piece = spot.astype(np.int64)
    inner, outer = boughs[which, piece], boughs[which, piece + 1]
    root = inner + (spot - piece)[:, None] * (outer - inner)
    ahead = _unit(outer - inner)
    aside = rng.normal(0.0, 1.0, root.shape)
    aside = _unit(aside - ahead * np.sum(aside * ahead, axis=1, keepdims=True))
    # Twigs leave at 25-55 degrees, the last ones nearly straight on.
    angle = np.radians(rng.uniform(25.0, 55.0, len(root))) * np.where(along > 0.93, 0.4, 1.0)
    way = np.cos(angle)[:, None] * ahead + np.sin(angle)[:, None] * aside
    length = (reach_m * rng.uniform(0.6, 1.2, len(root)) * (1.15 - 0.4 * along))[:, None]
    knee = root + 0.5 * length * way + rng.normal(0.0, 0.04, root.shape) * length
    end = knee + 0.5 * length * _unit(way + np.array([0.0, 0.35, 0.0]))
    radius = TWIG_RADIUS_M * (1.0 if order else 0.6)
    thick = np.full(len(root), radius)
    twigs = Branches(np.concatenate([root, knee]), np.concatenate([knee, end]), np.tile(thick, 2))
    if order == 0:
        return twigs
    finer = grow_twigs(np.stack([root, knee, end], axis=1), 0.5 * reach_m, 5, order - 1, rng)
    return Branches(
        np.concatenate([twigs.start, finer.start]),
        np.concatenate([twigs.end, finer.end]),
        np.concatenate([twigs.radius_m, finer.radius_m]),
    )


def _unit(vectors: Floats) -> Floats:
    """Vectors of length 1."""
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit


N_DIRECTIONS = 8
MAX_LEAVES = 45_000
LAYERS_OF_LEAVES = 3.2
"""Leaf area over crown area as drawn; exp(-3.2) = 4 % of a crown stays open between leaves."""

LEAF_M = {"broadleaf": (0.11, 0.6), "conifer": (0.26, 0.22)}
"""Length of a dab, metres, and its width as a share of that; a conifer's dab is a spray."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """Leaves of a crown, farthest first.

    Attributes:
        place: (n, 3), metres right, up and towards the camera.
        normal: Where each faces, unit vectors (n, 3).
        shelter: Share of the light that gets past the leaves around, (n,).
        direction: Number of its direction in the picture, (n,), 0 to N_DIRECTIONS - 1.
        size_m: Length and width of each.
    """

    place: Floats
    normal: Floats
    shelter: Floats
    direction: NDArray[np.int64]
    size_m: tuple[float, float]


def grow_leaves(
    figure: Figure, crown: Crown, clumps: Floats, px_per_m: float, rng: np.random.Generator
) -> Leaves:
    """Leaves on the live clumps.

    Args:
        figure: The tree.
        crown: Its crown.
        clumps: Middles of its clumps (n, 3).
        px_per_m: Scale; leaves are no smaller than two pixels.
        rng: Source of their places.
    """
    length, aspect = LEAF_M[figure.kind]
    clump_area = np.pi * crown.clump_m**2 * 0.5 * len(clumps)
    area = max(float(crown.inside.mean() * np.prod(crown.high - crown.low)), 0.4 * clump_area)
    least = np.sqrt(LAYERS_OF_LEAVES * area / MAX_LEAVES / (0.785 * aspect))
    size = max(length, 2.4 / px_per_m, float(least))
    n_leaves = int(LAYERS_OF_LEAVES * area / (0.785 * aspect * size**2))
    home = rng.integers(0, len(clumps), n_leaves)
    away = rng.standard_normal((n_leaves, 3))
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    shell = rng.uniform(0.35, 1.12, (n_leaves, 1)) ** 0.7
    flat = (1.05, 0.85, 1.0) if figure.kind == "broadleaf" else (1.25, 0.6, 1.0)
    place = clumps[home] + crown.clump_m * away * shell * flat
    # Looked up a little beside their places, which makes the edges of gaps ragged.
    near = place[:, :2] + rng.normal(0.0, 0.22 * crown.clump_m, (n_leaves, 2))
    alive = ~crown.at(crown.dead, near) & ~crown.at(crown.open, near)
    place, away = place[alive], away[alive]
    # Boughs of several clumps stand out from one another, as clumps do from their neighbours.
    bough = rng.uniform(0.8, 1.15, len(clumps))[home[alive]]
    outward = (place - (*crown.middle, 0.0)) / (*crown.half_size, crown.half_size[0])
    normal = 0.9 * away + 0.55 * outward + 0.25 * rng.standard_normal(place.shape)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    if figure.kind == "conifer":
        # Sprays hang outwards and down; direction counts half turns from the right, clockwise.
        side = np.where(outward[:, 0] > 0, 0.13, 0.87)
        turn = (side + rng.normal(0.0, 0.07, len(place))) % 1.0
    else:
        turn = rng.random(len(place))
    inner = 0.8 + 0.26 * outward[:, 2] + 0.08 * outward[:, 1]
    shelter = np.clip(inner, 0.45, 1.15) * bough * (0.84 + 0.3 * away[:, 1])
    order = np.argsort(place[:, 2])
    direction = (turn[order] * N_DIRECTIONS).astype(np.int64)
    return Leaves(place[order], normal[order], shelter[order], direction, (size, aspect * size))


def leaf_colours(leaves: Leaves, hue: Colour, light: Light, rng: np.random.Generator) -> Floats:
    """Colours (n, 3), 0 to 255: lit from the sun's side, darker below and within.

    Args:
        leaves: The leaves.
        hue: Their own colour in full light.
        light: Light of the scene.
        rng: Source of the variation from leaf to leaf.
    """
    n_leaves = len(leaves.place)
    bright = light.shade(leaves.normal) * leaves.shelter * rng.lognormal(0.0, 0.16, n_leaves)
    glow = np.clip(bright - 0.55, 0.0, 0.8)[:, None]
    own = np.asarray(hue) * (1.0 + rng.normal(0.0, 0.06, (n_leaves, 1)) * (1.0, 0.4, 0.5))
    # Bright leaves are yellower: light passes through them.
    colours: Floats = own * bright[:, None] + glow * (24.0, 16.0, 4.0)
    colours *= np.asarray(light.sun_colour)
    return colours


def strew(
    layer: InkLayer,
    drawn: NDArray[np.int32],
    plane: Plane,
    leaves: Leaves,
    inks: NDArray[np.int32],
    share: slice,
) -> None:
    """Stamps leaves on a layer's pixels, in place; later leaves cover earlier ones.

    Args:
        layer: The layer the pixels belong to.
        drawn: Ink of every pixel (height, width).
        plane: Plane of the tree.
        leaves: The leaves, farthest first.
        inks: Ink of each leaf.
        share: Which leaves.
    """
    height, width = layer.shape
    long, wide = (size * plane.px_per_m for size in leaves.size_m)
    stamps = _stamps(long, max(1.2, wide))
    place = np.rint(plane.to_px(leaves.place[share, :2]) - layer.corner).astype(np.int64)
    stamp = stamps[leaves.direction[share]]
    across = place[:, 0, None] + stamp[..., 0]
    down = place[:, 1, None] + stamp[..., 1]
    within = (across >= 0) & (across < width) & (down >= 0) & (down < height)
    flat = (down * width + across)[within]
    number = np.broadcast_to(inks[share, None], within.shape)[within]
    drawn.reshape(-1)[flat] = number


def _stamps(long_px: float, wide_px: float) -> NDArray[np.int64]:
    """Pixels of an ellipse in each direction, (N_DIRECTIONS, n, 2), padded with its middle."""
    reach = int(np.ceil(long_px / 2))
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    shapes = []
    for number in range(N_DIRECTIONS):
        angle = np.pi * (number + 0.5) / N_DIRECTIONS
        along = across * np.cos(angle) + down * np.sin(angle)
        aside = down * np.cos(angle) - across * np.sin(angle)
        inside = (2 * along / long_px) ** 2 + (2 * aside / wide_px) ** 2 <= 1.0
        shapes.append(np.stack([across[inside], down[inside]], axis=1))
    most = max(len(shape) for shape in shapes)
    return np.stack([np.pad(shape, ((0, most - len(shape)), (0, 0))) for shape in shapes])
