"""Labels from the names of files and folders.

Whole words count: "improbable" holds "probable" and is another word. A name that negates a label
("not probable"), holds two, or is contradicted by its folder decides nothing: the photo stays
unrated and is listed, and ``--labels-from`` says which name to believe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from arborisk.tables.table import clean, words_of

_NEGATIONS = {"not", "no", "non", "un", "im", "never", "neither", "nor", "less"}
Believe = Literal["names", "file-name", "folder"]


@dataclass(frozen=True, slots=True)
class NameLabel:
    """What the name of a photo says.

    Attributes:
        label: Canonical label, or "".
        problem: Why the names decide nothing although they speak of labels, or "".
    """

    label: str
    problem: str = ""


def label_from_names(file: str, words: Mapping[str, str], believe: Believe = "names") -> NameLabel:
    """Label that the file name and the folders of a photo agree on.

    Args:
        file: Path relative to the photo root, with forward slashes.
        words: Word or words to canonical label; "" for words that mean unrated.
        believe: Both names, the file name only, or the nearest folder that speaks of a label.

    >>> label_from_names("Improbable_12.jpg", {"improbable": "Improbable", "probable": "Probable"})
    NameLabel(label='Improbable', problem='')
    """
    path = PurePosixPath(file)
    said_by_file = _labels_in(path.stem, words) if believe != "folder" else set()
    said_by_folder: set[str] = set()
    if believe != "file-name":
        for folder in reversed(path.parts[:-1]):
            said_by_folder = _labels_in(folder, words)
            if said_by_folder:
                break
    # A folder such as "probable and possible" leaves the choice to the file name.
    if len(said_by_folder) > 1 and len(said_by_file) == 1:
        said_by_folder = set()
    said = said_by_file | said_by_folder
    if len(said) > 1 or "?" in said:
        told = [
            f"{place} says {' and '.join(sorted(labels))}"
            for place, labels in (("file name", said_by_file), ("folder", said_by_folder))
            if labels
        ]
        return NameLabel("", ", ".join(told).replace("?", "something negated"))
    return NameLabel(next(iter(said), ""))


def _labels_in(name: str, words: Mapping[str, str]) -> set[str]:
    """Labels that a name holds as whole words; ``?`` for a negated one."""
    in_name = words_of(name)
    phrases = {words_of(word): label for word, label in words.items()}
    found = set()
    position = 0
    while position < len(in_name):
        hit = _longest_phrase(in_name[position:], phrases)
        if not hit:
            position += 1
            continue
        negated = position > 0 and in_name[position - 1] in _NEGATIONS
        found.add("?" if negated else phrases[hit])
        position += len(hit)
    return found - {""}


def _longest_phrase(
    in_name: tuple[str, ...], phrases: Mapping[tuple[str, ...], str]
) -> tuple[str, ...]:
    """Longest phrase at the start of a name; numbers alone are no label."""
    fitting = [
        phrase
        for phrase in phrases
        if in_name[: len(phrase)] == phrase and not all(word.isdigit() for word in phrase)
    ]
    return max(fitting, key=len, default=())


def folder_labels(files: Iterable[str]) -> dict[str, str]:
    """File to label where the top folder is the class; photos outside any folder are left out."""
    return {
        file: clean(PurePosixPath(file).parts[0])
        for file in files
        if len(PurePosixPath(file).parts) > 1
    }
