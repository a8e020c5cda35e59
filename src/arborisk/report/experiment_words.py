"""What an experiment says, in sentences: the first words of its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arborisk.evaluation.deck_table import deck_class_labels
from arborisk.evaluation.experiment import Cell, Experiment
from arborisk.evaluation.experiment_axes import value_words
from arborisk.evaluation.experiment_leak import LEAK_METRICS, Flattery, mean_gain
from arborisk.evaluation.experiment_summary import (
    Best,
    best_cells,
    cells_of,
    leaking_cells,
    selection_caution,
)
from arborisk.evaluation.metric_names import OVERALL_METRICS
from arborisk.evaluation.verdict import HEADLINE, Standing
from arborisk.report.experiment_rows import shown_by_start
from arborisk.wording.counts import agreeing, counted
from arborisk.wording.intervals import points
from arborisk.wording.lists import listed

NAMED_IN_FULL = 4
"""Cells that a sentence names with their settings; of more it gives the names alone."""


@dataclass(frozen=True, slots=True)
class BestRow:
    """The best of one start and scheme.

    Attributes:
        kind: Heading: pretrained and from scratch never share one.
        classes: The classes as the deck writes them.
        name: Name and settings of the cell.
        best: The cell, its scores, and from how many it was chosen.
    """

    kind: str
    classes: str
    name: str
    best: Best


@dataclass(frozen=True, slots=True)
class Headline:
    """The verdict on an experiment.

    Attributes:
        standing: Colour of the box, as of a run's verdict.
        word: The verdict in a few words.
        sentence: The verdict.
        notes: What else must be known, a sentence or two each.
        bests: The best of the pretrained and of those from scratch, each for its classes.
        caution: Why the best of several is optimistic, or "".
    """

    standing: Standing
    word: str
    sentence: str
    notes: tuple[str, ...]
    bests: tuple[BestRow, ...]
    caution: str


def headline(experiment: Experiment) -> Headline:
    """The honest first words: who beats the baseline, who is degenerate, leaks or is missing."""
    leaking = leaking_cells(experiment)
    honest = len(experiment.finished) - len(leaking)
    better = cells_of(experiment, "better")
    title = OVERALL_METRICS[HEADLINE].within
    if not experiment.finished:
        word, sentence = "Nothing to judge yet", "No run is finished."
    elif not honest:
        word, sentence = "Every split leaks", "No cell keeps groups whole: no score here counts."
    else:
        word = f"{len(better)} of {honest} beat the baseline"
        sentence = (
            f"{_some(len(better))} of {counted(honest, 'cell')} without a leak beat always giving "
            f"the majority class, by the 95 % interval of {title}"
            + (f": {_named(experiment, better)}." if better else ".")
        )
    bests = best_cells(experiment)
    return Headline(
        standing=_standing(experiment, better, honest),
        word=word,
        sentence=sentence,
        notes=tuple(_notes(experiment, leaking)),
        bests=tuple(_best(experiment, best) for best in bests),
        caution=selection_caution(bests),
    )


def _standing(experiment: Experiment, better: Sequence[Cell], honest: int) -> Standing:
    """Standing of the whole: that of its best."""
    if better:
        return "better"
    if experiment.finished and not honest:
        return "leaking"
    all_degenerate = len(cells_of(experiment, "degenerate")) == len(experiment.finished)
    return "degenerate" if experiment.finished and all_degenerate else "undecided"


def _notes(experiment: Experiment, leaking: Sequence[Cell]) -> list[str]:
    """Degenerate, undecided, leaking, tuned and missing cells, by name."""
    leaks = {cell.name for cell in leaking}
    told = []
    for standing, what in (
        ("degenerate", "degenerate: one answer for (nearly) all photos"),
        ("worse", "worse than the majority class"),
        ("undecided", "not shown to differ from the majority class"),
    ):
        cells = [c for c in cells_of(experiment, standing) if c.name not in leaks]  # type: ignore[arg-type]
        if cells:
            told.append(
                f"{counted(len(cells), 'cell')} {agreeing(len(cells), 'is')} {what}: "
                f"{_named(experiment, cells)}."
            )
    if leaking:
        told.append(
            f"{counted(len(leaking), 'cell')} {agreeing(len(leaking), 'leaks', 'leak')}: photos of "
            "one group stand on both sides of the split, so the scores flatter and are left out "
            f"of every comparison but that of the protocols: {_named(experiment, leaking)}."
        )
    tuned = [
        (cell, scored.verdict.cautions[0])
        for cell, scored in experiment.finished
        if scored.verdict.n_first
    ]
    if tuned:
        told.append(f"{_named(experiment, [cell for cell, _ in tuned])}: {tuned[0][1]}")
    if experiment.unfinished:
        told.append(
            f"{experiment.n_finished_runs} of {experiment.n_runs} runs are finished. Not finished, "
            f"wholly or in part: {_named(experiment, experiment.unfinished)}."
        )
    return told


def _best(experiment: Experiment, best: Best) -> BestRow:
    """The best of a kind as a row."""
    without = {"scheme", "protocol"} | shown_by_start(experiment)
    return BestRow(
        kind="Best of the pretrained"
        if best.start == "pretrained"
        else "Best of those from scratch",
        classes=deck_class_labels(best.scored.evaluation.config.scheme),
        name=_with_label(best.cell.name, experiment.label(best.cell, without=without)),
        best=best,
    )


def protocol_sentences(found: Sequence[Flattery]) -> list[str]:
    """How much each protocol scores more than groups kept whole, on average over the settings.

    Pretrained networks and those from scratch have a sentence each.
    """
    told = []
    several = len({item.honest.start for item in found}) > 1
    for protocol, start in dict.fromkeys((item.protocol, item.honest.start) for item in found):
        items = [item for item in found if (item.protocol, item.honest.start) == (protocol, start)]
        gains = [
            f"{points(mean_gain(items, protocol, metric), 1)} in {OVERALL_METRICS[metric].within}"
            for metric in LEAK_METRICS
        ]
        over = "in one setting" if len(items) == 1 else f"on average over {len(items)} settings"
        words = value_words("protocol", protocol)
        told.append(
            f"{words[0].upper()}{words[1:]}, against groups kept whole, "
            f"{start + ', ' if several else ''}{over}: {listed(gains)}."
        )
    return told


def _named(experiment: Experiment, cells: Sequence[Cell]) -> str:
    """Names of cells, of a few with their settings."""
    if len(cells) > NAMED_IN_FULL:
        return ", ".join(cell.name for cell in cells)
    without = shown_by_start(experiment)
    return "; ".join(
        _with_label(cell.name, experiment.label(cell, without=without)) for cell in cells
    )


def _with_label(name: str, label: str) -> str:
    """``c03 (108 px)``."""
    return f"{name} ({label})" if label else name


def _some(number: int) -> str:
    """A number to begin a sentence with."""
    return str(number) if number else "None"
