"""``arborisk train --preview``: a picture of the random changes in training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arborisk.studies.settings import RunSettings

USUAL = "standard"
"""Changes that are shown where the settings ask for none."""


def write_preview(
    dataset: Path, out: Path, settings: RunSettings, *, n_photos: int, n_copies: int
) -> Path:
    """Photos of a data set as prepared, and as random changes make them in training.

    Args:
        dataset: Folder of the data set.
        out: Picture (.png) or page (.html) to write.
        settings: Their augmentation is shown, or the `USUAL` one where they change nothing.
        n_photos: Photos, one a row.
        n_copies: Epochs shown of each.
    """
    import numpy as np

    from arborisk.dataset.loading import load_dataset
    from arborisk.preprocess.prepare import prepare_file
    from arborisk.records import DRAWN
    from arborisk.report.augmentation_sheet import write_augmentation_sheet
    from arborisk.training.settings import PRESETS

    changes = settings.augmentation
    if changes.changes_nothing:
        changes = PRESETS[USUAL]
    title = next((name for name, preset in PRESETS.items() if preset == changes), "as set")
    read = load_dataset(dataset)
    chosen = np.linspace(0, len(read.photos) - 1, min(n_photos, len(read.photos))).round()
    rows = [read.photos[int(index)] for index in chosen]
    return write_augmentation_sheet(
        out,
        np.stack([prepare_file(read.path_of(row), settings.preprocess) for row in rows]),
        [Path(row.file).name for row in rows],
        title=title,
        settings=changes,
        n_copies=n_copies,
        seed=settings.seed,
        drawn=any(row.source == DRAWN for row in rows),
    )
