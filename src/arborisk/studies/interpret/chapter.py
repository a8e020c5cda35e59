"""Chapters of an interpretation, kept as soon as they are finished."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from pydantic import JsonValue

import arborisk
from arborisk.files import write_text_whole
from arborisk.report.interpret_page import Chapter
from arborisk.text_files import read_json

CHAPTERS = "chapters"


def fingerprint(content: dict[str, JsonValue]) -> str:
    """Hash of all that decides a chapter; the version of arborisk is part of it."""
    whole = {"arborisk": arborisk.__version__, **content}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def keep_chapter(folder: Path, chapter: Chapter, mark: str) -> None:
    """Writes a finished chapter.

    Args:
        folder: Folder of the report.
        chapter: The chapter.
        mark: Its `fingerprint`.
    """
    content = {"fingerprint": mark, **asdict(chapter)}
    write_text_whole(_path(folder, chapter.name), json.dumps(content, ensure_ascii=False))


def kept_chapter(folder: Path, name: str, mark: str) -> Chapter | None:
    """A chapter that an earlier run finished with the same fingerprint, or None.

    Args:
        folder: Folder of the report.
        name: Name of the chapter.
        mark: Its `fingerprint`.
    """
    path = _path(folder, name)
    if not path.is_file():
        return None
    content = read_json(path, "a finished chapter")
    if content.pop("fingerprint", None) != mark:
        return None
    listed = ("uses", "ignores", "disagrees", "cautions")
    return Chapter(**{**content, **{key: tuple(content[key]) for key in listed}})


def _path(folder: Path, name: str) -> Path:
    """File of a chapter."""
    return folder / CHAPTERS / f"{name}.json"
