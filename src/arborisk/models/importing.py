"""From a published file of weights to one that is kept, checked on the way. Needs torch."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

from safetensors.torch import save

from arborisk.errors import Remedy, SettingsError, option
from arborisk.files import write_bytes_whole, write_text_whole
from arborisk.models.imported_weights import (
    NAME_PATTERN,
    ImportedWeights,
    imported_weights,
    weights_dir,
)
from arborisk.models.packaged_weights import FROM_SCRATCH, IMAGENET
from arborisk.models.weights_file import body_of, n_classes_of, read_weights, recognise

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
