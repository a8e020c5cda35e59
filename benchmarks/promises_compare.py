"""`arborisk compare` on runs: false alarms, coverage and power, among pairs that get an interval.

Used by benchmarks/promises_others.py. All numbers are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.metrics.paired_tests import PairedSums, paired_differences, sign_flip_p
from arborisk.metrics.scores import sums_by_group

PROMISED, LEVEL = 0.93, 0.05
METRICS = ("accuracy", "balanced_accuracy", "macro_f1")
FEWEST_GIVEN = 60
"""Pairs with an interval below which a cell tells too little to be judged."""


@dataclass(frozen=True, slots=True)
class Pair:
    """How two models' answers are drawn.

    Attributes:
        photos: Photos of each tree; `None` draws 1 to 12.
        rare: Share of trees of the rare class.
        wrong: Share of trees that each model tells wrong.
        common: Share of the trees told wrong that both tell wrong.
        harder: Factor on `wrong` for trees of more than four photos.
        better: What the second model tells wrong less, as a share of `wrong`.
    """

    photos: int | None = 3
    rare: float = 0.3
    wrong: float = 0.3
    common: float = 0.5
    harder: float = 1.0
    better: float = 0.0


PAIRS = {
    "alike": Pair(),
    "one photo a tree": Pair(photos=1),
    "1 to 12 photos, large trees harder": Pair(photos=None, harder=1.8),
    "rare class 15 %": Pair(rare=0.15),
    "strong models": Pair(wrong=0.05),
    "models that differ everywhere": Pair(common=0.0),
    "second better by 40 %": Pair(better=0.4),
}


def draw(pair: Pair, n_trees: int, random: np.random.Generator) -> PairedSums:
    """Two models' sums over the photos of trees."""
    size = np.minimum(random.geometric(1 / 3, n_trees), 12)
    size = size if pair.photos is None else np.full(n_trees, pair.photos)
    of_tree = random.random(n_trees) < pair.rare
    chance = np.minimum(pair.wrong * np.where(size > 4, pair.harder, 1.0), 1.0)
    both = random.random(n_trees) < chance * pair.common
    group = np.repeat(np.arange(n_trees), size)
    truth, sums = of_tree[group].astype(np.int64), []
    for better in (0.0, pair.better):
        alone = chance * (1 - pair.common) / (1 - chance * pair.common)
        wrong = (both & (random.random(n_trees) >= better)) | (
            random.random(n_trees) < alone * (1 - better)
        )
        answer = np.where(wrong[group] ^ (random.random(len(group)) < 0.05), 1 - truth, truth)
        sums.append(sums_by_group(truth, 0.05 + 0.9 * np.eye(2)[answer], group))
    return PairedSums(sums[0], sums[1], ("common", "rare"), ordered=True)


def compare(*, quick: bool, seed: int) -> list[str]:
    """False alarms of the sign-flip test and coverage of the differences; what is broken."""
    repeats, broken = (100 if quick else 200), []
    shapes = [item for item in PAIRS.items() if not quick or item[0] in list(PAIRS)[:3]]
    print(
        "| models | trees | without interval | p below 0.05: "
        + ", ".join(METRICS)
        + " | interval holds the difference |"
    )
    print("|---" * 5 + "|")
    for number, (title, pair) in enumerate(shapes):
        random = np.random.default_rng([seed, number])
        truth = draw(pair, 100_000, random)
        whole = [truth.scores(one.total()) for one in (truth.first, truth.second)]
        gaps = {name: float(whole[1][name] - whole[0][name]) for name in METRICS}
        if not pair.better:
            gaps = dict.fromkeys(METRICS, 0.0)
        for n_trees in (60,) if quick else (60, 200):
            below: dict[str, list[bool]] = {name: [] for name in METRICS}
            holds: dict[str, list[bool]] = {name: [] for name in METRICS}
            for _ in range(repeats):
                drawn = draw(pair, n_trees, random)
                ends = paired_differences(drawn)
                if all(ends[name].low is None for name in METRICS):
                    continue
                p = sign_flip_p(drawn, seed=int(random.integers(2**31)))
                for name in METRICS:
                    low, high = ends[name].low, ends[name].high
                    if low is not None and high is not None:
                        below[name].append(p[name] < LEVEL)
                        holds[name].append(low <= gaps[name] <= high)
            refused = 1 - len(below["macro_f1"]) / repeats
            shares = [_share(below[name]) for name in METRICS]
            covers = [_share(holds[name]) for name in METRICS]
            print(
                f"| {title} | {n_trees} | {refused:.0%} "
                f"| {', '.join(f'{one:.3f}' for one in shares)} "
                f"| {', '.join(f'{one:.3f}' for one in covers)} |".replace("nan", "-"),
                flush=True,
            )
            for name, share, cover in zip(METRICS, shares, covers, strict=True):
                error = (LEVEL * (1 - LEVEL) / max(len(below[name]), 1)) ** 0.5
                if not pair.better and share > LEVEL + 3 * error:
                    broken.append(f"{title}, {n_trees} trees, {name}: p < 0.05 in {share:.3f}")
                if cover < PROMISED - 3 * error * 1.2:
                    broken.append(f"{title}, {n_trees} trees, {name}: covers {cover:.3f}")
    print(
        f"\n{repeats} repeats; error {(LEVEL * (1 - LEVEL) / repeats) ** 0.5:.3f} if all are given"
    )
    return broken


def _share(flags: list[bool]) -> float:
    return float(np.mean(flags)) if len(flags) >= FEWEST_GIVEN else float("nan")
