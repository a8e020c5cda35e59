"""Where clumps of leaves sit in a crown, and the twigs that spread within them."""

from __future__ import annotations

import numpy as np

from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.outline import Crown
from arborisk.simulate.drawing.parts import Floats
from arborisk.simulate.drawing.skeleton import Branches

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
