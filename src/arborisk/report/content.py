"""Pieces that several pages hold."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.dataset.schemes import ClassScheme
from arborisk.evaluation.verdict import Standing
from arborisk.report.style import Mark, class_mark
from arborisk.wording.leaks import SCORES_FLATTER

STANDING_WORDS: dict[Standing, str] = {
    "better": "Better than the baseline",
    "undecided": "Not shown to beat the baseline",
    "leaking": SCORES_FLATTER,
    "worse": "Worse than the baseline",
    "degenerate": "Degenerate: one answer for all",
}

LONGEST_LIST = 20
"""Values of one setting that are written out: hashes of all photos tuned on are not."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list of facts.

    Attributes:
        name: What it is about.
        text: What is so.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """A class as pages show it: shape and name.

    Attributes:
        title: Name as people read it.
        mark: Shape and colour.
    """

    title: str
    mark: Mark


def class_entries(scheme: ClassScheme) -> list[ClassEntry]:
    """The classes of a scheme, in class order."""
    return [
        ClassEntry(title, class_mark(title, index)) for index, title in enumerate(scheme.titles)
    ]


def flat_settings(values: object, prefix: str = "") -> list[Fact]:
    """Settings nested as in TOML, as lines ``training.epochs: 4``; long lists are counted."""
    if isinstance(values, list) and len(values) > LONGEST_LIST:
        return [Fact(prefix, f"{len(values)} values, the first {values[0]}")]
    if not isinstance(values, dict):
        return [Fact(prefix, str(values))]
    return [
        fact
        for key, value in values.items()
        for fact in flat_settings(value, f"{prefix}.{key}" if prefix else str(key))
    ]
