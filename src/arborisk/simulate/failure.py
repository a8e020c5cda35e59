"""Critical gust of a drawn tree, and the class that follows from it by definition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.mechanics.strength import (
    breaking_moment,
    critical_wind,
    gravity_moment,
    overturning_moment,
    stem_mass,
    strength_ratio,
)
from arborisk.mechanics.wind import Floats, Streamlining, Values, log_profile_ratio
from arborisk.simulate.parameters import HiddenParts, VisibleParts, draw_hidden, draw_visible
from arborisk.simulate.trees import WindClimates, draw_wind_climates

ROUGHNESS_M = 0.5
"""Roughness length of a town's outskirts. Source: Davenport's class "very rough" (assumption)."""

CONIFER_DRAG = Streamlining.through(11.0, 0.8 * 0.29, 20.0, 0.4 * 0.29)
"""HWIND's Scots pine: 0.29, less 20 % to 11 m/s and less 60 % from 20 m/s (assumption; from memory,
not checked)."""

BROADLEAF_DRAG = Streamlining.through(10.0, 0.55, 30.0, 0.25)
"""Assumption, in the range of pulled and truck-driven crowns; 0.25 is usual in static analysis."""

BENT_CROWN_FACTOR = 1.136
"""Weight of the bent crown, as a factor on the wind moment. Source: the ForestGALES check of
HWIND's pine (deflection loading factor); taken for all drawn trees (assumption)."""

CONIFER_RUPTURE_PA = 39.1e6
"""Bending strength of green Scots pine. Source: HWIND's sample."""

BROADLEAF_RUPTURE_PA = 50e6
"""Bending strength of green hardwood (assumption; species range from about 35 to 65 MPa)."""

KNOT_FACTOR = 0.9
"""Strength left by knots: f_knot of ForestGALES (assumption; from memory, not checked)."""

ANCHORAGE_NM_PER_KG = 107.5
"""Overturning moment per stem mass. Source: HWIND's sample, 26,694.58 Nm over 248.32 kg."""

CROWN_MASS_SHARE = 0.30
"""Crown over stem mass. Source: HWIND's sample, 74.49 kg over 248.32 kg."""

CONIFER_DENSITY_KG_M3, BROADLEAF_DENSITY_KG_M3 = 850.0, 950.0
"""Green wood with bark (assumption)."""

DEAD_CROWN_DRAG_LOSS = 0.35
"""Share of the wind load that a crown without leaves no longer takes (assumption)."""

DEAD_WOOD_STRENGTH_LOSS = 0.55
"""Share of the stem's strength that a wholly dead tree has lost (assumption)."""


@dataclass(frozen=True, slots=True)
class Loads:
    """What follows from the visible parts alone. All shape (n,).

    Attributes:
        area_m2: Silhouette that the wind meets.
        lever_m: Height of the centre of pressure.
        profile_ratio: Wind there over the wind at 10 m.
        standing_nm: Size of the moment of the tree's own weight at the base, stem and crown added
            with their signs. Wind blows either way, and the way that adds to it is the worst.
        breaking_nm: Moment that breaks the stem were its wood sound.
        overturning_nm: Moment that turns it over at a root hold of 1.
    """

    area_m2: Floats
    lever_m: Floats
    profile_ratio: Floats
    standing_nm: Floats
    breaking_nm: Floats
    overturning_nm: Floats


def crown_silhouette_m2(visible: VisibleParts) -> Floats:
    """Area that the wind meets: crown outline (ellipse, or triangle of a conifer) x density.

    The dead part of the crown has lost its leaves and takes less.
    """
    length = visible.height_m - visible.crown_base_m
    outline = np.where(visible.is_conifer, 0.5, np.pi / 4.0) * visible.crown_width_m * length
    living = 1.0 - DEAD_CROWN_DRAG_LOSS * visible.dead_crown_share
    return np.asarray(outline * visible.crown_density * living)


def loads_of(visible: VisibleParts) -> Loads:
    """Loads and sound resistances of n trees."""
    conifer = visible.is_conifer
    diameter, height = visible.stem_diameter_m, visible.height_m
    length = height - visible.crown_base_m
    lever = visible.crown_base_m + length * np.where(conifer, 1.0 / 3.0, 0.5)
    stem = stem_mass(
        diameter,
        height,
        green_density_kg_m3=np.where(conifer, CONIFER_DENSITY_KG_M3, BROADLEAF_DENSITY_KG_M3),
    )
    stem_weight = gravity_moment(stem, 0.4 * height, visible.lean_deg)
    crown_weight = gravity_moment(
        CROWN_MASS_SHARE * stem, lever, visible.lean_deg, visible.crown_offset_m
    )
    breaking = breaking_moment(
        diameter,
        np.where(conifer, CONIFER_RUPTURE_PA, BROADLEAF_RUPTURE_PA),
        knot_factor=KNOT_FACTOR,
    )
    return Loads(
        area_m2=crown_silhouette_m2(visible),
        lever_m=lever,
        profile_ratio=log_profile_ratio(lever, 10.0, roughness_m=ROUGHNESS_M),
        standing_nm=np.abs(stem_weight + crown_weight),
        breaking_nm=breaking * (1.0 - DEAD_WOOD_STRENGTH_LOSS * visible.dead_crown_share),
        overturning_nm=overturning_moment(stem, ANCHORAGE_NM_PER_KG),
    )


def critical_gust_ms(
    visible: VisibleParts, hidden: HiddenParts, loads: Loads | None = None
) -> Floats:
    """Gust at 10 m above ground that breaks or overturns each tree, m/s.

    Args:
        visible: n trees.
        hidden: Their hidden parameters, shape (..., n).
        loads: `loads_of` the same trees, where already known.

    Returns:
        Shape (..., n); 0 where the tree's own weight is too much.
    """
    loads = loads_of(visible) if loads is None else loads
    breaking = loads.breaking_nm * strength_ratio(hidden.decay_wall_ratio, visible.cavity_share)
    resisting = np.minimum(breaking, loads.overturning_nm * hidden.root_hold)
    broadleaf, conifer = (
        critical_wind(
            resisting,
            area_m2=loads.area_m2,
            lever_m=loads.lever_m,
            streamlining=drag,
            amplification=BENT_CROWN_FACTOR,
            standing_moment_nm=loads.standing_nm,
        )
        for drag in (BROADLEAF_DRAG, CONIFER_DRAG)
    )
    return np.where(visible.is_conifer, conifer, broadleaf) / loads.profile_ratio


def class_of(
    critical_ms: Values, normal_gust_ms: Values, extreme_gust_ms: Values
) -> NDArray[np.int64]:
    """Class index by definition: 0 Improbable, 1 Possible, 2 Probable.

    Fails in normal weather: Probable. Only in extreme weather: Possible. In neither: Improbable.

    Source: definitions in `arborisk.scales.FailureLikelihood`.
    """
    fails_in_extreme = np.asarray(critical_ms) < extreme_gust_ms
    fails_in_normal = np.asarray(critical_ms) < normal_gust_ms
    return fails_in_extreme.astype(np.int64) + fails_in_normal.astype(np.int64)


N_REDRAWS = 1000
BANK_TREES = 200_000
CHUNK_REDRAWS = 100
N_CLASSES = 3


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the best reader of the visible parameters would score on a stand.

    Attributes:
        probability: P(class | visible), rows sum to 1, shape (n_trees, 3), Improbable first.
        balanced_accuracy: Expected balanced accuracy of the best decision for it: the class whose
            probability exceeds its share most.
        balanced_accuracy_plug_in: The same for the likeliest class: what a well-calibrated model
            without class weights reaches.
        accuracy: Expected accuracy of the likeliest class.
        n_redraws: Redraws of the hidden parameters of each tree.
    """

    probability: Floats
    balanced_accuracy: float
    balanced_accuracy_plug_in: float
    accuracy: float
    n_redraws: int


def bayes_ceiling(
    visible: VisibleParts,
    class_shares: Floats,
    rng: np.random.Generator,
    *,
    n_redraws: int = N_REDRAWS,
) -> Ceiling:
    """Redraws the hidden parameters of every tree and says what the best reader would score.

    Args:
        visible: The n trees of a stand.
        class_shares: Shares of the three classes in the stand, q, shape (3,).
        rng: Source of randomness.
        n_redraws: Redraws for each tree.
    """
    weights = class_weights(visible, class_shares, rng, n_redraws=n_redraws)
    probability = weights / weights.sum(axis=1, keepdims=True)
    by_share = probability / class_shares
    likeliest = probability.argmax(axis=1)
    return Ceiling(
        probability=probability,
        balanced_accuracy=expected_balanced_accuracy(probability, by_share.argmax(axis=1)),
        balanced_accuracy_plug_in=expected_balanced_accuracy(probability, likeliest),
        accuracy=float(probability.max(axis=1).mean()),
        n_redraws=n_redraws,
    )


def class_weights(
    visible: VisibleParts, class_shares: Floats, rng: np.random.Generator, *, n_redraws: int
) -> Floats:
    """Unnormalised P(class | visible) in the stand as it was sampled, shape (n_trees, 3)."""
    bank_trees = draw_visible(BANK_TREES, rng)
    bank = np.sort(critical_gust_ms(bank_trees, draw_hidden(bank_trees, rng)))
    loads = loads_of(visible)
    totals = np.zeros((len(visible.height_m), N_CLASSES))
    for start in range(0, n_redraws, CHUNK_REDRAWS):
        n_now = min(CHUNK_REDRAWS, n_redraws - start)
        hidden = draw_hidden(visible, rng, n_redraws=n_now)
        winds = draw_wind_climates(hidden.root_hold.shape, rng)
        critical = critical_gust_ms(visible, hidden, loads)
        drawn = class_of(critical, winds.normal_gust_ms, winds.extreme_gust_ms)
        weight = class_shares / natural_shares(bank, winds)
        for index in range(N_CLASSES):
            totals[:, index] += np.where(drawn == index, weight[..., index], 0.0).sum(axis=0)
    return totals


def natural_shares(sorted_critical_ms: Floats, winds: WindClimates) -> Floats:
    """Shares of the three classes among all trees in each wind climate, shape (..., 3).

    Args:
        sorted_critical_ms: Critical gusts of a large sample of trees, ascending.
        winds: Wind climates, shape (...).
    """
    n_trees = len(sorted_critical_ms)
    probable = np.searchsorted(sorted_critical_ms, winds.normal_gust_ms) / n_trees
    failing = np.searchsorted(sorted_critical_ms, winds.extreme_gust_ms) / n_trees
    shares = np.stack([1.0 - failing, failing - probable, probable], axis=-1)
    return np.maximum(shares, 1.0 / n_trees)


def expected_balanced_accuracy(probability: Floats, decision: NDArray[np.int64]) -> float:
    """Mean over classes of the share of a class that a decision finds, in expectation.

    Args:
        probability: P(class | visible), shape (n_trees, 3).
        decision: Class index given to each tree, shape (n_trees,).
    """
    found = probability * (decision[:, None] == np.arange(probability.shape[1]))
    return float((found.sum(axis=0) / probability.sum(axis=0)).mean())
