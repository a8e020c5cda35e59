"""Fragility of single trees with bands, for figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.mechanics.wind import Floats
from arborisk.risk.storm.fragility import share_below
from arborisk.risk.storm.intervals import world_interval
from arborisk.risk.storm.run import StormResult
from arborisk.risk.storm.worlds import blocks, draw_block


@dataclass(frozen=True, slots=True)
class FragilityBand:
    """Chance of failure of one tree in gusts. Shapes (n_gusts,).

    Attributes:
        gust_ms: Gusts at 10 m.
        chance: Over all draws.
        low: Lower end of the 95 % interval over worlds.
        high: Upper end.
    """

    gust_ms: Floats
    chance: Floats
    low: Floats
    high: Floats


def fragility_band(result: StormResult, tree: int, gust_ms: Floats) -> FragilityBand:
    """The same draws of one tree as in the result, counted below each gust.

    Args:
        result: What `arborisk.risk.storm.run.run_storm` gave.
        tree: Place of the tree.
        gust_ms: Gusts, shape (n_gusts,).
    """
    block = next(places for places in blocks(result.trees, result.draws) if np.any(places == tree))
    drawn = draw_block(result.trees, block, result.assumptions, result.draws).gusts.first_ms
    worlds = np.sort(drawn[int(np.flatnonzero(block == tree)[0])], axis=1)
    shares = np.stack([share_below(world, gust_ms) for world in worlds], axis=1)
    noise = (shares * (1.0 - shares)).mean(axis=1) / max(result.draws.n_inner - 1, 1)
    found = world_interval(shares, noise)
    chance = shares.mean(axis=1)
    low, high = np.minimum(found.low, chance), np.maximum(found.high, chance)
    return FragilityBand(gust_ms, chance, low, high)
