"""A published file of weights: read without running anything in it, recognised. Needs torch."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import cache

import torch
from safetensors.torch import load
from torch import Tensor

from arborisk.errors import SettingsError
from arborisk.models.efficientnet_lite import fresh_lite
from arborisk.models.googlenet import GoogLeNet
from arborisk.models.packaged_weights import PACKAGED
from arborisk.models.resnet50 import ResNet50

IMPORTABLE = ("resnet50", "googlenet", *PACKAGED)
NOT_KEPT = {
    "resnet50": ("fc.",),
    "googlenet": ("fc.", "aux1.", "aux2."),
    **dict.fromkeys(PACKAGED, ("_fc.",)),
}
"""Beginnings of names that are not kept: the file's own classes, and the auxiliaries, which
torchvision publishes untrained."""
COUNTER = "num_batches_tracked"
"""A normalisation's count of batches: of no use here, and missing from files before torch 0.4.1."""

Shape = tuple[int, ...]


def read_weights(content: bytes, *, where: str) -> dict[str, Tensor]:
    """Tensors by name, from a file of torch (``.pth``) or of safetensors.

    Only tensors are read; a file that asks for anything else to be made is refused.

    Args:
        content: The whole file.
        where: Name of the file, for errors.

    Raises:
        SettingsError: It is no such file, or holds more than tensors by name.
    """
    try:
        # A file of safetensors begins with the length of its header and an opening brace.
        if content[8:9] == b"{":
            found: object = load(content)
        else:
            found = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # torch, pickle, zipfile and safetensors each have their own
        raise _refusal(
            "a file of weights, .pth or .safetensors", _in_words(error), where
        ) from error
    if not isinstance(found, Mapping) or not found:
        raise _refusal("tensors by name", type(found).__name__, where)
    for name, value in found.items():
        if not isinstance(value, Tensor):
            raise _refusal("nothing but tensors by name", f"{name}: {type(value).__name__}", where)
    return dict(found)


def recognise(state: Mapping[str, Tensor], *, model: str = "", where: str) -> str:
    """Name of the model whose weights these are.

    Args:
        state: Tensors by name.
        model: The model they should be of, or "" to find out.
        where: Name of the file, for errors.

    Raises:
        SettingsError: They fit none, or not the one they should; names the first misfit.
    """
    if model and model not in IMPORTABLE:
        raise SettingsError(
            expected=f"a model whose weights can be imported: {', '.join(IMPORTABLE)}",
            found=repr(model),
            where="--model",
            remedy="Leave it out, and the model is recognised.",
        )
    shapes = {name: tuple(value.shape) for name, value in state.items()}
    misfits = {name: _misfits(name, shapes) for name in IMPORTABLE}
    fitting = [name for name in IMPORTABLE if not misfits[name]]
    if model in fitting or (fitting and not model):
        return model or fitting[0]
    if fitting:
        raise _refusal(f"weights of {model}", f"weights of {fitting[0]}", where)
    nearest = model or min(IMPORTABLE, key=lambda name: len(misfits[name]))
    expected, found = misfits[nearest][0]
    raise _refusal(f"weights of {nearest}, the nearest model: {expected}", found, where)


def body_of(state: Mapping[str, Tensor], model: str, *, where: str) -> dict[str, Tensor]:
    """What is kept of a file: the weights below the last layer, as float32.

    Args:
        state: Tensors by name, of that model.
        model: Name of the model.
        where: Name of the file, for errors.

    Raises:
        SettingsError: A weight is not a finite number.
    """
    kept = {}
    for name in _expected(model):
        kept[name] = state[name].detach().to(torch.float32).contiguous()
        if not torch.isfinite(kept[name]).all():
            raise _refusal("finite numbers alone", f"{name}: one that is not", where)
    return kept


def n_classes_of(state: Mapping[str, Tensor], model: str) -> int:
    """Classes that the file's own last layer tells apart; 0 where it has none."""
    weight = state.get(f"{NOT_KEPT[model][0]}weight")
    return 0 if weight is None else weight.shape[0]


def _misfits(model: str, shapes: Mapping[str, Shape]) -> list[tuple[str, str]]:
    """What a file lacks, has otherwise, or has besides: (expected, found), in that order."""
    wanted = _expected(model)
    lacking = [(name, "no such name") for name in wanted if name not in shapes]
    other = [
        (f"{name} of shape {shape}", f"shape {shapes[name]}")
        for name, shape in wanted.items()
        if name in shapes and shapes[name] != shape
    ]
    besides = [
        ("no further name", name)
        for name in shapes
        if name not in wanted
        and not name.endswith(COUNTER)
        and not name.startswith(NOT_KEPT[model])
    ]
    return lacking + other + besides


@cache
def _expected(model: str) -> dict[str, Shape]:
    """Shape of each weight below the last layer, by its published name."""
    with torch.device("meta"):  # shapes without numbers
        if model == "resnet50":
            network: torch.nn.Module = ResNet50(n_classes=2, channels=3, size=224)
        elif model == "googlenet":
            network = GoogLeNet(n_classes=2, channels=3, size=224)
        else:
            network = fresh_lite(model, size=224)
    return {
        name: tuple(value.shape)
        for name, value in network.state_dict().items()
        if not name.endswith(COUNTER) and not name.startswith(NOT_KEPT[model])
    }


def _in_words(error: Exception) -> str:
    """What was wrong with a file; torch's own words propose to run what is in it."""
    forbidden = re.search(r"(?:GLOBAL|Unsupported class:?) ([A-Za-z_][\w.]*)", str(error))
    if forbidden is not None:
        return f"something besides tensors, {forbidden[1]}, which is not run"
    return "something else, or a damaged file"


def _refusal(expected: str, found: str, where: str) -> SettingsError:
    return SettingsError(
        expected=expected,
        found=found,
        where=where,
        remedy="Give the file as torchvision or the package of EfficientNet-Lite publishes it; "
        f"weights of {', '.join(IMPORTABLE)} can be imported.",
    )
