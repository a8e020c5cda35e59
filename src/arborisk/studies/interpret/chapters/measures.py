"""How the score follows what can be measured in the photos."""

from __future__ import annotations

from pathlib import Path

from arborisk.errors import SettingsError
from arborisk.explanation.measures.table import MEASURES
from arborisk.explanation.responses.partial import dependence
from arborisk.explanation.responses.words import dependence_sentences
from arborisk.report.interpret_page import Chapter
from arborisk.report.responses_section import responses_html
from arborisk.studies.interpret.options import InterpretOptions
from arborisk.studies.interpret.readings import MEASURE_NAMES, SIDED, readings_of
from arborisk.studies.interpret.subject import Subject
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
