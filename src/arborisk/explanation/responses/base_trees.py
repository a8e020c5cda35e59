"""The drawn trees in which one thing at a time is changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from arborisk.errors import SettingsError
from arborisk.simulate.sites import draw_sites
from arborisk.simulate.stand import draw_stand
from arborisk.simulate.trees import DrawnTree, Site

FEWEST_TREES = 2
LEAST_STAND = 24
"""Trees of the stand that the first few are taken from: it must hold all three classes."""
STREAM = 11
"""Keeps these sites and photos apart from those of stands of the same seed."""


@dataclass(frozen=True, slots=True)
class BaseTree:
    """A tree, a place of its own, and the seed of its one photo.

    Attributes:
        tree: The tree before anything is changed.
        site: Where it stands.
        photo_seed: Seed of camera, sky, background and grain: the same at all levels.
    """

    tree: DrawnTree
    site: Site
    photo_seed: int


def draw_base_trees(n_trees: int, seed: int) -> tuple[BaseTree, ...]:
    """Trees as a stand has them, each at a site of its own, so that they are independent.

    Args:
        n_trees: How many.
        seed: Same seed, same trees; of two numbers, the smaller gives the first of the larger only
            up to 24 trees.

    Raises:
        SettingsError: Fewer than two trees.
    """
    if n_trees < FEWEST_TREES:
        raise SettingsError(
            f"at least {FEWEST_TREES} drawn trees", f"{n_trees}", "responses", "Ask for more trees."
        )
    stand = draw_stand(n_trees=max(n_trees, LEAST_STAND), seed=seed)
    rng = np.random.default_rng([seed, STREAM])
    sites = draw_sites(n_trees, rng)
    photo_seeds = rng.integers(0, 2**31, n_trees)
    return tuple(
        BaseTree(replace(tree, site_id=site.site_id), site, int(photo_seed))
        for tree, site, photo_seed in zip(stand.trees, sites, photo_seeds, strict=False)
    )
