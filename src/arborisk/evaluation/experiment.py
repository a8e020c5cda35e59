"""A whole experiment, read from its folder: cells, their scores, and what is not finished."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arborisk.errors import DatasetError, Remedy, command, option
from arborisk.evaluation.experiment_axes import (
    Start,
    axis_name,
    settings_of,
    start_of,
    value_text,
    value_words,
)
from arborisk.evaluation.experiment_pool import (
    FoldResult,
    fold_results,
    n_distinct_photos,
    pool,
    read_run,
)
from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.run_tables import RunConfig, read_config, read_text
from arborisk.evaluation.verdict import Verdict, verdict_of

RERUN = Remedy(
    "Run {} again with the same grid and {}, and {}.",
    command("experiment"),
    option("--out", "experiment"),
    option("--resume", "experiment"),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """What the finished runs of a cell gave.

    Attributes:
        evaluation: All repeats scored together, the group as the unit.
        verdict: What may be said of it.
        folds: Scores of each fold of each repeat.
        n_photos: Distinct photos; `evaluation.n_photos` counts each once a repeat.
        seconds: Time of all epochs, or NaN for a model without epochs.
    """

    evaluation: Evaluation
    verdict: Verdict
    folds: tuple[FoldResult, ...]
    n_photos: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One setting of the grid.

    Attributes:
        name: ``c01``.
        axes: What the grid says of it, by axis.
        settings: The usual axes and the grid's own, resolved.
        n_runs: Repeats asked for.
        unfinished: Runs that are not finished, each with its folder and why.
        scored: What its finished runs gave; None when there is none.
    """

    name: str
    axes: Mapping[str, str]
    settings: Mapping[str, str]
    n_runs: int
    unfinished: tuple[str, ...]
    scored: Scored | None

    @property
    def start(self) -> Start:
        """Whether its network starts from pretrained weights."""
        return start_of(self.settings)


@dataclass(frozen=True, slots=True)
class Experiment:
    """A grid of runs on one data set.

    Attributes:
        folder: Where it is.
        about: Content of experiment.json.
        cells: All cells, in the order of the grid.
        varying: Axes that differ between cells, in the order of the grid.
    """

    folder: Path
    about: Mapping[str, Any]
    cells: tuple[Cell, ...]
    varying: tuple[str, ...]

    @property
    def finished(self) -> tuple[tuple[Cell, Scored], ...]:
        """Cells with at least one finished run, with what it gave."""
        return tuple((cell, cell.scored) for cell in self.cells if cell.scored is not None)

    @property
    def unfinished(self) -> tuple[Cell, ...]:
        """Cells with at least one run that is not finished."""
        return tuple(cell for cell in self.cells if cell.unfinished)

    @property
    def n_runs(self) -> int:
        """Runs asked for."""
        return sum(cell.n_runs for cell in self.cells)

    @property
    def n_finished_runs(self) -> int:
        """Runs that are finished and could be read."""
        return self.n_runs - sum(len(cell.unfinished) for cell in self.cells)

    def label(self, cell: Cell, *, without: Collection[str] = ()) -> str:
        """What sets a cell apart, in words; "" when nothing but `without` does."""
        words = (
            value_words(axis, cell.settings[axis])
            for axis in self.varying
            if axis not in without and cell.settings.get(axis)
        )
        return " · ".join(words)


def read_experiment(out: Path) -> Experiment:
    """Reads the folder of an experiment, finished or not.

    Args:
        out: Folder with experiment.json and the run folders it names.

    Raises:
        DatasetError: There is no experiment, or its description is damaged; says what to do. A run
            that cannot be read is named in its cell, with the reason, and stops nothing.
    """
    path = out / "experiment.json"
    try:
        about = json.loads(read_text(path, remedy=RERUN))
        given = [
            (
                str(entry["cell"]),
                {axis_name(str(axis)): value_text(v) for axis, v in entry["axes"].items()},
                [str(run) for run in entry["runs"]],
            )
            for entry in about["cells"]
        ]
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            "the cells of an experiment, each with its name, axes and runs",
            f"a problem: {error!r}",
            str(path),
            RERUN,
        ) from error
    failed = about.get("failed", {})
    names = dict.fromkeys(axis for _, axes, _ in given for axis in axes)
    cells = tuple(_cell(out, name, axes, runs, failed, names) for name, axes, runs in given)
    varying = tuple(axis for axis in names if len({c.settings.get(axis) for c in cells}) > 1)
    return Experiment(out, about, cells, varying)


def _cell(
    out: Path,
    name: str,
    axes: Mapping[str, str],
    runs: list[str],
    failed: Mapping[str, str],
    grid_axes: Iterable[str],
) -> Cell:
    """Reads the finished runs of a cell and puts them together.

    Args:
        out: Folder of the experiment.
        name: Of the cell.
        axes: Of the cell.
        runs: Its run folders.
        failed: Why runs failed, by folder, where it is known.
        grid_axes: Axes of all cells.
    """
    results, unfinished = [], []
    for repeat, run in enumerate(runs, start=1):
        if not (out / run / "metrics.json").is_file():  # written last: a run with it is finished
            unfinished.append(f"{run}: {failed.get(run, 'not finished')}")
            continue
        try:
            results.append(read_run(out / run, repeat))
        except DatasetError as error:
            unfinished.append(f"{run}: {error}")
    config = results[0].config if results else _config(out, runs)
    settings = settings_of(axes, config, others=grid_axes)
    scored = None
    if results:
        evaluation = pool(results)
        copies = settings["protocol"] == "leaky"
        scored = Scored(
            evaluation=evaluation,
            verdict=verdict_of(evaluation),
            folds=tuple(fold for result in results for fold in fold_results(result)),
            n_photos=n_distinct_photos(evaluation.predictions, copies=copies),
            seconds=sum(result.seconds for result in results),
        )
    return Cell(name, axes, settings, len(runs), tuple(unfinished), scored)


def _config(out: Path, runs: list[str]) -> RunConfig | None:
    """What a cell without a finished run was asked, where a run of it has begun."""
    for run in runs:
        try:
            return read_config(out / run)
        except DatasetError:
            continue
    return None
