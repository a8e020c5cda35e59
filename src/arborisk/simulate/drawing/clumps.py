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
    tips: Floats, outward: Floats, reach_m: float, per_tip: int, rng: np.random.Generator
) -> Branches:
    """Twigs and side twigs around branch tips.

    Args:
        tips: Branch tips (n, 3).
        outward: Direction in which each branch grows (n, 3).
        reach_m: Length of a twig.
        per_tip: Twigs a tip.
        rng: Source of their shape.
    """
    n_twigs = len(tips) * per_tip
    root = np.repeat(tips, per_tip, axis=0)
    way = np.repeat(_unit(outward), per_tip, axis=0) * 0.8
    way = _unit(way + rng.normal(0.0, 0.75, (n_twigs, 3)) + (0.0, 0.25, 0.0))
    length = reach_m * rng.uniform(0.5, 1.25, (n_twigs, 1))
    root = root - way * length * rng.uniform(0.0, 0.5, (n_twigs, 1))
    end = root + way * length
    starts, ends, radii = [root], [end], [np.full(n_twigs, TWIG_RADIUS_M)]
    for share in (0.3, 0.5, 0.7, 0.9):
        side = _unit(way + rng.normal(0.0, 0.7, (n_twigs, 3)) + (0.0, 0.1, 0.0))
        start = root + share * (end - root)
        starts.append(start)
        ends.append(start + side * length * rng.uniform(0.25, 0.6, (n_twigs, 1)))
        radii.append(np.full(n_twigs, 0.6 * TWIG_RADIUS_M))
    return Branches(np.concatenate(starts), np.concatenate(ends), np.concatenate(radii))


def _unit(vectors: Floats) -> Floats:
    """Vectors of length 1."""
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit
