"""Do sets, miss rules and calibration keep what they state, where the truth is known?

    python benchmarks/guarantees.py [--repeats 500] [--trees 50 200 1000]

Each repeat draws trees with one to four photos (a tree's photos are alike), trains five linear
models on five folds of them, and makes from what these said of trees held back all that a bundle
carries: calibration map, likelihood sets, miss rules. Then the five together, as they ship, answer
to new trees, of one to four photos and of a single one, which are harder. Three ordered classes
with shares 0.70, 0.18 and 0.12, as in the deck.

The promises hold over repeats: sets cover their share on average, class by class; a miss rule is
broken (more new trees of the class missed than stated) in at most 1 - confidence of the repeats in
which it was given. The standard error of a share over 500 repeats is at most 0.022.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.fitting import choose_map
from arborisk.calibration.misses import (
    MissRule,
    attainable_coverage,
    find_miss_rule,
    referral_scores,
)
from arborisk.calibration.prevalence import class_shares, estimate_prevalence, source_shares
from arborisk.calibration.sets import SetRule
from arborisk.calibration.table import CalibrationTable
from arborisk.errors import SettingsError
from arborisk.metrics.reliability import reliability_of

SHARES = np.array([0.70, 0.18, 0.12])
TITLES = ("Improbable", "Possible", "Probable")
N_FEATURES, N_FOLDS = 8, 5
SKILL = 1.1
ALIKE = 0.6
"""Share of the variance of the features that photos of one tree have in common."""
N_NEW_TREES = 3000
COVERAGE = 0.9
PROMISES = ((0.05, 0.95), (0.10, 0.90), (0.20, 0.90))


@dataclass(frozen=True, slots=True)
class Photos:
    """Features (n, 8), classes and trees of n photos."""

    features: NDArray[np.float64]
    truth: NDArray[np.int64]
    tree: NDArray[np.int64]


def draw(
    n_trees: int,
    random: np.random.Generator,
    *,
    most_photos: int = 4,
    shares: NDArray[np.float64] = SHARES,
) -> Photos:
    tree = np.repeat(np.arange(n_trees), random.integers(1, most_photos + 1, size=n_trees))
    truth = random.choice(3, size=n_trees, p=shares)[tree]
    shift = np.zeros((3, N_FEATURES))
    shift[:, 0] = (0, SKILL, 2 * SKILL)
    shift[1, 1] = SKILL
    common = random.normal(size=(n_trees, N_FEATURES))[tree]
    own = random.normal(size=(len(tree), N_FEATURES))
    noise = np.sqrt(ALIKE) * common + np.sqrt(1 - ALIKE) * own
    return Photos(shift[truth] + noise, truth, tree)


def fit_linear(photos: Photos) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Linear discriminant analysis with a little shrinkage: weights (3, 8) and bias (3,)."""
    means = np.zeros((3, N_FEATURES))
    spread = np.eye(N_FEATURES)
    shares = np.full(3, 1e-3)
    for number in range(3):
        own = photos.features[photos.truth == number]
        if len(own):
            means[number] = own.mean(axis=0)
            spread += (own - means[number]).T @ (own - means[number])
            shares[number] = len(own) / len(photos.truth)
    weight = np.linalg.solve(spread / (len(photos.truth) + 1), means.T).T
    return weight, np.log(shares) - (weight * means).sum(axis=1) / 2


def say(
    model: tuple[NDArray[np.float64], NDArray[np.float64]], photos: Photos
) -> NDArray[np.float64]:
    logits = photos.features @ model[0].T + model[1]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Repeat:
    """What one repeat gave; NaN or None where nothing was promised."""

    covered: list[float]
    in_range: list[float]
    marginal: float
    set_size: float
    missed: list[float | None]
    missed_of_one_photo: list[float | None]
    referred: list[float | None]
    log_loss: tuple[float, float]
    error_held: float


def one_repeat(n_trees: int, seed: int) -> Repeat:
    random = np.random.default_rng([n_trees, seed])
    photos, new = draw(n_trees, random), draw(N_NEW_TREES, random)
    single = draw(N_NEW_TREES, random, most_photos=1)
    fold = random.permutation(n_trees)[photos.tree] % N_FOLDS
    held_back, models = np.empty((len(fold), 3)), []
    for number in range(N_FOLDS):
        inside = fold != number
        rest = Photos(photos.features[inside], photos.truth[inside], photos.tree[inside])
        models.append(fit_linear(rest))
        out = ~inside
        held_back[out] = say(
            models[-1], Photos(photos.features[out], photos.truth[out], photos.tree[out])
        )
    order = np.argsort(fold, kind="stable")  # rounds one after the other, as a run writes them
    table = CalibrationTable.of(
        probability=held_back[order],
        class_index=photos.truth[order],
        rounds=[str(number) for number in fold[order]],
        groups=[str(tree) for tree in photos.tree[order]],
        trees=[str(tree) for tree in photos.tree[order]],
    )
    said = np.stack([say(model, new) for model in models], axis=1)
    rule = SetRule.of(table, coverage=COVERAGE, ordered=True, kind="class_conditional")
    inside = rule.sets(said)
    covered, in_range = [], []
    for number in range(3):
        own = new.truth == number
        share = float(inside[own, number].mean())
        covered.append(share if number not in rule.cannot_rule_out() else np.nan)
        low, _ = attainable_coverage(rule.n_groups[number], COVERAGE)
        in_range.append(float(share >= low) if low < 1 else np.nan)
    marginal = SetRule.of(table, coverage=COVERAGE, ordered=True, kind="marginal").sets(said)
    missed, referred = _misses(table, said, new)
    said_of_single = np.stack([say(model, single) for model in models], axis=1)
    missed_of_one_photo, _ = _misses(table, said_of_single, single)
    fitted = choose_map(table, np.zeros(3))
    calibrated = fitted.apply(np.log(said)).mean(axis=1)
    return Repeat(
        covered,
        in_range,
        float(marginal[np.arange(len(new.truth)), new.truth].mean()),
        float(inside.sum(axis=1).mean()),
        missed,
        missed_of_one_photo,
        referred,
        (_log_loss(said.mean(axis=1), new.truth), _log_loss(calibrated, new.truth)),
        _error_held(table, models, random),
    )


def _misses(
    table: CalibrationTable, said: NDArray[np.float64], new: Photos
) -> tuple[list[float | None], list[float | None]]:
    """Share of new Probable trees missed and of all trees referred, by promise."""
    score = referral_scores(said, 2, ordered=True)
    highest = np.full(N_NEW_TREES, -np.inf)
    np.maximum.at(highest, new.tree, score)
    is_so = np.zeros(N_NEW_TREES, dtype=bool)
    is_so[new.tree] = new.truth == 2
    missed: list[float | None] = []
    referred: list[float | None] = []
    for miss_rate, confidence in PROMISES:
        rule = find_miss_rule(table, 2, miss_rate=miss_rate, confidence=confidence, ordered=True)
        given = isinstance(rule, MissRule)
        sent = rule.refers(highest) if isinstance(rule, MissRule) else None
        missed.append(float((~sent[is_so]).mean()) if given and sent is not None else None)
        referred.append(float(sent.mean()) if given and sent is not None else None)
    return missed, referred


def _error_held(
    table: CalibrationTable,
    models: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
    random: np.random.Generator,
) -> float:
    """Whether the interval of the calibration error holds that of 20,000 new trees."""
    found = reliability_of(
        table.class_index, table.probability, [str(group) for group in table.group]
    ).error
    if found.low is None or found.high is None:
        return np.nan
    fresh = draw(20_000, random)
    which = random.integers(N_FOLDS, size=len(fresh.truth))
    each = np.stack([say(model, fresh) for model in models], axis=1)
    said = each[np.arange(len(which)), which]
    n_bins = min(10, max(2, table.n_groups // 10))
    error = 0.0
    for number in range(3):
        edges = np.quantile(said[:, number], np.arange(1, n_bins) / n_bins)
        bins = np.searchsorted(edges, said[:, number], side="right")
        gap = np.bincount(bins, said[:, number] - (fresh.truth == number))
        error += float(np.abs(gap).sum()) / len(said) / 3
    return float(found.low <= error <= found.high)


def _log_loss(said: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    return float(-np.log(np.maximum(said[np.arange(len(truth)), truth], 1e-12)).mean())


def report(n_trees: int, repeats: list[Repeat]) -> None:
    print(f"\n{n_trees} trees, {len(repeats)} repeats")
    covered = np.array([one.covered for one in repeats])
    in_range = np.array([one.in_range for one in repeats])
    for number, title in enumerate(TITLES):
        given = ~np.isnan(covered[:, number])
        if not given.any():
            print(f"  sets, {title}: never ruled out, too few trees")
            continue
        print(
            f"  sets, {title}: cover {covered[given, number].mean():.3f} (asked {COVERAGE}); "
            f"at or above the stated lower end in {in_range[given, number].mean():.3f} of the "
            f"repeats (0.95 stated); given in {given.mean():.3f}"
        )
    print(
        f"  sets of all classes together: cover {np.mean([one.marginal for one in repeats]):.3f}; "
        f"mean size of class-conditional sets {np.mean([one.set_size for one in repeats]):.2f}"
    )
    for place, (miss_rate, confidence) in enumerate(PROMISES):
        missed = np.array([one.missed[place] for one in repeats if one.missed[place] is not None])
        if not len(missed):
            print(f"  at most {miss_rate} missed, confidence {confidence}: always refused")
            continue
        sent = np.mean([one.referred[place] for one in repeats if one.referred[place] is not None])
        single = np.array(
            [
                one.missed_of_one_photo[place]
                for one in repeats
                if one.missed_of_one_photo[place] is not None
            ]
        )
        print(
            f"  at most {miss_rate} missed, confidence {confidence}: given in "
            f"{len(missed) / len(repeats):.3f} of the repeats, broken in "
            f"{np.mean(missed > miss_rate):.3f} of these, and in {np.mean(single > miss_rate):.3f} "
            f"for trees of one photo (at most {1 - confidence:.2f} stated); missed on average "
            f"{missed.mean():.3f} and {single.mean():.3f}, referred {sent:.3f}"
        )
    losses = np.array([one.log_loss for one in repeats]).mean(axis=0)
    held = np.array([one.error_held for one in repeats])
    print(f"  log-loss of new trees: raw {losses[0]:.3f}, calibrated {losses[1]:.3f}")
    if not np.isnan(held).all():
        print(f"  95 % interval of the calibration error holds it in {np.nanmean(held):.3f}")


def estimate_shares(n_trees: int, repeats: int) -> None:
    """How often the interval of an estimated prevalence holds the true one, elsewhere rarer."""
    elsewhere = np.array([0.85, 0.10, 0.05])
    held, off = [], []
    for seed in range(repeats):
        random = np.random.default_rng([n_trees, seed, 7])
        photos = draw(n_trees, random, most_photos=1)
        fold = random.permutation(n_trees) % N_FOLDS
        held_back, models = np.empty((n_trees, 3)), []
        for number in range(N_FOLDS):
            inside, out = fold != number, fold == number
            rest = Photos(photos.features[inside], photos.truth[inside], photos.tree[inside])
            models.append(fit_linear(rest))
            held_back[out] = say(
                models[-1], Photos(photos.features[out], photos.truth[out], photos.tree[out])
            )
        order = np.argsort(fold, kind="stable")
        names = [str(tree) for tree in order]
        table = CalibrationTable.of(
            probability=held_back[order],
            class_index=photos.truth[order],
            rounds=[str(number) for number in fold[order]],
            groups=names,
            trees=names,
        )
        new = draw(600, random, most_photos=1, shares=elsewhere)
        said = np.stack([say(model, new) for model in models], axis=1)
        fitted = choose_map(table, np.zeros(3))
        try:
            found = estimate_prevalence(
                table,
                fitted,
                np.log(said),
                [str(tree) for tree in new.tree],
                prior_log=np.zeros(3),
                source=source_shares(fitted.method, table, class_shares(table)),
                n_samples=100,
            )
        except SettingsError:
            continue
        off.append([abs(one.value - share) for one, share in zip(found, elsewhere, strict=True)])
        if found[0].low is not None:
            pairs = zip(found, elsewhere, strict=True)
            held.append([one.low <= share <= one.high for one, share in pairs])  # type: ignore
    print(f"\nprevalence elsewhere {elsewhere.tolist()}, {n_trees} trees, {repeats} repeats")
    print(f"  estimated in {len(off) / repeats:.2f}, with an interval in {len(held) / repeats:.2f}")
    if off:
        print(f"  mean distance from the truth by class: {np.mean(off, axis=0).round(3).tolist()}")
    if held:
        print(f"  interval holds the truth by class: {np.mean(held, axis=0).round(3).tolist()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=500)
    parser.add_argument("--trees", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--estimates", type=int, default=100, help="Repeats for prevalence.")
    given = parser.parse_args()
    for n_trees in given.trees:
        report(n_trees, [one_repeat(n_trees, seed) for seed in range(given.repeats)])
    for n_trees in given.trees:
        estimate_shares(n_trees, given.estimates)


if __name__ == "__main__":
    main()
