"""Trees of a stand: chosen so that each class has its share, and no site tells the class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.mechanics.wind import Floats
from arborisk.simulate.failure import Ceiling, bayes_ceiling, class_of, critical_gust_ms
from arborisk.simulate.parameters import HiddenParts, VisibleParts, draw_hidden, draw_visible
from arborisk.simulate.trees import DrawnTree, Site, WindClimates, draw_sites, draw_wind_climates

CLASS_LABELS = ("Improbable", "Possible", "Probable")
DECK_COUNTS = (322, 80, 56)
"""Improbable, Possible, Probable among the 458 photos of the seed study."""

TREES_PER_SITE = (2, 7)
"""Fewest and most trees of one site."""


@dataclass(frozen=True, slots=True)
class SampledTrees:
    """Parameters of a stand's n trees.

    Attributes:
        visible: What photos can show.
        hidden: What they cannot, shape (n,).
        site_index: Site of each tree, shape (n,).
        winds: Wind climates of the sites, shape (n_sites,).
        critical_gust_ms: Gust at which each tree fails, shape (n,).
        class_index: 0 Improbable, 1 Possible, 2 Probable, shape (n,).
    """

    visible: VisibleParts
    hidden: HiddenParts
    site_index: NDArray[np.int64]
    winds: WindClimates
    critical_gust_ms: Floats
    class_index: NDArray[np.int64]


def class_counts(n_trees: int) -> NDArray[np.int64]:
    """Trees of each class in the seed study's proportions, by largest remainder.

    Raises:
        SettingsError: Too few trees for one of each class; says how many are needed.
    """
    exact = n_trees * np.array(DECK_COUNTS) / sum(DECK_COUNTS)
    counts = np.floor(exact).astype(np.int64)
    for index in np.argsort(counts - exact, kind="stable")[: n_trees - counts.sum()]:
        counts[index] += 1
    if counts.min() < 1:
        raise SettingsError(
            "enough trees for one of each class in the proportions 322 / 80 / 56",
            f"{n_trees}",
            "--trees",
            "Ask for at least 5 trees.",
        )
    return counts


def sample_trees(n_trees: int, rng: np.random.Generator) -> SampledTrees:
    """Draws the trees of a stand.

    The classes are dealt to the places of all sites first, like cards; then the tree of each place
    is redrawn until it is of that class in its site's wind. So neither a site nor its wind
    nor anything that its photos share says anything of the class.

    Args:
        n_trees: Trees in all.
        rng: Source of randomness.

    Raises:
        SettingsError: Too few trees for one of each class.
    """
    counts = class_counts(n_trees)
    site_index = _deal_to_sites(n_trees, rng)
    winds = draw_wind_climates((int(site_index[-1]) + 1,), rng)
    wanted = rng.permutation(np.repeat(np.arange(3), counts))
    normal, extreme = winds.normal_gust_ms[site_index], winds.extreme_gust_ms[site_index]

    visible = draw_visible(n_trees, rng)
    hidden = draw_hidden(visible, rng)
    critical = critical_gust_ms(visible, hidden)
    while True:
        wrong = np.flatnonzero(class_of(critical, normal, extreme) != wanted)
        if wrong.size == 0:
            return SampledTrees(visible, hidden, site_index, winds, critical, wanted)
        other = draw_visible(len(wrong), rng)
        other_hidden = draw_hidden(other, rng)
        visible = visible.replaced(wrong, other)
        hidden = hidden.replaced(wrong, other_hidden)
        critical[wrong] = critical_gust_ms(other, other_hidden)


def _deal_to_sites(n_trees: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Site of each tree, ascending, with a few trees each. Shape (n_trees,)."""
    low, high = TREES_PER_SITE
    sizes = rng.integers(low, high + 1, size=n_trees // low + 1)
    return np.repeat(np.arange(len(sizes)), sizes)[:n_trees]


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
