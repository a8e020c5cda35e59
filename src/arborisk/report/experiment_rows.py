"""Cells of an experiment as rows of figures and tables: what may be compared stands together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arborisk.evaluation.deck_table import deck_class_labels
from arborisk.evaluation.experiment import Cell, Experiment, Scored
from arborisk.evaluation.experiment_axes import value_words
from arborisk.evaluation.experiment_summary import leaks
from arborisk.report.style import GRID, INK, MUTED

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
class Line:
    """One line of a figure: a heading, the classes below it, or a row with its label."""

    text: str
    kind: str = "row"


def figure_lines(groups: Sequence[RowGroup]) -> list[tuple[Line, CellRow | None]]:
    """Headings and rows of a figure from top to bottom; a heading that stays is not repeated."""
    found: list[tuple[Line, CellRow | None]] = []
    before = ""
    for group in groups:
        if group.heading and group.heading != before:
            found.append((Line(group.heading, "heading"), None))
        if group.classes:
            found.append((Line(group.classes, "classes"), None))
        before = group.heading
        found += [(Line(row.short_title), row) for row in group.rows]
    return found


def label_rows(axes: Axes, lines: Sequence[Line], *, named: bool = True) -> None:
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


def height_in(lines: Sequence[Line]) -> float:
    """Height of the rows of a figure, in inches: more where labels are broken."""
    most = max((broken(line.text).count("\n") for line in lines if line.kind == "row"), default=0)
    return (0.235 + 0.15 * most) * len(lines)
