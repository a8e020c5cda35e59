"""The band of the workload curve: share by share, where it bends, and for the whole curve.

Used by benchmarks/promises_others.py. All numbers are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.workload import workload_curve

PROMISED = 0.93
N_TRUTH = 200_000
ROUNDING = 0.002
"""Error of the population's own curve."""
SIZES = ((0.125, 200), (0.5, 60), (0.3, 100), (0.05, 400))
"""Share of the class, groups."""
QUICK_SIZES = SIZES[0], SIZES[1]


@dataclass(frozen=True, slots=True)
class Ranking:
    """How scores are drawn.

    Attributes:
        lead: What trees of the class score more, in standard deviations of the others.
        spread: Standard deviation of the scores of the class.
        step: Scores are rounded to multiples of it; 0 where not.
        trees: Trees a group; those of one are alike in class and score.
    """

    lead: float
    spread: float = 1.0
    step: float = 0.0
    trees: int = 1


RANKINGS = {
    "perfect": Ranking(12.0),
    "near-perfect": Ranking(5.0),
    "good": Ranking(3.0),
    "middling": Ranking(1.5),
    "none": Ranking(0.0),
    "class spreads 2.5x": Ranking(3.0, 2.5),
    "class spreads 0.3x": Ranking(3.0, 0.3),
    "near-perfect, spreads 2.5x": Ranking(8.0, 2.5),
    "many equal scores": Ranking(3.0, step=1.0),
    "sites of 4 trees": Ranking(3.0, trees=4),
    "sites of 4 trees, near-perfect": Ranking(6.0, trees=4),
}


def draw(
    ranking: Ranking, share: float, n_groups: int, random: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """Scores, whether of the class, and group of each tree."""
    group = np.repeat(np.arange(n_groups), ranking.trees)
    chance, noise = np.full(len(group), share), random.normal(size=len(group))
    if ranking.trees > 1:
        chance = random.beta(3 * share, 3 * (1 - share), n_groups)[group]
        noise = 0.6 * random.normal(size=n_groups)[group] + 0.8 * noise
    is_of_class = random.random(len(group)) < chance
    score = noise * np.where(is_of_class, ranking.spread, 1.0) + ranking.lead * is_of_class
    return (
        np.round(score / ranking.step) * ranking.step if ranking.step else score,
        is_of_class,
        group,
    )


def workload(*, quick: bool, seed: int) -> list[str]:
    """Coverage of the band; what breaks the promise."""
    most, broken = (60 if quick else 200), []
    print(
        "| ranking | share of the class, groups | lowest at any share | at the class's share "
        "| whole curve | mean width | error |"
    )
    print("|---" * 7 + "|")
    for number, (title, ranking) in enumerate(list(RANKINGS.items())[:: 3 if quick else 1]):
        random = np.random.default_rng([seed, number])
        for share, n_groups in QUICK_SIZES if quick else SIZES:
            score, of_class, _ = draw(ranking, share, N_TRUTH // ranking.trees, random)
            everyone = np.zeros(len(score), dtype=np.int64)
            truth = workload_curve(score, of_class, everyone).caught
            held, widths = [], []
            for _ in range(most):
                curve = workload_curve(*draw(ranking, share, n_groups, random))
                if curve is None or curve.low is None:
                    continue
                low, high = curve.low - ROUNDING, curve.high + ROUNDING
                held.append((low <= truth) & (truth <= high))
                widths.append(float((curve.high - curve.low).mean()))
            if len(held) < most // 2:
                print(f"| {title} | {share}, {n_groups} | mostly refused | | | | |")
                continue
            error = (PROMISED * (1 - PROMISED) / len(held)) ** 0.5
            each = np.mean(held, axis=0)
            at = int(each.argmin())
            print(
                f"| {title} | {share}, {n_groups} | {each[at]:.3f} at {at / 100:.2f} "
                f"| {each[round(100 * share)]:.3f} | {np.all(held, axis=1).mean():.2f} "
                f"| {np.mean(widths):.2f} | {error:.3f} |",
                flush=True,
            )
            if each[at] < PROMISED - 3 * error:
                broken.append(f"{title}, {share}, {n_groups} groups: {each[at]:.3f} at {at} %")
    return broken
