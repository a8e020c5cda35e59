"""What the cells of an experiment differ in, by name and in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from arborisk.evaluation.fold_scores import AXES
from arborisk.evaluation.run_tables import RunConfig

Start = Literal["pretrained", "from scratch"]
"""Where the weights of a network start. Architectures are never compared across this line: the
pretrained have seen a million other photos."""

_ALIASES = {
    "preprocess.size_px": "size",
    "preprocess.channels": "channels",
    "split.protocol": "protocol",
}
_AXIS_WORDS = {
    "scheme": "classes",
    "size": "image size",
    "channels": "colour",
    "weights": "start of the weights",
    "regime": "layers trained",
    "output": "last layer",
}
_VALUE_WORDS = {
    ("channels", "1"): "grey",
    ("channels", "3"): "colour",
    ("weights", "none"): "from scratch",
    ("weights", "imagenet"): "ImageNet weights",
    ("regime", "last_stages"): "last stages",
    ("regime", "all"): "all layers",
    ("augmentation", "none"): "no augmentation",
    ("output", "cumulative_link"): "cumulative link",
    ("output", "corn"): "CORN",
    ("protocol", "grouped"): "groups kept whole",
    ("protocol", "deck"): "the deck's random split",
    ("protocol", "leaky"): "augment, then split",
    ("protocol", "given"): "a given split",
}


def axis_name(axis: str) -> str:
    """Name of an axis in our tables: the settings that most grids vary have short ones."""
    return _ALIASES.get(axis, axis)


def axis_words(axis: str) -> str:
    """An axis in words, for example ``image size``."""
    return _AXIS_WORDS.get(axis, axis.rpartition(".")[2].replace("_", " "))


def value_text(value: object) -> str:
    """A value of an axis as tables hold it; lists and tables as JSON."""
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def value_words(axis: str, value: str) -> str:
    """A value of an axis in words that stand alone, as short as they can.

    >>> value_words("size", "108"), value_words("training.learning_rate", "0.001")
    ('108 px', 'learning rate 0.001')
    """
    if (axis, value) in _VALUE_WORDS:
        return _VALUE_WORDS[axis, value]
    if axis == "size":
        return f"{value} px"
    if axis == "model":
        return model_words(value).removeprefix("EfficientNet-").removeprefix("CNN ")
    if axis == "augmentation":
        return f"{value} augmentation"
    if axis in ("scheme", "weights", "regime", "output", "protocol"):
        return value
    return f"{axis_words(axis)} {value}"


def model_words(name: str) -> str:
    """Title of a model; its name where the table of models has none."""
    from arborisk.models.table import MODELS

    return MODELS[name].title if name in MODELS else name


def settings_of(
    axes: Mapping[str, str], config: RunConfig | None, *, others: Iterable[str] = ()
) -> dict[str, str]:
    """The usual axes, then the grid's own: as the grid gives them, else as the run resolved them.

    Args:
        axes: Axes of the cell by `axis_name`.
        config: What a run of the cell was asked, or None when none has begun.
        others: Axes that the grid gives for other cells, for example ``training.epochs``.
    """
    found = dict.fromkeys((*AXES, *others), "")
    if config is not None:
        values = config.values
        preprocess, split = values.get("preprocess", {}), values.get("split", {})
        resolved = {
            "scheme": config.scheme.name,
            "size": config.size_px,
            "channels": preprocess.get("channels"),
            "model": config.model,
            "weights": values.get("weights") or _usual_weights(config.model),
            "regime": values.get("regime"),
            "augmentation": _augmentation_name(values.get("augmentation")),
            "output": values.get("output"),
            "protocol": split.get("protocol"),
        }
        resolved = {axis: _at(values, axis) for axis in others} | resolved
        found |= {axis: value_text(value) for axis, value in resolved.items() if value is not None}
    return {**found, **axes}


def _at(values: Mapping[str, Any], key: str) -> object:
    """Value of a key with dots in nested settings, or None."""
    found: object = values
    for room in key.split("."):
        found = found.get(room) if isinstance(found, Mapping) else None
    return found


def start_of(settings: Mapping[str, str]) -> Start:
    """Whether the network of these settings starts from pretrained weights."""
    from arborisk.models.weights import FROM_SCRATCH

    weights = settings.get("weights") or _usual_weights(settings.get("model", ""))
    return "from scratch" if weights == FROM_SCRATCH else "pretrained"


def _usual_weights(model: str) -> str:
    """Weights that a model starts from unless asked otherwise."""
    from arborisk.models.table import MODELS
    from arborisk.models.weights import FROM_SCRATCH

    return MODELS[model].usual_weights if model in MODELS else FROM_SCRATCH


def _augmentation_name(values: object) -> str:
    """Name of the preset with these values, ``own`` for others, "" where none are stated."""
    from pydantic import ValidationError

    from arborisk.training.settings import PRESETS, AugmentationSettings

    if not isinstance(values, dict):
        return ""
    try:
        stated = AugmentationSettings(**values)
    except ValidationError:  # of another version of arborisk
        return "own"
    return next((name for name, preset in PRESETS.items() if preset == stated), "own")
