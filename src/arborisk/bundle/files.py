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

STANDARD_DOMAINS = (b"", b"ai.onnx")

# Message -> field number -> message of that field. Fields that are not named hold no messages that
# matter here. Subgraphs are refused, so the depth has an end. Source: onnx/onnx.proto.
_MESSAGES: dict[str, dict[int, str]] = {
    "model": {7: "graph", 8: "opset"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 10: "tensor", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
    "opset": {},
}
# Message -> field number -> why its presence is refused.
_REFUSED: dict[str, dict[int, str]] = {
    "model": {20: "training information", 25: "local functions"},
    "attribute": {6: "a subgraph (loop or branch)", 11: "subgraphs (loops or branches)"},
    "tensor": {13: "external data (weights in another file)"},
}
_DATA_LOCATION = 14  # of a tensor; 0 is "in this file"
_DOMAIN = {"node": 7, "opset": 1}


def refuse_unsafe_onnx(content: bytes, where: str) -> None:
    """Checks that a network uses standard operators and its own bytes only.

    Args:
        content: The ONNX file.
        where: Its name, for the message.

    Raises:
        BundleError: The file is no ONNX file, or holds external data, operators of another domain,
            subgraphs, local functions or training information.
    """
    try:
        found = _first_offence(memoryview(content), "model")
    except (IndexError, ValueError) as error:
        found = f"bytes that are no ONNX model ({error})"
    if found:
        raise BundleError(
            "a plain ONNX network: standard operators, all weights inside, no subgraphs",
            found,
            where,
            "Do not use this bundle; ask its maker for one written by arborisk.",
        )


def _first_offence(message: memoryview, kind: str) -> str | None:
    """First refused thing in a message and those inside it, or None."""
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        number, wire_type = tag >> 3, tag & 7
        if number in _REFUSED.get(kind, {}):
            return _REFUSED[kind][number]
        start, position = _value(message, position, wire_type)
        value = message[start:position]
        if kind == "tensor" and number == _DATA_LOCATION and bytes(value) != b"\0":
            return "external data (weights in another file)"
        if _DOMAIN.get(kind) == number and bytes(value) not in STANDARD_DOMAINS:
            return f"operators of the domain {bytes(value)[:60]!r}"
        inner = _MESSAGES[kind].get(number)
        if inner and wire_type == 2 and (found := _first_offence(value, inner)):
            return found
    return None


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Number at a position, and the position after it."""
    number = 0
    for shift in range(0, 70, 7):
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
    raise ValueError("a number longer than 10 bytes")


def _value(message: memoryview, position: int, wire_type: int) -> tuple[int, int]:
    """Start and end of the value of a field."""
    if wire_type == 0:
        return position, _varint(message, position)[1]
    if wire_type == 2:
        length, position = _varint(message, position)
    elif wire_type in (1, 5):
        length = 8 if wire_type == 1 else 4
    else:
        raise ValueError(f"wire type {wire_type}")
    if position + length > len(message):
        raise ValueError("cut short")
    return position, position + length


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
