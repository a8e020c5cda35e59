"""Whether the model takes a shortcut: border, fixed place, background, camera, dead wood alone."""

from __future__ import annotations

from pathlib import Path

from arborisk.explanation.shortcuts.photos import ShortcutPhotos
from arborisk.explanation.shortcuts.run_photos import with_stand
from arborisk.explanation.shortcuts.testing import shortcut_tests
from arborisk.report.interpret_page import Chapter
from arborisk.report.page import render_section
from arborisk.report.shortcuts_section import shortcuts_section
from arborisk.studies.interpret.options import InterpretOptions
from arborisk.studies.interpret.readings import readings_of
from arborisk.studies.interpret.subject import Subject
from arborisk.studies.learners import ProgressFor


def shortcuts_chapter(
    subject: Subject, options: InterpretOptions, out: Path, progress_for: ProgressFor
) -> Chapter:
    """Shortcut tests, each photo asked of the network that had not learnt from it."""
    photos = _photos(subject, options, out, progress_for)
    found = shortcut_tests(
        subject.opened,
        photos,
        subject.contrast,
        seed=subject.seed,
        progress=progress_for("Looking for shortcuts"),
    )
    said = {
        standing: tuple(one.sentence for one in found.findings if one.standing == standing)
        for standing in ("found", "noticed")
    }
    return Chapter(
        "shortcuts",
        "Does it take a shortcut?",
        render_section("shortcuts_section.html.j2", shortcuts_section(found)),
        uses=tuple(f"Worth knowing: {line}" for line in said["noticed"]),
        disagrees=said["found"],
        cautions=(found.headline,),
        figures={one.name: one.standing for one in found.findings},
    )


def _photos(
    subject: Subject, options: InterpretOptions, out: Path, progress_for: ProgressFor
) -> ShortcutPhotos:
    """The photos with outlines and dead shares: the truth of drawn ones, readings of others."""
    bare = ShortcutPhotos(
        subject.arrays, subject.class_index, subject.groups, subject.member, drawn=subject.drawn
    )
    stand = subject.run_photos.stand
    if stand is not None:
        return with_stand(bare, subject.files, stand, subject.opened.preprocess)
    readings = readings_of(subject, options, out, progress_for("Reading photos"))
    return ShortcutPhotos(
        subject.arrays,
        subject.class_index,
        subject.groups,
        subject.member,
        tree_mask=readings.tree_mask,
        dead_share=readings.bare_share,
        drawn=subject.drawn,
    )
