"""Which part of the picture speaks for the answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from arborisk.explanation.parts import PartsReader
from arborisk.explanation.parts.shares import Shares, summarise_shares
from arborisk.report.interpret_page import Chapter
from arborisk.report.page import render_section
from arborisk.report.parts_section import parts_section
from arborisk.studies.interpret.options import InterpretOptions
from arborisk.studies.interpret.readings import Readings, readings_of
from arborisk.studies.interpret.subject import Subject
from arborisk.studies.learners import ProgressFor

N_OVERLAYS = 4
TREE = ("crown", "bare_wood", "stem")
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
        tree = sum(shares.of(part).positive.value for part in TREE)
        area = sum(shares.of(part).area.value for part in TREE)
        line = (
            f"For {title}: {shares.sentence}; together {100 * tree:.0f} % on the tree, which is "
            f"{100 * area:.0f} % of the picture."
        )
        (uses if tree > area else disagrees).append(line)
        figures[title] = {one.part: one.positive.value for one in shares.parts}
    return Chapter(
        "where",
        "Which part of the picture?",
        "\n".join(html),
        uses=tuple(uses),
        disagrees=tuple(disagrees),
        cautions=(CAUTION,),
        figures=figures,
    )


def _shares(subject: Subject, readings: Readings, places: NDArray[np.int64]) -> Shares | None:
    """Shares over the photos of one class; None where nothing speaks for it."""
    if not np.isfinite(readings.positive[places]).all(axis=1).any():
        return None
    groups = [subject.groups[row] for row in places]
    tables = (readings.positive, readings.absolute, readings.area)
    return summarise_shares(*(table[places] for table in tables), groups=groups)
