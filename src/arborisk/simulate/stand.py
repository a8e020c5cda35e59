"""The trees, sites and ceiling of a stand, as records; no file is touched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.mechanics.wind import Floats
from arborisk.simulate.ceiling import Ceiling, bayes_ceiling
from arborisk.simulate.sampling import CLASS_LABELS, SampledTrees, sample_trees
from arborisk.simulate.sites import draw_sites
from arborisk.simulate.trees import DrawnTree, Site

PARTS_SEED, SITES_SEED, CEILING_SEED = range(3)
"""Streams of randomness that must not run into each other."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A stand of n drawn trees.

    Attributes:
        trees: The trees.
        sites: The sites, each with a few of the trees.
        class_index: 0 Improbable, 1 Possible, 2 Probable, shape (n,).
        critical_gust_ms: Gust at which each tree fails, shape (n,).
        ceiling: What the best reader of the visible parameters would score.
    """

    trees: tuple[DrawnTree, ...]
    sites: tuple[Site, ...]
    class_index: NDArray[np.int64]
    critical_gust_ms: Floats
    ceiling: Ceiling

    @property
    def labels(self) -> tuple[str, ...]:
        """Class of each tree in words."""
        return tuple(CLASS_LABELS[index] for index in self.class_index)


def draw_stand(*, n_trees: int = 458, seed: int = 7) -> Stand:
    """The trees, sites and ceiling of a stand, without any picture.

    Args:
        n_trees: Trees in all, in the proportions 322 / 80 / 56 of the three classes.
        seed: Same seed, same stand.

    Raises:
        SettingsError: Too few trees for one of each class.
    """
    sampled = sample_trees(n_trees, np.random.default_rng([seed, PARTS_SEED]))
    sites = draw_sites(len(sampled.winds.normal_gust_ms), np.random.default_rng([seed, SITES_SEED]))
    shares = np.bincount(sampled.class_index, minlength=len(CLASS_LABELS)) / n_trees
    ceiling = bayes_ceiling(sampled.visible, shares, np.random.default_rng([seed, CEILING_SEED]))
    return Stand(
        trees=tuple(_tree(sampled, index, sites) for index in range(n_trees)),
        sites=sites,
        class_index=sampled.class_index,
        critical_gust_ms=sampled.critical_gust_ms,
        ceiling=ceiling,
    )


def _tree(sampled: SampledTrees, index: int, sites: tuple[Site, ...]) -> DrawnTree:
    """One tree of a stand as a record of plain numbers."""
    visible, hidden, winds = sampled.visible, sampled.hidden, sampled.winds
    site_index = int(sampled.site_index[index])
    return DrawnTree(
        tree_id=f"tree-{index + 1:04d}",
        site_id=sites[site_index].site_id,
        kind="conifer" if visible.is_conifer[index] else "broadleaf",
        height_m=float(visible.height_m[index]),
        stem_diameter_m=float(visible.stem_diameter_m[index]),
        crown_width_m=float(visible.crown_width_m[index]),
        crown_base_m=float(visible.crown_base_m[index]),
        crown_density=float(visible.crown_density[index]),
        lean_deg=float(visible.lean_deg[index]),
        crown_offset_m=float(visible.crown_offset_m[index]),
        dead_crown_share=float(visible.dead_crown_share[index]),
        n_stems=int(visible.n_stems[index]),
        cavity_share=float(visible.cavity_share[index]),
        n_conks=int(visible.n_conks[index]),
        root_plate_lift_deg=float(visible.root_plate_lift_deg[index]),
        decay_wall_ratio=float(hidden.decay_wall_ratio[index]),
        root_hold=float(hidden.root_hold[index]),
        normal_gust_ms=float(winds.normal_gust_ms[site_index]),
        extreme_gust_ms=float(winds.extreme_gust_ms[site_index]),
    )
