"""Coverage of the intervals by simulation, beside the percentile bootstrap over trees.

    python benchmarks/intervals.py --trees 50 --trees 200 --trees 1000 --samples 1000

Each sample draws trees with three photos each, the predictions of one tree correlated, 12 % of the
trees in the rare class, and asks whether the interval of each score holds the score of the whole
population. Decision: docs/decisions/0003-intervals.md.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from arborisk.metrics import scores, scores_with_intervals
from arborisk.metrics.scores import score_table
from arborisk.metrics.sums import Sums, sums_by_group

N_POPULATION = 400_000
"""Trees that stand for the population; the score of so many errs by about 0.001."""
N_RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Scenario:
    """How trees and predictions are drawn.

    Attributes:
        shares: Share of trees in each class.
        skill: Mean lead of the true class's logit; its variance is the same, as calibrated.
        correlation: Share of the logits' variance that the photos of a tree have in common.
        uses_prior: Whether the model leans to the common classes.
        overconfidence: Factor on the logits.
        uneven: Photos a tree vary from 1 to 12 instead of 3.
    """

    shares: tuple[float, ...] = (0.88, 0.12)
    skill: float = 2.0
    correlation: float = 0.6
    uses_prior: bool = True
    overconfidence: float = 1.0
    uneven: bool = False


THREE = (0.70, 0.18, 0.12)
SCENARIOS = {
    "two classes": Scenario(),
    "two, strong model": Scenario(skill=6.0),
    "two, weak balanced model": Scenario(skill=0.7, uses_prior=False),
    "two, photos of a tree alike": Scenario(correlation=0.95, uses_prior=False),
    "two, strong and overconfident": Scenario(skill=6.0, overconfidence=3.0),
    "two, trees of 1 to 12 photos": Scenario(uneven=True),
    "three classes": Scenario(THREE, skill=2.5),
    "three, balanced model": Scenario(THREE, uses_prior=False),
    "three, overconfident": Scenario(THREE, correlation=0.8, overconfidence=2.5),
    "three, strong model": Scenario(THREE, skill=7.0, correlation=0.8),
    "two equal classes": Scenario((0.5, 0.5), skill=3.0),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Predictions drawn for some trees; arrays have one row a photo."""

    class_index: NDArray[np.int64]
    probability: NDArray[np.float64]
    tree: NDArray[np.int64]


def draw(scenario: Scenario, n_trees: int, generator: np.random.Generator) -> Sample:
    """Draws trees with their photos and predictions."""
    n_classes = len(scenario.shares)
    truth = generator.choice(n_classes, p=scenario.shares, size=n_trees)
    n_photos = np.full(n_trees, 3)
    if scenario.uneven:
        n_photos = np.minimum(generator.geometric(1 / 3, n_trees), 12)
    tree = np.repeat(np.arange(n_trees), n_photos)
    common = generator.standard_normal((n_trees, n_classes))[tree]
    own = generator.standard_normal((len(tree), n_classes))
    deviation = np.sqrt(scenario.correlation) * common + np.sqrt(1 - scenario.correlation) * own
    logits = scenario.skill * np.eye(n_classes)[truth[tree]] + np.sqrt(scenario.skill) * deviation
    if scenario.uses_prior:
        logits += np.log(scenario.shares)
    logits *= scenario.overconfidence
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Sample(truth[tree], odds / odds.sum(axis=1, keepdims=True), tree)


def percentile_bootstrap(
    sample: Sample, names: tuple[str, ...], generator: np.random.Generator
) -> dict[str, tuple[float, float]]:
    """The usual interval: percentiles of the scores of redrawn trees."""
    by_tree = sums_by_group(sample.class_index, sample.probability, sample.tree)
    n_trees, k = len(by_tree.log_loss), len(names)
    times = generator.multinomial(n_trees, np.full(n_trees, 1 / n_trees), N_RESAMPLES)
    redrawn = Sums(
        (times @ by_tree.confusion.reshape(n_trees, -1)).reshape(-1, k, k),
        times @ by_tree.log_loss,
        times @ by_tree.brier,
    )
    table = score_table(redrawn, class_names=names, ordered=True)
    return {
        name: (float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975)))
        for name, values in table.items()
    }


@dataclass(frozen=True, slots=True)
class Coverage:
    """What many samples showed for one score.

    Attributes:
        n_given: Samples with an interval.
        n_covered: Of these, samples whose interval holds the population's score.
        mean_width: Mean width of the intervals.
        n_bootstrap: Samples whose bootstrap interval holds it, of all samples.
        bootstrap_width: Mean width of the bootstrap intervals.
    """

    n_given: int
    n_covered: int
    mean_width: float
    n_bootstrap: int
    bootstrap_width: float


def measure(
    scenario: Scenario, n_trees: int, n_samples: int, seed: int
) -> dict[str, tuple[float, Coverage]]:
    """Population's score and coverage, by name of the score."""
    names = ("Im", "Po", "Pr") if len(scenario.shares) == 3 else ("Im", "Pr")
    generator = np.random.default_rng(seed)
    population = draw(scenario, N_POPULATION, generator)
    truth = scores(population.class_index, population.probability, class_names=names, ordered=True)
    ours: dict[str, list[tuple[float, float]]] = {name: [] for name in truth}
    boots: dict[str, list[tuple[float, float]]] = {name: [] for name in truth}
    for _ in range(n_samples):
        sample = draw(scenario, n_trees, generator)
        found = scores_with_intervals(
            sample.class_index,
            sample.probability,
            [str(tree) for tree in sample.tree],
            class_names=names,
            ordered=True,
        )
        boot = percentile_bootstrap(sample, names, generator)
        for name, interval in found.items():
            boots[name].append(boot[name])
            if interval.low is not None and interval.high is not None:
                ours[name].append((interval.low, interval.high))
    return {
        name: (
            value,
            Coverage(
                len(ours[name]),
                sum(low <= value <= high for low, high in ours[name]),
                float(np.mean([high - low for low, high in ours[name]])) if ours[name] else np.nan,
                sum(low <= value <= high for low, high in boots[name]),
                float(np.mean([high - low for low, high in boots[name]])),
            ),
        )
        for name, value in truth.items()
    }


def main(
    trees: Annotated[list[int], typer.Option(help="Trees a sample; repeat for several.")] = [  # noqa: B006
        50,
        200,
        1000,
    ],
    samples: Annotated[int, typer.Option(help="Samples a scenario.")] = 50,
    scenario: Annotated[list[str] | None, typer.Option(help="Only these.  [default: all]")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
) -> None:
    """Prints coverage by scenario, number of trees and score, and the lowest of each score."""
    started = time.perf_counter()
    lowest: dict[tuple[int, str], tuple[float, float, str]] = {}
    ratios: dict[int, list[float]] = {}
    print(
        "| scenario | trees | score | population | too few | coverage | width | bootstrap | width |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for title in scenario or SCENARIOS:
        for n_trees in trees:
            for name, (value, seen) in measure(SCENARIOS[title], n_trees, samples, seed).items():
                share = seen.n_covered / seen.n_given if seen.n_given else np.nan
                boot = seen.n_bootstrap / samples
                kind = name.replace("_Im", "_<common>").replace("_Pr", "_<rare>")
                kind = kind.replace("_Po", "_<middle>")
                worst = lowest.get((n_trees, kind), (np.inf, np.inf, ""))
                # Fewer than a tenth of the samples tell too little, and were chosen by their draw.
                if seen.n_given >= samples / 10 and share < worst[0]:
                    worst = (share, worst[1], title)
                lowest[n_trees, kind] = (worst[0], min(worst[1], boot), worst[2])
                if seen.n_given:
                    ratios.setdefault(n_trees, []).append(seen.mean_width / seen.bootstrap_width)
                print(
                    f"| {title} | {n_trees} | {name} | {value:.3f} "
                    f"| {1 - seen.n_given / samples:.0%} | {share:.3f} | {seen.mean_width:.3f} "
                    f"| {boot:.3f} | {seen.bootstrap_width:.3f} |",
                    flush=True,
                )
    print("\nLowest coverage over the scenarios that gave intervals in a tenth of the samples\n")
    print("| trees | score | ours | in | bootstrap |\n|---|---|---|---|---|")
    for (n_trees, kind), (share, boot, title) in sorted(lowest.items()):
        ours = f"{share:.3f}" if title else "too few"
        print(f"| {n_trees} | {kind} | {ours} | {title} | {boot:.3f} |")
    print("\nWidth over the bootstrap's, by scenario and score\n")
    print("| trees | median | largest |\n|---|---|---|")
    for n_trees, values in sorted(ratios.items()):
        print(f"| {n_trees} | {np.median(values):.2f} | {max(values):.2f} |")
    print(f"\n{samples} samples each, {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    typer.run(main)
