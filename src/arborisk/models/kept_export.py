"""Exported networks kept in a folder under names that hold the hash of their content.

A file that was damaged or exchanged does not fit its name and is made again. The hash shows damage,
not an enemy: who can write to the folder can also name a file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from arborisk.files import write_bytes_whole


def kept_export(folder: Path, stem: str) -> bytes | None:
    """Content of the kept file, or None when there is none; a damaged one is deleted.

    Args:
        folder: Where exports are kept.
        stem: Beginning of the file's name: all that decides the network.
    """
    for path in sorted(folder.glob(f"{stem}-*.onnx")):
        content = path.read_bytes()
        if path.name == _name(stem, content):
            return content
        path.unlink(missing_ok=True)
    return None


def keep_export(folder: Path, stem: str, content: bytes) -> None:
    """Writes an export, whole or not at all.

    Args:
        folder: Where exports are kept; made if need be.
        stem: As for `kept_export`.
        content: The ONNX file.
    """
    write_bytes_whole(folder / _name(stem, content), content)


def _name(stem: str, content: bytes) -> str:
    return f"{stem}-{hashlib.sha256(content).hexdigest()}.onnx"
