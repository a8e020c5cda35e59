"""A grid of runs on the same photos and the same splits, with what they need made once."""

from arborisk.studies.experiment.cells import Cell, Skipped, axes_text, resolve_cells
from arborisk.studies.experiment.grid import (
    Grid,
    Overrides,
    read_grid,
    ready_grids,
    with_overrides,
)
from arborisk.studies.experiment.runner import ExperimentResult, run_experiment

__all__ = [
    "Cell",
    "ExperimentResult",
    "Grid",
    "Overrides",
    "Skipped",
    "axes_text",
    "read_grid",
    "ready_grids",
    "resolve_cells",
    "run_experiment",
    "with_overrides",
]
