"""Colours of a tree's leaves and bark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.simulate.drawing.figure import Figure
from arborisk.simulate.drawing.light import Light
from arborisk.simulate.drawing.parts import Colour
from arborisk.simulate.trees import Site

BROADLEAF_GREENS: tuple[Colour, ...] = (
    (98.0, 120.0, 58.0),
    (86.0, 114.0, 58.0),
    (112.0, 126.0, 60.0),
    (80.0, 102.0, 60.0),
)
CONIFER_GREENS: tuple[Colour, ...] = ((66.0, 92.0, 60.0), (74.0, 96.0, 74.0), (60.0, 84.0, 50.0))
BARKS: tuple[Colour, ...] = (
    (122.0, 106.0, 90.0),
    (136.0, 128.0, 118.0),
    (108.0, 88.0, 70.0),
    (148.0, 138.0, 122.0),
)


@dataclass(frozen=True, slots=True)
class Looks:
    """Colours of a tree and whether it is in leaf.

    Attributes:
        leaf: Colour of leaves in full light.
        bark: Colour of bark in full light.
        in_leaf: False for a bare broadleaf in winter.
    """

    leaf: Colour
    bark: Colour
    in_leaf: bool


def choose_looks(
    figure: Figure, site: Site, light: Light, rng: np.random.Generator, *, distance: float = 1.0
) -> Looks:
    """Colours of a tree.

    Args:
        figure: The tree.
        site: Says whether broadleaves are in leaf.
        light: Light of the scene, with the haze.
        rng: Source of the colours.
        distance: In distances of the main tree.
    """
    conifer = figure.kind == "conifer"
    greens = CONIFER_GREENS if conifer else BROADLEAF_GREENS
    leaf = np.asarray(greens[rng.integers(len(greens))]) * rng.normal(1.0, 0.05, 3)
    bark = np.asarray(BARKS[rng.integers(len(BARKS))]) * rng.normal(1.0, 0.04)
    return Looks(
        leaf=light.faded((leaf[0], leaf[1], leaf[2]), distance),
        bark=light.faded((bark[0], bark[1], bark[2]), distance),
        in_leaf=conifer or site.leaf_on,
    )
