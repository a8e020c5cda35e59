"""Reading the files of a bundle from a stranger: fixed names, plain files, limited sizes."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as from_safetensors

from arborisk.errors import BundleError

RECORD = "bundle.json"
MODEL = "model.onnx"
WEIGHTS = "weights.safetensors"
PARITY = "parity.json"
CARD = "card.md"
CALIBRATION = "calibration.safetensors"
"""Not in every bundle: a refit has none."""
REFERENCE = "reference.safetensors"
DATA_CARD = "data_card.json"

MAX_BYTES = {
    RECORD: 1 << 20,
    PARITY: 1 << 20,
    CARD: 1 << 20,
    MODEL: 1 << 30,  # ten ResNet-50 members
    WEIGHTS: 1 << 30,
    CALIBRATION: 1 << 28,
    REFERENCE: 1 << 23,
    DATA_CARD: 1 << 22,
}
_CHUNK_BYTES = 1 << 20
_REMEDY = "Get the bundle again from its maker, as a whole folder."


def read_file(folder: Path, name: str) -> bytes:
    """Content of one file of a bundle.

    Raises:
        BundleError: Missing, not a plain file (link, pipe, folder), too large, or unreadable.
    """
    path = checked_path(folder, name)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES[name] + 1)
    except OSError as error:
        raise BundleError(f"a readable {name}", str(error), str(path), _REMEDY) from error
    if len(content) > MAX_BYTES[name]:
        raise _too_large(name, len(content), path)
    return content


def checked_path(folder: Path, name: str) -> Path:
    """Path of one file, after checking that it is a plain file of allowed size."""
    path = folder / name
    try:
        facts = path.lstat()
    except OSError as error:
        raise BundleError(f"the file {name}", "none", str(folder), _REMEDY) from error
    if not stat.S_ISREG(facts.st_mode):
        raise BundleError(
            f"{name} to be a plain file", "a link, folder or device", str(path), _REMEDY
        )
    if facts.st_size > MAX_BYTES[name]:
        raise _too_large(name, facts.st_size, path)
    return path


def safe_arrays(content: bytes, where: str) -> dict[str, NDArray[np.generic]]:
    """Arrays of a safetensors file, from bytes that were hashed.

    Raises:
        BundleError: It is none.
    """
    try:
        return dict(from_safetensors(content))
    except (SafetensorError, ValueError, KeyError) as error:
        raise BundleError(
            "a safetensors file", f"{type(error).__name__}: {error}"[:300], where, _REMEDY
        ) from error


def check_hash(path: Path, expected: str, content: bytes | None = None) -> None:
    """Compares a file, or its content already read, with its SHA-256.

    Raises:
        BundleError: They differ.
    """
    found = hashlib.sha256(content).hexdigest() if content is not None else _hash_file(path)
    if found != expected:
        raise BundleError(
            f"{path.name} with hash {expected[:12]}..., as {RECORD} says",
            f"{found[:12]}...: the file was damaged or exchanged",
            str(path.parent),
            _REMEDY,
        )


def _hash_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _too_large(name: str, n_bytes: int, path: Path) -> BundleError:
    return BundleError(
        f"{name} of at most {MAX_BYTES[name]:,} bytes", f"{n_bytes:,} or more", str(path), _REMEDY
    )
