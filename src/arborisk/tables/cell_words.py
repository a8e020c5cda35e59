"""Words of cells that are no rating: yes or no, living or dead, broadleaf or conifer, no tree."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from arborisk.tables.text import fold


@cache
def words_about(subject: str) -> Mapping[str, str]:
    """Folded words of a subject with what each means.

    Args:
        subject: Table of ``cell_words.toml``: flag, condition, kind ...
    """
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        fold(word): meaning for meaning, words in content.get(subject, {}).items() for word in words
    }


def read_flag(text: str, subject: str = "") -> bool | None:
    """Whether a cell says yes; None where it says neither yes nor no.

    Args:
        text: The cell.
        subject: Table of words that say yes or no of this alone.

    >>> read_flag("Ja"), read_flag("no"), read_flag("failed"), read_flag("failed", "storm_outcome")
    (True, False, None, True)
    """
    word = fold(text)
    meaning = words_about("flag").get(word) or words_about(subject).get(word)
    return None if meaning is None else meaning == "yes"
