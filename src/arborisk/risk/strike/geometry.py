"""Windows of bearings in which a falling tree meets a target, and their chance."""

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


BRITTLE_REACH = 1.5
"""Reach of a dead or brittle tree over its height: parts break off and are thrown.
Source: ISA basic tree risk assessment form, target zone within 1.5 x height."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Straight pieces of targets as seen from a tree's base, m. All shape (n,).

    Attributes:
        x1: East of the base, first end.
        y1: North of the base.
        x2: East, second end.
        y2: North.
    """

    x1: Floats
    y1: Floats
    x2: Floats
    y2: Floats


def reach_m(height_m: Values, target_height_m: Values, brittle: Values = 0.0) -> Floats:
    """Horizontal distance at which a falling tree still meets something at a height.

    ``sqrt(H^2 - h^2)``; 1.5 H for a dead or brittle tree; 0 below the target's height.

    Args:
        height_m: Height of the tree H, m.
        target_height_m: Height of the target h, m; 0 for what stands on the ground.
        brittle: 1 for dead or brittle, else 0.

    Source: a stem turning about its base on level ground; the rest in `BRITTLE_REACH`.
    """
    height, target = floats(height_m), floats(target_height_m)
    swept = np.sqrt(np.maximum(height**2 - target**2, 0.0))
    return np.where(floats(brittle) > 0, BRITTLE_REACH * height, swept)


def line_strike_chance(distance_m: Values, reach: Values) -> Floats:
    """Chance that a tree that falls in any direction alike meets a long straight line.

    ``arccos(d / R) / pi`` for d < R, else 0.

    Args:
        distance_m: Horizontal distance d of the base from the line, m.
        reach: Reach R, m; see `reach_m`.

    Source: the share of bearings whose ray of length R crosses the line.
    """
    distance, longest = np.broadcast_arrays(floats(distance_m), floats(reach))
    ratio = np.divide(distance, longest, out=np.ones(distance.shape), where=longest > 0)
    return floats(np.arccos(np.minimum(ratio, 1.0)) / np.pi)


def windows_deg(
    segments: Segments, reach: Values, half_width_m: Values = 0.0
) -> tuple[Floats, Floats]:
    """Bearings between which each segment lies within reach.

    Args:
        segments: As seen from the base.
        reach: Reach, m, shape (n,) or one for all.
        half_width_m: Half the width of a strip that falls instead of a stem's axis, m. Exact for
            the ends of a segment; what only the strip's far corners meet is left out.

    Returns:
        First and last bearing, degrees clockwise from north, the last not below the first; both
        equal where the segment is out of reach. Shape (n,).
    """
    dx, dy = segments.x2 - segments.x1, segments.y2 - segments.y1
    square = dx**2 + dy**2
    along = segments.x1 * dx + segments.y1 * dy
    beyond = segments.x1**2 + segments.y1**2 - floats(reach) ** 2
    root = along**2 - square * beyond
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.sqrt(np.maximum(root, 0.0)) / square
        start = np.maximum(-along / square - half, 0.0)
        end = np.minimum(-along / square + half, 1.0)
    inside = (root > 0) & (square > 0) & (end > start)
    start, end = np.where(inside, start, 0.0), np.where(inside, end, 0.0)
    first = np.degrees(np.arctan2(segments.x1 + start * dx, segments.y1 + start * dy))
    last = np.degrees(np.arctan2(segments.x1 + end * dx, segments.y1 + end * dy))
    # A segment is seen under less than half a turn: the shorter way round is the one.
    turn = (last - first + 180.0) % 360.0 - 180.0
    turn = np.where(inside, turn, 0.0)
    clockwise = turn >= 0
    low, high = np.where(clockwise, first, first + turn), np.where(clockwise, first + turn, first)
    if np.any(floats(half_width_m) > 0):
        # A strip passes over a point as long as its axis is within this angle of the point.
        aside = [
            np.degrees(_arcsine(half_width_m, np.hypot(segments.x1 + t * dx, segments.y1 + t * dy)))
            for t in (start, end)
        ]
        before, after = np.where(clockwise, aside, aside[::-1])
        low, high = np.where(inside, low - before, low), np.where(inside, high + after, high)
    return low, high


def _arcsine(opposite: Values, length: Floats) -> Floats:
    """Angle of a right triangle, radians; a right angle where the side is the longer one."""
    ratio = np.divide(opposite, length, out=np.ones(length.shape), where=length > 0)
    return floats(np.arcsin(np.minimum(ratio, 1.0)))


def union_chance(
    first_deg: Floats,
    last_deg: Floats,
    owner: NDArray[np.int64],
    tree: NDArray[np.int64],
    directions: FallDirections,
    n_owners: int,
) -> Floats:
    """Chance that a tree falls into any of the windows of an owner, each bearing counted once.

    Args:
        first_deg: First bearing of each window, shape (n,).
        last_deg: Last bearing, at most a turn later.
        owner: What the windows are joined by, for example a target as seen from one tree.
        tree: Tree of each window, for its density.
        directions: Densities of the trees.
        n_owners: Owners; those without windows get 0.

    Returns:
        Shape (n_owners,).
    """
    low = directions.up_to(first_deg, tree)
    high = np.minimum(directions.up_to(last_deg, tree), low + 1.0)
    shift = np.floor(low)
    low, high = low - shift, high - shift
    wraps = high > 1.0
    # A window over north is two: up to a full turn, and from 0 on.
    low = np.concatenate([low, np.zeros(int(wraps.sum()))])
    high = np.concatenate([np.minimum(high, 1.0), high[wraps] - 1.0])
    owner = np.concatenate([owner, owner[wraps]])
    order = np.lexsort((low, owner))
    low, high, owner = low[order], high[order], owner[order]
    # Each owner's windows lie two units from the next one's, so one running maximum serves all.
    base = 2.0 * owner
    reached = np.maximum.accumulate(high + base)
    before = np.concatenate([[0.0], reached[:-1]]) - base
    new = np.maximum(high - np.maximum(low, np.maximum(before, 0.0)), 0.0)
    return np.minimum(np.bincount(owner, weights=new, minlength=n_owners), 1.0)


def energy_share(distance_m: Values, target_height_m: Values) -> Floats:
    """Share of a full fall's energy that is set free when the stem meets a target.

    ``1 - sin(angle above ground)``: a tree beside a line leans on it, a distant one comes down on
    it.

    Args:
        distance_m: Horizontal distance of the target, m.
        target_height_m: Its height, m.

    Source: weight of a stem turning about its base: height lost over height.
    """
    distance, height = floats(distance_m), floats(target_height_m)
    return 1.0 - np.sin(np.arctan2(height, distance))
