"""Branches and twigs, live or dead."""

from __future__ import annotations

import numpy as np

from arborisk.simulate.drawing.bark import DEAD_WOOD
from arborisk.simulate.drawing.canvas import InkLayer
from arborisk.simulate.drawing.clumps import grow_twigs
from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.light import Light
from arborisk.simulate.drawing.looks import Looks
from arborisk.simulate.drawing.outline import Crown
from arborisk.simulate.drawing.skeleton import PIECES, Branches
from arborisk.simulate.drawing.view import Plane

N_SHADES = 12
LIVE_TWIGS, DEAD_TWIGS = 8, 5
"""Twigs a bough of a dense crown; dead wood has lost many of its twigs."""

LEAST_SEEN = 0.3
"""Share of the thinnest twigs that is drawn: a line is at least one pixel wide."""


def paint_branches(
    layer: InkLayer,
    plane: Plane,
    crown: Crown,
    branches: Branches,
    looks: Looks,
    light: Light,
    rng: np.random.Generator,
) -> None:
    """Draws branches, far ones first; of those thinner than a pixel only some.

    Args:
        layer: Where to.
        plane: Plane of the tree.
        crown: The crown, which says what is dead.
        branches: The branches.
        looks: Colours of the tree.
        light: Light of the scene.
        rng: Source of shades, and of which thin ones are drawn.
    """
    shades = np.linspace(0.45, 1.05, N_SHADES)[:, None]
    glow = float(light.shade(np.array([[0.3 * light.direction[0], 0.3, 0.8]]))[0])
    live_inks = layer.inks(np.asarray(looks.bark) * glow * shades, "crown")
    dead_inks = layer.inks(np.asarray(DEAD_WOOD) * glow * (0.25 + 0.75 * shades), "dead_crown")
    width = 2.0 * branches.radius_m * plane.px_per_m
    depth = 0.5 + 0.5 * branches.end[:, 2] / crown.half_size[0]
    shade = (0.25 + 0.6 * depth + rng.normal(0.0, 0.12, len(depth))) * N_SHADES
    number = np.clip(shade, 0, N_SHADES - 1).astype(np.int64)
    dead = crown.at(crown.dead, branches.end[:, :2])
    inks = np.where(dead, dead_inks[number], live_inks[number])
    order = np.argsort(branches.end[:, 2])
    order = order[rng.random(len(order)) < np.clip(width[order] / 0.8, LEAST_SEEN, 1.0)]
    starts = plane.to_px(branches.start[order, :2])
    ends = plane.to_px(branches.end[order, :2])
    layer.lines(np.stack([starts, ends], axis=1), inks[order], width[order])


def paint_twigs(
    layer: InkLayer,
    plane: Plane,
    figure: Figure,
    crown: Crown,
    branches: Branches,
    looks: Looks,
    light: Light,
    rng: np.random.Generator,
) -> None:
    """Draws twigs wherever no leaves hide them: sparse where dead, dense on a live bare crown.

    Args:
        layer: Where to.
        plane: Plane of the tree.
        figure: The tree.
        crown: Its crown.
        branches: Its branches.
        looks: Colours of the tree, and whether it is in leaf.
        light: Light of the scene.
        rng: Source of the twigs.
    """
    boughs = branches.end.reshape(-1, PIECES, 3)
    dead = crown.at(crown.dead, boughs[:, -1, :2])
    reach = 1.5 * crown.clump_m
    if not looks.in_leaf:
        per_bough = round(LIVE_TWIGS * (0.4 + 0.6 * figure.crown_density))
        live = grow_twigs(boughs[~dead], reach, per_bough, 1, rng)
        paint_branches(layer, plane, crown, live, looks, light, rng)
    bare = grow_twigs(boughs[dead, 1:], reach, DEAD_TWIGS, 1, rng)
    paint_branches(layer, plane, crown, bare, looks, light, rng)
