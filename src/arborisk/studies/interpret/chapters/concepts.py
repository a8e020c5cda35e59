"""Whether the network has directions for concepts, and whether its score follows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from arborisk.explanation.concepts.sets import drawn_concepts
from arborisk.explanation.concepts.testing import concept_tests
from arborisk.report.concepts_section import concepts_section
from arborisk.report.interpret_page import Chapter
from arborisk.report.page import render_section
from arborisk.studies.interpret.options import InterpretOptions
from arborisk.studies.interpret.subject import Subject
from arborisk.studies.learners import ProgressFor

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
