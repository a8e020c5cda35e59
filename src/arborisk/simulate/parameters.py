"""How drawn trees come about: what a photo can show, and what it cannot, given what it shows.

Every number in this file is an assumption, chosen so that dead crowns, leans and lifted root plates
carry most of the signal and the hidden parameters keep it from being certain.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.mechanics.wind import Floats

CONIFER_SHARE = 0.25
MAX_CONKS = 6


@dataclass(frozen=True, slots=True)
class VisibleParts:
    """What photos can show of n trees; see `arborisk.simulate.trees.DrawnTree`. All shape (n,)."""

    is_conifer: NDArray[np.bool_]
    height_m: Floats
    stem_diameter_m: Floats
    crown_width_m: Floats
    crown_base_m: Floats
    crown_density: Floats
    lean_deg: Floats
    crown_offset_m: Floats
    dead_crown_share: Floats
    n_stems: NDArray[np.int64]
    cavity_share: Floats
    n_conks: NDArray[np.int64]
    root_plate_lift_deg: Floats

    def replaced(self, index: NDArray[np.int64], other: VisibleParts) -> VisibleParts:
        """A copy with other trees at some positions."""
        return VisibleParts(
            *(
                _replaced(getattr(self, item.name), index, getattr(other, item.name))
                for item in fields(self)
            )
        )


@dataclass(frozen=True, slots=True)
class HiddenParts:
    """What no photo shows. Shape (..., n): leading axes are redraws.

    Attributes:
        decay_wall_ratio: Sound wall over stem radius, t/R, in (0, 1).
        root_hold: Factor on the anchorage that the stem mass suggests.
    """

    decay_wall_ratio: Floats
    root_hold: Floats

    def replaced(self, index: NDArray[np.int64], other: HiddenParts) -> HiddenParts:
        """A copy with other trees at some positions; for one draw, shape (n,)."""
        return HiddenParts(
            _replaced(self.decay_wall_ratio, index, other.decay_wall_ratio),
            _replaced(self.root_hold, index, other.root_hold),
        )


def draw_visible(n_trees: int, rng: np.random.Generator) -> VisibleParts:
    """Trees as they stand in the made-up town, before any choice of class.

    Args:
        n_trees: How many.
        rng: Source of randomness.
    """
    is_conifer = rng.random(n_trees) < CONIFER_SHARE
    height = np.clip(np.where(is_conifer, 17.0, 14.0) * _spread(n_trees, 0.22, rng), 6.0, 28.0)
    slenderness = np.where(is_conifer, 58.0, 34.0) * _spread(n_trees, 0.12, rng)
    width = height * np.where(is_conifer, 0.38, 0.58) * _spread(n_trees, 0.12, rng)
    dead = _dead_share(n_trees, rng)
    lift = np.where(rng.random(n_trees) < 0.07, 4.0 + rng.gamma(2.0, 4.0, n_trees), 0.0)
    has_cavity = rng.random(n_trees) < 0.08 + 0.2 * dead
    return VisibleParts(
        is_conifer=is_conifer,
        height_m=height,
        stem_diameter_m=height / slenderness,
        crown_width_m=width,
        crown_base_m=height * rng.uniform(0.14, 0.36, n_trees),
        crown_density=rng.uniform(0.6, 0.95, n_trees),
        lean_deg=_lean(lift, rng),
        crown_offset_m=width * rng.normal(0.0, 0.06, n_trees),
        dead_crown_share=dead,
        n_stems=np.where(~is_conifer & (rng.random(n_trees) < 0.15), 2, 1).astype(np.int64),
        cavity_share=np.where(has_cavity, 0.06 + 0.4 * rng.beta(1.5, 3.0, n_trees), 0.0),
        n_conks=np.minimum(rng.poisson(0.08 + 1.2 * dead), MAX_CONKS).astype(np.int64),
        root_plate_lift_deg=np.minimum(lift, 25.0),
    )


def draw_hidden(
    visible: VisibleParts, rng: np.random.Generator, *, n_redraws: int | None = None
) -> HiddenParts:
    """Hidden parameters of trees, given what a photo shows of them.

    Openings, brackets and dead crown hint at a thin wall; a lifted plate, lean, brackets and dead
    crown hint at poor roots. Two stems hint at nothing: after hurricane Ian none of 1,518 trees
    failed at such a union (Koeser et al. 2023).

    Args:
        visible: n trees.
        rng: Source of randomness.
        n_redraws: None for one draw, shape (n,); a number for shape (n_redraws, n).
    """
    n_trees = len(visible.height_m)
    shape = (n_trees,) if n_redraws is None else (n_redraws, n_trees)
    dead, conks = visible.dead_crown_share, visible.n_conks
    wall_logit = (
        2.6
        - np.where(visible.cavity_share > 0, 2.2 + 4.0 * visible.cavity_share, 0.0)
        - 0.45 * conks
        - 1.8 * dead
    )
    log_hold = (
        np.where(visible.is_conifer, np.log(2.0), np.log(3.0))
        - 1.8 * dead
        - 0.065 * visible.root_plate_lift_deg
        - 0.02 * np.abs(visible.lean_deg)
        - 0.08 * conks
    )
    return HiddenParts(
        decay_wall_ratio=1.0 / (1.0 + np.exp(-(wall_logit + 0.7 * rng.standard_normal(shape)))),
        root_hold=np.exp(log_hold + 0.2 * rng.standard_normal(shape)),
    )


def _replaced(column: NDArray[Any], index: NDArray[np.int64], other: NDArray[Any]) -> NDArray[Any]:
    """Copy of a column with other values at some positions."""
    changed = column.copy()
    changed[index] = other
    return changed


def _spread(n_trees: int, log_deviation: float, rng: np.random.Generator) -> Floats:
    """Factors around 1 with a given standard deviation of their logarithm."""
    return rng.lognormal(0.0, log_deviation, n_trees)


def _dead_share(n_trees: int, rng: np.random.Generator) -> Floats:
    """Most crowns nearly whole, some in decline, a few all but dead."""
    state = rng.choice(3, size=n_trees, p=[0.66, 0.24, 0.10])
    whole, declining, dying = (
        rng.beta(1.0, 24.0, n_trees),
        rng.beta(2.0, 2.5, n_trees),
        rng.beta(9.0, 1.2, n_trees),
    )
    return np.choose(state, [whole, declining, dying])


def _lean(lift_deg: Floats, rng: np.random.Generator) -> Floats:
    """Most stems upright, some leaning, and those with a lifted plate leaning away from it."""
    n_trees = len(lift_deg)
    usual = rng.normal(0.0, np.where(rng.random(n_trees) < 0.18, 11.0, 2.2))
    side = np.where(rng.random(n_trees) < 0.5, -1.0, 1.0)
    lifted = side * (4.0 + 1.1 * lift_deg + rng.normal(0.0, 3.0, n_trees))
    return np.clip(np.where(lift_deg > 0, lifted, usual), -35.0, 35.0)
