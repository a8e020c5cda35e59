"""Cells of an experiment as rows of figures and tables: what may be compared stands together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arborisk.evaluation.experiment import Cell, Experiment, Scored
from arborisk.evaluation.experiment_axes import value_words
from arborisk.evaluation.experiment_summary import (
    LEAK_METRICS,
    Best,
    Flattery,
    best_cells,
    cells_of,
    leaking_cells,
    leaks,
    mean_gain,
    selection_caution,
)
from arborisk.evaluation.experiment_tables import deck_class_labels
from arborisk.evaluation.results import OVERALL_METRICS
from arborisk.evaluation.verdict import HEADLINE, Standing
from arborisk.report.style import GRID, INK, MUTED
from arborisk.wording.counts import agreeing, counted, listed
from arborisk.wording.intervals import points

if TYPE_CHECKING:
    from matplotlib.axes import Axes


LONGEST_LABEL = 34
"""Letters of a row's label before it is broken."""


@dataclass(frozen=True, slots=True)
class CellRow:
    """One finished cell.

    Attributes:
        cell: The cell.
        scored: Its scores.
        label: What sets it apart from the others under its heading, in words.
        short_label: The same without the model, where the mark of a figure tells it.
        full_label: What sets it apart from all others.
    """

    cell: Cell
    scored: Scored
    label: str
    short_label: str
    full_label: str

    @property
    def short_title(self) -> str:
        """Name and short label, for figures."""
        return " · ".join(filter(None, (self.cell.name, self.short_label)))

    @property
    def title(self) -> str:
        """Name and label, for example ``c03 · 108 px``."""
        return " · ".join(filter(None, (self.cell.name, self.label)))

    @property
    def full_title(self) -> str:
        """Name and full label."""
        return " · ".join(filter(None, (self.cell.name, self.full_label)))


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Cells of one start, protocol and scheme: those that may be compared.

    Attributes:
        heading: Start and protocol in words, "" where the experiment has only one of each.
        classes: The classes as the deck writes them, "" where the experiment has one scheme.
        rows: The cells, in the order of the grid.
    """

    heading: str
    classes: str
    rows: tuple[CellRow, ...]


def row_groups(experiment: Experiment) -> list[RowGroup]:
    """Finished cells by start, protocol and scheme: pretrained first, honest protocols first."""
    kinds: dict[tuple[bool, bool, str, str], list[tuple[Cell, Scored]]] = {}
    for cell, scored in experiment.finished:
        scratch = cell.start == "from scratch"
        key = (scratch, leaks(scored), cell.settings["protocol"], cell.settings["scheme"])
        kinds.setdefault(key, []).append((cell, scored))
    one_heading = len({key[:3] for key in kinds}) < 2
    one_scheme = len({key[3] for key in kinds}) < 2
    without = {"protocol", "scheme"} | shown_by_start(experiment)
    models: dict[str, set[str]] = {}
    for cell, _ in experiment.finished:
        models.setdefault(cell.start, set()).add(cell.settings["model"])
    told = {start: {"model"} if len(names) == 1 else set() for start, names in models.items()}
    # Schemes stay in the order of the grid: sorting is stable, and looks at the first two only.
    return [
        RowGroup(
            heading="" if one_heading else _heading(*members[0]),
            classes="" if one_scheme else deck_class_labels(members[0][1].evaluation.config.scheme),
            rows=tuple(
                CellRow(
                    cell,
                    scored,
                    label=experiment.label(cell, without=without),
                    short_label=experiment.label(cell, without=without | told[cell.start]),
                    full_label=experiment.label(cell, without=shown_by_start(experiment)),
                )
                for cell, scored in members
            ),
        )
        for _, members in sorted(kinds.items(), key=lambda item: item[0][:3])
    ]


def shown_by_start(experiment: Experiment) -> set[str]:
    """``weights``, where pretrained or from scratch says all of it."""
    pretrained = {c.settings["weights"] for c in experiment.cells if c.start == "pretrained"}
    return {"weights"} if len(pretrained) < 2 else set()


def _heading(cell: Cell, scored: Scored) -> str:
    """Start and protocol, for example ``From scratch · augment, then split: leaks``."""
    protocol = value_words("protocol", cell.settings["protocol"])
    told = cell.start[0].upper() + cell.start[1:] + (f" · {protocol}" if protocol else "")
    return told + (": leaks" if leaks(scored) else "")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a figure: a heading, the classes below it, or a row with its label."""

    text: str
    kind: str = "row"


def figure_lines(groups: Sequence[RowGroup]) -> list[tuple[TextLine, CellRow | None]]:
    """Headings and rows of a figure from top to bottom; a heading that stays is not repeated."""
    found: list[tuple[TextLine, CellRow | None]] = []
    before = ""
    for group in groups:
        if group.heading and group.heading != before:
            found.append((TextLine(group.heading, "heading"), None))
        if group.classes:
            found.append((TextLine(group.classes, "classes"), None))
        before = group.heading
        found += [(TextLine(row.short_title), row) for row in group.rows]
    return found


def label_rows(axes: Axes, lines: Sequence[TextLine], *, named: bool = True) -> None:
    """Writes labels and headings beside the rows 0, 1, 2 ... from top to bottom.

    Args:
        axes: Where to write; y counts the lines.
        lines: What to write.
        named: False for a panel that shares its rows with one to the left, which has the labels.
    """
    if named:
        places = [place for place, line in enumerate(lines) if line.kind == "row"]
        axes.set_yticks(places, [broken(lines[place].text) for place in places])
    axes.tick_params(axis="y", length=0, labelleft=named)
    for place, line in enumerate(lines):
        if line.kind == "row":
            axes.axhline(place, color=GRID, linewidth=0.8, zorder=0)
        elif named:
            heading = line.kind == "heading"
            axes.annotate(
                line.text,
                (0.0, place),
                xycoords=axes.get_yaxis_transform(),
                va="center",
                weight="bold" if heading else "normal",
                color=INK if heading else MUTED,
                annotation_clip=False,
            )
    axes.set_ylim(len(lines) - 0.45, -0.55)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)


def broken(text: str) -> str:
    """A label in lines of at most `LONGEST_LABEL` letters, broken between settings."""
    lines = [""]
    for part in text.split(" · "):
        longer = " · ".join(filter(None, (lines[-1], part)))
        if lines[-1] and len(longer) > LONGEST_LABEL:
            lines.append(part)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def height_in(lines: Sequence[TextLine]) -> float:
    """Height of the rows of a figure, in inches: more where labels are broken."""
    most = max((broken(line.text).count("\n") for line in lines if line.kind == "row"), default=0)
    return (0.235 + 0.15 * most) * len(lines)


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
