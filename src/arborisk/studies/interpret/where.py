"""Which part of the picture speaks for the answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import JsonValue

from arborisk.explanation.belief.check import HeldBack, MapBelief, check_maps, headline
from arborisk.explanation.belief.localisation import CauseTruth, codes_on_array, read_drawn_trees
from arborisk.explanation.belief.maps import above, below, mean_interval
from arborisk.explanation.belief.refit import Embedded
from arborisk.explanation.parts.part_map import PARTS
from arborisk.explanation.parts.reader import PartsReader
from arborisk.explanation.parts.shares import Shares, summarise_shares
from arborisk.explanation.shortcuts.run_photos import TREE_PARTS
from arborisk.records import Interval
from arborisk.report.belief_section import belief_section
from arborisk.report.interpret_page import Chapter
from arborisk.report.page import render_section
from arborisk.report.parts_section import parts_section
from arborisk.studies.interpret.readings import Readings, readings_of
from arborisk.studies.interpret.subject import InterpretOptions, Subject, map_maker, usual_method
from arborisk.studies.learners import ProgressFor
from arborisk.wording.intervals import points_text

N_OVERLAYS = 4
CAUTION = (
    "Photos of each class are explained by that class against all others. Parts are told by a "
    "small head that errs (accuracy in the chapter); maps are as coarse as the network's last map."
)


def where_chapter(
    subject: Subject, options: InterpretOptions, out: Path, progress_for: ProgressFor
) -> Chapter:
    """Shares of the attribution by part, class by class."""
    readings = readings_of(subject, options, out, progress_for("Reading photos"))
    titles = subject.opened.titles
    reader = PartsReader.load()
    html: list[str] = []
    uses: list[str] = []
    unsure = [CAUTION]
    disagrees: list[str] = []
    figures: dict[str, JsonValue] = {}
    for number, title in reversed(list(enumerate(titles))):
        places = np.flatnonzero(subject.class_index == number)
        shares = _shares(subject, readings, places)
        if shares is None:
            continue
        shown = [
            (reader.read(subject.paths[row]), subject.files[row]) for row in places[:N_OVERLAYS]
        ]
        asked = f"Photos labelled {title}"
        html.append(
            render_section(
                "parts_section.html.j2",
                parts_section(
                    shares,
                    shown,
                    asked=asked,
                    name=f"parts-{number}",
                    with_accuracy=number == len(titles) - 1,
                ),
            )
        )
        surplus = _on_tree(subject, readings, places)
        line = f"For {title}: {shares.sentence}. {_words(surplus)}"
        # Without a sure sign it is said with the cautions, not among the findings.
        (uses if above(surplus) else disagrees if below(surplus) else unsure).append(line)
        figures[title] = {one.part: one.positive.value for one in shares.parts}
    return Chapter(
        "where",
        "Which part of the picture?",
        "\n".join(html),
        uses=tuple(uses),
        disagrees=tuple(disagrees),
        cautions=tuple(unsure),
        figures=figures,
    )


def _shares(subject: Subject, readings: Readings, places: NDArray[np.int64]) -> Shares | None:
    """Shares over the photos of one class; None where nothing speaks for it."""
    if not np.isfinite(readings.positive[places]).all(axis=1).any():
        return None
    groups = [subject.groups[row] for row in places]
    tables = (readings.positive, readings.absolute, readings.area)
    return summarise_shares(*(table[places] for table in tables), groups=groups)


def _on_tree(subject: Subject, readings: Readings, places: NDArray[np.int64]) -> Interval:
    """Share of the map on the tree less the tree's share of the picture, mean over photos."""
    columns = [PARTS.index(part) for part in TREE_PARTS]
    surplus = (readings.positive - readings.area)[places][:, columns].sum(axis=1)
    known = np.isfinite(surplus)
    groups = [subject.groups[row] for row in places[known]]
    return mean_interval(surplus[known], groups, within=(-1.0, 1.0))


def _words(surplus: Interval) -> str:
    """What the surplus says, with its figures."""
    told = points_text(surplus)
    if surplus.low is None or surplus.high is None:
        return f"On the tree it is, against the tree's size: {told}."
    if above(surplus):
        return f"It looks at the tree more than the tree's size alone would give: {told}."
    if below(surplus):
        return f"It looks at the tree less than the tree's size alone would give: {told}."
    return f"It is not shown to look at the tree more or less than its size gives: {told}."


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


def as_chapter(found: MapBelief) -> Chapter:
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


def _truth(subject: Subject, places: NDArray[np.int64]) -> list[CauseTruth] | None:
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
        found.append(CauseTruth(tree, codes_on_array(codes, subject.opened.preprocess)))
    return found
