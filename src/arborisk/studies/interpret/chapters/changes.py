"""One thing changed at a time in the same drawn tree, beside what mechanics expects."""

from __future__ import annotations

from pathlib import Path

from arborisk.explanation.responses.intervene import interventions
from arborisk.explanation.responses.verdicts import summarise
from arborisk.explanation.responses.words import sentences
from arborisk.report.interpret_page import Chapter
from arborisk.report.responses_section import responses_html
from arborisk.studies.interpret.options import InterpretOptions
from arborisk.studies.interpret.subject import Subject
from arborisk.studies.learners import ProgressFor


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
