"""Draws of trees: what all of them share in a world, and what each has of its own.

A *world* is one way in which the stated middles may be wrong: the same for every tree of a kind.
Within a world trees differ only by themselves, and what was measured of one, or was not, is one
draw for each tree and world: its doubt is the tree's own and stays with it. Counts over many trees
hang on the worlds: errors that trees share do not average out.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from arborisk.mechanics.standing_tree import (
    CriticalGusts,
    StandingTree,
    Withstood,
    critical_gusts,
    safety_factor,
    withstood,
)
from arborisk.mechanics.wind import Floats, Streamlining
from arborisk.risk.storm.assumptions import KINDS, Assumptions, Law
from arborisk.risk.storm.measures import MEASURES, TreeQuantity
from arborisk.risk.storm.trees import Trees

_A_STRATUM = 50
"""Places in each stratum of a law; with 200 worlds the outermost lie 3.9 deviations out."""
BLOCK_CELLS = 320_000
"""Draws computed at once: small enough to stay in a processor's cache and in little memory."""


@dataclass(frozen=True, slots=True)
class WorldDraws:
    """How many.

    Attributes:
        n_worlds: Worlds.
        n_inner: Draws of each tree in each world.
        seed: Same seed, same draws.
    """

    n_worlds: int = 200
    n_inner: int = 50
    seed: int = 0

    @property
    def total(self) -> int:
        """Draws of each tree."""
        return self.n_worlds * self.n_inner

    def generator(self, *what: int) -> np.random.Generator:
        """Randomness of one purpose, apart from that of every other."""
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence([self.seed, *what])))


def blocks(trees: Trees, draws: WorldDraws) -> list[NDArray[np.int64]]:
    """Trees that are computed together: of one kind, few enough for the memory."""
    size = max(1, BLOCK_CELLS // draws.total)
    found = []
    for kind in range(len(KINDS)):
        places = np.flatnonzero(trees.kind == kind)
        found += [places[start : start + size] for start in range(0, len(places), size)]
    return found


def draw_trees(
    trees: Trees, places: NDArray[np.int64], assumptions: Assumptions, draws: WorldDraws
) -> StandingTree:
    """Draws of some trees of one kind; every attribute broadcasts to (tree, world, inner).

    The draws of a tree hang on the seed and its place, not on what is known of it: a tree with a
    thinner wall is drawn with the same luck otherwise.
    """
    kind = int(trees.kind[places[0]])
    described = assumptions.kinds[kind]
    drawn: dict[str, Floats] = {}
    for number, (name, measure) in enumerate(MEASURES.items()):
        law = (described.fill if measure.of_tree else described.assumed).get(name)
        measured = trees.centre[name][places]
        centre, own, shared = _spread(measured, trees.error[name][places], law, drawn)
        value = centre
        if np.any(own > 0):
            rng = draws.generator(1, kind, int(places[0]), number)
            if measure.of_tree:
                # What was measured or would have to be is not known of this tree: it is the same
                # in all draws of a world, so that the doubt stays in the tree's interval.
                noise = _spread_over_worlds(rng, len(places), draws.n_worlds)
            else:
                noise = rng.standard_normal((len(places), draws.n_worlds, draws.n_inner))
            value = own * noise
        if np.any(shared > 0):
            of_world = draws.generator(2, kind, number).standard_normal((1, draws.n_worlds, 1))
            value = (value if value is not centre else 0.0) + shared * of_world
        if value is not centre:
            value = centre * np.exp(value) if measure.scale == "positive" else centre + value
        drawn[name] = _held(value, measure)
    drawn["crown_base_m"] = np.minimum(drawn["crown_base_m"], 0.95 * drawn["height_m"])
    attributes = {
        measure.attribute: drawn[name] * measure.to_si if measure.to_si != 1 else drawn[name]
        for name, measure in MEASURES.items()
    }
    return StandingTree(
        **attributes,
        outline_share=described.outline_share,
        pressure_share=described.pressure_share,
    )


def _spread_over_worlds(rng: np.random.Generator, n_trees: int, n_worlds: int) -> Floats:
    """Standard normal draws, one a tree and world, spread evenly over the law for each tree.

    So few draws as there are worlds would leave equal trees unequal by luck; strata take most of
    that away.

    Returns:
        Shape (n_trees, n_worlds, 1).

    Source: Latin hypercube sampling, McKay, Beckman and Conover (1979), Technometrics 21(2).
    """
    stratum = rng.permuted(np.tile(np.arange(n_worlds), (n_trees, 1)), axis=1)
    within = rng.integers(0, _A_STRATUM, (n_trees, n_worlds))
    return _normal_quantiles(n_worlds * _A_STRATUM)[stratum * _A_STRATUM + within, None]


@functools.cache
def _normal_quantiles(n_parts: int) -> Floats:
    """Middles of equal parts of the standard normal law."""
    law = NormalDist()
    return np.array([law.inv_cdf((part + 0.5) / n_parts) for part in range(n_parts)])


def _spread(
    measured: Floats, error: Floats, law: Law | None, drawn: dict[str, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Centre, own and shared spread, each broadcasting to (tree, world, inner)."""
    column = (slice(None), None, None)
    known = ~np.isnan(measured)
    if law is None or known.all():
        return measured[column], error[column], np.zeros((1, 1, 1))
    own, shared = np.where(known, error, law.own), np.where(known, 0.0, law.shared)
    if not law.per:
        return np.where(known, measured, law.centre)[column], own[column], shared[column]
    scale = drawn[law.per]
    if MEASURES[law.per].scale != "positive" or law.centre == 0:
        # A sideways offset: its spread grows with the crown, its centre is the stem.
        size = np.where(known[column], 1.0, scale)
        middle = np.where(known[column], measured[column], law.centre * scale)
        return middle, own[column] * size, shared[column] * size
    middle = np.where(known[column], measured[column], law.centre * scale)
    return middle, own[column], shared[column]


def _held(value: Floats, measure: TreeQuantity) -> Floats:
    """Shares held between their limits; the others as drawn."""
    return np.clip(value, measure.low, measure.high) if measure.scale == "share" else value


@dataclass(frozen=True, slots=True)
class DrawnBlock:
    """Draws of some trees of one kind.

    Attributes:
        standing: The trees as drawn; its attributes broadcast to ``shape``.
        held: Their resisting moments.
        streamlining: Drag of their kind.
        gusts: Critical gusts, m/s, of that shape.
        shape: Trees, worlds, draws in each.
    """

    standing: StandingTree
    held: Withstood
    streamlining: Streamlining
    gusts: CriticalGusts
    shape: tuple[int, int, int]

    def safety_factor(self, gust_ms: Floats) -> Floats:
        """Resisting moment over the moment of a gust and of weight, of that shape.

        Args:
            gust_ms: Gusts of the area that broadcast to the shape, m/s.
        """
        return np.broadcast_to(
            safety_factor(self.standing, self.streamlining, gust_ms, self.held), self.shape
        )


def draw_block(
    trees: Trees, places: NDArray[np.int64], assumptions: Assumptions, draws: WorldDraws
) -> DrawnBlock:
    """Draws of some trees of one kind with their critical gusts."""
    standing = draw_trees(trees, places, assumptions, draws)
    streamlining = assumptions.kinds[int(trees.kind[places[0]])].streamlining
    held = withstood(standing)
    found = critical_gusts(standing, streamlining, held)
    shape = (len(places), draws.n_worlds, draws.n_inner)
    gusts = CriticalGusts(*(np.broadcast_to(v, shape) for v in (found.stem_ms, found.root_ms)))
    return DrawnBlock(standing, held, streamlining, gusts, shape)
