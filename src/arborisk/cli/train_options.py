"""From the options of ``arborisk train`` to settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arborisk.errors import SettingsError
from arborisk.studies.settings import RunSettings, load_settings, nested

if TYPE_CHECKING:
    from arborisk.studies.settings import RunSettings


OPTIONS = {
    "scheme": "--scheme",
    "model": "--model",
    "weights": "--weights",
    "regime": "--regime",
    "output": "--output",
    "labels": "--labels",
    "augmentation": "--augmentation",
    "test_views": "--test-views",
    "answer": "--answer",
    "seed": "--seed",
    "split.folds": "--folds",
    "split.test_share": "--test-share",
    "split.by": "--by",
    "split.protocol": "--protocol",
    "preprocess.size_px": "--size",
    "preprocess.channels": "--channels",
    "preprocess.crop": "--crop",
    "training.epochs": "--epochs",
    "training.batch_size": "--batch-size",
    "training.optimiser": "--optimiser",
    "training.learning_rate": "--learning-rate",
    "training.schedule": "--schedule",
    "training.loss": "--loss",
    "training.sampling": "--sampling",
    "training.label_smoothing": "--label-smoothing",
    "training.patience": "--patience",
    "training.class_weights": "--class-weights",
    "head.class_weights": "--class-weights",
    "model1.feature_maps": "--feature-maps",
    "model1.kernel_sizes": "--kernels",
    "model1.strides": "--strides",
    "model1.pooling": "--pooling",
    "model1.dense": "--dense",
    "model1.activation": "--activation",
    "model1.dropout": "--dropout",
}
"""Key of a setting to the option that sets it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was set on the command line; None where nothing was.

    Attributes:
        run: Keys that any model takes.
        class_weights: For the network or for the head, as the model asks.
        network: Keys of the training of a network.
        model1: Keys of Model 1.
        layers: The same, as numbers with commas.
    """

    run: Mapping[str, Any]
    class_weights: str | None
    network: Mapping[str, Any]
    model1: Mapping[str, Any]
    layers: Mapping[str, str | None]


def settings_of(given: Given, config: Path | None) -> RunSettings:
    """Settings, with each option in the part of the model that it is meant for.

    Raises:
        SettingsError: An option that the model does not have, or a value that cannot work.
    """
    chosen = _load(given.run, config)
    layers = {key: _numbers(text, key) for key, text in given.layers.items()}
    network, model1 = _given(given.network), _given({**given.model1, **layers})
    part = "training"
    if chosen.regime == "frozen":
        part = "head"
        _refuse(network, f"a frozen {chosen.model}", "choose --regime all, or --model model1")
    if chosen.model != "model1":
        _refuse(model1, chosen.model, "choose --model model1")
    weights = {f"{part}.class_weights": given.class_weights}
    return _load({**given.run, **network, **model1, **weights}, config)


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options that were set."""
    return {key: value for key, value in options.items() if value is not None}


def _refuse(options: Mapping[str, Any], model: str, remedy: str) -> None:
    """Refuses options that would change nothing and seem to."""
    if options:
        names = ", ".join(OPTIONS[key] for key in options)
        raise SettingsError(
            f"options that {model} has", names, "the options", f"Leave them out, or {remedy}."
        )


def _load(assignments: Mapping[str, Any], config: Path | None) -> RunSettings:
    """Settings; an error in a value from the command line names its option, not its key."""
    try:
        return load_settings(nested(assignments), config)
    except SettingsError as error:
        for key, option in OPTIONS.items():
            if assignments.get(key) is not None and error.expected.startswith(key):
                raise SettingsError(
                    error.expected.replace(key, option), error.found, option, f"Correct {option}."
                ) from error
        raise


def _numbers(text: str | None, key: str) -> list[float] | float | None:
    """Turns ``64,128`` into numbers; one dropout stands for all layers."""
    if text is None:
        return None
    share = key == "model1.dropout"
    try:
        numbers = [float(word) if share else int(word) for word in text.split(",")]
    except ValueError as error:
        kind = "numbers from 0 to 1" if share else "whole numbers"
        example = "0.5,0.3" if share else "64,128"
        raise SettingsError(
            f"{kind} with commas, such as {example}",
            repr(text),
            OPTIONS[key],
            f"Write it like {example}.",
        ) from error
    return numbers[0] if share and len(numbers) == 1 else numbers


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
