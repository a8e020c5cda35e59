"""Whether the maps of an explanation are to be believed, checked once for all photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import PhotoError
from arborisk.evaluation.run_photos import RunPhotos
from arborisk.explanation.belief.check import check_maps
from arborisk.explanation.opened import OpenedModel
from arborisk.preprocess.prepare import prepare_file
from arborisk.report.interpret_page import Chapter
from arborisk.studies.explain.asked import AskedPhoto, ExplainOptions
from arborisk.studies.interpret.readings import fingerprint, keep_chapter, kept_chapter
from arborisk.studies.interpret.subject import InterpretOptions, map_maker, subject_of
from arborisk.studies.interpret.where import MOST_PHOTOS, as_chapter, belief_chapter
from arborisk.studies.learners import ProgressFor

N_LABELLED = 200
"""Photos of the run that the check may look at."""
NOT_CHECKED = "Whether these maps are to be believed was not checked."
STANDINGS = {"believable": "better", "partly": "undecided", "not to be believed": "worse"}
NAME = "belief"


@dataclass(frozen=True, slots=True)
class BeliefShown:
    """What is said of all maps.

    Attributes:
        headline: In a sentence or two.
        word: In a few words, beside each map.
        standing: ``better``, ``undecided`` or ``worse``, for the colour.
        html: The checks, as a section of a page.
    """

    headline: str
    word: str
    standing: str
    html: str


def believe(
    opened: OpenedModel,
    method: str,
    options: ExplainOptions,
    out: Path,
    run_photos: RunPhotos | None,
    asked: Sequence[AskedPhoto],
    *,
    progress_for: ProgressFor,
) -> BeliefShown:
    """Checks the maps on photos of the run; where there are none at hand, on those to explain.

    Args:
        opened: The model.
        method: Of the maps.
        options: What is asked.
        out: Folder of the explanations; a finished check is kept there.
        run_photos: Photos of the run, with labels, or None.
        asked: The photos to explain.
        progress_for: Gives the progress of a named piece of long work.
    """
    if not options.check:
        return BeliefShown(NOT_CHECKED, "Not checked", "undecided", "")
    bundle = opened.own_bundle
    refit = bundle.description.kind == "refit"  # it has seen every photo of its run
    mark = fingerprint({"bundle": bundle.bundle_id, **options.as_json()})
    chapter = kept_chapter(out, NAME, mark)
    if chapter is None:
        chapter = (
            _on_new(opened, method, options, asked, progress_for)
            if run_photos is None or refit
            else _on_run(opened, method, options, out, run_photos, progress_for)
        )
        keep_chapter(out, chapter, mark)
    standing = STANDINGS.get(str(chapter.figures.get("verdict")), "undecided")
    return BeliefShown(
        " ".join(chapter.cautions), str(chapter.figures.get("title")), standing, chapter.html
    )


def _on_run(
    opened: OpenedModel,
    method: str,
    options: ExplainOptions,
    out: Path,
    run_photos: RunPhotos,
    progress_for: ProgressFor,
) -> Chapter:
    """The whole check, on photos that people labelled."""
    subject = subject_of(
        opened,
        run_photos,
        options.contrast(opened.titles, len(opened.titles) - 1),
        cache_dir=out / "cache",
        n_photos=N_LABELLED,
        seed=options.seed,
        progress=progress_for("Preparing photos of the run"),
    )
    return belief_chapter(
        subject, InterpretOptions(method=method, seed=options.seed), out, progress_for
    )


def _on_new(
    opened: OpenedModel,
    method: str,
    options: ExplainOptions,
    asked: Sequence[AskedPhoto],
    progress_for: ProgressFor,
) -> Chapter:
    """What can be checked without labels."""
    arrays: list[NDArray[np.uint8]] = []
    for one in asked:
        if len(arrays) == MOST_PHOTOS or one.answer.failure:
            continue
        try:
            arrays.append(prepare_file(one.path, opened.preprocess))
        except PhotoError:
            continue
    if not arrays:
        return Chapter(NAME, "", "", cautions=(f"{NOT_CHECKED} No photo can be used.",))
    stacked = np.stack(arrays)
    answer = int(np.bincount(opened.probability(stacked).argmax(axis=1)).argmax())
    contrast = options.contrast(opened.titles, answer)
    found = check_maps(
        opened,
        stacked,
        contrast,
        map_maker(method, options.seed),
        seed=options.seed,
        progress=progress_for("Checking maps"),
    )
    return as_chapter(found)
