"""What an experiment says as a whole: who beats the baseline, and the best of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arborisk.evaluation.experiment import Cell, Experiment, Scored
from arborisk.evaluation.experiment_axes import Start
from arborisk.evaluation.metric_names import OVERALL_METRICS
from arborisk.evaluation.verdict import HEADLINE, Standing


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
