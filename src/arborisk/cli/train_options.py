"""From the options of ``arborisk train`` to settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arborisk.errors import SettingsError
from arborisk.models import model_entry
from arborisk.studies import RunSettings, load_settings, nested


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
    model = load_settings(nested(given.run), config).model
    layers = {key: _numbers(text, key) for key, text in given.layers.items()}
    network = {
        key: value for key, value in {**given.network, **layers}.items() if value is not None
    }
    part = "training"
    if model_entry(model).fitted_by == "head":
        part = "head"
        if network:
            names = ", ".join(key.rpartition(".")[2] for key in network)
            raise SettingsError(
                f"options that {model} has",
                names,
                "the options",
                "Leave them out, or --model model1.",
            )
    weights = {f"{part}.class_weights": given.class_weights}
    return load_settings(nested({**given.run, **network, **weights}), config)


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
