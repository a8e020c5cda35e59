"""Broadleaf or conifer, from the name of a tree."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from arborisk.tables.text import words_of

TreeKind = Literal["broadleaf", "conifer"]
KINDS: Final[tuple[TreeKind, ...]] = ("broadleaf", "conifer")


@lru_cache(maxsize=4096)
def kind_of(name: str) -> TreeKind | None:
    """The kind of a tree by its genus, or by its common name; None where that tells nothing.

    Args:
        name: Botanical or common name, as an inventory has it.

    >>> kind_of("Acer platanoides"), kind_of("white pine"), kind_of("Ginkgo biloba")
    ('broadleaf', 'conifer', None)
    """
    words = words_of(name)
    genera, names = _by_word("genera"), _by_word("names")
    for word in words:  # the genus leads, also behind "cf." or a code
        if word in genera:
            return genera[word]
    found = {names[word] for word in words if word in names}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=2)
def _by_word(key: str) -> Mapping[str, TreeKind]:
    content = tomllib.loads(
        files("arborisk.tables").joinpath("genera.toml").read_text(encoding="utf-8")
    )
    return {word: kind for kind in KINDS for word in content[kind][key]}
