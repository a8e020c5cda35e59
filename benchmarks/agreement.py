"""Agreement of raters: whether its intervals hold, what it recovers, and how long it takes.

    python benchmarks/agreement.py                 # coverage, recovery and speed
    python benchmarks/agreement.py --only speed

Coverage: raters of known confusion rate drawn trees; an interval is right when it holds the value
that endless trees would give, which follows from the confusions. The jackknife that is used stands
beside a percentile bootstrap of trees. Speed: everything on 10,000 trees x 10 raters against one
scikit-learn call a pair and redraw, counted on a few redraws and scaled up.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.consensus import make_consensus
from arborisk.agreement.measure import compare_raters
from arborisk.agreement.model_rater import measure_model, two_way_interval
from arborisk.agreement.overall import measure_overall
from arborisk.agreement.pairs import mean_kappa, mean_over_trees, measure_pairs
from arborisk.agreement.predictions import ModelAnswers
from arborisk.agreement.sums import (
    AgreementSums,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    sums_by_tree,
)
from arborisk.dataset.schemes import ISA_WORDS
from arborisk.records import Interval
from arborisk.report.agreement_report import agreement_page
from arborisk.simulate.tables import RATERS

CONFUSION = np.array([rater.confusion for rater in RATERS])
MODEL = CONFUSION[3]
GOOD = np.array([[[0.97, 0.025, 0.005], [0.03, 0.95, 0.02], [0.005, 0.025, 0.97]]] * 4)
USUAL, RARE = (0.70, 0.18, 0.12), (0.94, 0.04, 0.02)
COEFFICIENTS = {
    "percent_agreement": percent_agreement,
    "alpha_ordinal": lambda sums: krippendorff_alpha(sums, "ordinal"),
    "fleiss_kappa": fleiss_kappa,
    "gwet_ac1": gwet_ac,
    "gwet_ac2": lambda sums: gwet_ac(sums, "quadratic"),
}
N_REDRAWS = 500


@dataclass(frozen=True)
class Case:
    """One kind of data."""

    name: str
    n_trees: int
    n_raters: int
    shares: tuple[float, ...] = USUAL
    good: bool = False
    missing: float = 0.0
    photos: int = 1

    @property
    def confusion(self) -> NDArray[np.float64]:
        """Of the raters, shape (n_raters, 3, 3)."""
        return (GOOD if self.good else CONFUSION)[: self.n_raters]


CASES = (
    Case("2 raters", 25, 2),
    Case("2 raters", 50, 2),
    Case("4 raters, 1 in 5 missing", 50, 4, missing=0.2),
    Case("3 raters, 2 photos a tree", 50, 3, photos=2),
    Case("2 good raters", 50, 2, good=True),
    Case("3 raters, rare classes", 50, 3, shares=RARE),
    Case("2 raters", 200, 2),
    Case("4 raters, 1 in 5 missing", 200, 4, missing=0.2),
    Case("3 raters, 2 photos a tree", 200, 3, photos=2),
    Case("2 good raters, rare classes", 200, 2, shares=RARE, good=True),
    Case("3 raters, rare classes", 200, 3, shares=RARE),
)


def draw(
    case: Case, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """What people say, shape (n_items, n_raters), what a model says, and the tree of each item."""
    truth = rng.choice(len(case.shares), case.n_trees, p=case.shares).repeat(case.photos)
    said = say(truth, case.confusion, rng)
    said[rng.random(said.shape) < case.missing] = -1
    return said, say(truth, MODEL[None], rng)[:, 0], np.arange(case.n_trees).repeat(case.photos)


def say(
    truth: NDArray[np.int64], confusion: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """What raters of these confusions say of items of these classes."""
    upper = confusion.cumsum(axis=2)[:, truth, :-1].transpose(1, 0, 2)
    return np.asarray((rng.random((len(truth), len(confusion), 1)) > upper).sum(axis=2))


def endless(case: Case) -> dict[str, float]:
    """Every value for endless trees."""
    share = np.array(case.shares)
    said = case.confusion
    pairs = list(combinations(range(case.n_raters), 2))
    tables = [np.einsum("c,ci,cj->ij", share, said[one], said[other]) for one, other in pairs]
    both = np.mean([(table + table.T) / 2 for table in tables], axis=0)
    sums = AgreementSums(both, 1e9 * both, both.sum(axis=0))
    values = {name: float(function(sums)) for name, function in COEFFICIENTS.items()}
    values["kappa_quadratic"] = float(np.mean([cohen_kappa(one, "quadratic") for one in tables]))
    level = said @ np.arange(3)
    values["bias"] = float(share @ (level[0] - level[1:].mean(axis=0)))
    model = [np.einsum("c,ci,cj->ij", share, MODEL, one) for one in said]
    with_model = np.mean([cohen_kappa(table, "quadratic") for table in model])
    values["model_difference"] = float(with_model) - values["kappa_quadratic"]
    return values


def found(
    case: Case,
    said: NDArray[np.int64],
    tree: NDArray[np.int64],
    model: NDArray[np.int64],
) -> dict[str, Interval]:
    """Every interval that is reported."""
    overall = measure_overall(said, tree, 3, ordered=True)
    _, spreads = measure_pairs(said, tree, 3, ordered=True)
    everyone = list(range(case.n_raters))
    rated = np.isin(np.arange(case.n_trees), tree[(said >= 0).sum(axis=1) >= 2])
    values = {item.key: item.interval for item in overall.statistics}
    values["kappa_quadratic"] = mean_kappa(spreads["quadratic"], everyone, everyone, rated)
    if not case.missing:
        values["bias"] = mean_over_trees(said[:, 0] - said[:, 1:].mean(axis=1), tree)
        answers = ModelAnswers(model, np.eye(3)[model], held_back=True)
        names = [f"rater {one}" for one in everyone]
        result = measure_model(names, said, tree, answers, 3, ordered=True)
        values["model_difference"] = result.difference
    return values


def bootstrap(
    said: NDArray[np.int64], tree: NDArray[np.int64], rng: np.random.Generator
) -> dict[str, tuple[float, float]]:
    """Percentile intervals of redrawn trees."""
    by_tree = sums_by_tree(said, tree, 3)
    n_trees = len(by_tree.shares)
    weights = rng.multinomial(n_trees, np.full(n_trees, 1 / n_trees), N_REDRAWS).astype(float)
    redrawn = by_tree.weighted(weights)
    return {
        name: tuple(np.nanquantile(function(redrawn), (0.025, 0.975)))
        for name, function in COEFFICIENTS.items()
    }


def coverage(repeats: int) -> None:
    print(f"# Coverage of 95 % intervals, {repeats} repeats (jackknife / bootstrap of trees)")
    names = [*COEFFICIENTS, "kappa_quadratic", "bias", "model_difference"]
    print("| trees | data | " + " | ".join(names) + " | no interval |")
    print("|---" * (len(names) + 3) + "|")
    for number, case in enumerate(CASES):
        rng = np.random.default_rng(number)
        truth, right, boot = endless(case), {}, {}
        n_refused = 0
        for _ in range(repeats):
            said, model, tree = draw(case, rng)
            redrawn = bootstrap(said, tree, rng)
            for name, interval in found(case, said, tree, model).items():
                if interval.low is None or interval.high is None:
                    n_refused += 1
                    continue
                right.setdefault(name, []).append(interval.low <= truth[name] <= interval.high)
                if name in redrawn:
                    low, high = redrawn[name]
                    boot.setdefault(name, []).append(low <= truth[name] <= high)
        cells = []
        for name in names:
            cell = f"{100 * np.mean(right[name]):.1f}" if name in right else "-"
            cells.append(f"{cell} / {100 * np.mean(boot[name]):.1f}" if name in boot else cell)
        share = n_refused / (repeats * len(names))
        print(f"| {case.n_trees} | {case.name} | " + " | ".join(cells) + f" | {share:.1%} |")


def two_way(repeats: int) -> None:
    """Coverage of before-and-after intervals where trees and raters both differ."""
    print(f"\n# Coverage over trees and raters, {repeats} repeats")
    for n_trees, n_raters in ((50, 3), (50, 5), (50, 10), (200, 10)):
        rng = np.random.default_rng(n_trees + n_raters)
        tree, rater = np.repeat(np.arange(n_trees), n_raters), np.tile(np.arange(n_raters), n_trees)
        hits = []
        for _ in range(repeats):
            pull = np.clip(0.3 + 0.1 * rng.standard_normal(n_raters), 0, 1)
            ease = np.clip(0.15 * rng.standard_normal(n_trees), -0.3, 0.3)
            changed = rng.random(n_trees * n_raters) < np.clip(pull[rater] + ease[tree], 0, 1)
            interval = two_way_interval(changed.astype(float), tree, rater)
            hits.append(interval.low <= 0.3 <= interval.high)
        print(f"{n_trees} trees, {n_raters} raters: {100 * np.mean(hits):.1f} %")


def recovery() -> None:
    print("\n# Recovery of known confusions by Dawid and Skene (four drawn raters), 20 repeats")
    print("| trees | raters | largest error of a rate, median | right: vote | right: Dawid-Skene |"
          " claims of its answers | answers that hang on the prior |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    for n_trees in (50, 200, 1000):
        for n_raters in (2, 3, 4):
            rng = np.random.default_rng(n_trees)
            rows = []
            for _ in range(20):
                truth = rng.choice(3, n_trees, p=USUAL)
                result = make_consensus(say(truth, CONFUSION[:n_raters], rng), 3, ordered=True)
                rows.append(
                    (
                        np.abs(result.model.confusion - CONFUSION[:n_raters]).max(),
                        (result.vote == truth).mean(),
                        (result.likeliest == truth).mean(),
                        result.model.probability.max(axis=1).mean(),
                        result.n_hanging / n_trees,
                    )
                )
            error, vote, right, claims, hanging = np.median(rows, axis=0)
            print(f"| {n_trees} | {n_raters} | {error:.2f} | {vote:.1%} | {right:.1%} | "
                  f"{claims:.1%} | {hanging:.1%} |")  # fmt: skip


def speed(n_trees: int, n_raters: int) -> None:
    rng = np.random.default_rng(0)
    truth = rng.choice(3, n_trees, p=USUAL)
    said = say(truth, CONFUSION[np.arange(n_raters) % 4], rng)
    said[rng.random(said.shape) < 0.1] = -1
    model = say(truth, MODEL[None], rng)[:, 0]
    with TemporaryDirectory() as folder:
        ratings, predictions = Path(folder) / "ratings.csv", Path(folder) / "predictions.csv"
        rows = [f"tree {item},rater {rater},{ISA_WORDS[said[item, rater]]}"
                for item, rater in zip(*np.nonzero(said >= 0), strict=True)]  # fmt: skip
        ratings.write_text("\n".join(["tree,rater,label", *rows]))
        rows = [f"tree {item},{ISA_WORDS[index]}" for item, index in enumerate(model)]
        predictions.write_text("\n".join(["tree_id,likelihood", *rows]))
        before = naive_s(said, rng)
        started, computing = time.perf_counter(), time.process_time()
        agreement = compare_raters(ratings, model=predictions)
        measured = time.perf_counter() - started
        agreement_page(agreement)
        waited, ours = time.perf_counter() - started, time.process_time() - computing
    naive = (before + naive_s(said, rng)) / 2 * 1000
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n# Speed, {n_trees:,} trees x {n_raters} raters")
    print(f"reading, everything with all intervals, a model: {measured:.1f} s; with the report "
          f"{waited:.1f} s; memory {memory_mb:.0f} MB")  # fmt: skip
    print(f"naive, quadratic kappas alone (scikit-learn per pair, 1,000 redraws): {naive:.0f} s, "
          "from redraws before and after")  # fmt: skip
    print(f"ratio of processor time: {naive / ours:.0f}")


def naive_s(said: NDArray[np.int64], rng: np.random.Generator) -> float:
    """Processor seconds of one redraw by scikit-learn, one call a pair, quadratic kappa alone."""
    from sklearn.metrics import cohen_kappa_score

    n_tried = 2
    started = time.process_time()
    for _ in range(n_tried):
        redrawn = said[rng.integers(0, len(said), len(said))]
        for one, other in combinations(range(said.shape[1]), 2):
            both = (redrawn[:, one] >= 0) & (redrawn[:, other] >= 0)
            cohen_kappa_score(redrawn[both, one], redrawn[both, other], weights="quadratic")
    return (time.process_time() - started) / n_tried


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=1000)
    parser.add_argument("--trees", type=int, default=10_000)
    parser.add_argument("--raters", type=int, default=10)
    parser.add_argument("--only", choices=("coverage", "recovery", "speed"))
    options = parser.parse_args()
    if options.only in (None, "coverage"):
        coverage(options.repeats)
        two_way(options.repeats)
    if options.only in (None, "recovery"):
        recovery()
    if options.only in (None, "speed"):
        speed(options.trees, options.raters)


if __name__ == "__main__":
    main()
