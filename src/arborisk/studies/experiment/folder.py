"""The folder of an experiment: what was asked, which runs it has, and whether it may go on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arborisk.errors import Remedy, SettingsError, option
from arborisk.evaluation.run_tables import read_run_data
from arborisk.files import write_text_whole
from arborisk.records import DRAWN
from arborisk.studies.experiment.cells import GridCell, Skipped
from arborisk.studies.experiment.grid import Grid
from arborisk.studies.run_folder import CONFIG, as_toml_values, without_folders
from arborisk.text_files import read_json, read_toml

GRID = "grid.toml"
ABOUT = "experiment.json"
DONE = "metrics.json"
"""Written last in a run folder: where it stands, the run is finished."""


@dataclass(slots=True)
class Counts:
    """What was made once for all cells; grows, also over resumed calls.

    Attributes:
        n_photos: Photos that any cell uses.
        n_decoded: Photos decoded.
        n_embedded: Pictures embedded, over all backbones and sizes.
    """

    n_photos: int = 0
    n_decoded: int = 0
    n_embedded: int = 0


def open_folder(out: Path, grid: Grid, *, resume: bool) -> Counts:
    """Makes the folder, or goes on in that of an experiment.

    Returns:
        What earlier calls decoded and embedded.

    Raises:
        SettingsError: The folder is taken, or there is nothing to go on with.
    """
    if (out / GRID).is_file():
        if not resume:
            raise SettingsError(
                "a new folder",
                "an experiment",
                str(out),
                Remedy(
                    "Give {} to go on with it, or another {}.",
                    option("--resume", "experiment"),
                    option("--out", "experiment"),
                ),
            )
    elif resume:
        raise SettingsError(
            "an experiment to go on with",
            "none",
            str(out),
            Remedy(
                "Check {}, or leave out {}.",
                option("--out", "experiment"),
                option("--resume", "experiment"),
            ),
        )
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SettingsError(
            "a new or empty folder",
            "something else",
            str(out),
            Remedy("Give another {}.", option("--out", "experiment")),
        )
    else:
        out.mkdir(parents=True, exist_ok=True)
        write_text_whole(out / GRID, grid.text)
    if not (out / ABOUT).is_file():
        return Counts()
    about = read_json(out / ABOUT, "an experiment", SettingsError)
    return Counts(0, int(about.get("n_decoded", 0)), int(about.get("n_embedded", 0)))


def is_finished(out: Path, run: str) -> bool:
    """Whether a run of the experiment is finished."""
    return (out / run / DONE).is_file()


def refuse_other_grid(out: Path, cells: Sequence[GridCell], dataset_hash: str) -> None:
    """Refuses to go on where a run that has begun was asked something else.

    Raises:
        SettingsError: Names the run and the settings that differ.
    """
    for cell in cells:
        for run, settings in zip(cell.runs, cell.settings, strict=True):
            config = out / run / CONFIG
            if not config.is_file():
                continue
            asked = without_folders(read_toml(config, "settings of a run", SettingsError))
            wanted = as_toml_values(settings)
            changed = sorted(k for k in {*asked, *wanted} if asked.get(k) != wanted.get(k))
            if (out / run / "data.json").is_file():
                changed += (
                    ["the photos or their labels"]
                    if read_run_data(out / run).dataset_hash != dataset_hash
                    else []
                )
            if changed:
                raise SettingsError(
                    "the grid and photos that the experiment began with",
                    f"other values of {', '.join(changed)}",
                    str(out / run),
                    Remedy(
                        "Use the same grid and options, or another {}.",
                        option("--out", "experiment"),
                    ),
                )


def write_about(
    out: Path,
    grid: Grid,
    cells: Sequence[GridCell],
    *,
    dataset: str,
    is_drawn: bool,
    counts: Counts,
    skipped: Sequence[Skipped],
    failed: Mapping[str, str],
) -> None:
    """Writes ``experiment.json`` whole.

    Args:
        out: Folder of the experiment.
        grid: What was asked.
        cells: Its cells.
        dataset: Name of the data set.
        is_drawn: Whether it is of drawn trees.
        counts: What was made once for all cells.
        skipped: Combinations left out.
        failed: Runs that failed, each with the reason.
    """
    axes: dict[str, list[Any]] = {}
    for cell in cells:
        for axis, value in cell.axes.items():
            if value not in axes.setdefault(axis, []):
                axes[axis].append(value)
    content = {
        "title": grid.title,
        "note": grid.note,
        "dataset": dataset,
        "source": DRAWN if is_drawn else "",
        "n_photos": counts.n_photos,
        "n_decoded": counts.n_decoded,
        "n_embedded": counts.n_embedded,
        "folds": grid.folds,
        "repeats": grid.repeats,
        "copies": grid.copies,
        "axes": axes,
        "cells": [
            {"cell": cell.name, "axes": dict(cell.axes), "runs": list(cell.runs)} for cell in cells
        ],
        "skipped": [{"axes": dict(one.axes), "reason": one.reason} for one in skipped],
        "failed": dict(failed),
    }
    write_text_whole(out / ABOUT, json.dumps(content, indent=1, default=str) + "\n")
