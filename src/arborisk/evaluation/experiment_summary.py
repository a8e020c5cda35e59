"""What an experiment says as a whole: who beats the baseline, and the best of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.evaluation.experiment import Cell, Experiment, Scored
from arborisk.evaluation.experiment_axes import Start
from arborisk.evaluation.results import OVERALL_METRICS, Evaluation
from arborisk.evaluation.verdict import HEADLINE, Standing
from arborisk.metrics.intervals import TOO_FEW
from arborisk.metrics.over_groups import Support, spread_of, support_of, t_reach
from arborisk.metrics.scores import Sums, number_groups, score_table, sums_by_group
from arborisk.records import Interval

HONEST = "grouped"
"""Protocol that others are held against."""
LEAK_METRICS = ("accuracy", "balanced_accuracy", "macro_f1")


@dataclass(frozen=True, slots=True)
class Flattery:
    """One setting under two protocols.

    Attributes:
        honest: The cell with groups kept whole.
        other: The same setting under another protocol.
        gains: By metric, what the other scores more, with its interval over groups.
    """

    honest: Cell
    other: Cell
    gains: dict[str, Interval]

    @property
    def protocol(self) -> str:
        """The other protocol."""
        return self.other.settings["protocol"]


def flatteries(experiment: Experiment) -> list[Flattery]:
    """Every finished setting that was run with groups kept whole and otherwise as well."""
    found = []
    for cell, scored in experiment.finished:
        if cell.settings["protocol"] != HONEST:
            continue
        for other, its in experiment.finished:
            if other.settings["protocol"] != HONEST and _setting(other) == _setting(cell):
                gains = score_gains(scored.evaluation, its.evaluation)
                found.append(Flattery(cell, other, gains))
    return found


def mean_gain(found: list[Flattery], protocol: str, metric: str) -> float:
    """Mean over settings of what a protocol scores more, in the metric's unit."""
    return float(np.mean([item.gains[metric].value for item in found if item.protocol == protocol]))


def _setting(cell: Cell) -> dict[str, str]:
    """All of a cell but its protocol."""
    return {axis: value for axis, value in cell.settings.items() if axis != "protocol"}


def score_gains(
    honest: Evaluation, other: Evaluation, *, level: float = 0.95
) -> dict[str, Interval]:
    """What the second scores more than the first, paired by group.

    Both saw photos of the same groups, so a group is left out of both at once: what makes a group
    easy for both cancels. The interval is Student's, with the jackknife's degrees of freedom.

    Args:
        honest: Scores with groups kept whole.
        other: Scores of the same classes of the same photos under another protocol.
        level: Coverage aimed at, in (0, 1).

    Returns:
        One interval for each of `LEAK_METRICS`; without ends where either rests on fewer groups of
        a class than any interval needs.

    Source: jackknife of a difference, Efron and Stein (1981), Annals of Statistics 9(3), 586-596.
    """
    scheme = honest.config.scheme
    n_honest = honest.n_photos
    number = number_groups([*honest.predictions.group, *other.predictions.group])
    n_groups = int(number.max()) + 1
    first = _sums(honest, number[:n_honest], n_groups)
    second = _sums(other, number[n_honest:], n_groups)
    tables = [
        (
            score_table(sums.total(), class_names=scheme.names, ordered=False),
            score_table(sums.total().minus(sums), class_names=scheme.names, ordered=False),
        )
        for sums in (first, second)
    ]
    (value_1, without_1), (value_2, without_2) = tables
    support = min(_support(first), _support(second), key=lambda one: (one.enough, one.n_groups))
    drawn = support.level(level)
    gains = {}
    for metric in LEAK_METRICS:
        gain = float(value_2[metric] - value_1[metric])
        spread = spread_of(gain, without_2[metric] - without_1[metric])
        reach = t_reach(spread.variance**0.5, spread.freedom, drawn)
        gains[metric] = (
            Interval(gain, gain - reach, gain + reach, level)
            if support.enough
            else Interval(gain, None, None, level, TOO_FEW)
        )
    return gains


def _sums(evaluation: Evaluation, number: NDArray[np.int64], n_groups: int) -> Sums:
    """Sums of each group of either protocol, shape (n_groups, ...); 0 for groups not predicted."""
    predictions = evaluation.predictions
    sums = sums_by_group(predictions.class_index, predictions.probability, number)
    short = n_groups - len(sums.log_loss)
    return Sums(
        np.pad(sums.confusion, ((0, short), (0, 0), (0, 0))),
        np.pad(sums.log_loss, (0, short)),
        np.pad(sums.brier, (0, short)),
    )


def _support(sums: Sums) -> Support:
    """What the interval rests on: the class that has fewest groups."""
    return support_of(sums.confusion.sum(axis=2))


@dataclass(frozen=True, slots=True)
class Best:
    """The highest score among cells that may be compared.

    Attributes:
        start: Their start: pretrained and from scratch are never compared.
        scheme: Their classes: fewer classes are easier, so schemes are not compared either.
        cell: The cell with the highest balanced accuracy.
        scored: Its scores.
        n_cells: Cells it was chosen from.
    """

    start: Start
    scheme: str
    cell: Cell
    scored: Scored
    n_cells: int


def cells_of(experiment: Experiment, standing: Standing) -> list[Cell]:
    """Finished cells with that verdict."""
    return [cell for cell, scored in experiment.finished if scored.verdict.standing == standing]


def leaking_cells(experiment: Experiment) -> list[Cell]:
    """Finished cells whose split leaves a group on both sides, the degenerate among them."""
    return [cell for cell, scored in experiment.finished if leaks(scored)]


def leaks(scored: Scored) -> bool:
    """Whether a group stands on both sides of the split."""
    return scored.evaluation.leak.n_groups_spanning > 0


def best_cells(experiment: Experiment) -> list[Best]:
    """The best cell of each start and scheme, by balanced accuracy; leaking cells are left out."""
    kinds: dict[tuple[Start, str], list[tuple[Cell, Scored]]] = {}
    for cell, scored in experiment.finished:
        if not leaks(scored):
            kinds.setdefault((cell.start, cell.settings["scheme"]), []).append((cell, scored))
    found = []
    for (start, scheme), members in sorted(
        kinds.items(), key=lambda item: item[0][0] != "pretrained"
    ):
        cell, scored = max(members, key=lambda pair: _value(pair[1]))
        found.append(Best(start, scheme, cell, scored, len(members)))
    return found


def selection_caution(bests: Sequence[Best]) -> str:
    """Why the best of several is optimistic, with how many there were; "" where nothing was chosen.

    Args:
        bests: Of `best_cells`.
    """
    n_cells = max((best.n_cells for best in bests), default=1)
    if n_cells < 2:
        return ""
    title = OVERALL_METRICS[HEADLINE].within
    return (
        f"The best of N cells measured on the same folds is optimistic: part of its {title} is the "
        f"luck of the draw, and the more so the larger N (here up to {n_cells}). Its interval does "
        "not contain that. What was chosen here must be measured on photos that chose nothing, or "
        "inside the training part, as arborisk tune --outer-folds does."
    )


def _value(scored: Scored) -> float:
    """Balanced accuracy."""
    return scored.evaluation.metrics[HEADLINE].interval.value
