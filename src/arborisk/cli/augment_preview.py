"""``arborisk augment-preview``: a picture of the random changes in training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arborisk.cli.console import say


def augment_preview(
    dataset: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Data set of `dataset import`.")
    ],
    out: Annotated[Path, typer.Option(help="Picture (.png) or page (.html) to write.")],
    augmentation: Annotated[
        str, typer.Option(help="none, light, standard or strong.")
    ] = "standard",
    size: Annotated[int, typer.Option(help="Side of a prepared photo, pixels.", min=8)] = 224,
    grey: Annotated[bool, typer.Option("--grey", help="Grey pictures instead of colour.")] = False,
    photos: Annotated[int, typer.Option(help="Photos, one a row.", min=1, max=50)] = 4,
    copies: Annotated[int, typer.Option(help="Epochs shown of each.", min=1, max=12)] = 6,
    seed: Annotated[int, typer.Option(help="Same seed, same pictures.", min=0)] = 0,
) -> None:
    """Shows photos of DATASET as prepared, and as random changes make them in training.

    Photos held back for testing are never changed.
    """
    import numpy as np

    from arborisk.dataset.loading import load_dataset
    from arborisk.errors import SettingsError
    from arborisk.preprocess.prepare import prepare_file
    from arborisk.preprocess.settings import PreprocessSettings
    from arborisk.records import DRAWN
    from arborisk.report.augmentation_sheet import write_augmentation_sheet
    from arborisk.training.settings import PRESETS

    if augmentation not in PRESETS:
        raise SettingsError(
            f"one of {', '.join(PRESETS)}",
            repr(augmentation),
            "--augmentation",
            "Choose one of these presets.",
        )
    read = load_dataset(dataset)
    chosen = np.linspace(0, len(read.photos) - 1, min(photos, len(read.photos))).round()
    rows = [read.photos[int(index)] for index in chosen]
    preprocess = PreprocessSettings(size_px=size, channels=1 if grey else 3)
    written = write_augmentation_sheet(
        out,
        np.stack([prepare_file(read.path_of(row), preprocess) for row in rows]),
        [Path(row.file).name for row in rows],
        title=augmentation,
        settings=PRESETS[augmentation],
        n_copies=copies,
        seed=seed,
        drawn=any(row.source == DRAWN for row in rows),
    )
    say(str(written))
