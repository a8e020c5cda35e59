"""After a storm: what failed against what was said, and what to believe next time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.intervals import area_ends
from arborisk.risk.annual.chances import Chance
from arborisk.risk.annual.prior import JEFFREYS, ClassPrior
from arborisk.scales import FailureLikelihood
from arborisk.tables.choices import TableChoices
from arborisk.tables.rating_words import says_imminent
from arborisk.tables.role_table import RoleTable, read_role_table
from arborisk.tables.table import read_flag
from arborisk.wording.counts import counted

LEAST_TAIL = 1e-12
"""What rounding leaves of a smaller tail is noise."""
_FOLD_DIRECTLY = 2_000  # trees; a transform is faster beyond, and right to 1e-15


def in_the_large(
    chance: NDArray[np.float64], failed: NDArray[np.bool_]
) -> tuple[float, int, float] | None:
    """Expected and seen numbers, and twice the exact tail of the number seen; None without trees.

    The tail is 0 where the chances allow no such number, else at least `LEAST_TAIL`.

    Args:
        chance: Chance stated for each tree, in [0, 1], shape (n_trees,).
        failed: Whether it failed, shape (n_trees,).

    >>> in_the_large(np.array([0.5, 0.5]), np.array([True, True]))
    (1.0, 2, 0.5)
    >>> in_the_large(np.array([0.0, 0.0]), np.array([True, False]))
    (0.0, 1, 0.0)
    """
    if not len(chance):
        return None
    expected, seen = float(chance.sum()), int(failed.sum())
    undecided = chance[(chance > 0) & (chance < 1)]
    further = seen - int((chance == 1).sum())
    if not 0 <= further <= len(undecided):
        return expected, seen, 0.0
    law = number_law(undecided)
    tail = min(float(law[: further + 1].sum()), float(law[further:].sum()))
    return expected, seen, min(1.0, 2 * max(tail, LEAST_TAIL))


def against_certain(chance: NDArray[np.float64], failed: NDArray[np.bool_]) -> Iterator[str]:
    """Trees that did what their stated chance says is impossible, whatever the others did."""
    fell, stood = int((failed & (chance == 0)).sum()), int((~failed & (chance == 1)).sum())
    if fell:
        yield f"{counted(fell, 'tree')} with a stated chance of 0 failed: no chance may be 0"
    if stood:
        yield f"{counted(stood, 'tree')} with a stated chance of 1 did not fail"


def odds_words(chance: float) -> str:
    """A chance of being so far off, with no more digits than it has."""
    least = 2 * LEAST_TAIL
    return (
        f"chance of being so far off {f'below {least:.0e}' if chance <= least else f'{chance:.2g}'}"
    )


def number_law(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance of each number of failures of trees that fail independently, shape (n + 1,).

    The Poisson-binomial law, exact but for rounding: the laws of halves are folded into each other.

    Args:
        chance: Chance of each tree, shape (n,).
    """
    from scipy import signal

    if not len(chance):
        return np.ones(1)
    if len(chance) == 1:
        return np.array([1 - chance[0], chance[0]])
    half = len(chance) // 2
    left, right = number_law(chance[:half]), number_law(chance[half:])
    folded = signal.convolve(left, right, method="direct" if half < _FOLD_DIRECTLY else "fft")
    return np.asarray(np.maximum(folded, 0.0), dtype=np.float64)


SURPRISING = 0.01
"""Chance of an outcome at least as far out, below which recalibration is said to be due."""
FEWEST_TREES = FEWEST["trees of a kind for a ranking"]
"""Trees with and without the event below which ranking is not scored."""
N_BINS = 5
LEVEL = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Trees that were rated before a storm and looked at after it.

    Attributes:
        level: Class of each tree, -1 for a range of words, shape (n_trees,).
        failed: Whether it had the event, shape (n_trees,).
        chance: Chance stated for this storm; NaN where none was.
        problems: Rows left out, and why.
        imminent: Trees that were rated Imminent, those that did not fail first; also of rows left
            out.
    """

    level: NDArray[np.int64]
    failed: NDArray[np.bool_]
    chance: NDArray[np.float64]
    problems: tuple[str, ...]
    imminent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassOutcome:
    """One class after the storm.

    Attributes:
        level: The class.
        n: Trees looked at.
        n_failed: Trees with the event.
        before: Chance in such a storm by the prior, with 95 % interval.
        after: The same, updated.
        surprise: Chance, by the prior, of a count at least as far from what it expects; None
            without trees.
    """

    level: FailureLikelihood
    n: int
    n_failed: int
    before: Chance
    after: Chance
    surprise: float | None


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a storm taught.

    Attributes:
        classes: Each class.
        prior: The updated table.
        ranking: Chance that a tree with the event was placed above one without it (AUC, ties
            count half), with 95 % interval; None with fewer than `FEWEST_TREES` of either kind.
        reliability: Mean stated chance, share with the event and number, in groups of rising
            chance.
        in_the_large: Expected number, number seen, and two-sided chance of being so far off, of
            trees with a stated chance (0 where the chances allow no such number); None without.
        reasons: Why recalibration is due; empty where nothing says so.
    """

    classes: tuple[ClassOutcome, ...]
    prior: ClassPrior
    ranking: Chance | None
    reliability: tuple[tuple[float, float, int], ...]
    in_the_large: tuple[float, int, float] | None
    reasons: tuple[str, ...]


def read_outcomes(path: Path, choices: TableChoices | None = None) -> Outcomes:
    """Reads tree, failure (the word before the storm), failed (yes or no) and chance, if stated.

    Args:
        path: Table of any format.
        choices: What the user says of its columns.

    Raises:
        TableError: No table, or no column failure or failed.
        AssessmentError: No row that can be used.
    """
    table = read_role_table(path, choices, command="outcomes")
    words = table.words("failure", FailureLikelihood)
    stated = table.quantity("chance")
    problems = {**stated.problems, **words.problems, **table.problems}
    level, failed, chance = [], [], []
    for row, (reading, outcome) in enumerate(zip(words.values, table.text("failed"), strict=True)):
        if row not in problems:
            problems.update((row, why) for why in _why_not(outcome, stated.value[row]))
        if row not in problems:
            levels = reading.levels if reading is not None else ()
            level.append(int(levels[0]) if len(levels) == 1 else -1)
            failed.append(bool(read_flag(outcome, "storm_outcome")))
            chance.append(float(stated.value[row]))
    if not level:
        first = next(
            (f"{table.where(row)}: {why}" for row, why in sorted(problems.items())), "none"
        )
        raise AssessmentError(
            "at least one row that can be used", first, table.table.source, "Correct the rows."
        )
    return Outcomes(
        np.array(level, dtype=np.int64),
        np.array(failed),
        np.array(chance),
        tuple(f"{table.where(row)}: {why}" for row, why in sorted(problems.items())),
        tuple(_imminent(table)),
    )


def _imminent(table: RoleTable) -> Iterator[str]:
    """Trees rated Imminent; of those that failed the danger may be over."""
    cells, outcomes, trees = (table.text(role) for role in ("failure", "failed", "tree"))
    urgent = [row for row, cell in enumerate(cells) if says_imminent(cell)]
    for row in sorted(urgent, key=lambda row: bool(read_flag(outcomes[row], "storm_outcome"))):
        failed = " (failed in the storm)" if read_flag(outcomes[row], "storm_outcome") else ""
        name = f"tree {trees[row]}" if trees[row] else table.name(row)
        yield f"{name}{failed}"


def _why_not(outcome: str, chance: float) -> Iterator[str]:
    """Why a row cannot be used."""
    if not 0 <= chance <= 1 and not np.isnan(chance):
        yield f"a chance of {chance:g}, where 0 to 1 belongs"
    if read_flag(outcome, "storm_outcome") is None:
        yield f"failed: found {outcome!r}, where yes or no belongs"


def learn(outcomes: Outcomes, prior: ClassPrior, *, storm: str) -> Learnt:
    """Updates the prior by what one storm did, and scores what was said before it.

    Beta-binomial: the trees of a class are counted on top of those that its share rests on. Valid
    only if what counted as failed is the prior's event, and all trees of the classes were looked
    at, not only those reported.

    Args:
        outcomes: Trees rated before and looked at after.
        prior: What was believed before.
        storm: Name of the storm, for the source of the updated table.
    """
    seen = np.bincount(outcomes.level[outcomes.level >= 0], minlength=4)
    hit = np.bincount(outcomes.level[(outcomes.level >= 0) & outcomes.failed], minlength=4)
    a, b = prior.beta
    equivalent = np.array(prior.equivalent) + seen
    share = np.divide(a - JEFFREYS + hit, equivalent, out=np.zeros(4), where=equivalent > 0)
    updated = replace(
        prior,
        name=f"{prior.name}, {storm}",
        source=f"{prior.source} Updated by {counted(int(seen.sum()), 'tree')} after {storm}.",
        share=tuple(map(float, share)),
        equivalent=tuple(map(float, equivalent)),
    )
    classes = tuple(
        ClassOutcome(
            level,
            int(seen[level]),
            int(hit[level]),
            _beta(a[level], b[level]),
            _beta(a[level] + hit[level], b[level] + (seen - hit)[level]),
            _surprise(int(hit[level]), int(seen[level]), a[level], b[level]),
        )
        for level in FailureLikelihood
    )
    stated = ~np.isnan(outcomes.chance)
    chance, failed = outcomes.chance[stated], outcomes.failed[stated]
    large = in_the_large(chance, failed)
    score = outcomes.chance if stated.all() else outcomes.level.astype(np.float64)
    usable = stated if stated.all() else outcomes.level >= 0
    return Learnt(
        classes=classes,
        prior=updated,
        ranking=ranking(score[usable], outcomes.failed[usable]),
        reliability=_reliability(chance, failed),
        in_the_large=large,
        reasons=(*against_certain(chance, failed), *_reasons(classes, large)),
    )


def ranking(score: NDArray[np.float64], failed: NDArray[np.bool_]) -> Chance | None:
    """Area under the ROC curve with its 95 % interval; None with too few of either kind."""
    if min(int(failed.sum()), int((~failed).sum())) < FEWEST_TREES:
        return None
    return Chance(*area_ends(score, failed, level=LEVEL))


def _beta(a: float, b: float) -> Chance:
    from scipy import stats

    low, high = stats.beta.ppf([0.025, 0.975], a, b)
    return Chance(float(a / (a + b)), float(low), float(high))


def _surprise(hit: int, seen: int, a: float, b: float) -> float | None:
    """Two-sided tail of the beta-binomial that the prior predicts."""
    from scipy import stats

    if not seen:
        return None
    law = stats.betabinom(seen, a, b)
    return float(min(1.0, 2 * min(law.cdf(hit), law.sf(hit - 1))))


def _reliability(
    chance: NDArray[np.float64], failed: NDArray[np.bool_]
) -> tuple[tuple[float, float, int], ...]:
    order = np.argsort(chance, kind="stable")
    parts: Sequence[NDArray[np.int64]] = np.array_split(order, min(N_BINS, max(1, len(order))))
    return tuple(
        (float(chance[part].mean()), float(failed[part].mean()), len(part))
        for part in parts
        if len(part)
    )


def _reasons(classes: Sequence[ClassOutcome], large: tuple[float, int, float] | None) -> list[str]:
    found = [
        f"{one.level.word}: {one.n_failed} of {one.n}, where the prior expected "
        f"{one.n * one.before.mean:.1f} ({odds_words(one.surprise)})"
        for one in classes
        if one.surprise is not None and one.surprise < SURPRISING
    ]
    if large is not None and large[2] < SURPRISING:
        found.append(
            f"stated chances: {large[1]} failed, {large[0]:.1f} expected ({odds_words(large[2])}, "
            "if trees fail independently)"
            if large[2]
            else f"stated chances: {large[1]} failed, which they make impossible"
        )
    return found
