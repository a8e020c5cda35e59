"""What mechanics says of a drawn tree, given only what a photo of it can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.simulate.failure import critical_gust_ms
from arborisk.simulate.parameters import VisibleParts, draw_hidden
from arborisk.simulate.trees import DrawnTree

N_REDRAWS = 200
STREAM = 12


def expected_gusts_ms(trees: Sequence[DrawnTree], seed: int) -> NDArray[np.float64]:
    """Mean gust at which trees of these looks fail, m/s at 10 m, shape (n_trees,).

    The hidden wall of decay and the hold of the roots are drawn `N_REDRAWS` times given what is
    seen, and the critical gust is averaged. A call with as many trees and the same seed draws the
    same luck, so that a curve over levels shows the level's effect alone.

    Args:
        trees: The trees at one level.
        seed: Of the redraws.
    """
    visible = visible_parts(trees)
    rng = np.random.default_rng([seed, STREAM])
    hidden = draw_hidden(visible, rng, n_redraws=N_REDRAWS)
    gusts: NDArray[np.float64] = critical_gust_ms(visible, hidden).mean(axis=0)
    return gusts


def visible_parts(trees: Sequence[DrawnTree]) -> VisibleParts:
    """What photos can show of trees, as arrays of shape (n_trees,)."""

    def column(name: str, kind: type = float) -> NDArray[Any]:
        return np.array([getattr(tree, name) for tree in trees], dtype=kind)

    return VisibleParts(
        is_conifer=np.array([tree.kind == "conifer" for tree in trees]),
        height_m=column("height_m"),
        stem_diameter_m=column("stem_diameter_m"),
        crown_width_m=column("crown_width_m"),
        crown_base_m=column("crown_base_m"),
        crown_density=column("crown_density"),
        lean_deg=column("lean_deg"),
        crown_offset_m=column("crown_offset_m"),
        dead_crown_share=column("dead_crown_share"),
        n_stems=column("n_stems", np.int64),
        cavity_share=column("cavity_share"),
        n_conks=column("n_conks", np.int64),
        root_plate_lift_deg=column("root_plate_lift_deg"),
    )
