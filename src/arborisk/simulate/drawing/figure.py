"""What a drawing may know of a tree: its visible parameters and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.simulate.trees import DrawnTree, TreeKind


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
