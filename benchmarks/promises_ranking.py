"""After a storm: the interval of a ranking, and the alarm when more or fewer failed than was said.

Used by benchmarks/promises_others.py. All numbers are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from arborisk.metrics.intervals import area_ends
from arborisk.risk.outcomes import SURPRISING, number_law

PROMISED, LEVEL = 0.93, 0.95
N_TRUTH = 200_000
AREAS = (0.55, 0.75, 0.9, 0.98, 0.999)
"""Area under the curve of the failures that can be foreseen."""
SIZES = ((10, 10), (10, 100), (20, 400), (50, 20), (50, 500), (200, 20), (200, 400))
"""Trees that failed, trees that stood."""


@dataclass(frozen=True, slots=True)
class Storm:
    """How chances of failed and of standing trees are drawn, on the scale of normal scores.

    Attributes:
        spread: Standard deviation of failed trees' scores; that of standing ones is 1.
        unforeseen: Share of failures whose score says nothing.
        uniform: Their chance is even from 0 to 1, where standing trees centre at 5 %; otherwise
            it is drawn as that of a standing tree.
        step: Scores are rounded to multiples of it, so that many are equal; 0 where not.
    """

    spread: float = 1.0
    unforeseen: float = 0.0
    uniform: bool = False
    step: float = 0.0


STORMS = {
    "alike": Storm(),
    "failed trees spread 2.5x": Storm(spread=2.5),
    "failed trees spread 0.3x": Storm(spread=0.3),
    "four words for a chance": Storm(step=1.5),
    "four words, spread 2.5x": Storm(spread=2.5, step=1.5),
    "10 % unforeseen": Storm(unforeseen=0.1),
    "20 % unforeseen": Storm(unforeseen=0.2),
    "30 % unforeseen": Storm(unforeseen=0.3),
    "10 % unforeseen, chance even": Storm(unforeseen=0.1, uniform=True),
    "30 % unforeseen, chance even": Storm(unforeseen=0.3, uniform=True),
    "20 % unforeseen, spread 2.5x": Storm(spread=2.5, unforeseen=0.2),
    "10 % unforeseen, four words": Storm(unforeseen=0.1, step=1.5),
}


def draw(
    storm: Storm, area: float, failed: int, stood: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Scores, those of failed trees first."""
    lead = special.ndtri(area) * np.sqrt(1 + storm.spread**2)
    score = np.concatenate([random.normal(lead, storm.spread, failed), random.normal(size=stood)])
    blind = np.flatnonzero(random.random(failed) < storm.unforeseen)
    even = special.logit(random.random(len(blind))) + 3.0  # 5 % is the middle of those that stood
    score[blind] = even if storm.uniform else random.normal(size=len(blind))
    return np.round(score / storm.step) * storm.step if storm.step else score


def ranking(*, quick: bool, seed: int) -> list[str]:
    """Coverage of the interval of a ranking; what breaks the promise."""
    repeats, broken = (100 if quick else 300), []
    storms = list(STORMS.items())[:: 3 if quick else 1]
    areas = AREAS[::2] if quick else AREAS
    print("| failures | " + " | ".join(f"{n} failed, {m} stood" for n, m in SIZES) + " | width |")
    print("|---" * (len(SIZES) + 2) + "|")
    error = (PROMISED * (1 - PROMISED) / repeats) ** 0.5
    for number, (title, storm) in enumerate(storms):
        random = np.random.default_rng([seed, number])
        lowest, widths = dict.fromkeys(SIZES, 1.0), []
        for area in areas:
            many = np.arange(2 * N_TRUTH) < N_TRUTH
            truth = area_ends(draw(storm, area, N_TRUTH, N_TRUTH, random), many, level=LEVEL)[0]
            for n, m in SIZES:
                ends = np.array(
                    [
                        area_ends(
                            draw(storm, area, n, m, random), np.arange(n + m) < n, level=LEVEL
                        )
                        for _ in range(repeats)
                    ]
                )
                covers = float(((ends[:, 1] <= truth) & (truth <= ends[:, 2])).mean())
                lowest[n, m] = min(lowest[n, m], covers)
                if covers < PROMISED - 3 * error:
                    broken.append(f"{title}, area {truth:.3f}, {n} of {n + m}: {covers:.3f}")
                if (n, m) == (50, 500):
                    widths.append(float(np.median(ends[:, 2] - ends[:, 1])))
        cells = " | ".join(f"{value:.3f}" for value in lowest.values())
        print(f"| {title} | {cells} | {min(widths):.2f} to {max(widths):.2f} |", flush=True)
    print(
        f"\n{repeats} repeats, error {error:.3f}; lowest of {len(areas)} areas; width at 50 of 550"
    )
    return broken


TREES = {
    "100 trees of 1 %": np.full(100, 0.01),
    "1,000 trees of 0.1 %": np.full(1000, 0.001),
    "500 trees, 0 to 20 %": np.linspace(0, 0.2, 500),
    "300 trees, 0 to 100 %": np.linspace(0, 1, 300),
    "20 trees of 50 %": np.full(20, 0.5),
    "10,000 trees, most near 0": np.linspace(0, 1, 10_000) ** 6,
}


def in_the_large(*, quick: bool, seed: int) -> list[str]:
    """How often the alarm comes where the chances are right, and where twice as many fail."""
    repeats, broken = (2000 if quick else 20_000), []
    error = (SURPRISING * (1 - SURPRISING) / repeats) ** 0.5
    print("| trees | expected | alarm, chances right | alarm, odds twice as high |")
    print("|---" * 4 + "|")
    for number, (title, chance) in enumerate(TREES.items()):
        random = np.random.default_rng([seed, number])
        law = number_law(chance)
        tail = np.minimum(np.cumsum(law), np.cumsum(law[::-1])[::-1])
        alarm = 2 * tail < SURPRISING
        shares = []
        for one in (chance, 2 * chance / (1 + chance)):
            seen = np.array([int((random.random(len(one)) < one).sum()) for _ in range(repeats)])
            shares.append(float(alarm[seen].mean()))
        print(f"| {title} | {chance.sum():.1f} | {shares[0]:.4f} | {shares[1]:.2f} |", flush=True)
        if shares[0] > SURPRISING + 3 * error:
            broken.append(f"{title}: alarm in {shares[0]:.4f} with right chances")
    print(f"\n{repeats} repeats, error {error:.4f}; alarm below {SURPRISING}")
    return broken
