"""Text, TOML and JSON that people write, read with errors that name the file and the line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from arborisk.errors import ArboriskError, as_sentence

CORRECT = "Correct this line."
LONGEST_BYTES = 32 * 2**20
"""A form, a scheme or a grid has some kilobytes; a file beyond this is something else."""


def read_text(path: Path, what: str, kind: type[ArboriskError] = ArboriskError) -> str:
    """Text of a file in UTF-8, with or without a byte order mark.

    Args:
        path: The file.
        what: What it should be, for messages: ``a form``.
        kind: Class of the error.

    Raises:
        ArboriskError: Of the class asked for: no file, no text in UTF-8, or far too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_BYTES + 1)
        if len(content) > LONGEST_BYTES:
            found = f"more than {LONGEST_BYTES // 2**20} MiB"
            raise kind(f"{what} of a few kilobytes", found, str(path), "Check the path.")
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        byte = f"the byte {error.object[error.start]:#04x} of another encoding"
        remedy = "Save the file as UTF-8."
        raise kind(f"{what} in UTF-8", byte, f"{path}, line {line}", remedy) from error
    except OSError as error:
        told = as_sentence(error)
        assert told is not None
        raise kind(f"{what}: {told.expected}", told.found, str(path), told.remedy) from error


def read_toml(
    path: Path, what: str, kind: type[ArboriskError] = ArboriskError, remedy: str = CORRECT
) -> dict[str, Any]:
    """Keys of a TOML file; see `read_text`."""
    return parse_toml(read_text(path, what, kind), str(path), what, kind, remedy)


def parse_toml(
    text: str,
    where: str,
    what: str,
    kind: type[ArboriskError] = ArboriskError,
    remedy: str = CORRECT,
) -> dict[str, Any]:
    """Keys of a TOML text; see `read_text`."""
    found: dict[str, Any] = _parsed(tomllib.loads, text, where, f"{what} in TOML", kind, remedy)
    return found


def read_json(
    path: Path, what: str, kind: type[ArboriskError] = ArboriskError, *, strict: bool = False
) -> Any:  # noqa: ANN401 - JSON is anything
    """Content of a JSON file; see `read_text`.

    Args:
        path: The file.
        what: What it should be, for messages.
        kind: Class of the error.
        strict: Whether NaN, Infinity and a key written twice are refused, as TOML refuses the last.
    """
    parse = _strict if strict else json.loads
    return _parsed(parse, read_text(path, what, kind), str(path), f"{what} in JSON", kind)


def _strict(text: str) -> Any:  # noqa: ANN401 - as above
    return json.loads(text, parse_constant=_not_finite, object_pairs_hook=_each_once)


def _not_finite(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A table; of a key written twice, one value would be lost without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one table")
    return found


def _parsed(
    parse: Callable[[str], Any],
    text: str,
    where: str,
    what: str,
    kind: type[ArboriskError],
    remedy: str = CORRECT,
) -> Any:  # noqa: ANN401 - whatever the parser gives
    try:
        return parse(text)
    except RecursionError as error:
        found = "brackets within brackets, too deep to be read"
        raise kind(what, found, where, "Give each key one value or one list.") from error
    except ValueError as error:  # broken syntax, or a number of thousands of digits
        said = " ".join(str(error).split())
        raise kind(what, f"that it is not: {said}", where, remedy) from error
