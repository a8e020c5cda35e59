"""From the options of ``arborisk train`` to settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arborisk.errors import SettingsError
from arborisk.studies import RunSettings, load_settings, nested

OPTIONS = {
    "scheme": "--scheme",
    "model": "--model",
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
        network: Keys of a network that is trained whole.
        layers: The same, as numbers with commas.
    """

    run: Mapping[str, Any]
    class_weights: str | None
    network: Mapping[str, Any]
    layers: Mapping[str, str | None]


def settings_of(given: Given, config: Path | None) -> RunSettings:
    """Settings, with each option in the part of the model that it is meant for.

    Raises:
        SettingsError: An option that the model does not have, or a value that cannot work.
    """
    chosen = _load(given.run, config)
    layers = {key: _numbers(text, key) for key, text in given.layers.items()}
    network = {
        key: value for key, value in {**given.network, **layers}.items() if value is not None
    }
    part = "training"
    if chosen.regime == "frozen":
        part = "head"
        if network:
            names = ", ".join(key.rpartition(".")[2] for key in network)
            raise SettingsError(
                f"options that a frozen {chosen.model} has",
                names,
                "the options",
                "Leave them out, or choose --regime all, or --model model1.",
            )
    weights = {f"{part}.class_weights": given.class_weights}
    return _load({**given.run, **network, **weights}, config)


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


def _numbers(text: str | None, key: str) -> list[int] | None:
    """Turns ``64,128`` into numbers."""
    if text is None:
        return None
    try:
        return [int(word) for word in text.split(",")]
    except ValueError as error:
        raise SettingsError(
            "whole numbers with commas, such as 64,128", repr(text), key, "Correct it."
        ) from error
