"""Which way trees fall: any density over the compass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.mechanics.wind import Floats, Values, floats

N_STEPS = 3600
"""Steps of a tabulated density: a tenth of a degree."""
_GRID_DEG = np.linspace(0.0, 360.0, N_STEPS + 1)


@dataclass(frozen=True, slots=True)
class FallDirections:
    """Density of the bearing toward which each tree falls, if it fails.

    Attributes:
        cumulative: Chance of a bearing between 0 and each step, shape (n_tables, N_STEPS + 1).
        table: Table of each tree, shape (n_trees,).
        turn_deg: By how much its table is turned clockwise, shape (n_trees,).
        words: For people.
    """

    cumulative: Floats
    table: NDArray[np.int64]
    turn_deg: Floats
    words: str

    def up_to(self, bearing_deg: Floats, tree: NDArray[np.int64]) -> Floats:
        """Cumulative chance at bearings that may go round more than once; 1 a turn.

        Args:
            bearing_deg: Degrees clockwise from north, shape (n,).
            tree: Tree of each, shape (n,).
        """
        turned = bearing_deg - self.turn_deg[tree]
        rounds = np.floor(turned / 360.0)
        steps = (turned - 360.0 * rounds) * (N_STEPS / 360.0)
        below = np.minimum(steps.astype(np.int64), N_STEPS - 1)
        table = self.table[tree]
        low, high = self.cumulative[table, below], self.cumulative[table, below + 1]
        return floats(rounds + low + (steps - below) * (high - low))


def uniform_directions(n_trees: int) -> FallDirections:
    """Every bearing alike: nothing is known of the direction."""
    table = np.zeros(n_trees, dtype=np.int64)
    return FallDirections(
        _GRID_DEG[None] / 360.0, table, np.zeros(n_trees), "every direction alike"
    )


def directions_of(density: Callable[[Floats], Floats], n_trees: int, words: str) -> FallDirections:
    """One density for all trees.

    Args:
        density: Called with bearings in degrees, 0 to 360; gives weights of at least 0 on any
            scale.
        n_trees: How many trees.
        words: For people.

    Raises:
        AssessmentError: Negative or no weights.
    """
    weights = floats(density(_GRID_DEG))
    if weights.shape != _GRID_DEG.shape or np.any(~(weights >= 0)) or not weights.max() > 0:
        raise AssessmentError(
            "weights of at least 0, some above",
            "others",
            words,
            "Give weights of at least 0, of which one or more are above 0.",
        )
    table = np.zeros(n_trees, dtype=np.int64)
    return FallDirections(_cumulative(weights)[None], table, np.zeros(n_trees), words)


def toward(bearing_deg: Values, kappa: Values, words: str) -> FallDirections:
    """Von Mises densities: likeliest toward a bearing of each tree, as lean or gusts suggest.

    Args:
        bearing_deg: Likeliest bearing, degrees clockwise from north, shape (n_trees,).
        kappa: Concentration, 0 for every direction alike; at 4 about 95 % lie within 60°. Shape
            (n_trees,).
        words: For people.

    Raises:
        AssessmentError: A concentration below 0 or above 700.
    """
    bearings, kappas = np.broadcast_arrays(np.atleast_1d(floats(bearing_deg)), floats(kappa))
    if np.any(~((kappas >= 0) & (kappas <= 700))):
        raise AssessmentError(
            "a concentration from 0 to 700",
            "another",
            words,
            "Give a concentration from 0 (any direction) to 700 (one direction).",
        )
    unique, table = np.unique(kappas, return_inverse=True)
    around = np.cos(np.radians(_GRID_DEG)) - 1.0
    tables = np.stack([_cumulative(np.exp(value * around)) for value in unique])
    return FallDirections(tables, table.astype(np.int64), np.array(bearings), words)


def _cumulative(weights: Floats) -> Floats:
    """Cumulative chances by the trapezium rule."""
    sums = np.concatenate([[0.0], np.cumsum((weights[1:] + weights[:-1]) / 2.0)])
    return floats(sums / sums[-1])
