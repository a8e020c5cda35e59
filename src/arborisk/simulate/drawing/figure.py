"""What a drawing may know of a tree: its visible parameters and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.simulate.drawing.canvas import Colour
from arborisk.simulate.drawing.view import Light
from arborisk.simulate.trees import DrawnTree, Site, TreeKind


@dataclass(frozen=True, slots=True)
class Figure:
    """Visible parameters, as in `arborisk.simulate.trees.DrawnTree`."""

    kind: TreeKind
    height_m: float
    stem_diameter_m: float
    crown_width_m: float
    crown_base_m: float
    crown_density: float
    lean_deg: float = 0.0
    crown_offset_m: float = 0.0
    dead_crown_share: float = 0.0
    n_stems: int = 1
    cavity_share: float = 0.0
    n_conks: int = 0
    root_plate_lift_deg: float = 0.0


NEUTRAL_FIGURE = Figure(
    kind="broadleaf",
    height_m=14.0,
    stem_diameter_m=0.4,
    crown_width_m=8.0,
    crown_base_m=3.5,
    crown_density=0.85,
)
"""A sound tree of middling proportions, drawn in place of every tree when the cues are blanked."""


def figure_of(tree: DrawnTree) -> Figure:
    """Visible parameters of a tree."""
    return Figure(
        kind=tree.kind,
        height_m=tree.height_m,
        stem_diameter_m=tree.stem_diameter_m,
        crown_width_m=tree.crown_width_m,
        crown_base_m=tree.crown_base_m,
        crown_density=tree.crown_density,
        lean_deg=tree.lean_deg,
        crown_offset_m=tree.crown_offset_m,
        dead_crown_share=tree.dead_crown_share,
        n_stems=tree.n_stems,
        cavity_share=tree.cavity_share,
        n_conks=tree.n_conks,
        root_plate_lift_deg=tree.root_plate_lift_deg,
    )


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
