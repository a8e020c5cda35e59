"""New photos against those of training: everything that is compared, tested over whole groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.load import Bundle
from arborisk.bundle.reference import LIGHT_FACTS, Reference
from arborisk.errors import BundleError
from arborisk.metrics.paired_tests import holm
from arborisk.metrics.scores import number_groups
from arborisk.prediction.drift.classes import class_shares_of, compare_classes
from arborisk.prediction.drift.dealing import (
    N_DRAWS,
    ComparisonOutcome,
    Draws,
    group_distances,
    group_means,
)
from arborisk.prediction.drift.photos import NewPhotos, reference_of
from arborisk.prediction.drift.words import (
    TITLES,
    Beyond,
    Drift,
    Shift,
    ShiftSize,
    Unlike,
    cautions_of,
    sentence_of,
)
from arborisk.prediction.gates.gating import FALSE_ALARM

LEVEL: Final = 0.05
N_DIRECTIONS: Final = 8
"""Directions of the embedding that the test looks at: the widest of old and new photos together.
Along those that the training photos alone chose these would spread more than new ones do."""
N_FARTHEST: Final = 12
SIZES_OF: Final = {"light": LIGHT_FACTS}


@dataclass(frozen=True, slots=True)
class Compared:
    """What was compared, before any word is said of it.

    Attributes:
        outcomes: Result of each test by name; None where none could be made.
        sizes: Mean over groups of training photos, and of new ones: ``distance`` and each fact.
        points: Old photos, then new ones, along the widest directions, shape (n_old + n_new, r).
        n_old: Groups of training photos.
        n_new: Groups of new photos.
        smallest_p: Smallest p value of one test that so many groups can give.
    """

    outcomes: dict[str, ComparisonOutcome | None]
    sizes: dict[str, ShiftSize]
    points: NDArray[np.float64]
    n_old: int
    n_new: int
    smallest_p: float


def compare_photos(
    reference: Reference, new: NewPhotos, *, seed: int = 0, n_draws: int = N_DRAWS
) -> Compared:
    """Compares all but the classes.

    Args:
        reference: Training photos, of two groups at least.
        new: New photos.
        seed: Of the draws of photos and the arrangements of groups.
        n_draws: Draws of photos where groups differ in size.
    """
    old_group = number_groups([str(number) for number in reference.group])
    new_group = number_groups(new.groups)
    n_old, n_new = int(old_group.max()) + 1, int(new_group.max()) + 1
    group = np.concatenate([old_group, n_old + new_group])
    draws = Draws(group, n_old, seed)
    points = np.concatenate([reference.points.astype(np.float64), new.points])
    distance = np.concatenate([reference.held_out.astype(np.float64), new.distance])
    facts = np.concatenate([reference.facts.astype(np.float64), new.facts])
    far, light = group_means(distance, group), group_means(facts, group)
    # One test for all facts: each more would make the others less sharp.
    alike = facts / np.maximum(light.std(axis=0), 1e-9)
    found = draws.outcomes(
        lambda dealt, rows, own, _: dealt.clouds_differ(group_distances(widest(points[rows]), own)),
        lambda dealt, rows, own, _: dealt.means_differ(
            group_means(distance[rows], own), only_larger=True
        ),
        lambda dealt, rows, own, _: dealt.means_differ(group_means(alike[rows], own)),
        n_draws=n_draws,
    )
    outcomes: dict[str, ComparisonOutcome | None] = dict(
        zip(("embedding", "distance", "light"), found, strict=True)
    )
    sizes = {
        name: ShiftSize(name, float(means[:n_old].mean()), float(means[n_old:].mean()))
        for name, means in {"distance": far, **dict(zip(LIGHT_FACTS, light.T, strict=True))}.items()
    }
    return Compared(outcomes, sizes, points, n_old, n_new, draws.smallest_p)


def widest(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points along their own widest directions, shape (n, N_DIRECTIONS) or fewer columns."""
    centred = points - points.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ directions[:, ::-1][:, :N_DIRECTIONS])


def drift_of(bundle: Bundle, new: NewPhotos, *, level: float = LEVEL, seed: int = 0) -> Drift:
    """Compares new photos with the training photos that a bundle keeps.

    Args:
        bundle: The model.
        new: What was measured of new photos.
        level: Chance of any alarm where nothing has changed.
        seed: Of the arrangements of groups.

    Raises:
        BundleError: The bundle keeps no training photos, or those of one group only.
    """
    reference = reference_of(bundle)
    if reference.n_groups < 2:
        raise BundleError(
            "training photos of at least 2 groups",
            "1",
            str(bundle.folder),
            "Train with groups (trees, sites) named, to distinguish change from luck.",
        )
    compared = compare_photos(reference, new, seed=seed)
    mix = compare_classes(bundle, new, seed=seed)
    outcomes = compared.outcomes | {"classes": mix.outcome if mix else None}
    sizes = compared.sizes | ({"classes": mix.size} if mix else {})
    n_tests = sum(outcome is not None for outcome in outcomes.values())
    smallest = min(1.0, compared.smallest_p * n_tests)
    classes, classes_note = class_shares_of(bundle, new)
    beyond, limit = _beyond(reference, new)
    n_kept = len(reference.points)
    return Drift(
        shifts=_shifts(outcomes, sizes, level),
        classes=classes,
        classes_note=classes_note,
        beyond=beyond,
        farthest=_farthest(new, limit, float(reference.held_out.max())),
        apart=apart_of(outcomes),
        n_new=len(new.names),
        n_new_groups=compared.n_new,
        n_old=n_kept,
        n_old_groups=compared.n_old,
        grouped_by=new.grouped_by,
        n_left_out=new.n_left_out,
        failures=new.failures,
        smallest_p=smallest,
        level=level,
        cautions=cautions_of(new, compared.n_new, smallest, level),
        leafless=_leafless(bundle, new),
        months=dict(sorted(Counter(new.months).items())),
        map_old=compared.points[:n_kept, :2],
        map_new=compared.points[n_kept:, :2],
        distance_old=reference.held_out.astype(np.float64),
        distance_new=new.distance,
        distance_limit=limit,
    )


def _leafless(bundle: Bundle, new: NewPhotos) -> tuple[float, float] | None:
    """Shares out of leaf, by the gate."""
    before = bundle.description.gate_alarms.get("leaf")
    return None if before is None or new.leafless is None else (before, new.leafless)


def apart_of(outcomes: dict[str, ComparisonOutcome | None]) -> float:
    """How far the clouds are apart."""
    clouds = outcomes["embedding"]
    return (clouds.apart or 0.0) if clouds else 0.0


def _shifts(
    outcomes: dict[str, ComparisonOutcome | None],
    sizes: dict[str, ShiftSize],
    level: float,
) -> tuple[Shift, ...]:
    """Each comparison with its corrected p value, in words."""
    corrected = holm([outcome.p_value if outcome else None for outcome in outcomes.values()])
    rows = []
    for (name, outcome), p_value in zip(outcomes.items(), corrected, strict=True):
        if outcome is None:
            continue
        alarm = p_value is not None and p_value <= level
        rows.append(
            Shift(
                name=name,
                title=TITLES[name],
                sizes=tuple(sizes[one] for one in SIZES_OF.get(name, (name,)) if one in sizes),
                p_value=outcome.p_value,
                corrected_p=p_value,
                times_luck=outcome.times_luck,
                alarm=alarm,
                sentence=sentence_of(name, outcome, sizes, alarm),
            )
        )
    return tuple(rows)


def _beyond(reference: Reference, new: NewPhotos) -> tuple[Beyond, float]:
    """Photos beyond the gate's limit, against what the gate states for photos like training."""
    limit = reference.limit(FALSE_ALARM)
    beyond = new.distance > limit
    if not np.isfinite(limit):
        return Beyond(0.0, 0, None, None), limit
    stated, at_most = reference.limit_range(FALSE_ALARM)
    return Beyond(float(beyond.mean()), int(beyond.sum()), stated, at_most), limit


def _farthest(new: NewPhotos, limit: float, largest: float) -> tuple[Unlike, ...]:
    """Photos farthest from training."""
    scale = limit if np.isfinite(limit) else largest
    order: Sequence[int] = np.argsort(-new.distance, kind="stable")[:N_FARTHEST].tolist()
    return tuple(
        Unlike(
            new.names[row],
            new.groups[row] if new.grouped_by != "photo" else "",
            float(new.distance[row] / scale) if scale > 0 else 0.0,
        )
        for row in order
    )
