"""The cells of a grid: every combination, resolved to the settings of its runs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from arborisk.dataset.importing import import_photos
from arborisk.dataset.labelling import ImportOptions
from arborisk.errors import ArboriskError, SettingsError
from arborisk.simulate.writing import simulate_stand
from arborisk.studies.experiment.grid import Drawn, Grid, setting_of
from arborisk.studies.learners import ProgressFor
from arborisk.studies.settings import RunSettings, load_settings, nested


@dataclass(frozen=True, slots=True)
class GridCell:
    """One combination of the grid.

    Attributes:
        name: ``c01``, in the order of the grid.
        axes: What the grid says of it, by axis.
        settings: Of each repeat; they differ in the seed alone.
    """

    name: str
    axes: Mapping[str, Any]
    settings: tuple[RunSettings, ...]

    @property
    def runs(self) -> tuple[str, ...]:
        """Run folder of each repeat, relative to that of the experiment."""
        return tuple(f"cells/{self.name}/repeat-{n + 1}" for n in range(len(self.settings)))


@dataclass(frozen=True, slots=True)
class Skipped:
    """A combination that cannot work.

    Attributes:
        axes: What the grid says of it.
        reason: Why.
    """

    axes: Mapping[str, Any]
    reason: str


def resolve_cells(grid: Grid) -> tuple[tuple[GridCell, ...], tuple[Skipped, ...]]:
    """All cells of a grid; combinations that come to the same settings are one cell.

    Every photo is decoded once for all cells (``preprocess.shared``), unless the grid says
    otherwise.

    Raises:
        SettingsError: A combination that cannot work, by its values; the grid is refused whole,
            unless it says ``skip_impossible = true``.
    """
    cells: list[GridCell] = []
    skipped: list[Skipped] = []
    seen: set[str] = set()
    for block in grid.blocks:
        for values in product(*block.values()):
            axes = dict(zip(block, values, strict=True))
            try:
                settings = _settings(grid, axes)
            except SettingsError as error:
                if grid.skip_impossible:
                    skipped.append(Skipped(axes, str(error)))
                    continue
                raise naming_cell(error, axes) from error
            mark = settings[0].model_dump_json()
            if mark not in seen:
                seen.add(mark)
                cells.append(GridCell(f"c{len(cells) + 1:02d}", axes, settings))
    if not cells:
        raise SettingsError(
            "at least one cell that can work",
            f"{len(skipped)} that cannot; the first: {skipped[0].reason}",
            grid.title,
            "Take out the values that the first reason names.",
        )
    return tuple(cells), tuple(skipped)


def naming_cell(error: ArboriskError, axes: Mapping[str, Any]) -> ArboriskError:
    """The same error, with the cell that it is about."""
    where = f"the cell {axes_text(axes)}; {error.where}"
    return type(error)(error.expected, error.found, where, error.remedy)


def axes_text(axes: Mapping[str, Any]) -> str:
    """The values of a cell in one line.

    >>> axes_text({"scheme": "Pr_Im", "size": 108})
    'scheme = Pr_Im, size = 108'
    """
    return ", ".join(f"{axis} = {value}" for axis, value in axes.items()) or "of the base alone"


def _settings(grid: Grid, axes: Mapping[str, Any]) -> tuple[RunSettings, ...]:
    """Settings of each repeat of a cell."""
    values = {"preprocess.shared": True, **grid.base}
    values["split.folds"] = grid.folds
    for axis, value in axes.items():
        for key in [key for key in values if key.startswith(f"{setting_of(axis)}.")]:
            del values[key]  # a preset replaces a table of the base
        values[setting_of(axis)] = value
    if values.get("split.protocol") == "deck":
        values["split.folds"] = 0  # the deck's protocol is one hold-out
    return tuple(
        load_settings(nested({**values, "seed": grid.seed + repeat}))
        for repeat in range(grid.repeats)
    )


STAND = "stand"


def drawn_dataset(out: Path, drawn: Drawn, progress_for: ProgressFor) -> Path:
    """Draws a stand in ``OUT/stand`` and imports it; one that is there is taken as it is.

    Args:
        out: Folder of the experiment.
        drawn: What to draw.
        progress_for: Gives the progress of a named piece of long work.

    Returns:
        Folder of the data set.
    """
    stand = out / STAND
    dataset = stand / "dataset"
    if (dataset / "dataset.toml").is_file():
        return dataset
    simulate_stand(
        stand / "trees",
        n_trees=drawn.trees,
        seed=drawn.seed,
        width_px=drawn.width_px,
        height_px=drawn.height_px,
        progress=progress_for("Drawing trees"),
    )
    shutil.rmtree(dataset, ignore_errors=True)  # of an import that was cut off
    import_photos(
        stand / "trees" / "photos",
        dataset,
        ImportOptions(labels=stand / "trees" / "labels.csv"),
        progress=progress_for("Reading photos"),
    )
    return dataset
