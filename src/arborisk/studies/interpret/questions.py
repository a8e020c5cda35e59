"""How the score follows what can be measured in the photos."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arborisk.errors import SettingsError
from arborisk.explanation.concepts.sets import drawn_concepts
from arborisk.explanation.concepts.testing import concept_tests
from arborisk.explanation.inside.look import look_inside
from arborisk.explanation.measures.table import MEASURES
from arborisk.explanation.responses.intervene import interventions
from arborisk.explanation.responses.partial import dependence
from arborisk.explanation.responses.verdicts import summarise
from arborisk.explanation.responses.words import dependence_sentences, sentences
from arborisk.explanation.shortcuts.photos import ShortcutPhotos
from arborisk.explanation.shortcuts.run_photos import with_stand
from arborisk.explanation.shortcuts.testing import shortcut_tests
from arborisk.report.concepts_section import concepts_section
from arborisk.report.inside_report import write_inside_pages
from arborisk.report.interpret_page import Chapter
from arborisk.report.page import render_section
from arborisk.report.responses_section import responses_html
from arborisk.report.shortcuts_section import shortcuts_section
from arborisk.studies.interpret.readings import MEASURE_NAMES, SIDED, readings_of
from arborisk.studies.interpret.subject import InterpretOptions, Subject
from arborisk.studies.interpret.where import belief_chapter, where_chapter
from arborisk.studies.learners import ProgressFor

TITLE = "Does the score follow what can be measured?"


def measures_chapter(
    subject: Subject, options: InterpretOptions, out: Path, progress_for: ProgressFor
) -> Chapter:
    """Partial dependence of the held-back score on the measures of each photo."""
    readings = readings_of(subject, options, out, progress_for("Reading photos"))
    titles = {
        kind.name: f"size of {kind.title}" if kind.name in SIDED else kind.title
        for kind in MEASURES
    }
    try:
        found = dependence(
            subject.score, readings.measures, MEASURE_NAMES, subject.groups, seed=subject.seed
        )
    except SettingsError as error:
        return Chapter("measures", TITLE, "", cautions=(f"{TITLE} Not told: {error}",))
    said = dependence_sentences(found, titles)
    return Chapter(
        "measures",
        TITLE,
        responses_html(None, found, titles),
        uses=said.uses,
        cautions=said.cautions,
        figures={
            "r2": found.r2,
            "rank_correlation": {one.name: one.rank.value for one in found.effects},
            "change": {one.name: one.change.value for one in found.effects},
        },
    )


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


def changes_chapter(
    subject: Subject, options: InterpretOptions, out: Path, progress_for: ProgressFor
) -> Chapter:
    """Response curves and their verdicts."""
    found = interventions(
        subject.opened,
        subject.contrast,
        n_trees=options.n_trees,
        seed=subject.seed,
        progress=progress_for("Changing drawn trees"),
    )
    summaries = summarise(found)
    said = sentences(found, summaries)
    return Chapter(
        "changes",
        "One thing changed in drawn trees",
        responses_html(found, None),
        uses=_drawn(said.uses),
        ignores=_drawn(said.ignores),
        disagrees=_drawn(said.disagrees),
        cautions=said.cautions,
        figures={
            one.response.factor.name: {
                "verdict": one.verdict,
                "change": one.change.value,
                "rank_correlation": None if one.rank is None else one.rank.value,
                "monotone_share": one.monotone_share,
            }
            for one in summaries
        },
    )


def _drawn(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Sentences that stand among those on photos say that they are of drawn trees."""
    return tuple(line if "drawn" in line.lower() else f"Drawn trees: {line}" for line in lines)


MOST_PHOTOS = 60
N_PAIRS = 40
"""Pairs of drawn scenes with and without each concept."""


def concepts_chapter(
    subject: Subject, options: InterpretOptions, out: Path, progress_for: ProgressFor
) -> Chapter:
    """Concept directions beside random ones."""
    sets = drawn_concepts(
        subject.opened.preprocess,
        n_pairs=N_PAIRS,
        seed=subject.seed,
        progress=progress_for("Drawing concepts"),
    )
    places = np.flatnonzero(subject.class_index == subject.contrast.of)[:MOST_PHOTOS]
    found = concept_tests(
        subject.opened,
        np.ascontiguousarray(subject.arrays[places]),
        subject.contrast,
        sets,
        seed=subject.seed,
        progress=progress_for("Testing concepts"),
    )
    moving = tuple(one.sentence for one in found.findings if one.standing in ("towards", "away"))
    still = tuple(one.sentence for one in found.findings if one.standing == "no more than random")
    return Chapter(
        "concepts",
        "Has it directions for dead wood, lean, wires?",
        render_section("concepts_section.html.j2", concepts_section(found, sets)),
        uses=moving,
        ignores=still,
        figures={f"{one.title}, {one.layer}": one.standing for one in found.findings},
    )


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
