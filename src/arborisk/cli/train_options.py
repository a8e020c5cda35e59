"""From the options of ``arborisk train`` to settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arborisk.cli.setting_options import CLASS_WEIGHTS, TRAIN
from arborisk.errors import SettingsError
from arborisk.studies.settings import RunSettings, load_settings, nested

if TYPE_CHECKING:
    from arborisk.studies.settings import RunSettings


_OPTION = {option.key: option.option for option in TRAIN} | {
    f"{part}.class_weights": "--class-weights" for part in ("training", "head")
}
"""Key of a setting to the option that sets it."""
NUMBERS = ("feature_maps", "kernel_sizes", "strides", "dense", "dropout")
"""Settings of Model 1 that are typed as numbers with commas."""


def settings_of(
    given: Mapping[str, Any], assigned: Mapping[str, Any], config: Path | None
) -> RunSettings:
    """Settings, with each option in the part of the model that it is meant for.

    Args:
        given: What was set by options, by parameter of `arborisk.cli.setting_options.TRAIN`; None
            where nothing was.
        assigned: What was set by ``--set``, by key.
        config: A settings file, or None.

    Raises:
        SettingsError: An option that the model does not have, or a value that cannot work.
    """
    values = {
        option.key: given[option.parameter]
        for option in TRAIN
        if given.get(option.parameter) is not None
    }
    if "split.by" in values:
        values["split.by"] = [word.strip() for word in values["split.by"].split(",")]
    if "split.file" in values:
        values.setdefault("split.protocol", "given")
    if "split.folds" not in values and (
        "split.test_share" in values or values.get("split.protocol") == "deck"
    ):
        values["split.folds"] = 0
    for name in NUMBERS:
        key = f"model1.{name}"
        if key in values:
            values[key] = _numbers(values[key], key)
    class_weights = values.pop(CLASS_WEIGHTS, None)
    network = {key: values.pop(key) for key in list(values) if key.startswith("training.")}
    model1 = {key: values.pop(key) for key in list(values) if key.startswith("model1.")}
    values |= assigned
    chosen = _load(values, config)
    part = "training"
    if chosen.regime == "frozen":
        part = "head"
        _refuse(network, f"a frozen {chosen.model}", "choose --regime all, or --model model1")
    if chosen.model != "model1":
        _refuse(model1, chosen.model, "choose --model model1")
    weights = {} if class_weights is None else {f"{part}.class_weights": class_weights}
    return _load({**values, **network, **model1, **weights}, config)


def _refuse(options: Mapping[str, Any], model: str, remedy: str) -> None:
    """Refuses options that would change nothing and seem to."""
    if options:
        names = ", ".join(_OPTION[key] for key in options)
        raise SettingsError(
            f"options that {model} has", names, "the options", f"Leave them out, or {remedy}."
        )


def _load(assignments: Mapping[str, Any], config: Path | None) -> RunSettings:
    """Settings; an error in a value from the command line names its option, not its key."""
    try:
        return load_settings(nested(assignments), config)
    except SettingsError as error:
        for key, option in _OPTION.items():
            if assignments.get(key) is not None and error.expected.startswith(key):
                raise SettingsError(
                    error.expected.replace(key, option), error.found, option, f"Correct {option}."
                ) from error
        raise


def _numbers(text: str, key: str) -> list[float] | float:
    """Turns ``64,128`` into numbers; one dropout stands for all layers."""
    share = key == "model1.dropout"
    try:
        numbers = [float(word) if share else int(word) for word in text.split(",")]
    except ValueError as error:
        kind = "numbers from 0 to 1" if share else "whole numbers"
        example = "0.5,0.3" if share else "64,128"
        raise SettingsError(
            f"{kind} with commas, such as {example}",
            repr(text),
            _OPTION[key],
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
