"""Files written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_text_whole(path: Path, text: str) -> None:
    """Writes text in UTF-8 under a temporary name beside its target, then renames it.

    Args:
        path: File to write or replace; its folder is made if need be.
        text: Its content; line ends stay as they are.
    """
    write_bytes_whole(path, text.encode("utf-8"))


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Writes bytes under a temporary name beside their target, then renames it.

    Args:
        path: File to write or replace; its folder is made if need be.
        content: Its content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
