"""The chapters of an interpretation, by name, in the order of the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from arborisk.report.interpret_page import Chapter
from arborisk.studies.interpret.chapters.belief import belief_chapter
from arborisk.studies.interpret.chapters.changes import changes_chapter
from arborisk.studies.interpret.chapters.concepts import concepts_chapter
from arborisk.studies.interpret.chapters.inside import inside_chapter
from arborisk.studies.interpret.chapters.measures import measures_chapter
from arborisk.studies.interpret.chapters.shortcuts import shortcuts_chapter
from arborisk.studies.interpret.chapters.where import where_chapter
from arborisk.studies.interpret.options import InterpretOptions
from arborisk.studies.interpret.subject import Subject
from arborisk.studies.learners import ProgressFor

Make = Callable[[Subject, InterpretOptions, Path, ProgressFor], Chapter]


@dataclass(frozen=True, slots=True)
class ChapterKind:
    """A chapter that can be asked for.

    Attributes:
        title: The question that it answers.
        make: Makes it: subject, options, folder of the report, progress.
    """

    title: str
    make: Make


CHAPTERS: dict[str, ChapterKind] = {
    "where": ChapterKind("Which part of the picture?", where_chapter),
    "belief": ChapterKind("Are the maps to be believed?", belief_chapter),
    "measures": ChapterKind("Does the score follow what can be measured?", measures_chapter),
    "changes": ChapterKind("One thing changed in drawn trees", changes_chapter),
    "concepts": ChapterKind("Has it directions for dead wood, lean, wires?", concepts_chapter),
    "shortcuts": ChapterKind("Does it take a shortcut?", shortcuts_chapter),
    "inside": ChapterKind("Inside the network", inside_chapter),
}
