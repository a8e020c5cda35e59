"""The inside of the network, on pages of its own."""

from __future__ import annotations

import os
from pathlib import Path

from arborisk.explanation.inside.look import look_inside
from arborisk.report.inside_report import write_inside_pages
from arborisk.report.interpret_page import Chapter
from arborisk.studies.interpret.options import InterpretOptions
from arborisk.studies.interpret.subject import Subject
from arborisk.studies.learners import ProgressFor

FOLDER = "inside"


def inside_chapter(
    subject: Subject, options: InterpretOptions, out: Path, progress_for: ProgressFor
) -> Chapter:
    """Filters, feature maps and what excites units; the report links to them."""
    found = look_inside(
        subject.opened,
        subject.arrays,
        groups=subject.groups,
        names=subject.files,
        contrast=subject.contrast,
        seed=subject.seed,
        drawn=subject.drawn,
        progress=progress_for("Looking inside"),
    )
    first = write_inside_pages(found, out / FOLDER)
    link = Path(os.path.relpath(first, out)).as_posix()
    return Chapter(
        "inside",
        "Inside the network",
        f"<section><h2>Inside the network</h2><p>Filters, feature maps layer by layer, and what "
        f'most excites single units: <a href="{link}">pages of their own</a>.</p></section>',
    )
