"""The stand of drawn trees that an experiment without a data set is done on."""

from __future__ import annotations

import shutil
from pathlib import Path

from arborisk.dataset.importing import import_photos
from arborisk.dataset.options import ImportOptions
from arborisk.simulate.writing import simulate_stand
from arborisk.studies.experiment.grid import Drawn
from arborisk.studies.learners import ProgressFor

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
