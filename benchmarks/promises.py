"""Do the intervals of scores hold what they promise, whatever the shape of the data?

    python benchmarks/promises.py                 the whole table (about an hour on one core)
    python benchmarks/promises.py --quick         a minute; exits with 1 where a promise is broken
    python benchmarks/promises.py --every-score   one row a score, instead of one a kind of score

Each repeat draws groups (trees, sites) with their photos, predictions and labels
(benchmarks/promises_shapes.py) and asks whether the 95 % interval of each score holds the score of
the whole population. Promised: at least 0.93 of the intervals that are given hold it; of samples of
at least 200 groups, with 30 expected of the rarest class, at most 5 % get no interval, 20 % where
labels are wrong. A cell fails where it misses by more than three Monte Carlo standard errors.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
import typer

from arborisk.metrics.intervals import ManyEnds, interval_ends
from arborisk.metrics.over_groups import FEWEST_GROUPS
from arborisk.metrics.scores import Sums, score_table
from promises_former import former_ends
from promises_shapes import SHAPES, Shape, draw

LEVEL, PROMISED = 0.95, 0.93
MOST_REFUSED, MOST_REFUSED_IF_NOISY = 0.05, 0.20
MANY_GROUPS, RAREST_EXPECTED = 200, 30
FEWEST_GIVEN = 60
"""Intervals below which a cell tells too little to be judged."""
AT_ONCE = 60_000
"""Groups drawn at once, for memory."""
QUICK_GROUPS, QUICK_REPEATS, QUICK_POPULATION = (60, 300), 200, 60_000
KINDS = {
    "accuracy": ("accuracy",),
    "recall": ("recall_",),
    "precision": ("precision_",),
    "F1": ("f1_",),
    "averages": ("balanced_", "macro_"),
    "kappa": ("quadratic_",),
    "log-loss": ("log_loss",),
    "Brier": ("brier",),
}


@dataclass(slots=True)
class Cell:
    """What the repeats showed for one score.

    Attributes:
        n: Repeats.
        given: Repeats with an interval.
        held: Of these, those whose interval holds the population's score.
        former_given: Repeats with an interval by the former rule.
        former_held: Of these, those that hold it.
        ratios: Width over that by the former rule, where both give one.
    """

    n: int = 0
    given: int = 0
    held: int = 0
    former_given: int = 0
    former_held: int = 0
    ratios: list[float] = field(default_factory=list)

    def add(self, truth: float, ours: ManyEnds, former: ManyEnds | None) -> None:
        """Counts more repeats."""
        has = ours.enough & ~np.isnan(ours.low)
        self.n += len(has)
        self.given += int(has.sum())
        self.held += int((has & _holds(ours, truth)).sum())
        if former is not None:
            self.former_given += int(former.enough.sum())
            self.former_held += int((former.enough & _holds(former, truth)).sum())
            both = has & former.enough
            width = (ours.high - ours.low)[both] / (former.high - former.low)[both]
            self.ratios += width.tolist()

    @property
    def coverage(self) -> float:
        """Share of the intervals that hold the population's score; NaN where too few were given."""
        return self.held / self.given if self.given >= FEWEST_GIVEN else math.nan

    @property
    def error(self) -> float:
        """Monte Carlo standard error of the coverage, were it as promised."""
        return math.sqrt(PROMISED * (1 - PROMISED) / max(self.given, 1))

    @property
    def falls_short(self) -> bool:
        """Whether the coverage is below the promise by more than chance."""
        return self.coverage < PROMISED - 3 * self.error


def _holds(ends: ManyEnds, truth: float) -> np.ndarray:
    return np.asarray((ends.low <= truth + 1e-9) & (truth <= ends.high + 1e-9))


def true_scores(shape: Shape, n_groups: int, seed: int) -> dict[str, float]:
    """Scores of the population that the samples are drawn from."""
    random = np.random.default_rng([seed, 1])
    parts = []
    for _ in range(max(1, n_groups // AT_ONCE)):
        parts.append(draw(shape, AT_ONCE // shape.trees, 1, random).total())
    whole = Sums(*(sum(getattr(part, name)[0] for part in parts) for name in Sums.__slots__))
    table = score_table(whole, class_names=names_of(shape), ordered=True)
    return {name: float(value) for name, value in table.items()}


def names_of(shape: Shape) -> list[str]:
    """Names of the classes: common to rare."""
    return [f"class{number + 1}" for number in range(len(shape.shares))]


def measure(
    shape: Shape, truth: dict[str, float], n_groups: int, repeats: int, seed: int
) -> dict[str, Cell]:
    """Cells by name of the score."""
    random = np.random.default_rng([seed, 2, n_groups])
    cells = {name: Cell() for name in truth}
    left = repeats
    while left > 0:
        now = min(left, max(1, AT_ONCE // n_groups // shape.trees))
        left -= now
        drawn = draw(shape, n_groups, now, random)
        ours = interval_ends(drawn, class_names=names_of(shape), ordered=True, level=LEVEL)
        former = former_ends(drawn, names_of(shape), LEVEL)
        for name, cell in cells.items():
            cell.add(truth[name], ours[name], former.get(name))
    return cells


def broken_promises(shape: Shape, n_groups: int, cells: dict[str, Cell]) -> list[str]:
    """What the cells of one shape and number of groups break."""
    found = [
        f"{name}: covers {cell.coverage:.3f} of {cell.given}"
        for name, cell in cells.items()
        if cell.falls_short
    ]
    one_tree = shape.trees == 1  # of sites, few have half of their photos in a rare class
    if n_groups < MANY_GROUPS or n_groups * min(shape.shares) < RAREST_EXPECTED or not one_tree:
        return found
    most = MOST_REFUSED_IF_NOISY if shape.is_noisy else MOST_REFUSED
    for name in ("accuracy", "macro_recall"):
        refused = 1 - cells[name].given / cells[name].n
        if refused > most + 3 * math.sqrt(most * (1 - most) / cells[name].n):
            found.append(f"{name}: refused in {refused:.3f}, at most {most} promised")
    return found


def row_of(title: str, n_groups: int, cells: dict[str, Cell]) -> str:
    """One row of the table: the lowest coverage of the scores of each kind."""
    words = []
    for starts in KINDS.values():
        own = [cell for name, cell in cells.items() if name.startswith(starts)]
        seen = [cell for cell in own if not math.isnan(cell.coverage)]
        low = min(seen, key=lambda cell: cell.coverage, default=None)
        words.append(f"{low.coverage:.3f}" if low else "refused")
    of_rarest = cells["macro_recall"]
    ratios = [ratio for cell in cells.values() for ratio in cell.ratios]
    former = [
        cell.former_held / cell.former_given
        for cell in cells.values()
        if cell.former_given >= FEWEST_GIVEN
    ]
    most_error = max(
        (cell.error for cell in cells.values() if not math.isnan(cell.coverage)), default=math.nan
    )
    return (
        f"| {title} | {n_groups} | "
        + " | ".join(words)
        + f" | {most_error:.3f} | {1 - cells['accuracy'].given / of_rarest.n:.0%}, "
        f"{1 - of_rarest.given / of_rarest.n:.0%} "
        f"| {np.median(ratios) if ratios else math.nan:.2f} "
        f"| {min(former, default=math.nan):.3f} |"
    ).replace("nan", "-")


def main(
    groups: Annotated[list[int] | None, typer.Option(help="Groups a sample; repeatable.")] = None,
    repeats: Annotated[int, typer.Option(help="Samples a shape and number of groups.")] = 1000,
    shape: Annotated[list[str] | None, typer.Option(help="Only these.  [default: all]")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer groups and repeats.")] = False,
    every_score: Annotated[bool, typer.Option("--every-score", help="One row a score.")] = False,
) -> None:
    """Prints the table; exits with 1 where a promise is broken by more than chance."""
    started, population = time.perf_counter(), 400_000
    numbers = groups or [30, 60, 100, 200, 300, 1000]
    if quick:
        numbers, repeats, population = list(QUICK_GROUPS), QUICK_REPEATS, QUICK_POPULATION
    if every_score:
        print("| shape | groups | score | population | coverage | error | refused | width |")
    else:
        print(
            "| shape | groups | "
            + " | ".join(KINDS)
            + " | error | refused: accuracy, all classes | width to former | former, lowest |"
        )
    print("|---" * (8 if every_score else 6 + len(KINDS)) + "|")
    broken: list[str] = []
    for title in shape or SHAPES:
        truth = true_scores(SHAPES[title], population, seed)
        for n_groups in numbers:
            cells = measure(SHAPES[title], truth, n_groups, repeats, seed)
            broken += [
                f"{title}, {n_groups} groups, {words}"
                for words in broken_promises(SHAPES[title], n_groups, cells)
            ]
            if not every_score:
                print(row_of(title, n_groups, cells), flush=True)
                continue
            for name, cell in cells.items():
                width = f"{np.median(cell.ratios):.2f}" if cell.ratios else "-"
                print(
                    f"| {title} | {n_groups} | {name} | {truth[name]:.3f} | {cell.coverage:.3f} "
                    f"| {cell.error:.3f} | {1 - cell.given / cell.n:.0%} | {width} |",
                    flush=True,
                )
    print(
        f"\n{repeats} repeats; groups of a class from which intervals are given: "
        f"{FEWEST_GROUPS:.0f}; {time.perf_counter() - started:.0f} s"
    )
    print("\n".join(["BROKEN:", *broken]) if broken else "Every promise is kept.")
    raise typer.Exit(code=1 if broken else 0)


if __name__ == "__main__":
    typer.run(main)
