"""Whether the maps of the model are to be believed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.explanation.belief.causes import read_drawn_trees
from arborisk.explanation.belief.check import Belief, HeldBack, check_maps, headline
from arborisk.explanation.belief.localisation import DrawnTruth, codes_on_array
from arborisk.explanation.belief.refit import Embedded
from arborisk.report.belief_section import belief_section
from arborisk.report.interpret_page import Chapter
from arborisk.report.page import render_section
from arborisk.studies.interpret.maps import map_maker, usual_method
from arborisk.studies.interpret.options import InterpretOptions
from arborisk.studies.interpret.subject import Subject
from arborisk.studies.learners import ProgressFor

MOST_PHOTOS = 24


def belief_chapter(
    subject: Subject, options: InterpretOptions, out: Path, progress_for: ProgressFor
) -> Chapter:
    """Checks of the maps on photos that the model takes for the class asked about."""
    places = np.argsort(-subject.score, kind="stable")[:MOST_PHOTOS]
    places = np.sort(places)
    method = usual_method(subject.opened, options.method)
    predictions = subject.run_photos.predictions
    found = check_maps(
        subject.opened,
        np.ascontiguousarray(subject.arrays[places]),
        subject.contrast,
        map_maker(method, subject.seed),
        groups=[subject.groups[row] for row in places],
        class_index=subject.class_index[places],
        held_back=HeldBack(predictions.probability, predictions.class_index, predictions.group),
        embedded=_embedded(subject),
        truth=_truth(subject, places),
        seed=subject.seed,
        progress=progress_for("Checking maps"),
    )
    return as_chapter(found)


def as_chapter(found: Belief) -> Chapter:
    """The checks as a chapter.

    Args:
        found: What they gave.
    """
    return Chapter(
        "belief",
        "Are the maps to be believed?",
        render_section("belief_section.html.j2", belief_section(found)),
        cautions=(headline(found),),
        figures={
            "verdict": found.verdict.word,
            "title": found.verdict.title,
            "sentences": list(found.sentences),
        },
    )


def _embedded(subject: Subject) -> Embedded | None:
    """The labelled photos as the shared body sees them; None where members have their own."""
    bundle = subject.opened.bundle
    if bundle is None or len(subject.opened.bodies) > 1:
        return None
    embeddings = np.concatenate(
        [
            bundle.predict(subject.arrays[row : row + 1]).embedding
            for row in range(len(subject.rows))
        ]
    )
    return Embedded(embeddings, subject.class_index, subject.groups)


def _truth(subject: Subject, places: NDArray[np.int64]) -> list[DrawnTruth] | None:
    """What is known of drawn photos."""
    stand = subject.run_photos.stand
    if stand is None:
        return None
    trees = read_drawn_trees(stand / "truth.csv")
    found = []
    for row in places:
        stem = Path(subject.files[row]).stem
        codes = np.asarray(Image.open(stand / "masks" / f"{stem}.png"))
        tree = trees[stem.rpartition("-")[0]]
        found.append(DrawnTruth(tree, codes_on_array(codes, subject.opened.preprocess)))
    return found
