"""Chances that each tree, should it fail, meets each line, road and building."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.mechanics.wind import Floats
from arborisk.metrics.drawn import drawn_quantiles
from arborisk.records import Progress
from arborisk.risk.strike.geometry import (
    BRITTLE_REACH,
    FallDirections,
    Segments,
    energy_share,
    reach_m,
    union_chance,
    windows_deg,
)
from arborisk.risk.strike.targets import KINDS, Targets
from arborisk.risk.strike.trees import StrikeTrees

if TYPE_CHECKING:
    from shapely import STRtree

CHUNK_TREES = 1000
_FAR = 4.0
"""Standard deviations beyond which no draw is expected."""


@dataclass(frozen=True, slots=True)
class StrikeChance:
    """Chances with their 95 % intervals over what is measured: height, place, conductor.

    Attributes:
        value: Means over draws, shape (n,), as all of these.
        low: Lower ends.
        high: Upper ends.
        low_error: Monte Carlo standard errors of the lower ends.
        high_error: Of the upper ends.
    """

    value: Floats
    low: Floats
    high: Floats
    low_error: Floats
    high_error: Floats


@dataclass(frozen=True, slots=True)
class StrikeResult:
    """What came out.

    Attributes:
        trees: The trees.
        targets: The targets.
        directions: Which way trees fall.
        position_error_m: Standard deviation of each coordinate of a tree, m.
        reach_m: Furthest reach of each tree on the ground, m, shape (n_trees,).
        pair_tree: Tree of each pair within reach, shape (n_pairs,).
        pair_target: Target of each pair.
        distance_m: Horizontal distance of the pair, 0 where the tree stands in the target.
        pair: Chance that the falling tree meets the target.
        energy_share: Of lines, see `arborisk.risk.strike.geometry.energy_share`; NaN of others.
        by_kind: Chance of meeting any target of a kind, each bearing counted once; shapes
            (n_trees,), in the order of `arborisk.risk.strike.targets.KINDS`.
    """

    trees: StrikeTrees
    targets: Targets
    directions: FallDirections
    position_error_m: float
    reach_m: Floats
    pair_tree: NDArray[np.int64]
    pair_target: NDArray[np.int64]
    distance_m: Floats
    pair: StrikeChance
    energy_share: Floats
    by_kind: tuple[StrikeChance, ...]


def run_strike(
    trees: StrikeTrees,
    targets: Targets,
    directions: FallDirections,
    *,
    position_error_m: float,
    n_draws: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
) -> StrikeResult:
    """Averages exact windows of bearings over draws of what was measured.

    Level ground, a straight stem or a strip as wide as the crown, nothing in between.

    Args:
        trees: The trees.
        targets: What they may fall on.
        directions: Densities for as many trees.
        position_error_m: Standard deviation of each coordinate of a tree, m.
        n_draws: Draws of height, place and conductor height.
        seed: Same seed, same draws.
        progress: Called as trees are done.
    """
    from shapely import STRtree, linestrings

    pieces = STRtree(linestrings(targets.ends_m.reshape(-1, 2, 2)))
    areas = STRtree(list(targets.areas))
    of_target = np.random.default_rng([seed, 1]).standard_normal((len(targets.targets), n_draws))
    parts = []
    for start in range(0, len(trees), CHUNK_TREES):
        index = np.arange(start, min(start + CHUNK_TREES, len(trees)))
        chunk = _Chunk(trees, targets, index, position_error_m, pieces, areas)
        rng = np.random.default_rng([seed, 2, start])
        parts.append(chunk.run(directions, of_target, n_draws, rng))
        if progress is not None:
            progress(int(index[-1]) + 1, len(trees))
    pair_tree, pair_target, distance = (
        np.concatenate([part[place] for part in parts]) for place in range(3)
    )
    pair = _joined([part[3] for part in parts])
    heights = np.zeros(len(targets.targets))
    heights[targets.target] = targets.height_m
    is_line = np.array([target.kind == "line" for target in targets.targets])
    share = np.where(is_line[pair_target], energy_share(distance, heights[pair_target]), np.nan)
    by_kind = tuple(_joined([part[4][kind] for part in parts]) for kind in range(len(KINDS)))
    reach = np.where(trees.brittle, BRITTLE_REACH, 1.0) * trees.height_m
    return StrikeResult(
        trees, targets, directions, position_error_m, reach, pair_tree, pair_target, distance,
        pair, np.asarray(share), by_kind,
    )  # fmt: skip


def _joined(parts: list[StrikeChance]) -> StrikeChance:
    return StrikeChance(
        *(np.concatenate([getattr(part, name) for part in parts])
          for name in ("value", "low", "high", "low_error", "high_error"))
    )  # fmt: skip


class _Chunk:
    """Some trees with the pieces and areas that they may reach."""

    def __init__(
        self,
        trees: StrikeTrees,
        targets: Targets,
        index: NDArray[np.int64],
        position_error_m: float,
        pieces: STRtree,
        areas: STRtree,
    ) -> None:
        from shapely import distance, points

        self.trees, self.targets, self.index = trees, targets, index
        self.error_m = position_error_m
        bases = points(trees.x_m[index], trees.y_m[index])
        tallest = trees.height_m[index] * np.exp(_FAR * trees.height_error[index])
        longest = np.where(trees.brittle[index], BRITTLE_REACH, 1.0) * tallest
        slack = 2.0 * _FAR * position_error_m
        self.tree, self.piece = pieces.query(bases, "dwithin", distance=longest + slack)
        self.in_tree, self.area = areas.query(bases, "dwithin", distance=slack)
        target = targets.target[self.piece]
        n_targets = len(targets.targets)
        keys = np.concatenate(
            [self.tree * n_targets + target,
             self.in_tree * n_targets + targets.area_target[self.area]]
        )  # fmt: skip
        self.pairs, owner = np.unique(keys, return_inverse=True)
        self.owner, self.in_owner = owner[: len(self.tree)], owner[len(self.tree) :]
        self.distance_m = np.full(len(self.pairs), np.inf)
        far = distance(bases[self.tree], pieces.geometries[self.piece])
        np.minimum.at(self.distance_m, self.owner, far)
        standing = distance(bases[self.in_tree], areas.geometries[self.area])
        np.minimum.at(self.distance_m, self.in_owner, standing)

    def run(
        self,
        directions: FallDirections,
        of_target: Floats,
        n_draws: int,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, StrikeChance, list[StrikeChance]]:
        """Pairs with their chances, and the chances of each kind."""
        n_trees, n_pairs = len(self.index), len(self.pairs)
        n_targets = len(self.targets.targets)
        kind_of = np.array([KINDS.index(target.kind) for target in self.targets.targets])
        pairs = np.empty((n_pairs, n_draws))
        kinds = np.empty((len(KINDS) * n_trees, n_draws))
        in_kind = self.tree * len(KINDS) + kind_of[self.targets.target[self.piece]]
        stands_kind = self.in_tree * len(KINDS) + kind_of[self.targets.area_target[self.area]]
        for draw in range(n_draws):
            first, last, stands = self._windows(of_target[:, draw], rng)
            where = self.index[self.tree]
            for owner, at, rows in ((self.owner, self.in_owner, pairs),
                                    (in_kind, stands_kind, kinds)):  # fmt: skip
                chance = union_chance(first, last, owner, where, directions, len(rows))
                chance[at[stands]] = 1.0
                rows[:, draw] = chance
        met = pairs.max(axis=1, initial=0.0) > 0
        chosen = self.pairs[met]
        by_kind = [_summary(kinds[kind :: len(KINDS)]) for kind in range(len(KINDS))]
        return (
            self.index[chosen // n_targets],
            chosen % n_targets,
            self.distance_m[met],
            _summary(pairs[met]),
            by_kind,
        )

    def _windows(
        self, of_target: Floats, rng: np.random.Generator
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Windows of every piece in one draw, and which areas hold the tree's base."""
        from shapely import contains_xy

        trees, targets, index = self.trees, self.targets, self.index
        noise = rng.standard_normal((4, len(index)))
        x = trees.x_m[index] + self.error_m * noise[0]
        y = trees.y_m[index] + self.error_m * noise[1]
        height = trees.height_m[index] * np.exp(trees.height_error[index] * noise[2])
        spread = np.sqrt(
            np.log1p((targets.height_deviation_m / np.maximum(targets.height_m, 1e-9)) ** 2)
        )
        over = (targets.height_m * np.exp(spread * of_target[targets.target]))[self.piece]
        reach = reach_m(height[self.tree], over, trees.brittle[index][self.tree])
        ends = targets.ends_m[self.piece] - np.stack([x, y, x, y], axis=1)[self.tree]
        half = trees.half_width_m[index] * np.exp(trees.width_error[index] * noise[3])
        first, last = windows_deg(Segments(*ends.T), reach, half[self.tree])
        areas = np.array(targets.areas, dtype=object)
        stands = (
            contains_xy(areas[self.area], x[self.in_tree], y[self.in_tree])
            if len(self.area)
            else np.zeros(0, dtype=np.bool_)
        )
        return first, last, stands


def _summary(drawn: Floats) -> StrikeChance:
    """Mean and 95 % interval over draws, shape (n,)."""
    if not len(drawn):
        return StrikeChance(*(np.zeros(0) for _ in range(5)))
    mean = drawn.mean(axis=1)
    (low, high), errors = drawn_quantiles(drawn, (0.025, 0.975))
    return StrikeChance(mean, np.minimum(low, mean), np.maximum(high, mean), *errors)
